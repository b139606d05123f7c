//! Structured log lines: one JSON object for each decision and each event. A line never contains a secret, a signature or
//! a body. Text that came from outside is truncated and encoded as JSON.

use serde::Serialize;
use worker::{console_error, console_log, console_warn};

use crate::limits::MAX_LOG_TEXT_CHARS;

/// A line of the log.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Line {
    /// The part that writes the line: `gate`, `outbox`, `consumer`, `dead_letters` or `api`.
    pub(crate) at: &'static str,
    /// The outcome's code.
    pub(crate) outcome: &'static str,
    /// The name of the source; empty if the line is not about one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) source: String,
    /// The code of the error or rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    /// The error message, which says what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The event's type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// The name of the secret that verified the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// The part of a delivery that the signature authenticates: `content` or `sender`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authenticated: Option<String>,
    /// When the gate received the event, as RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<String>,
    /// The queue's id of the message that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue_id: Option<String>,
    /// The length of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<usize>,
}

/// The severity of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

impl Line {
    /// Writes the line to the Worker's log.
    pub(crate) fn write(&self, level: Level) {
        let Ok(json) = serde_json::to_string(self) else { return };
        match level {
            Level::Info => console_log!("{json}"),
            Level::Warning => console_warn!("{json}"),
            Level::Error => console_error!("{json}"),
        }
    }
}

/// Truncates a text from outside to [`MAX_LOG_TEXT_CHARS`] characters.
pub(crate) fn truncate(text: &str) -> String {
    if text.len() <= MAX_LOG_TEXT_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_LOG_TEXT_CHARS).collect()
}
