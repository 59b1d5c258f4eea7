//! What people set for their own screens: saved views, columns, how dense a list is. Each a small JSON document under
//! a name; what it means only the screen knows. It follows the person to any browser and is nobody else's business.

use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{Moment, PersonId, Refusal, RefusalKind};
use serde::Serialize;
use serde_json::Value;

use crate::{AccessState, Failure, store};

/// Bytes of one document at most.
pub const SETTING_BYTES_MAX: usize = 16 * 1024;
/// Documents of one person at most.
pub const SETTINGS_MAX: i64 = 32;
/// Characters of a name at most.
const NAME_CHARACTERS_MAX: usize = 40;

/// A document that a person has set.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// The document; null when nothing was set.
    #[schema(value_type = Object, nullable)]
    pub value: Value,
    /// When it was set.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub changed_at: Option<Moment>,
}

/// Why a setting was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefused {
    /// A name of the wrong shape.
    #[error("设置的名称须为 1～{NAME_CHARACTERS_MAX} 位小写字母、数字或 -")]
    Name,
    /// Too large a document.
    #[error("设置的内容过大，最多 {} KB", SETTING_BYTES_MAX / 1024)]
    TooLarge,
    /// Too many documents.
    #[error("设置过多，最多 {SETTINGS_MAX} 项")]
    TooMany,
}

impl Refusal for SettingRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Name | Self::TooMany => RefusalKind::Invalid,
            Self::TooLarge => RefusalKind::TooLarge,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "setting-name-invalid",
            Self::TooLarge => "setting-too-large",
            Self::TooMany => "settings-too-many",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

impl AccessState {
    /// What a person has set under a name; null when nothing.
    ///
    /// # Errors
    /// [`SettingRefused::Name`], or a fault.
    pub async fn setting(&self, person: PersonId, name: &str) -> Result<Setting, Failure<SettingRefused>> {
        check_name(name)?;
        let kept = self.setting_of(person, name).await?;
        let (value, changed_at) = match kept {
            Some((value, at)) => (serde_json::from_str(&value).map_err(Failure::fault)?, Some(at)),
            None => (Value::Null, None),
        };
        Ok(Setting { name: name.to_owned(), value, changed_at })
    }

    /// Sets a document in the place of the one before; null forgets it.
    ///
    /// # Errors
    /// [`SettingRefused`], or a fault.
    pub async fn set_setting(
        &self,
        person: PersonId,
        name: &str,
        value: Value,
    ) -> Result<Setting, Failure<SettingRefused>> {
        check_name(name)?;
        let mut work = Work::new();
        if value.is_null() {
            store::setting::forget(&mut work, person, name);
            self.store().commit(work).await?;
            return Ok(Setting { name: name.to_owned(), value, changed_at: None });
        }
        let text = value.to_string();
        if text.len() > SETTING_BYTES_MAX {
            return Err(Failure::Refused(SettingRefused::TooLarge));
        }
        let now = self.now();
        store::setting::put(&mut work, person, name, &text, now);
        match self.store().commit(work).await {
            Ok(_) => Ok(Setting { name: name.to_owned(), value, changed_at: Some(now) }),
            Err(CommitError::Conflict(_)) => Err(Failure::Refused(SettingRefused::TooMany)),
            Err(error) => Err(error.into()),
        }
    }
}

fn check_name(name: &str) -> Result<(), Failure<SettingRefused>> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > NAME_CHARACTERS_MAX || !name.bytes().all(plain) {
        return Err(Failure::Refused(SettingRefused::Name));
    }
    Ok(())
}
