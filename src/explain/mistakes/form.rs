//! Bodies of forms that were decoded, encoded in another way, or parsed into an object. In: the body as it arrived. Out: the form as
//! a sender's library would have written it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::form;
use crate::json::{Tree, tree};
use crate::limits::MAX_REPRINTED_BODY_BYTES;
use crate::text::hex;

/// How a library writes the names and values of a form.
pub(super) struct Style {
    /// The characters that it leaves as they are, besides letters and digits.
    pub(super) kept: &'static str,
    pub(super) space: &'static str,
}

/// Writes a form, or a JSON object whose members are the fields of a form, in a library's style.
pub(super) fn print(body: &[u8], style: &Style) -> Option<Vec<u8>> {
    if body.len() > MAX_REPRINTED_BODY_BYTES {
        return None;
    }
    let fields = match members(body) {
        Some(fields) => fields,
        None => form::decode(body)?,
    };
    let mut printed = String::new();
    for (name, value) in &fields {
        for (before, text) in [(if printed.is_empty() { "" } else { "&" }, name), ("=", value)] {
            printed.push_str(before);
            encode(&mut printed, text, style);
        }
    }
    Some(printed.into_bytes())
}

/// The text that a parser of forms made an object of: a body in JSON is a form of one field, whose name is all of it.
pub(super) fn parsed_text(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() > MAX_REPRINTED_BODY_BYTES {
        return None;
    }
    let mut text = String::new();
    for (name, value) in members(body)? {
        let before = if text.is_empty() { "" } else { "&" };
        let between = if value.is_empty() { "" } else { "=" };
        for piece in [before, &name, between, &value] {
            text.push_str(piece);
        }
    }
    Some(text.into_bytes())
}

/// The members of a JSON object whose values are strings.
fn members(body: &[u8]) -> Option<Vec<(String, String)>> {
    let Ok(Tree::Object(members)) = tree(core::str::from_utf8(body).ok()?) else { return None };
    let mut fields = Vec::new();
    for (name, value) in members {
        let Tree::String(value) = value else { return None };
        fields.push((name, value));
    }
    Some(fields.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

fn encode(printed: &mut String, text: &str, style: &Style) {
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || style.kept.contains(character) {
            printed.push(character);
        } else if byte == b' ' {
            printed.push_str(style.space);
        } else {
            printed.push('%');
            printed.push_str(&hex::encode(&[byte]).to_ascii_uppercase());
        }
    }
}
