//! Log lines: for people or as JSON, and never with personal data.
//!
//! Nothing that a resident wrote and no name, number or address is ever given to `tracing`; ids are.

use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::LogFormat;

/// Starts logging to standard error. A second call in one process does nothing.
pub fn start(filter: &str, format: LogFormat) {
    let targets: Targets =
        filter.parse().unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let registry = tracing_subscriber::registry().with(targets);
    let started = match format {
        LogFormat::Text => {
            // Colours are for a terminal; in a file or a journal they are noise.
            let layer = tracing_subscriber::fmt::layer().with_ansi(std::io::stderr().is_terminal());
            registry.with(layer.with_writer(std::io::stderr)).try_init()
        }
        LogFormat::Json => {
            registry.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).try_init()
        }
    };
    // A subscriber that is there already (tests) goes on.
    drop(started);
}
