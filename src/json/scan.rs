//! Finding where the plain text of a string ends, many bytes at a time: strings are most of what bodies are made of.

/// How many bytes stand before the first one that is a quotation mark, a backslash or a control character.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut passed: usize = 0;
    while let Some((block, after)) = rest.split_first_chunk() {
        if let Some(offset) = first_special(*block) {
            return passed.wrapping_add(offset);
        }
        passed = passed.wrapping_add(block.len());
        rest = after;
    }
    let in_rest = rest.iter().position(|byte| is_special(*byte));
    passed.wrapping_add(in_rest.unwrap_or(rest.len()))
}

const fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < b' '
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use vector::first_special;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use word::first_special;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector {
    use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128_or};

    /// The offset of the first byte that is not plain.
    #[inline]
    pub(super) fn first_special(block: [u8; 16]) -> Option<usize> {
        // Two halves of one number, which the compiler loads at once.
        let both = u128::from_le_bytes(block);
        let half = |shift: u32| u64::try_from((both >> shift) & u128::from(u64::MAX)).unwrap_or(0);
        let bytes = u64x2(half(0), half(64));
        let quotes = u8x16_eq(bytes, u8x16_splat(b'"'));
        let backslashes = u8x16_eq(bytes, u8x16_splat(b'\\'));
        let controls = u8x16_lt(bytes, u8x16_splat(b' '));
        let found = u8x16_bitmask(v128_or(v128_or(quotes, backslashes), controls));
        if found == 0 { None } else { usize::try_from(found.trailing_zeros()).ok() }
    }
}

/// The same without vectors. A subtraction borrows from the next byte only where it sets the mark of its own, so the
/// first mark is always right, and later ones are not looked at.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod word {
    const MARKS: u64 = 0x8080_8080_8080_8080;

    /// The offset of the first byte that is not plain.
    #[inline]
    pub(super) fn first_special(block: [u8; 8]) -> Option<usize> {
        let bytes = u64::from_le_bytes(block);
        let found = below(bytes, b' ') | equal(bytes, b'"') | equal(bytes, b'\\');
        if found == 0 { None } else { usize::try_from(found.trailing_zeros() / 8).ok() }
    }

    /// Marks the bytes that are smaller than a limit of 128 at most.
    const fn below(bytes: u64, limit: u8) -> u64 {
        bytes.wrapping_sub(repeated(limit)) & !bytes & MARKS
    }

    const fn equal(bytes: u64, byte: u8) -> u64 {
        below(bytes ^ repeated(byte), 1)
    }

    const fn repeated(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn slow(bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| is_special(*byte)).unwrap_or(bytes.len())
    }

    #[test]
    fn every_byte_is_judged_at_every_place() {
        for length in 0..=40 {
            for filler in [b'a', 0x80, 0xff, b'!', b'#', b'[', b']'] {
                let plain = vec![filler; length];
                assert_eq!(plain_length(&plain), length);
                for place in 0..length {
                    for byte in 0..=u8::MAX {
                        let mut bytes = plain.clone();
                        bytes[place] = byte;
                        assert_eq!(plain_length(&bytes), slow(&bytes), "{byte} at {place} of {length}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_of_two_is_found() {
        let specials = [b'"', b'\\', 0, 1, 0x1f, b' ', 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xff];
        for first in 0..24 {
            for second in 0..24 {
                for (one, other) in specials.iter().flat_map(|one| specials.iter().map(move |other| (*one, *other))) {
                    let mut bytes = [b'x'; 24];
                    bytes[first] = one;
                    bytes[second] = other;
                    assert_eq!(plain_length(&bytes), slow(&bytes), "{one} at {first}, {other} at {second}");
                }
            }
        }
    }
}
