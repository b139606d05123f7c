//! The log lines of the outbox.

use crate::platform::log::{Level, Line, truncate};

/// Writes a log line about an error in an object.
pub(super) fn log_error(outcome: &'static str, message: &str) {
    Line { at: "outbox", outcome, message: Some(truncate(message)), ..Line::default() }.write(Level::Error);
}
