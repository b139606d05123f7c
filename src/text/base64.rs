//! Base64 (RFC 4648): bytes in, text out, and back, for the standard and the URL-safe alphabet.
//!
//! The `base64ct` crate does the work in constant time, because secrets pass through here. Each sequence of bytes has one
//! canonical text, and only that text decodes: the padding must be exact, the unused bits of the last character must be
//! zero, and white space is an error.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// Encodes bytes with the standard alphabet and padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Decodes text with the standard alphabet and padding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// Decodes text with the standard alphabet and without padding.
pub(crate) fn decode_unpadded(text: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(text).ok()
}

/// Encodes bytes with the URL-safe alphabet and without padding, as JSON Web Tokens do.
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes text with the URL-safe alphabet and without padding.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    #[test]
    fn decoding_reverses_encoding() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(151).wrapping_add(length)).collect();
            assert_eq!(decode(&encode(&bytes)).as_deref(), Some(&*bytes));
            assert_eq!(decode_unpadded(encode(&bytes).trim_end_matches('=')).as_deref(), Some(&*bytes));
            assert_eq!(decode_url(&encode_url(&bytes)).as_deref(), Some(&*bytes));
        }
    }

    /// Threat model: A-04.
    #[test]
    fn base64_that_is_not_canonical_is_rejected() {
        let text = encode(&[0x5a; 32]);
        let last = ALPHABET.find(text.chars().nth(42).unwrap()).unwrap();
        for stray_bits in 1..4 {
            let other = ALPHABET.chars().nth(last + stray_bits).unwrap();
            assert_eq!(decode(&format!("{}{other}=", text.get(..42).unwrap())), None);
            assert_eq!(decode_unpadded(&format!("{}{other}", text.get(..42).unwrap())), None);
        }
        for other in [
            text.trim_end_matches('=').to_string(),
            format!("{text}="),
            format!("{text}=="),
            format!("{text}\n"),
            format!(" {text}"),
            format!("{text}\0"),
            text.replace('a', "\u{ff}"),
            text.replace('W', "-"),
            text.replace('W', "_"),
            format!("{}={}", text.get(..20).unwrap(), text.get(21..).unwrap()),
            format!("{}\r\n{}", text.get(..20).unwrap(), text.get(20..).unwrap()),
        ] {
            assert_eq!(decode(&other), None, "{other:?}");
        }
        for other in ["=", "==", "===", "====", "A===", "=AAA", "AA=A", "AAA", "AA", "AB==", "AAB=", "AA==AAAA"] {
            assert_eq!(decode(other), None, "{other:?}");
        }
        for other in ["=", "==", "A", "A=", "A==", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "AA+/", "AB"] {
            assert_eq!(decode_url(other), None, "{other:?}");
        }
        for other in ["=", "A", "AA=", "AA==", "AAAA=", "AA-_", "AB"] {
            assert_eq!(decode_unpadded(other), None, "{other:?}");
        }
    }

    #[test]
    fn only_characters_of_the_alphabet_decode_at_every_position() {
        type Codec = (fn(&str) -> Option<Vec<u8>>, fn(&[u8]) -> String, &'static str);
        let codecs: [Codec; 2] = [(decode, encode, "+/"), (decode_url, encode_url, "-_")];
        for (decode, encode, last_two) in codecs {
            for character in (0..=u8::MAX).map(char::from).filter(|character| *character != '=') {
                let is_in_alphabet = character.is_ascii_alphanumeric() || last_two.contains(character);
                for position in 0..4 {
                    let mut group = ['A'; 4];
                    group[position] = character;
                    let text: String = group.iter().collect();
                    let decoded = decode(&text);
                    assert_eq!(decoded.is_some(), is_in_alphabet, "{text:?}");
                    assert!(decoded.is_none_or(|bytes| encode(&bytes) == text), "{text:?}");
                }
            }
        }
    }
}
