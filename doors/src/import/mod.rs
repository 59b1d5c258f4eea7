//! Brings the cases of another system in: rows of a table, a declared mapping, and a report of every row.
//!
//! | file | what it holds |
//! |---|---|
//! | `mapping` | what a mapping file may declare, and the check of it |
//! | `source`, `delimited`, `sheet`, `json` | bytes → rows, each with its physical line; a broken row costs no other |
//! | `reading` | a row and a mapping → an [`ImportedCase`], or what is wrong with it (pure) |
//! | `case` | the case as it comes in, and [`CaseSink`], which takes it |
//! | `run` | batches, one unit of work each; the same file twice changes nothing |
//! | `reject` | rows kept for mending, and the table in which they are mended |
//! | `file` | a file by a mapping file, with its rejects beside |
//! | `report`, `finding` | what was read, and what looked odd and was taken as it stood |
//!
//! Nothing is lost: every row is imported, known already, a repetition, or kept with its line and reasons.

mod case;
mod delimited;
mod file;
mod finding;
mod json;
mod mapping;
mod reading;
mod reject;
mod report;
mod run;
mod sheet;
mod source;

pub use case::{BoxFuture, CaseSink, ImportedCase, ImportedStatus, Prepared};
pub use file::{FileFault, import_file, read_mapping};
pub use finding::{FINDING_LINES_MAX, Finding, FindingTally};
pub use mapping::{
    Encoding, Field, FieldRule, Fields, Format, FormatKind, Mapping, MappingProblem, Place, Table,
};
pub use reject::{RejectProblem, Rejected, open_rejects, rejects_csv};
pub use report::ImportReport;
pub use run::{BATCH_ROWS, Import, ImportFault, ImportRefused, SOURCE_BYTES_MAX};
pub use source::ROW_BYTES_MAX;
