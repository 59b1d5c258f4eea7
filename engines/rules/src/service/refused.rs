//! Why the service refused, told to the actor.

use baotu_access::Failure;
use baotu_access::grants::Denied;
use baotu_pack::rules::RuleProblem;
use baotu_vocabulary::{Refusal, RefusalKind};

use super::RulesFault;
use super::{OPINION_CHARACTERS_MAX, REPLAY_DAYS_MAX, REPLAY_READINGS_MAX};

/// Why the service gave no answer.
pub type RulesFailure = Failure<RulesRefused>;

/// Why something asked of alarms or rules was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RulesRefused {
    /// There is no such alarm or rule, or the actor may not know of it.
    #[error("没有找到")]
    NotFound,
    /// The actor may not do this.
    #[error(transparent)]
    Denied(Denied),
    /// Somebody has acknowledged it before.
    #[error("这条报警已经确认过")]
    Acknowledged,
    /// An opinion that is empty or too long.
    #[error("请填写处理意见，最多 {OPINION_CHARACTERS_MAX} 字")]
    Opinion,
    /// A filter or a page key that means nothing.
    #[error("查询条件“{0}”无效")]
    QueryInvalid(&'static str),
    /// The end is not after the beginning, or too far from it, or in the future.
    #[error("回放的时间段应早于现在，并且不超过 {REPLAY_DAYS_MAX} 天")]
    ReplaySpan,
    /// Another replay is running.
    #[error("有另一次回放正在进行，请稍后再试")]
    ReplayBusy,
    /// More readings than one replay takes.
    #[error("这段时间的读数超过 {REPLAY_READINGS_MAX} 条，请缩短时间或只选一台设备")]
    ReplayTooLarge,
    /// The draft has mistakes.
    #[error("规则草稿有误")]
    Draft(Vec<RuleProblem>),
    /// The draft watches nothing that is there.
    #[error("没有登记这条规则所监测的设备")]
    NothingWatched,
}

impl From<Denied> for RulesRefused {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::MayNotKnow => Self::NotFound,
            other => Self::Denied(other),
        }
    }
}

impl Refusal for RulesRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound | Self::NothingWatched => RefusalKind::NotFound,
            Self::Denied(denied) => denied.kind(),
            Self::Acknowledged => RefusalKind::Conflict,
            Self::ReplayBusy => RefusalKind::TooMany,
            Self::ReplayTooLarge => RefusalKind::TooLarge,
            Self::Opinion | Self::QueryInvalid(_) | Self::ReplaySpan | Self::Draft(_) => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Denied(denied) => denied.code(),
            Self::Acknowledged => "alarm-acknowledged",
            Self::Opinion => "opinion-needed",
            Self::QueryInvalid(_) => "query-invalid",
            Self::ReplaySpan => "replay-span",
            Self::ReplayBusy => "replay-busy",
            Self::ReplayTooLarge => "replay-too-large",
            Self::Draft(_) => "draft-invalid",
            Self::NothingWatched => "nothing-watched",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Denied(denied) => denied.fields(),
            Self::QueryInvalid(name) => vec![((*name).to_owned(), self.to_string())],
            Self::Opinion => vec![("opinion".to_owned(), self.to_string())],
            Self::Draft(problems) => {
                let told = |problem: &RuleProblem| match &problem.hint {
                    Some(hint) => format!("{}（{hint}）", problem.message),
                    None => problem.message.clone(),
                };
                problems
                    .iter()
                    .map(|problem| (format!("rule.{}", problem.path.join(".")), told(problem)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

impl From<RulesFault> for RulesFailure {
    fn from(fault: RulesFault) -> Self {
        Self::fault(fault)
    }
}
