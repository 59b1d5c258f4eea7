//! Why the service refused, in the words of whoever decided so.

use baotu_access::grants::Denied;
use baotu_vocabulary::{Refusal, RefusalKind};

use crate::photos::PhotoRefused;
use crate::refusal::{OpenRefused, TakeRefused};

/// Why something asked of a case was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefused {
    /// There is no such case, or the actor may not know of it.
    #[error("没有找到该案件")]
    NotFound,
    /// The actor may not do this.
    #[error(transparent)]
    Denied(Denied),
    /// A case could not be opened.
    #[error(transparent)]
    Open(#[from] OpenRefused),
    /// A decision could not be taken.
    #[error(transparent)]
    Take(#[from] TakeRefused),
    /// A photo could not be kept.
    #[error(transparent)]
    Photo(#[from] PhotoRefused),
    /// A form names a photo that the actor has not uploaded, or too many.
    #[error("照片不存在、不是您上传的，或一次超过 20 张")]
    UnknownPhoto,
    /// The id given for a new case or decision belongs to another one.
    #[error("编号 {0} 已被使用")]
    IdTaken(uuid::Uuid),
    /// A filter or a page key that means nothing.
    #[error("查询条件“{0}”无效")]
    QueryInvalid(&'static str),
    /// The sought purpose is needed for a contact that is not there.
    #[error("该案件没有留下联系方式")]
    NoContact,
}

impl From<Denied> for CaseRefused {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::MayNotKnow => Self::NotFound,
            other => Self::Denied(other),
        }
    }
}

impl CaseRefused {
    fn inner(&self) -> Option<&dyn Refusal> {
        match self {
            Self::Denied(denied) => Some(denied),
            Self::Open(refused) => Some(refused),
            Self::Take(refused) => Some(refused),
            Self::Photo(refused) => Some(refused),
            _ => None,
        }
    }
}

impl Refusal for CaseRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound | Self::NoContact => RefusalKind::NotFound,
            Self::IdTaken(_) => RefusalKind::Conflict,
            _ => self.inner().map_or(RefusalKind::Invalid, Refusal::kind),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NoContact => "no-contact",
            Self::IdTaken(_) => "id-taken",
            Self::UnknownPhoto => "unknown-photo",
            Self::QueryInvalid(_) => "query-invalid",
            _ => self.inner().map_or("refused", Refusal::code),
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::UnknownPhoto => vec![("photos".to_owned(), self.to_string())],
            Self::QueryInvalid(field) => vec![((*field).to_owned(), self.to_string())],
            _ => self.inner().map(Refusal::fields).unwrap_or_default(),
        }
    }
}
