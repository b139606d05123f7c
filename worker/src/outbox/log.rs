//! The log lines of the outbox.

use super::store::PendingRow;
use crate::message::describe;
use crate::platform::log::{Level, Line, truncate};

/// Writes a log line about an error in an object.
pub(super) fn log_error(outcome: &'static str, message: &str) {
    write(outcome, message, Line::default());
}

/// Writes a log line about an error with one row, which names its event.
pub(super) fn log_row_error(outcome: &'static str, message: &str, row: &PendingRow) {
    write(outcome, message, describe(Some(&row.message)));
}

fn write(outcome: &'static str, message: &str, line: Line) {
    Line { at: "outbox", outcome, message: Some(truncate(message)), ..line }.write(Level::Error);
}
