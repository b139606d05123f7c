//! Character sets that a body may have been read in by mistake. In: bytes. Out: the same text in another character set.

use alloc::string::String;
use alloc::vec::Vec;

/// The characters of the bytes from 128 on. Bytes without a character in the list have the code point of their number.
pub(super) type Charset = &'static [char];

pub(super) const LATIN_1: Charset = &[];
/// Undefined bytes are control characters, as on the web (WHATWG Encoding).
pub(super) const WINDOWS_1252: Charset = &[
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// Encodes UTF-8 text in a character set; `None` if a character is not in the set.
pub(super) fn encode(body: &[u8], charset: Charset) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for character in core::str::from_utf8(body).ok()?.chars() {
        let index = if character.is_ascii() { None } else { charset.iter().position(|member| *member == character) };
        bytes.push(match index {
            Some(index) => u8::try_from(index).ok()?.wrapping_add(128),
            None => u8::try_from(u32::from(character)).ok()?,
        });
    }
    Some(bytes)
}

/// Decodes bytes of a character set into UTF-8.
pub(super) fn decode(body: &[u8], charset: Charset) -> Vec<u8> {
    let mut text = String::new();
    for byte in body {
        text.push(charset.get(usize::from(*byte).wrapping_sub(128)).copied().unwrap_or(char::from(*byte)));
    }
    text.into_bytes()
}

/// How a code unit of UTF-16 becomes two bytes, and back.
pub(super) struct ByteOrder {
    to_bytes: fn(u16) -> [u8; 2],
    from_bytes: fn([u8; 2]) -> u16,
}

pub(super) const LITTLE_ENDIAN: &ByteOrder = &ByteOrder { to_bytes: u16::to_le_bytes, from_bytes: u16::from_le_bytes };
pub(super) const BIG_ENDIAN: &ByteOrder = &ByteOrder { to_bytes: u16::to_be_bytes, from_bytes: u16::from_be_bytes };

const MARK: char = '\u{feff}';

/// Decodes UTF-16, with or without a byte order mark, into UTF-8. `None` if it is not UTF-16, or has no character of ASCII.
pub(super) fn decode_utf16(body: &[u8], order: &ByteOrder) -> Option<Vec<u8>> {
    let (units, []) = body.as_chunks() else { return None };
    if !body.contains(&0) {
        return None;
    }
    let mut text = String::new();
    for character in char::decode_utf16(units.iter().map(|unit| (order.from_bytes)(*unit))) {
        text.push(character.ok()?);
    }
    Some(text.strip_prefix(MARK).unwrap_or(&text).into())
}

/// Encodes UTF-8 in UTF-16, after a byte order mark if `mark` is one.
pub(super) fn encode_utf16(body: &[u8], order: &ByteOrder, mark: &str) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(body).ok()?;
    Some(mark.encode_utf16().chain(text.encode_utf16()).flat_map(order.to_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_character_set_is_undone_in_both_directions() {
        let signed = "\u{20ac} \u{e9}t\u{e9} \u{17e}".as_bytes();
        let misread = decode(signed, WINDOWS_1252);
        assert_ne!(misread, signed);
        assert_eq!(encode(&misread, WINDOWS_1252).as_deref(), Some(signed));
        assert_eq!(encode(&decode(signed, LATIN_1), LATIN_1).as_deref(), Some(signed));
        assert_eq!(encode(signed, WINDOWS_1252).map(|bytes| decode(&bytes, WINDOWS_1252)).as_deref(), Some(signed));
        assert_eq!(encode(signed, LATIN_1), None);
        assert_eq!(encode(b"\xff", LATIN_1), None);
    }

    #[test]
    fn utf16_is_undone_in_both_directions() {
        let text = "{\"a\": \"\u{e9}\u{1f600}\"}";
        for order in [LITTLE_ENDIAN, BIG_ENDIAN] {
            for mark in ["", "\u{feff}"] {
                let encoded = encode_utf16(text.as_bytes(), order, mark).unwrap();
                assert_eq!(decode_utf16(&encoded, order).as_deref(), Some(text.as_bytes()));
            }
        }
        assert_eq!(encode_utf16(b"a", LITTLE_ENDIAN, "\u{feff}").as_deref(), Some(&b"\xff\xfea\0"[..]));
        assert_eq!(encode_utf16(b"\xff", BIG_ENDIAN, ""), None);
        assert_eq!(decode_utf16(b"ab", BIG_ENDIAN), None);
        assert_eq!(decode_utf16(b"\0\xd8", LITTLE_ENDIAN), None);
    }
}
