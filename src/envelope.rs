//! Bodies that wrap the JSON of an event. In: a body and the format that the scheme names. Out: the text inside it.

use alloc::string::String;

use crate::form;
use crate::scheme::Format;
use crate::text::gzip;

/// The text inside a body: the only field of a form, or the text that was compressed. `None` if the format wraps nothing, or if
/// the body is not wrapped. No text that is JSON looks wrapped, so a body has one reading.
pub(crate) fn open(format: Format, body: &[u8]) -> Option<String> {
    match format {
        Format::JsonOrField(name) => form::only_field(body, name),
        Format::JsonOrGzip if gzip::is_gzip(body) => String::from_utf8(gzip::inflate(body)?).ok(),
        _ => None,
    }
}
