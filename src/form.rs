//! Bodies in `application/x-www-form-urlencoded`: bytes in, decoded names and values out.
//!
//! The decoder is strict, unlike the libraries for this format, which replace broken escapes and bytes that are not UTF-8: two
//! different bodies must not decode to the same fields.

use alloc::string::String;
use alloc::vec::Vec;

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
    use super::*;

    #[test]
    fn fields_are_decoded_in_their_order() {
        let fields = decode(b"b=1+2&a=%C3%A9%26&&empty&b=").unwrap();
        let expected = [("b", "1 2"), ("a", "\u{e9}&"), ("empty", ""), ("b", "")];
        assert_eq!(fields, expected.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn a_broken_escape_or_invalid_utf8_is_rejected() {
        for body in [&b"a=%4"[..], b"a=%zz", b"a=%ff", b"\xff"] {
            assert_eq!(decode(body), None);
        }
    }
}
