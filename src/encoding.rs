//! Bytes as text: hexadecimal and base64, strict. Every decoder takes the one canonical text of some bytes and
//! refuses all others: other alphabets, stray bits, wrong padding, white space.
//!
//! These few lines stand in place of a library because they are a fraction of its size in WebAssembly, which everybody
//! who uses the npm package downloads.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The letters of base64, each for the six bits of its place.
struct Alphabet {
    letters: &'static [u8; 64],
    /// The place of each byte among the letters; [`NO_NUMBER`] for those that are none.
    sextets: [u8; 256],
}

static STANDARD: Alphabet = Alphabet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
static FOR_URLS: Alphabet = Alphabet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/// In place of the number that a letter writes, where it writes none: more bits than any has, even all numbers together. So
/// letters need not be asked one by one.
const NO_NUMBER: u8 = 0xFF;

impl Alphabet {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::indexing_slicing,
        reason = "run by the compiler, where what goes wrong is an error of the compilation"
    )]
    const fn of(letters: &'static [u8; 64]) -> Self {
        let mut sextets = [NO_NUMBER; 256];
        let mut place = 0;
        while place < letters.len() {
            sextets[letters[place] as usize] = place as u8;
            place = place.wrapping_add(1);
        }
        Self { letters, sextets }
    }

    /// The three bytes that four letters write.
    fn decode(&self, letters: [u8; 4]) -> Option<[u8; 3]> {
        let (mut group, mut marks) = (0, 0);
        for letter in letters {
            let sextet = self.sextets.get(usize::from(letter)).copied().unwrap_or(NO_NUMBER);
            group = group << 6 | u32::from(sextet);
            marks |= sextet;
        }
        let [_, bytes @ ..] = group.to_be_bytes();
        (marks != NO_NUMBER).then_some(bytes)
    }

    fn letter(&self, sextet: u32) -> char {
        let place = usize::try_from(sextet).unwrap_or(usize::MAX);
        self.letters.get(place).copied().map_or(char::REPLACEMENT_CHARACTER, char::from)
    }
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Decodes lower-case hexadecimal.
pub(crate) fn decode_hex(text: &str) -> Option<Vec<u8>> {
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
pub(crate) fn encode_hex(bytes: &[u8]) -> String {
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

/// Decodes base64 with the standard alphabet and all of its padding.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let unpadded = without_padding(text);
    let is_padded = text.len().is_multiple_of(4) && text.len().abs_diff(unpadded.len()) < 3;
    if is_padded { decode_sextets(unpadded, &STANDARD) } else { None }
}

/// Base64 without the padding at its end, however much that is.
pub(crate) fn without_padding(text: &str) -> &str {
    let mut unpadded = text;
    while let Some(shorter) = unpadded.strip_suffix('=') {
        unpadded = shorter;
    }
    unpadded
}

/// Decodes base64 with the standard alphabet and no padding.
pub(crate) fn decode_base64_unpadded(text: &str) -> Option<Vec<u8>> {
    decode_sextets(text, &STANDARD)
}

/// Decodes base64 with the alphabet for URLs and no padding, as tokens have it.
pub(crate) fn decode_base64url(text: &str) -> Option<Vec<u8>> {
    decode_sextets(text, &FOR_URLS)
}

/// Writes base64 with the standard alphabet and padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    let mut text = encode_sextets(bytes, &STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Writes base64 with the alphabet for URLs and no padding.
pub(crate) fn encode_base64url(bytes: &[u8]) -> String {
    encode_sextets(bytes, &FOR_URLS)
}

fn decode_sextets(text: &str, alphabet: &Alphabet) -> Option<Vec<u8>> {
    let letters = text.as_bytes();
    let mut bytes = vec![0; letters.len().checked_mul(3)? / 4];
    let (groups, rest) = letters.as_chunks();
    let (whole, part) = bytes.as_chunks_mut();
    for (own, group) in whole.iter_mut().zip(groups) {
        *own = alphabet.decode(*group)?;
    }
    let mut group = *b"AAAA";
    group.get_mut(..rest.len())?.copy_from_slice(rest);
    let decoded = alphabet.decode(group)?;
    let (own, beyond) = decoded.split_at_checked(part.len())?;
    part.copy_from_slice(own);
    // A letter alone is less than a byte, and bits beyond the last byte are zero: otherwise another text would mean the same.
    (rest.len() != 1 && beyond.iter().all(|byte| *byte == 0)).then_some(bytes)
}

fn encode_sextets(bytes: &[u8], alphabet: &Alphabet) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for chunk in bytes.chunks(3) {
        let mut held: u32 = 0;
        for index in 0..3 {
            held = held << 8 | u32::from(chunk.get(index).copied().unwrap_or(0));
        }
        // A letter more than there are bytes.
        for shift in [18, 12, 6, 0].into_iter().take(chunk.len().wrapping_add(1)) {
            text.push(alphabet.letter(held >> shift & 63));
        }
    }
    text
}

/// Writes a number in decimal digits.
pub(crate) fn decimal(number: u64) -> String {
    let mut text = String::new();
    let mut power: u64 = 10_000_000_000_000_000_000;
    while power > 0 {
        let digit = u8::try_from(number.checked_div(power).unwrap_or(0).wrapping_rem(10)).unwrap_or(0);
        if digit > 0 || !text.is_empty() || power == 1 {
            text.push(char::from(b'0'.saturating_add(digit)));
        }
        power = power.wrapping_div(10);
    }
    text
}

/// Joins texts. In WebAssembly this is a fraction of the size of `concat` and of formatting.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Whether one of these bytes is `byte`.
///
/// The standard library's search is made for long texts, and brings a third of a kilobyte of WebAssembly along.
#[expect(clippy::manual_contains, reason = "that is the search")]
pub(crate) fn holds(bytes: &[u8], byte: u8) -> bool {
    bytes.iter().any(|other| *other == byte)
}

