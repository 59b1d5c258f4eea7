//! Why a case could not be opened or a decision not be taken, worded for whoever asked.
//!
//! Which HTTP status belongs to which kind is decided in `access`.

use baotu_vocabulary::{Refusal, RefusalKind};

/// The longest title of a case, in characters.
pub const TITLE_CHARACTERS_MAX: usize = 100;
/// The longest text of a case, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 10_000;
/// The longest address, in characters.
pub const ADDRESS_CHARACTERS_MAX: usize = 200;
/// The largest filled-in form, in bytes of JSON.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// The most units that one decision names.
pub const UNITS_MAX: usize = 20;

/// A field of a form and what is wrong with it.
pub type FieldFault = (String, String);

/// Why a case was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// No such procedure is in force.
    #[error("没有“{0}”这一流程")]
    UnknownProcedure(String),
    /// The category is not in the procedure's code table, or not in force.
    #[error("没有“{0}”这一分类，或已停用")]
    UnknownCategory(String),
    /// The procedure is not open to this actor.
    #[error("您不能在此立案")]
    MayNotOpen,
    /// The procedure needs a place.
    #[error("请给出地点")]
    PlaceNeeded,
    /// The place is not in the city.
    #[error("地点不在本市范围内")]
    PlaceOutside,
    /// It would be in the city with longitude and latitude the other way round.
    #[error("经纬度似乎写反了：对调后在本市范围内")]
    PlaceSwapped,
    /// Longitude without latitude, or the other way round.
    #[error("经度和纬度须一并给出")]
    PlaceHalf,
    /// Fields that are missing or wrong.
    #[error("表单填写有误，请改正标出的各项")]
    FormInvalid(Vec<FieldFault>),
    /// A text or the form is too long.
    #[error("“{field}”过长，最多 {max}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// The most, in characters, or in bytes for the whole form.
        max: usize,
    },
    /// A text holds the character NUL.
    #[error("“{0}”含有不能保存的字符")]
    NotStorable(String),
    /// The first step has no unit that could hold the case.
    #[error("找不到承办“{0}”环节的单位")]
    NoUnit(String),
    /// A condition of the declaration failed on these values; the log has more.
    #[error("本流程的条件无法判断，请联系管理员（{0}）")]
    Condition(String),
}

impl Refusal for OpenRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::UnknownProcedure(_) => RefusalKind::NotFound,
            Self::MayNotOpen => RefusalKind::Forbidden,
            Self::UnknownCategory(_)
            | Self::PlaceNeeded
            | Self::PlaceOutside
            | Self::PlaceSwapped
            | Self::PlaceHalf
            | Self::FormInvalid(_)
            | Self::TooLong { .. }
            | Self::NotStorable(_)
            | Self::NoUnit(_)
            | Self::Condition(_) => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownProcedure(_) => "unknown-procedure",
            Self::UnknownCategory(_) => "unknown-category",
            Self::MayNotOpen => "may-not-open",
            Self::PlaceNeeded => "place-needed",
            Self::PlaceOutside => "place-outside",
            Self::PlaceSwapped => "place-swapped",
            Self::PlaceHalf => "place-half",
            Self::FormInvalid(_) => "form-invalid",
            Self::TooLong { .. } => "too-long",
            Self::NotStorable(_) => "not-storable",
            Self::NoUnit(_) => "no-unit",
            Self::Condition(_) => "condition-failed",
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::FormInvalid(fields) => fields.clone(),
            Self::UnknownCategory(_) => vec![("category".to_owned(), self.to_string())],
            Self::PlaceNeeded | Self::PlaceOutside | Self::PlaceSwapped | Self::PlaceHalf => {
                vec![("place".to_owned(), self.to_string())]
            }
            Self::TooLong { field, .. } => vec![((*field).to_owned(), self.to_string())],
            Self::NotStorable(field) => vec![(field.clone(), self.to_string())],
            Self::UnknownProcedure(_) | Self::MayNotOpen | Self::NoUnit(_) | Self::Condition(_) => Vec::new(),
        }
    }
}

