//! Coordinates as they come from outside: what is wrong with them, in words the sender can act on.

use baotu_vocabulary::{Point, Refusal, RefusalKind};

/// Why a place was not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaceRefused {
    /// No longitude from −180 to 180 and latitude from −90 to 90.
    #[error("经度应在 −180 到 180 度之间、纬度应在 −90 到 90 度之间（CGCS2000），收到经度 {lon}、纬度 {lat}")]
    OutOfRange {
        /// As received.
        lon: f64,
        /// As received.
        lat: f64,
    },
    /// 0,0: what devices send before they know where they are.
    #[error("坐标为 0,0，设备尚未定位；请在地图上重新选点")]
    NotLocated,
    /// Outside the city, but inside with longitude and latitude exchanged.
    #[error("经纬度似乎写反了：经度 {lon}、纬度 {lat} 不在{city}，对调后在")]
    Swapped {
        /// As received.
        lon: f64,
        /// As received.
        lat: f64,
        /// The city's name.
        city: String,
    },
    /// Outside the city.
    #[error("地点 {point} 不在{city}范围内")]
    Outside {
        /// As received.
        point: Point,
        /// The city's name.
        city: String,
    },
    /// No division with this code.
    #[error("没有代码为“{0}”的行政区划")]
    UnknownDivision(String),
    /// A search without words.
    #[error("请输入要查找的地名")]
    NothingToSearch,
    /// A search with too many words.
    #[error("地名不超过 {0} 个字")]
    SearchTooLong(usize),
    /// Not “longitude,latitude” where that is expected.
    #[error("near 应为“经度,纬度”，收到“{0}”")]
    NoPoint(String),
    /// A moment that has not come yet, or of which nothing is known any more.
    #[error("没有这一时刻的案件分布：只保留最近几周")]
    UnknownMoment,
    /// No such tile in the pyramid.
    #[error("没有瓦片 {zoom}/{x}/{y}")]
    UnknownTile {
        /// Zoom level asked for.
        zoom: u8,
        /// Column asked for.
        x: u32,
        /// Row asked for.
        y: u32,
    },
}

impl Refusal for PlaceRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::UnknownDivision(_) | Self::UnknownTile { .. } | Self::UnknownMoment => {
                RefusalKind::NotFound
            }
            Self::SearchTooLong(_) => RefusalKind::TooLarge,
            Self::OutOfRange { .. }
            | Self::NotLocated
            | Self::Swapped { .. }
            | Self::Outside { .. }
            | Self::NoPoint(_)
            | Self::NothingToSearch => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "coordinates-out-of-range",
            Self::NotLocated => "coordinates-zero",
            Self::Swapped { .. } => "coordinates-swapped",
            Self::Outside { .. } => "outside-city",
            Self::UnknownDivision(_) => "unknown-division",
            Self::UnknownMoment => "unknown-moment",
            Self::NoPoint(_) => "unreadable-point",
            Self::NothingToSearch => "nothing-to-search",
            Self::SearchTooLong(_) => "search-too-long",
            Self::UnknownTile { .. } => "unknown-tile",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        let names: &[&str] = match self {
            Self::OutOfRange { .. } | Self::NotLocated | Self::Swapped { .. } | Self::Outside { .. } => {
                &["lon", "lat"]
            }
            Self::NothingToSearch | Self::SearchTooLong(_) => &["q"],
            Self::NoPoint(_) => &["near"],
            Self::UnknownDivision(_) | Self::UnknownMoment => &["at"],
            Self::UnknownTile { .. } => &[],
        };
        names.iter().map(|name| ((*name).to_owned(), self.to_string())).collect()
    }
}
