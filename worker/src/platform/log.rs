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
        let json = escape_invisible(&json);
        match level {
            Level::Info => console_log!("{json}"),
            Level::Warning => console_warn!("{json}"),
            Level::Error => console_error!("{json}"),
        }
    }
}

/// Escapes the characters of a JSON text that are not visible: control characters, which JSON allows from U+007F on, and those
/// that hide, reorder or break text. In a terminal or a log viewer they could make a line look like another one. The JSON
/// has the same value afterwards.
fn escape_invisible(json: &str) -> String {
    use std::fmt::Write;
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_invisible(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Truncates a text from outside to [`MAX_LOG_TEXT_CHARS`] characters.
pub(crate) fn truncate(text: &str) -> String {
    if text.len() <= MAX_LOG_TEXT_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_LOG_TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_hide_or_reorder_text_are_escaped() {
        let text = "a\u{9b}31m \u{202e}b\u{7f} \u{2028}\u{feff}\u{e0041}é中 😀";
        let json = serde_json::to_string(text).expect("a text can be written");
        let escaped = escape_invisible(&json);
        assert_eq!(escaped, r#""a\u009b31m \u202eb\u007f \u2028\ufeff\udb40\udc41é中 😀""#);
        assert_eq!(serde_json::from_str::<String>(&escaped).expect("it is JSON"), text);
    }
}
