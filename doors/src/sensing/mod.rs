//! What things say, in whatever form, read into samples; and what every door for things needs of the city.
//!
//! | file | what it holds |
//! |---|---|
//! | `intake` | [`Intake`]: who a thing is, and where its samples go |
//! | `payload` | JSON messages, by the mapping of the thing's type (pure) |
//! | `frames` | DL/T 645 and CJ/T 188 frames that a terminal passes on (pure) |
//! | `reports` | what an HJ 212 message reports (pure) |
//! | `lines` | InfluxDB's line protocol (pure) |
//! | `http` | readings by POST, one message or many |

mod frames;
pub mod http;
mod intake;
mod lines;
mod payload;
mod reports;

pub use frames::of_frame;
pub use intake::{Intake, Known, NotAccepted, NotLetIn, Waiting};
pub use lines::{LINES_MAX, Line, LinesRefused, Precision, of_lines};
pub use payload::{MESSAGES_MAX, PayloadRefused, of_json};
pub use reports::of_report;

use baotu_vocabulary::Sample;

/// What was read of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// What can be kept, if the register agrees.
    pub samples: Vec<Sample>,
    /// What was odd and left out: a name for counting, and what it was.
    pub oddities: Vec<(&'static str, String)>,
}
