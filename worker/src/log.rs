//! Structured lines: one JSON object per decision and per event, for machines that collect logs. No line holds a
//! secret, a signature or a body, and everything that came from outside is encoded and cut to a length.

use serde::Serialize;
use worker::{console_error, console_log, console_warn};

/// The longest text from outside that a line repeats, in characters.
const LONGEST_TEXT: usize = 256;

/// A line of the log.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Line {
    /// What writes: `gate`, `outbox`, `consumer`, `dead_letters` or `api`.
    pub(crate) at: &'static str,
    /// How it ended.
    pub(crate) outcome: &'static str,
    /// The name of the source.
    pub(crate) source: String,
    /// The code of the reason, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The event's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// The event's type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// The name of the secret that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// What the proof covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authenticated: Option<String>,
    /// When the gate took the event in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<String>,
    /// The length of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<usize>,
}

/// How much a line should alarm.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

impl Line {
    pub(crate) fn write(&self, level: Level) {
        let Ok(json) = serde_json::to_string(self) else { return };
        match level {
            Level::Info => console_log!("{json}"),
            Level::Warning => console_warn!("{json}"),
            Level::Error => console_error!("{json}"),
        }
    }
}

/// A text from outside, cut to a length that a log can bear.
pub(crate) fn cut(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    text.chars().take(LONGEST_TEXT).collect()
}
