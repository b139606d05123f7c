//! A verified event as bytes: the core's [`Event`] goes in, its layout comes out. `ts/event-layout.ts` reads it.
//!
//! All numbers are little-endian.
//!
//! | offset | type | value |
//! |---|---|---|
//! | 0 | `f64` | when it was signed, in milliseconds since 1970; not a number if the scheme signs no time |
//! | 8 | `u32` | the position of the key that verified the signature |
//! | 12 | `u32` | the state of the body as JSON, a [`JsonState`] |
//! | 16 | `u32` | the bytes of all texts together |
//! | 20 | `u32` × 7 | the length of each text in UTF-16 code units, or [`ABSENT`] |
//! | 48 | UTF-8 | the texts: id, type, unsigned id, unsigned type, code and message of the error in the JSON, and the text inside a body that wraps it |
//!
//! Lengths are in UTF-16 code units because JavaScript decodes all texts in one call and slices the result.

#![expect(clippy::float_cmp, reason = "code that wasm-bindgen generates for the enum compares numbers of JavaScript")]

use countersign::{DecodeError, Event, bindings};
use wasm_bindgen::prelude::wasm_bindgen;

/// The length of a text that the event does not have.
const ABSENT: u32 = u32::MAX;

/// The state of an event's body as JSON. If the sender signed the body as a whole, it was read as `JSON.parse` reads it, except
/// for duplicate keys on the way to the id and type. Any other body was read strictly from end to end.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub enum JsonState {
    /// The body was not read.
    NotRead,
    /// The body is JSON, and `JSON.parse` loses nothing of it.
    Json,
    /// The body is JSON with an integer that `JSON.parse` would round.
    JsonWithBigIntegers,
    /// The body was rejected.
    Rejected,
}

impl JsonState {
    /// The state of a body that was accepted.
    pub(crate) const fn of(has_big_integer: bool) -> Self {
        if has_big_integer { Self::JsonWithBigIntegers } else { Self::Json }
    }

    const fn number(self) -> u32 {
        match self {
            Self::NotRead => 0,
            Self::Json => 1,
            Self::JsonWithBigIntegers => 2,
            Self::Rejected => 3,
        }
    }

    fn and_error(read: Option<Result<bool, DecodeError>>) -> (Self, Option<DecodeError>) {
        match read {
            None => (Self::NotRead, None),
            Some(Ok(has_big_integer)) => (Self::of(has_big_integer), None),
            Some(Err(error)) => (Self::Rejected, Some(error)),
        }
    }
}

/// Writes an event into the buffer, in place of the one before, and returns its address.
pub(crate) fn encode(event: &Event<'_>, buffer: &mut Vec<u8>) -> *const u8 {
    let (json, json_error) = JsonState::and_error(bindings::json_of(event));
    let message = json_error.map(|error| error.message());
    let texts = [
        Some(&*event.id),
        event.kind.as_deref(),
        event.unsigned_id,
        event.unsigned_kind,
        json_error.map(|error| error.code()),
        message.as_deref(),
        event.wrapped_text(),
    ];
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a Date counts milliseconds in floating point, which holds their fourteen digits exactly"
    )]
    let signed_at = event.signed_at.map_or(f64::NAN, |time| time.as_millis() as f64);
    let key = u32::try_from(event.key).unwrap_or(u32::MAX);
    let bytes: usize = texts.iter().flatten().map(|text| text.len()).sum();

    buffer.clear();
    buffer.extend_from_slice(&signed_at.to_le_bytes());
    for number in [key, json.number(), u32::try_from(bytes).unwrap_or(0)] {
        buffer.extend_from_slice(&number.to_le_bytes());
    }
    for text in texts {
        buffer.extend_from_slice(&text.map_or(ABSENT, utf16_length).to_le_bytes());
    }
    for text in texts.into_iter().flatten() {
        buffer.extend_from_slice(text.as_bytes());
    }
    buffer.as_ptr()
}

/// The length of a text in UTF-16 code units: one for each character, and one more if it takes four bytes in UTF-8.
fn utf16_length(text: &str) -> u32 {
    text.bytes().fold(0, |units: u32, byte| {
        let is_first = byte & 0xC0 != 0x80;
        units.wrapping_add(u32::from(is_first)).wrapping_add(u32::from(byte >= 0xF0))
    })
}
