//! Base64 (RFC 4648) in both alphabets: bytes in, text out, and back. Only the one canonical text of some bytes is decoded: no
//! other alphabet, no stray bits, no white space, no wrong padding.

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

/// Decodes base64 with the standard alphabet and all of its padding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let unpadded = trim_padding(text);
    let is_padded = text.len().is_multiple_of(4) && text.len().abs_diff(unpadded.len()) < 3;
    if is_padded { decode_sextets(unpadded, &STANDARD) } else { None }
}

/// Base64 without the padding at its end, however much that is.
pub(crate) fn trim_padding(text: &str) -> &str {
    let mut unpadded = text;
    while let Some(shorter) = unpadded.strip_suffix('=') {
        unpadded = shorter;
    }
    unpadded
}

/// Decodes base64 with the standard alphabet and no padding.
pub(crate) fn decode_unpadded(text: &str) -> Option<Vec<u8>> {
    decode_sextets(text, &STANDARD)
}

/// Decodes base64 with the alphabet for URLs and no padding, as tokens have it.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    decode_sextets(text, &FOR_URLS)
}

/// Writes base64 with the standard alphabet and padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = encode_sextets(bytes, &STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Writes base64 with the alphabet for URLs and no padding.
pub(crate) fn encode_url(bytes: &[u8]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    #[test]
    fn decoding_undoes_encoding() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(151).wrapping_add(length)).collect();
            assert_eq!(decode(&encode(&bytes)).as_deref(), Some(&*bytes));
            assert_eq!(decode_url(&encode_url(&bytes)).as_deref(), Some(&*bytes));
        }
    }

    /// Threat model: A-04.
    #[test]
    fn only_canonical_base64_is_read() {
        let tag = [0x5a; 32];
        let text = encode(&tag);
        let (last, padding) = (text.chars().nth(42).unwrap(), "=");
        let index = BASE64.find(last).unwrap();
        for stray in 1..4 {
            let other = BASE64.chars().nth(index + stray).unwrap();
            assert_eq!(decode(&format!("{}{other}{padding}", text.get(..42).unwrap())), None);
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
        for text in ["=", "==", "A", "A=", "A==", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "AA+/", "AB"] {
            assert_eq!(decode_url(text), None, "{text:?}");
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
}
