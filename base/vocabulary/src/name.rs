//! Names that a city pack declares: a type per noun, so that a role is never passed where a unit is meant.
//!
//! Whether a name is declared is the pack's question; here is only its shape.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps `name` as it stands in the pack.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    )*};
}

name_types! {
    /// A system's folder path in the pack, for example `services/hotline-12345`.
    SystemName;
    /// A procedure, unique in the pack, for example `hotline-ticket`.
    ProcedureName;
    /// A step of a procedure.
    StepName;
    /// An exit of a step.
    ExitName;
    /// An act of a procedure that does not leave the step.
    ActName;
    /// A kind of request of a procedure that somebody else decides.
    RequestName;
    /// A clock of a procedure.
    ClockName;
    /// A form of a system.
    FormName;
    /// A role.
    RoleName;
    /// An organisation unit's own short code; its national key is the unified social credit code.
    UnitCode;
    /// A post in a unit.
    PostCode;
    /// A leaf or branch of a category table, for example `06010`.
    CategoryCode;
    /// A unit grid cell (单元网格), 15 digits in GB/T 30428.1.
    CellCode;
    /// A functional zone without a GB/T 2260 code.
    ZoneCode;
    /// A purpose for which personal data may be read.
    PurposeName;
    /// A message template.
    TemplateName;
    /// A property that things observe, unique in the pack, for example `pm25`.
    PropertyName;
    /// A type of thing, unique in the pack, for example `manhole-cover`.
    ThingTypeName;
    /// A rule that watches readings and raises alarms, unique in the pack.
    RuleName;
}
