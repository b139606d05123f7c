//! Finds the end of a string's plain text many bytes at a time, and whether a text is ASCII: most bytes of a body are in strings.
//!
//! A byte of a string is special if it is a quotation mark, a backslash or a control character. Short strings are scanned in
//! blocks of 16 bytes (8 without vector instructions). From the 64th byte on, stretches of 64 bytes are scanned with one
//! branch each, because a string that long is likely to be much longer.
//!
//! The vector code tests for all special bytes with two comparisons. XOR with 0x02 exchanges the quotation mark (0x22) and the
//! space (0x20), so that the special bytes below 0x22 become one range: the control characters and the quotation mark.
//! XOR with 0x80 as well turns that range into the lowest signed numbers, because processors compare signed bytes in one
//! step. The second comparison finds the backslash.
//!
//! V8 rebuilds a vector constant, in three instructions, each time it is used. In the loop over stretches `black_box` hides the
//! constants from the compiler, so they stay in registers: the loop runs 2.4 times as fast. For a single block it gains nothing.

/// Length of a stretch, in bytes.
const STRETCH: usize = 64;

/// The number of bytes before the first special byte.
#[inline(never)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut passed: usize = 0;
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk() {
        if let Some(offset) = first_special(*block) {
            return passed.wrapping_add(offset);
        }
        passed = passed.wrapping_add(block.len());
        rest = after;
        if passed == STRETCH {
            passed = passed.wrapping_add(long_plain_length(rest));
            rest = bytes.get(passed..).unwrap_or_default();
        }
    }
    let in_rest = rest.iter().position(|byte| is_special(*byte));
    passed.wrapping_add(in_rest.unwrap_or(rest.len()))
}

/// The number of bytes in whole stretches before the first stretch with a special byte.
#[inline(never)]
fn long_plain_length(bytes: &[u8]) -> usize {
    let (stretches, _) = bytes.as_chunks();
    plain_stretches(stretches).wrapping_mul(STRETCH)
}

const fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < b' '
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use vector::is_ascii;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use vector::{first_special, plain_stretches};
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use word::is_ascii;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use word::{first_special, plain_stretches};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[expect(clippy::inline_always, reason = "measured: each is an instruction or two, and a call costs more")]
mod vector {
    use core::arch::wasm32::{
        i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128, v128_or, v128_xor,
    };
    use core::hint::black_box;

    use super::STRETCH;

    /// The offset of the first special byte.
    #[inline]
    pub(super) fn first_special(block: [u8; 16]) -> Option<usize> {
        let found = u8x16_bitmask(Constants::in_code().specials(load(block)));
        if found == 0 { None } else { usize::try_from(found.trailing_zeros()).ok() }
    }

    /// The number of stretches before the first one with a special byte.
    pub(super) fn plain_stretches(stretches: &[[u8; STRETCH]]) -> usize {
        let constants = Constants::in_registers();
        stretches.iter().take_while(|stretch| finds_nothing(stretch, |block| constants.specials(block))).count()
    }

    /// Whether all bytes are ASCII.
    pub(in crate::json) fn is_ascii(bytes: &[u8]) -> bool {
        let (stretches, rest) = bytes.as_chunks();
        stretches.iter().all(|stretch| finds_nothing(stretch, |block| block)) && rest.iter().all(u8::is_ascii)
    }

    /// Whether `find` sets no byte's highest bit in any of the four blocks of a stretch. The loop is written out, because the
    /// compiler does not unroll loops at this optimization level.
    #[inline(always)]
    fn finds_nothing(stretch: &[u8; STRETCH], find: impl Fn(v128) -> v128) -> bool {
        let ([a, b, c, d], _) = stretch.as_chunks() else { return false };
        let found = |block: &[u8; 16]| find(load(*block));
        u8x16_bitmask(v128_or(v128_or(found(a), found(b)), v128_or(found(c), found(d)))) == 0
    }

