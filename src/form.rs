//! Forms: bytes in, names and values out.
//!
//! The decoder is strict, unlike the libraries for this format, which replace broken escapes and bytes that are not UTF-8: two
//! different bodies must not decode to the same fields.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::multipart;

/// Decodes the names and values in their order; `None` if an escape is broken or the result is not UTF-8.
pub(crate) fn decode(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = core::str::from_utf8(body).ok()?;
    let mut fields = Vec::new();
    for field in text.split('&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        fields.push((percent_decode(name)?, percent_decode(value)?));
    }
    Some(fields)
}

/// The decoded value of the field with this name, if the body is `application/x-www-form-urlencoded` and consists of that field
/// alone.
///
/// The name must be written without escapes, and the value without `;`, at which some parsers split fields: other parsers must
/// not find other fields in the body.
pub(crate) fn only_field(body: &[u8], name: &str) -> Option<String> {
    let value = body.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
    if value.iter().any(|byte| matches!(byte, b'&' | b';')) {
        return None;
    }
    percent_decode(core::str::from_utf8(value).ok()?)
}

/// Some fields of a form, as they are written in it.
pub(crate) struct Fields<'d> {
    /// The value of each field; `None` if the form does not have it.
    pub(crate) written: Vec<Option<&'d [u8]>>,
    is_encoded: bool,
}

/// The fields of a form in either format to which these pointers lead: `/token` leads to the field `token`. `None` if the body
/// is not a form, or if it has one of the fields twice.
pub(crate) fn find<'d>(body: &'d [u8], pointers: &[&str]) -> Option<Fields<'d>> {
    let mut written: Vec<Option<&'d [u8]>> = pointers.iter().map(|_| None).collect();
    let mut visit = |name: &[u8], value: &'d [u8]| {
        for (pointer, found) in pointers.iter().zip(&mut written) {
            if pointer.as_bytes().strip_prefix(b"/") == Some(name) && found.replace(value).is_some() {
                return None;
            }
        }
        Some(())
    };
    let is_encoded = !multipart::is_multipart(body);
    if is_encoded {
        for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
            let end = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            let (name, value) = field.split_at_checked(end)?;
            let name = percent_decode(core::str::from_utf8(name).ok()?)?;
            visit(name.as_bytes(), value.get(1..).unwrap_or_default())?;
        }
    } else {
        multipart::visit(body, &mut visit)?;
    }
    Some(Fields { written, is_encoded })
}

impl<'d> Fields<'d> {
    /// The decoded value of each field; `None` if the form does not have it, or if it is not text.
    pub(crate) fn texts(&self) -> Vec<Option<Cow<'d, str>>> {
        let text = |written: &'d [u8]| {
            let text = core::str::from_utf8(written).ok()?;
            if self.is_encoded { percent_decode(text).map(Cow::Owned) } else { Some(Cow::Borrowed(text)) }
        };
        self.written.iter().map(|written| written.and_then(text)).collect()
    }
}

/// Decodes a name or value: `+` is a space, `%XX` is a byte.
pub(crate) fn percent_decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, tail @ ..] = rest else { return None };
                rest = tail;
                hex_digit(*high)? << 4 | hex_digit(*low)?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex_digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn fields_are_decoded_in_their_order() {
        let fields = decode(b"b=1+2&a=%C3%A9%26&&empty&b=").unwrap();
        let expected = [("b", "1 2"), ("a", "\u{e9}&"), ("empty", ""), ("b", "")];
        assert_eq!(fields, expected.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn the_only_field_is_decoded_and_another_field_is_rejected() {
        assert_eq!(only_field(b"payload=%7B%22a%22%3A+1%7d", "payload").as_deref(), Some("{\"a\": 1}"));
        for body in [
            &b"payload={}&a=1"[..],
            b"a=1&payload={}",
            b"payload={}&",
            b"payload={};a=1",
            b"payload={}&payload={}",
            b"%70ayload={}",
            b"payloads={}",
            b"payload=%7",
            b"payload=%ff",
            b"payload",
            b"{}",
        ] {
            assert_eq!(only_field(body, "payload"), None);
        }
    }

    #[test]
    fn fields_are_found_in_both_formats_and_a_second_one_is_rejected() {
        let multipart = |name: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\na+b\r\n\
                 --x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"\"\r\n\r\n\r\n--x--\r\n"
            )
        };
        let found = |body: &[u8]| {
            let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
            let fields = find(body, &["/token", "/none"])?;
            Some(fields.texts().into_iter().map(|text| text.map(own)).collect::<Vec<Option<Cow<'static, str>>>>())
        };
        let text = |text: &'static str| Some(Vec::from([Some(Cow::Borrowed(text)), None]));
        assert_eq!(found(b"tok%65n=a+b&subject=%ff"), text("a b"));
        assert_eq!(found(multipart("file").as_bytes()), text("a+b"));
        assert_eq!(found(b"token=%ff"), Some(Vec::from([None, None])));
        assert_eq!(found(b"token=a&tok%65n=b"), None);
        assert_eq!(found(b"token=a&%f=b"), None);
        assert_eq!(found(multipart("token").as_bytes()), None);
    }

    #[test]
    fn a_broken_escape_or_invalid_utf8_is_rejected() {
        for body in [&b"a=%4"[..], b"a=%zz", b"a=%ff", b"\xff"] {
            assert_eq!(decode(body), None);
        }
    }
}
