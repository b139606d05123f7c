//! Internals that the npm package's bindings need. They are not part of the public API and may change in any release.

use alloc::string::String;

use crate::envelope;
use crate::error::DecodeError;
use crate::event::{Event, Json, Verified};
use crate::hash::HostHash;
use crate::json;
use crate::scheme::Scheme;

/// Checks that bytes are strict JSON: UTF-8, no duplicate keys, no deeper nesting than
/// [`MAX_DEPTH`](crate::MAX_DEPTH). It says nothing about their origin. Returns whether a 64-bit floating-point number would
/// round one of the integers.
///
/// # Errors
///
/// [`DecodeError`] with the offset of the first byte that breaks a rule.
pub fn check_strict_json(body: &[u8]) -> Result<bool, DecodeError> {
    Json::read(body).map(|json| json.has_big_integer)
}

/// Checks that bytes are JSON as other parsers read it: UTF-8, with any keys and any nesting. It says nothing about their
/// origin. Returns whether a 64-bit floating-point number would round one of the integers.
///
/// # Errors
///
/// [`DecodeError::NotJson`] with the offset of the first byte that breaks a rule.
pub fn check_json(body: &[u8]) -> Result<bool, DecodeError> {
    json::find(body, &[]).map(|document| document.has_big_integer)
}

/// The result of reading an event's body as JSON so far: whether a 64-bit floating-point number would round one of
/// its integers, or why it cannot be read. `None` if the body was not read. A body that the sender signed as a whole was
/// checked as [`check_json`] does, any other as [`check_strict_json`] does.
#[must_use]
pub fn json_of(event: &Event<'_>) -> Option<Result<bool, DecodeError>> {
    event.has_big_integer()
}

/// The text inside a verified body that wraps it, by the format of its scheme: JSON in the field of a form, or compressed text.
#[must_use]
pub fn wrapped_text(scheme: &Scheme, body: &[u8]) -> Option<String> {
    envelope::open(scheme.payload, body)
}

/// The id of an event whose sender signs no id: `sha256:` and the SHA-256 of the body in hexadecimal.
#[must_use]
pub fn body_id(body: &[u8], host: Option<&dyn HostHash>) -> String {
    crate::event::body_id(body, host)
}

/// Like [`Verified::decode`], but leaves an id that is a digest of the body empty. [`body_id`] computes it later.
///
/// Hashing a large body takes half of the time of a verification, and many handlers never read the id.
///
/// # Errors
///
/// Those of [`Verified::decode`].
pub fn decode_leaving_digest<'d>(verified: &Verified<'d>) -> Result<Event<'d>, DecodeError> {
    verified.decode_without_digest()
}
