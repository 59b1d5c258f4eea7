//! People: who they are, sealed at rest; masked wherever nobody asked for a purpose.

use baotu_storage::{StoreFault, Value};
use baotu_vocabulary::{CitizenId, PersonId, Phone, mask};

use crate::sealed::{SealBroken, Sealed};
use crate::{AccessState, Failure};

/// Characters of a person's name at most.
pub const NAME_CHARACTERS_MAX: usize = 50;

/// The kind of blind index of telephones.
const PHONE_INDEX: &str = "phone";
/// The kind of blind index of identity numbers.
const CITIZEN_ID_INDEX: &str = "citizen-id";

/// A person to be entered.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The id they get.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their identity number.
    pub citizen_id: Option<CitizenId>,
    /// Their telephone.
    pub phone: Option<Phone>,
}

/// How a person is called and reached, in clear: whoever asks for it has a right and leaves a trace.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// The telephone in E.164.
    pub phone: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phone = self.phone.as_deref().map(mask::phone);
        f.debug_struct("Contact").field("name", &mask::name(&self.name)).field("phone", &phone).finish()
    }
}

/// A person's sealed columns.
#[derive(Clone, Debug)]
pub(crate) struct SealedPerson {
    pub(crate) name: Sealed,
    pub(crate) citizen_id: Option<Sealed>,
    pub(crate) citizen_id_index: Option<String>,
    pub(crate) phone: Option<Sealed>,
    pub(crate) phone_index: Option<String>,
}

/// The context under which one column of one person is sealed.
fn context(column: &str, person: PersonId) -> String {
    format!("access.person.{column}/{person}")
}

impl AccessState {
    pub(crate) fn seal_person(&self, person: &NewPerson) -> SealedPerson {
        let seal = |column: &str, text: &str| {
            let chance = self.surroundings().chance();
            self.keys().seal(&context(column, person.id), text, chance)
        };
        let index = |kind: &str, text: &str| self.keys().blind_index(kind, text);
        let (citizen_id, phone) =
            (person.citizen_id.as_ref().map(CitizenId::reveal), person.phone.as_ref().map(Phone::reveal));
        SealedPerson {
            name: seal("name", &person.name),
            citizen_id: citizen_id.map(|number| seal("citizen-id", number)),
            citizen_id_index: citizen_id.map(|number| index(CITIZEN_ID_INDEX, number)),
            phone: phone.map(|number| seal("phone", number)),
            phone_index: phone.map(|number| index(PHONE_INDEX, number)),
        }
    }

    pub(crate) fn open_name(&self, person: PersonId, name: &Sealed) -> Result<String, SealBroken> {
        self.keys().open(&context("name", person), name)
    }

    pub(crate) fn open_phone(&self, person: PersonId, phone: &Sealed) -> Result<String, SealBroken> {
        self.keys().open(&context("phone", person), phone)
    }

    /// How a person is called and reached. The caller has asked for the right to know and writes the audit line.
    ///
    /// # Errors
    /// A fault of storage, or a seal that does not open.
    pub async fn contact(
        &self,
        person: PersonId,
    ) -> Result<Option<Contact>, Failure<std::convert::Infallible>> {
        let Some((name, phone)) = self.kept_contact(person).await? else { return Ok(None) };
        let phone = phone.map(|phone| self.open_phone(person, &phone)).transpose();
        let name = self.open_name(person, &name).map_err(Failure::fault)?;
        Ok(Some(Contact { name, phone: phone.map_err(Failure::fault)? }))
    }

    /// A telephone number as somebody in this city writes it; nothing when it is none.
    pub fn phone(&self, text: &str) -> Option<Phone> {
        Phone::parse(text, self.shared.settings.area_code.as_deref()).ok()
    }

    /// The people with this telephone.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn people_with_phone(&self, phone: &Phone) -> Result<Vec<PersonId>, StoreFault> {
        self.people_by_phone_index(&self.keys().blind_index(PHONE_INDEX, phone.reveal())).await
    }
}

impl From<&SealedPerson> for Vec<Value> {
    /// The sealed columns in the order of the table.
    fn from(sealed: &SealedPerson) -> Self {
        let SealedPerson { name, citizen_id, citizen_id_index, phone, phone_index } = sealed.clone();
        baotu_storage::params![name, citizen_id, citizen_id_index, phone, phone_index]
    }
}