/// Where the first of these bytes stands that is `byte`. Looks at eight at a time.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks();
    let sought = u64::from_le_bytes([byte; 8]);
    let mut passed: usize = 0;
    for block in blocks {
        // Where bytes are equal there is a zero now. What is subtracted borrows from the next byte only there, so the first
        // mark is always right.
        let difference = u64::from_le_bytes(*block) ^ sought;
        let found = difference.wrapping_sub(u64::from_le_bytes([1; 8])) & !difference & u64::from_le_bytes([0x80; 8]);
        if found != 0 {
            return Some(passed.wrapping_add(usize::try_from(found.trailing_zeros() / 8).ok()?));
        }
        passed = passed.wrapping_add(8);
    }
    rest.iter().position(|other| *other == byte).map(|offset| passed.wrapping_add(offset))
}

/// What stands before and after the first place where `separator` stands.
///
/// Searching for a text with the standard library brings three kilobytes of WebAssembly along; header values are short.
pub(crate) fn cut<'t>(text: &'t str, separator: &str) -> Option<(&'t str, &'t str)> {
    let first = *separator.as_bytes().first()?;
    let mut from = 0;
    loop {
        let rest = text.as_bytes().get(from..)?;
        from = position(rest, first)?.wrapping_add(from);
        // No character holds the first byte of another but at its own beginning: nothing is cut in the middle of one.
        let (before, found) = text.split_at_checked(from)?;
        if let Some(after) = found.strip_prefix(separator) {
            return Some((before, after));
        }
        from = from.wrapping_add(1);
    }
}

/// What stands before and after the last place where a letter of ASCII stands.
pub(crate) fn cut_last(text: &str, letter: u8) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(text.bytes().rposition(|byte| byte == letter)?)?;
    Some((before, rest.get(1..)?))
}

/// What stands before the first of some letters of ASCII, and from it on.
pub(crate) fn cut_before<'t>(text: &'t str, letters: &[u8]) -> (&'t str, &'t str) {
    let end = text.bytes().position(|byte| holds(letters, byte));
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
}

/// The pieces of a text between which `separator` stands.
pub(crate) struct Pieces<'t, 's> {
    rest: Option<&'t str>,
    separator: &'s str,
}

pub(crate) fn pieces<'t, 's>(text: &'t str, separator: &'s str) -> Pieces<'t, 's> {
    Pieces { rest: Some(text), separator }
}

impl<'t> Iterator for Pieces<'t, '_> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        match cut(text, self.separator) {
            Some((piece, rest)) => {
                self.rest = Some(rest);
                Some(piece)
            }
            None => self.rest.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    #[test]
    fn what_is_written_is_read_back() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(151).wrapping_add(length)).collect();
            assert_eq!(decode_hex(&encode_hex(&bytes)).as_deref(), Some(&*bytes));
            assert_eq!(decode_base64(&encode_base64(&bytes)).as_deref(), Some(&*bytes));
            assert_eq!(decode_base64url(&encode_base64url(&bytes)).as_deref(), Some(&*bytes));
        }
        for number in [0, 7, 10, 1_700_000_000, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }

    #[test]
    fn only_canonical_base64_is_read_a04() {
        let tag = [0x5a; 32];
        let text = encode_base64(&tag);
        let (last, padding) = (text.chars().nth(42).unwrap(), "=");
        let index = BASE64.find(last).unwrap();
        for stray in 1..4 {
            let other = BASE64.chars().nth(index + stray).unwrap();
            assert_eq!(decode_base64(&format!("{}{other}{padding}", text.get(..42).unwrap())), None);
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
            assert_eq!(decode_base64(&other), None, "{other:?}");
        }
        for text in ["=", "==", "A", "A=", "A==", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "AA+/", "AB"] {
            assert_eq!(decode_base64url(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_byte_is_a_letter_of_base64_or_none_wherever_it_stands() {
        for (alphabet, last) in [(&STANDARD, "+/"), (&FOR_URLS, "-_")] {
            for byte in 0..=u8::MAX {
                let is_letter = byte.is_ascii_alphanumeric() || last.as_bytes().contains(&byte);
                for place in 0..4 {
                    let mut group = *b"AAAA";
                    group[place] = byte;
                    let decoded = alphabet.decode(group);
                    assert_eq!(decoded.is_some(), is_letter, "{byte} at {place}");
                    let written = decoded.map(|bytes| encode_sextets(&bytes, alphabet));
                    assert!(written.is_none_or(|text| text.as_bytes() == group), "{byte} at {place}");
                }
            }
        }
    }

    #[test]
    fn a_byte_is_found_where_it_stands_first() {
        // What differs from it by one bit could be taken for it behind the first.
        for filler in [b'a', b',' ^ 1, b',' ^ 0x80, 0, 0xff] {
            for length in 0..40 {
                let mut bytes = vec![filler; length];
                assert_eq!(position(&bytes, b','), None);
                for place in (0..length).rev() {
                    bytes[place] = b',';
                    assert_eq!(position(&bytes, b','), Some(place), "{filler} before {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn only_canonical_hexadecimal_is_read_a05() {
        for byte in 0..=u8::MAX {
            let number = char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
            assert_eq!(u32::from(hex_digit(byte)), number.unwrap_or(0xFF), "{byte}");
        }
        for text in ["0", "0G", "zz", "AB", "0x00", "00 ", " 00", "00\n", "0０"] {
            assert_eq!(decode_hex(text), None, "{text:?}");
        }
    }
}
