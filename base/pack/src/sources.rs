//! Where in the pack's folder something is declared: the file to edit, for those who look at a running pack.

use std::collections::BTreeMap;
use std::fmt;

use baotu_vocabulary::{ProcedureName, RuleName, SystemName};
use jiff::civil::Date;

use crate::calendar::Year;

/// A file, relative to the pack's folder, and a line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredAt {
    /// With `/` between folders.
    pub file: String,
    /// From 1.
    pub line: usize,
}

impl fmt::Display for DeclaredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A year of the calendar as it is declared.
#[derive(Clone, Debug)]
pub struct DeclaredYear {
    /// Where.
    pub at: DeclaredAt,
    /// What.
    pub year: Year,
}

/// Where the declarations of a pack stand.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The years of the calendar.
    pub years: Vec<DeclaredYear>,
    /// The head of each system.
    pub systems: BTreeMap<SystemName, DeclaredAt>,
    /// Each version of a procedure.
    pub procedures: BTreeMap<(ProcedureName, Date), DeclaredAt>,
    /// Each version of a rule that raises alarms.
    pub rules: BTreeMap<(RuleName, Date), DeclaredAt>,
    /// The rows of the function lists, in their order.
    pub functions: Vec<DeclaredAt>,
    /// The grants, in their order.
    pub grants: Vec<DeclaredAt>,
}
