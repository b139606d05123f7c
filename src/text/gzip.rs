//! Bodies in gzip (RFC 1952). In: the body as received. Out: the text that was compressed, or nothing.
//!
//! `miniz_oxide` inflates; the header around it is read here. The format ends with the text's length, so the memory for the
//! text is known, and limited, before anything is inflated. The format's checksum is not compared: a text counts only if a
//! signature over it is genuine, or if the compressed bytes were signed.

use alloc::vec;
use alloc::vec::Vec;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::limits::{MAX_INFLATED_BYTES, MAX_INFLATED_RATIO};

/// Whether a body begins like gzip. No text does: the second byte begins no character of UTF-8.
pub(crate) const fn is_gzip(body: &[u8]) -> bool {
    matches!(body, [0x1f, 0x8b, ..])
}

/// The text in a body, or `None` if the body is not exactly one gzip member, or if its text is beyond
/// [`MAX_INFLATED_BYTES`] or [`MAX_INFLATED_RATIO`].
pub(crate) fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    let (content, trailer) = content_of(body)?.split_last_chunk::<8>()?;
    let (_checksum, length) = trailer.split_last_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    if length > MAX_INFLATED_BYTES.min(body.len().saturating_mul(MAX_INFLATED_RATIO)) {
        return None;
    }
    let mut text = vec![0; length];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), content, &mut text, 0, flags);
    (status == TINFLStatus::Done && read == content.len() && written == length).then_some(text)
}

/// The body after the header of the member: the compressed content and the trailer.
fn content_of(body: &[u8]) -> Option<&[u8]> {
    const HAS_HEADER_CHECKSUM: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;

    // The method must be 8 (deflate). The time, the level and the operating system do not matter.
    let ([0x1f, 0x8b, 8, flags, ..], mut rest) = body.split_first_chunk::<10>()? else { return None };
    if *flags >= HAS_COMMENT << 1 {
        return None;
    }
    if flags & HAS_EXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end..)?.get(1..)?;
        }
    }
    if flags & HAS_HEADER_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"type":"message.new"}`, compressed by Python's gzip without a time.
    const BODY: &[u8] = &[
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x2a, 0xa9, 0x2c, 0x48, 0x55, 0xb2,
        0x52, 0xca, 0x4d, 0x2d, 0x2e, 0x4e, 0x4c, 0x4f, 0xd5, 0xcb, 0x4b, 0x2d, 0x57, 0xaa, 0x05, 0x00, 0xd5, 0x13,
        0x48, 0xca, 0x16, 0x00, 0x00, 0x00,
    ];
    const TEXT: &[u8] = br#"{"type":"message.new"}"#;

    /// The body with other flags and these fields after its header.
    fn with_fields(flags: u8, fields: &[u8]) -> Vec<u8> {
        let (header, rest) = BODY.split_at(10);
        let mut body = [header, fields, rest].concat();
        body[3] = flags;
        body
    }

    #[test]
    fn a_body_is_inflated() {
        assert!(is_gzip(BODY) && !is_gzip(TEXT));
        assert_eq!(inflate(BODY).as_deref(), Some(TEXT));
    }

    #[test]
    fn the_optional_fields_of_the_header_are_skipped() {
        for (flags, fields) in [
            (0b00001, &b""[..]),
            (0b00010, b"xy"),
            (0b00100, b"\x03\0abc"),
            (0b01000, b"events.json\0"),
            (0b10000, b"a comment\0"),
            (0b11110, b"\x01\0a\0\0xy"),
        ] {
            assert_eq!(inflate(&with_fields(flags, fields)).as_deref(), Some(TEXT), "{flags:b}");
        }
    }

    #[test]
    fn a_body_that_is_not_one_complete_member_is_not_inflated() {
        for end in 0..BODY.len() {
            assert_eq!(inflate(&BODY[..end]), None, "{end}");
        }
        assert_eq!(inflate(&[BODY, BODY].concat()), None, "two members");
        assert_eq!(inflate(&[BODY, b"\0"].concat()), None, "a byte after the end");
        assert_eq!(inflate(&with_fields(0x20, b"")), None, "a reserved flag");
        assert_eq!(inflate(&with_fields(0b1000, b"")), None, "a name without its end");
        for (at, byte) in [(0, 0x1e), (1, 0x8a), (2, 7), (10, 7), (BODY.len() - 4, 21), (BODY.len() - 4, 23)] {
            let mut changed = BODY.to_vec();
            changed[at] = byte;
            assert_eq!(inflate(&changed), None, "byte {at}");
        }
    }

    /// Zeros, compressed: a stored block of every length would be longer than the text.
    fn bomb(length: usize) -> Vec<u8> {
        let deflated = miniz_oxide::deflate::compress_to_vec(&vec![0; length], 9);
        let length = u32::try_from(length).unwrap().to_le_bytes();
        [&BODY[..10], &deflated, &[0; 4], &length].concat()
    }

    #[test]
    fn a_text_beyond_the_limits_is_not_inflated() {
        let small = bomb(2_000);
        assert_eq!(inflate(&small), Some(vec![0; 2_000]), "{} bytes", small.len());
        assert!(inflate(&bomb(20_000)).is_none(), "its ratio is over 100");
        let mut liar = bomb(20_000);
        let at = liar.len() - 4;
        liar[at..].copy_from_slice(&2_000_u32.to_le_bytes());
        assert!(inflate(&liar).is_none(), "its text is longer than it says");
        // Beyond the ratio's reach the size decides: blocks that are stored, not compressed.
        for (length, is_inflated) in [(MAX_INFLATED_BYTES, true), (MAX_INFLATED_BYTES + 1, false)] {
            let deflated = miniz_oxide::deflate::compress_to_vec(&vec![7; length], 0);
            let length = u32::try_from(length).unwrap().to_le_bytes();
            let body = [&BODY[..10], &deflated, &[0; 4], &length].concat();
            assert_eq!(inflate(&body).is_some(), is_inflated);
        }
    }
}
