//! What looked odd in a row that was imported all the same: said in the report, never mended in silence.

use serde::Serialize;

/// Lines kept of each kind of finding.
pub const FINDING_LINES_MAX: usize = 5;

/// Something odd in a row that was imported as it stands, or without the part named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// A coordinate is whole degrees, so up to a hundred kilometres off; imported without a position.
    CoarsePosition,
    /// Only one of the two coordinates is there; imported without a position.
    HalfPosition,
    /// No coordinates.
    NoPosition,
    /// The position lies outside the city's bounds; kept as it stands.
    OutsideCity,
    /// No due time, so whether it was on time can't be said.
    NoDueTime,
    /// Due before it was opened.
    DueBeforeOpened,
    /// Closed before it was opened.
    ClosedBeforeOpened,
    /// Closed, but when is not said.
    ClosedWithoutTime,
    /// Not closed, but with a closing time; imported as open, without that time.
    OpenWithClosingTime,
    /// Opened or closed after the moment of the import.
    InFuture,
    /// Before [`super::run::YEAR_FIRST`].
    LongAgo,
    /// A local time that the clock showed twice when it was put back; taken as the first.
    AmbiguousTime,
    /// A local time that the clock skipped when it was put forward; taken as if it had not been.
    SkippedTime,
    /// A category that the mapping doesn't know; imported under the default.
    UnmappedCategory,
    /// A unit that the mapping doesn't know; imported without a unit or under the default.
    UnmappedUnit,
}

impl Finding {
    /// The sentence of the report.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::CoarsePosition => "坐标只到整度，误差可达百公里，未采用坐标",
            Self::HalfPosition => "经纬度只有一个，未采用坐标",
            Self::NoPosition => "没有坐标",
            Self::OutsideCity => "坐标在城市范围之外，照原样导入",
            Self::NoDueTime => "没有期限，无法判断是否按期",
            Self::DueBeforeOpened => "期限早于立案时间，照原样导入",
            Self::ClosedBeforeOpened => "办结时间早于立案时间，照原样导入",
            Self::ClosedWithoutTime => "已办结但没有办结时间",
            Self::OpenWithClosingTime => "未办结却有办结时间，按未办结导入，未采用该时间",
            Self::InFuture => "时间晚于导入时刻，照原样导入",
            Self::LongAgo => "时间过早，照原样导入",
            Self::AmbiguousTime => "冬令时回拨，该时刻出现两次，取第一次",
            Self::SkippedTime => "夏令时跳过的时刻，按未跳过推算",
            Self::UnmappedCategory => "分类不在映射表中，归入默认分类",
            Self::UnmappedUnit => "单位不在映射表中，归入默认单位或留空",
        }
    }
}

/// How often a finding was made, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FindingTally {
    /// In how many rows.
    pub rows: u64,
    /// The first lines of them, at most [`FINDING_LINES_MAX`].
    pub lines: Vec<u64>,
}

impl FindingTally {
    /// Counts the row at `line`.
    pub(crate) fn count(&mut self, line: u64) {
        self.rows += 1;
        if self.lines.len() < FINDING_LINES_MAX {
            self.lines.push(line);
        }
    }
}
