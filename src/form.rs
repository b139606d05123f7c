//! Bodies in `application/x-www-form-urlencoded`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::split::{cut, pieces};

/// Names and values in their order; `None` where an escape is broken or the bytes are no UTF-8.
pub(crate) fn decode(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = core::str::from_utf8(body).ok()?;
    let mut fields = Vec::new();
    for field in pieces(text, "&").filter(|field| !field.is_empty()) {
        let (name, value) = cut(field, "=").unwrap_or((field, ""));
        fields.push((unescape(name)?, unescape(value)?));
    }
    Some(fields)
}

/// A name or value as it was before it was encoded.
pub(crate) fn unescape(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let [high, low, tail @ ..] = rest else { return None };
                rest = tail;
                digit(*high)? << 4 | digit(*low)?
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_in_their_order() {
        let fields = decode(b"b=1+2&a=%C3%A9%26&&empty&b=").unwrap();
        let expected = [("b", "1 2"), ("a", "\u{e9}&"), ("empty", ""), ("b", "")];
        assert_eq!(fields, expected.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in [&b"a=%4"[..], b"a=%zz", b"a=%ff", b"\xff"] {
            assert_eq!(decode(body), None);
        }
    }
}
