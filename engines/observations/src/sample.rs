//! Which samples can be kept.

use baotu_pack::sensing::Property;
pub use baotu_vocabulary::Sample;
use baotu_vocabulary::{Quality, Refusal, RefusalKind};

use crate::reading::ReadingRefused;

/// Why a message is refused: the first of its samples that cannot be kept, counted from 0. Nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleRefused {
    /// Its type does not observe such a property.
    #[error("第 {index} 个读数：这类设备没有观测属性“{property}”")]
    PropertyUnknown {
        /// Which sample.
        index: usize,
        /// The property named.
        property: String,
    },
    /// In another unit than the property's.
    #[error("第 {index} 个读数：单位“{sent}”应为“{kept}”")]
    UnitMismatch {
        /// Which sample.
        index: usize,
        /// The unit that was sent.
        sent: String,
        /// The unit of the property.
        kept: String,
    },
    /// A value or a time that cannot be right.
    #[error(transparent)]
    Reading(#[from] ReadingRefused),
}

impl Refusal for SampleRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Reading(ReadingRefused::TooMany(_)) => RefusalKind::TooLarge,
            _ => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PropertyUnknown { .. } => "property-unknown",
            Self::UnitMismatch { .. } => "unit-mismatch",
            Self::Reading(refused) => refused.code(),
        }
    }
}

/// The name under which a reading is flagged that lies beyond what its property can be.
pub const OUT_OF_RANGE: &str = "out-of-range";

/// Judges a sample against its property: the quality under which it is kept.
///
/// # Errors
/// When it is in another unit.
pub(crate) fn judge(index: usize, sample: &Sample, property: &Property) -> Result<Quality, SampleRefused> {
    if let Some(sent) = sample.unit.as_ref().filter(|unit| **unit != property.unit) {
        return Err(SampleRefused::UnitMismatch { index, sent: sent.clone(), kept: property.unit.clone() });
    }
    let is_beyond = sample.value.is_finite() && !property.is_within_range(sample.value);
    // What the thing itself says of a value that is no normal one tells more than that it is out of range.
    Ok(if is_beyond && sample.quality == Quality::Normal { Quality::OverRange } else { sample.quality })
}

#[cfg(test)]
mod tests {
    use baotu_vocabulary::Moment;

    use super::*;

    fn property() -> Property {
        Property {
            name: "water-level".into(),
            title: "水位".to_owned(),
            title_en: None,
            unit: "m".to_owned(),
            min: Some(0.0),
            max: Some(20.0),
            decimals: 2,
            keep_days: 1,
            public: true,
            source: "test".to_owned(),
        }
    }

    #[test]
    fn a_value_that_cannot_be_is_flagged_and_one_in_another_unit_refused() {
        let sample = |value: f64| Sample::new("water-level".into(), Moment::default(), value);
        let table = [
            (sample(1.0), Ok(Quality::Normal)),
            (sample(20.0), Ok(Quality::Normal)),
            (sample(20.1), Ok(Quality::OverRange)),
            (sample(-0.1), Ok(Quality::OverRange)),
            (Sample { quality: Quality::Fault, ..sample(99.0) }, Ok(Quality::Fault)),
            (Sample { unit: Some("m".to_owned()), ..sample(1.0) }, Ok(Quality::Normal)),
            (
                Sample { unit: Some("cm".to_owned()), ..sample(1.0) },
                Err(SampleRefused::UnitMismatch { index: 3, sent: "cm".to_owned(), kept: "m".to_owned() }),
            ),
        ];
        for (sample, judged) in table {
            assert_eq!(judge(3, &sample, &property()), judged, "{sample:?}");
        }
    }
}
