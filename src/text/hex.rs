//! Hexadecimal: bytes in, lower-case text out, and back.
//!
//! The `base16ct` crate does the work in constant time, because secrets pass through here. Upper-case digits are an error,
//! so each sequence of bytes has one text.

use alloc::string::String;
use alloc::vec::Vec;

use base16ct::lower;

/// Encodes bytes as lower-case hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> String {
    lower::encode_string(bytes)
}

/// Decodes lower-case hexadecimal with an even number of digits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    lower::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_reverses_encoding() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(151).wrapping_add(length)).collect();
            assert_eq!(decode(&encode(&bytes)).as_deref(), Some(&*bytes));
        }
    }

    /// Threat model: A-05.
    #[test]
    fn only_pairs_of_lower_case_digits_are_decoded() {
        for character in (0..=u8::MAX).map(char::from) {
            let digit = character.to_digit(16).filter(|_| !character.is_ascii_uppercase());
            let expected = digit.map(|digit| u8::try_from(digit).unwrap());
            let [first, second] = [[character, '0'], ['0', character]].map(|pair| decode(&String::from_iter(pair)));
            assert_eq!(first, expected.map(|digit| Vec::from([digit << 4])), "{character:?}");
            assert_eq!(second, expected.map(|digit| Vec::from([digit])), "{character:?}");
        }
        for text in ["0", "000", "zz", "AB", "0x00", "00 ", " 00", "00\n", "0０"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