    /// The constants of the two comparisons, once for each byte of a block.
    #[derive(Clone, Copy)]
    struct Constants {
        flipped: v128,
        limit: v128,
        backslash: v128,
    }

    impl Constants {
        /// The bits that move the special bytes below the backslash to one range (see the head of this file).
        const FLIPPED_BITS: u8 = 0x82;
        const END_OF_RANGE: i8 = i8::MIN + 33;

        #[inline(always)]
        fn new(flipped: u8, limit: i8, backslash: u8) -> Self {
            Self { flipped: u8x16_splat(flipped), limit: i8x16_splat(limit), backslash: u8x16_splat(backslash) }
        }

        /// For a single block: the compiler puts the constants into the code.
        #[inline(always)]
        fn in_code() -> Self {
            Self::new(Self::FLIPPED_BITS, Self::END_OF_RANGE, b'\\')
        }

        /// For a loop: hidden from the compiler, the constants stay in registers.
        #[inline(always)]
        fn in_registers() -> Self {
            let (flipped, limit, backslash) = black_box((Self::FLIPPED_BITS, Self::END_OF_RANGE, b'\\'));
            Self::new(flipped, limit, backslash)
        }

        /// Sets all bits of the special bytes and clears the others.
        #[inline(always)]
        fn specials(self, bytes: v128) -> v128 {
            let low = i8x16_lt(v128_xor(bytes, self.flipped), self.limit);
            v128_or(low, u8x16_eq(bytes, self.backslash))
        }
    }

    /// Loads a block. The compiler turns the two halves into one load.
    #[inline(always)]
    fn load(block: [u8; 16]) -> v128 {
        let both = u128::from_le_bytes(block);
        let half = |shift: u32| u64::try_from((both >> shift) & u128::from(u64::MAX)).unwrap_or(0);
        u64x2(half(0), half(64))
    }
}

/// Without vector instructions: eight bytes in a number. A subtraction borrows from the next byte only after it has marked its
/// own, so the first mark is always right; later marks are not used.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod word {
    use super::{STRETCH, is_special};

    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

    /// The offset of the first special byte.
    #[inline]
    pub(super) fn first_special(block: [u8; 8]) -> Option<usize> {
        let bytes = u64::from_le_bytes(block);
        let found = below(bytes, b' ') | equal(bytes, b'"') | equal(bytes, b'\\');
        if found == 0 { None } else { usize::try_from(found.trailing_zeros() / 8).ok() }
    }

    /// The number of stretches before the first one with a special byte.
    pub(super) fn plain_stretches(stretches: &[[u8; STRETCH]]) -> usize {
        stretches.iter().take_while(|stretch| is_plain(stretch)).count()
    }

    /// A loop without an early exit, which compilers vectorize.
    #[inline]
    fn is_plain(stretch: &[u8; STRETCH]) -> bool {
        !stretch.iter().fold(false, |found, byte| found | is_special(*byte))
    }

    /// Whether all bytes are ASCII.
    pub(in crate::json) const fn is_ascii(bytes: &[u8]) -> bool {
        bytes.is_ascii()
    }

    /// Marks the bytes below a limit, which is at most 128.
    const fn below(bytes: u64, limit: u8) -> u64 {
        bytes.wrapping_sub(repeated(limit)) & !bytes & HIGH_BITS
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
    fn every_byte_is_found_at_every_place() {
        // Includes lengths around the stretches of 64 bytes.
        for length in (0..=40).chain([63, 64, 65, 80, 127, 128, 129, 143]) {
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
    fn one_byte_beyond_ascii_anywhere_is_noticed() {
        for length in 0..=200 {
            let ascii = vec![0x7f; length];
            assert!(is_ascii(&ascii));
            for place in 0..length {
                let mut bytes = ascii.clone();
                bytes[place] = 0x80;
                assert!(!is_ascii(&bytes), "at {place} of {length}");
            }
        }
    }

    #[test]
    fn the_first_of_two_special_bytes_is_found() {
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