/// Why a decision was not taken, a request not made or not decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeRefused {
    /// The case has gone on since the actor read it.
    #[error("案件已有新的办理（当前版本 {current}，您看到的是 {given}），请刷新后再办")]
    StaleVersion {
        /// The version the actor named.
        given: i64,
        /// The version of the case.
        current: i64,
    },
    /// The steps in which the case stands do not offer this, or its condition does not hold.
    #[error("案件现在不能“{0}”")]
    NotOffered(String),
    /// Several open tasks offer it; the actor has to name one.
    #[error("案件有几个环节都可“{0}”，请指明是哪一个")]
    TaskNeeded(String),
    /// The task or request named is not of this case or no longer open.
    #[error("该环节或申请已办结或不存在")]
    NotOpen,
    /// It is another's to do.
    #[error("“{0}”不由您办理")]
    NotYours(String),
    /// Who handles a case never closes it.
    #[error("承办单位和承办人不能办结自己承办的案件")]
    WhoHandlesNeverCloses,
    /// The unit that asks does not decide.
    #[error("申请单位不能批准自己的申请")]
    OwnRequest,
    /// Fields that are missing or wrong.
    #[error("表单填写有误，请改正标出的各项")]
    FormInvalid(Vec<FieldFault>),
    /// The form is too long.
    #[error("表单过长，最多 {0} 字节")]
    TooLong(usize),
    /// A text holds the character NUL.
    #[error("“{0}”含有不能保存的字符")]
    NotStorable(String),
    /// No unit was named, and no function list names one.
    #[error("请指定承办单位：权责清单中没有对应的单位")]
    NoUnit,
    /// No such unit.
    #[error("没有代码为“{0}”的单位")]
    UnknownUnit(String),
    /// A counter has reached what the procedure allows.
    #[error("“{counter}”已达上限 {max} 次")]
    CapReached {
        /// The counter.
        counter: String,
        /// Its cap.
        max: u16,
    },
    /// A step may not be entered again.
    #[error("环节“{step}”最多进入 {max} 次")]
    VisitsUsedUp {
        /// The step's title.
        step: String,
        /// The most.
        max: u16,
    },
    /// The time in which it could be asked has run out.
    #[error("期限已过（{limit}）")]
    TooLate {
        /// The limit.
        limit: String,
    },
    /// It was granted as often as it may be.
    #[error("“{request}”在一个案件中最多批准 {max} 次")]
    GrantedOftenEnough {
        /// The request's title.
        request: String,
        /// The most.
        max: u16,
    },
    /// The resident has told so before.
    #[error("您已反映遇到同一问题")]
    SupportedBefore,
    /// As many residents as are counted have told so.
    #[error("反映同一问题的人数已达上限 {0} 人")]
    SupportersUsedUp(usize),
    /// The same request waits for its decision.
    #[error("“{0}”正在等待审批")]
    AlreadyAsked(String),
    /// The unit was designated and may not return the case.
    #[error("指定办理的案件不得退回")]
    Designated,
    /// More time is asked for than may be given.
    #[error("延长时间超过上限（{max}）")]
    ExtensionTooLong {
        /// The longest.
        max: String,
    },
    /// The clock concerned does not run.
    #[error("时限“{0}”没有在计时")]
    ClockNotRunning(String),
    /// The case to join to does not exist, is closed, or is this one.
    #[error("主件“{0}”不存在、已办结，或就是本件")]
    LeadCaseUnknown(String),
    /// A category that is not in the code table or not in force.
    #[error("没有“{0}”这一分类，或已停用")]
    UnknownCategory(String),
    /// The new place is not in the city.
    #[error("地点不在本市范围内")]
    PlaceOutside,
    /// A condition of the declaration failed on these values; the log has more.
    #[error("本流程的条件无法判断，请联系管理员（{0}）")]
    Condition(String),
    /// The case that this opens could not be opened.
    #[error("不能转出新案件：{0}")]
    LinkedCase(OpenRefused),
}

impl Refusal for TakeRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::StaleVersion { .. }
            | Self::NotOffered(_)
            | Self::NotOpen
            | Self::CapReached { .. }
            | Self::VisitsUsedUp { .. }
            | Self::TooLate { .. }
            | Self::GrantedOftenEnough { .. }
            | Self::SupportedBefore
            | Self::SupportersUsedUp(_)
            | Self::AlreadyAsked(_)
            | Self::Designated
            | Self::ClockNotRunning(_) => RefusalKind::Conflict,
            Self::NotYours(_) | Self::WhoHandlesNeverCloses | Self::OwnRequest => RefusalKind::Forbidden,
            Self::TaskNeeded(_)
            | Self::FormInvalid(_)
            | Self::TooLong(_)
            | Self::NotStorable(_)
            | Self::NoUnit
            | Self::UnknownUnit(_)
            | Self::ExtensionTooLong { .. }
            | Self::LeadCaseUnknown(_)
            | Self::UnknownCategory(_)
            | Self::PlaceOutside
            | Self::Condition(_)
            | Self::LinkedCase(_) => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::StaleVersion { .. } => "stale-version",
            Self::NotOffered(_) => "not-offered",
            Self::TaskNeeded(_) => "task-needed",
            Self::NotOpen => "not-open",
            Self::NotYours(_) => "not-yours",
            Self::WhoHandlesNeverCloses => "who-handles-never-closes",
            Self::OwnRequest => "own-request",
            Self::FormInvalid(_) => "form-invalid",
            Self::TooLong(_) => "too-long",
            Self::NotStorable(_) => "not-storable",
            Self::NoUnit => "no-unit",
            Self::UnknownUnit(_) => "unknown-unit",
            Self::CapReached { .. } => "cap-reached",
            Self::VisitsUsedUp { .. } => "visits-used-up",
            Self::TooLate { .. } => "too-late",
            Self::GrantedOftenEnough { .. } => "granted-often-enough",
            Self::SupportedBefore => "supported-before",
            Self::SupportersUsedUp(_) => "supporters-used-up",
            Self::AlreadyAsked(_) => "already-asked",
            Self::Designated => "designated",
            Self::ExtensionTooLong { .. } => "extension-too-long",
            Self::ClockNotRunning(_) => "clock-not-running",
            Self::LeadCaseUnknown(_) => "lead-case-unknown",
            Self::UnknownCategory(_) => "unknown-category",
            Self::PlaceOutside => "place-outside",
            Self::Condition(_) => "condition-failed",
            Self::LinkedCase(refused) => refused.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        let one = |field: &str| vec![(field.to_owned(), self.to_string())];
        match self {
            Self::FormInvalid(fields) => fields.clone(),
            Self::NoUnit | Self::UnknownUnit(_) => one("unit"),
            Self::ExtensionTooLong { .. } => one("amount"),
            Self::LeadCaseUnknown(_) => one("lead_case"),
            Self::UnknownCategory(_) => one("category"),
            Self::PlaceOutside => one("place"),
            Self::NotStorable(field) => one(field),
            Self::LinkedCase(refused) => refused.fields(),
            _ => Vec::new(),
        }
    }
}
