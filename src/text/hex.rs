//! Hexadecimal, lower case: bytes in, text out, and back. Only the one canonical text of some bytes is decoded.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

const NO_NUMBER: u8 = 0xFF;

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Decodes lower-case hexadecimal.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = vec![0; pairs.len()];
    let mut marks = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (hex_digit(*high), hex_digit(*low));
        *byte = high << 4 | low;
        marks |= high | low;
    }
    (marks != NO_NUMBER).then_some(bytes)
}

/// The number that a digit writes. The lower bits of letters count from one, and letters have the bit for 64; what does
/// not write it is no digit. Asking for ranges would branch by what is as good as random.
#[expect(clippy::inline_always, reason = "compiled for size, a few instructions would be a call otherwise")]
#[inline(always)]
fn hex_digit(letter: u8) -> u8 {
    let number = (letter & 15).wrapping_add((letter >> 6).wrapping_mul(9));
    if HEX_DIGITS.get(usize::from(number)) == Some(&letter) { number } else { NO_NUMBER }
}

/// Writes lower-case hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = vec![0; bytes.len().saturating_mul(2)];
    for ([high, low], byte) in text.as_chunks_mut().0.iter_mut().zip(bytes) {
        *high = letter_of_hex(byte >> 4);
        *low = letter_of_hex(byte & 15);
    }
    String::from_utf8(text).unwrap_or_default()
}

fn letter_of_hex(digit: u8) -> u8 {
    HEX_DIGITS.get(usize::from(digit)).copied().unwrap_or(b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_undoes_encoding() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(151).wrapping_add(length)).collect();
            assert_eq!(decode(&encode(&bytes)).as_deref(), Some(&*bytes));
        }
    }

    /// Threat model: A-05.
    #[test]
    fn only_canonical_hexadecimal_is_read() {
        for byte in 0..=u8::MAX {
            let number = char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
            assert_eq!(u32::from(hex_digit(byte)), number.unwrap_or(0xFF), "{byte}");
        }
        for text in ["0", "0G", "zz", "AB", "0x00", "00 ", " 00", "00\n", "0０"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
