//! Finding where the plain text of a string ends, many bytes at a time: strings are most of what bodies are made of.

/// What is longer than this is likely to be a good deal longer.
const LONG: usize = 64;

/// How many bytes stand before the first one that is a quotation mark, a backslash or a control character.
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
        if passed == LONG {
            passed = passed.wrapping_add(long_plain_length(rest));
            rest = bytes.get(passed..).unwrap_or_default();
        }
    }
    let in_rest = rest.iter().position(|byte| is_special(*byte));
    passed.wrapping_add(in_rest.unwrap_or(rest.len()))
}

/// The same, but only so far as whole stretches are plain.
#[inline(never)]
fn long_plain_length(bytes: &[u8]) -> usize {
    let (stretches, _) = bytes.as_chunks();
    plain_stretches(stretches).wrapping_mul(LONG)
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
#[expect(clippy::inline_always, reason = "compiled for size, an instruction or two would be a call otherwise")]
mod vector {
    use core::arch::wasm32::{
        i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128, v128_or, v128_xor,
    };
    use core::hint::black_box;

    use super::LONG;

    /// The offset of the first byte that is not plain.
    #[inline]
    pub(super) fn first_special(block: [u8; 16]) -> Option<usize> {
        let found = u8x16_bitmask(Marks::in_code().specials(load(block)));
        if found == 0 { None } else { usize::try_from(found.trailing_zeros()).ok() }
    }

    /// How many stretches stand before the first one in which a byte is special.
    pub(super) fn plain_stretches(stretches: &[[u8; LONG]]) -> usize {
        let marks = Marks::in_registers();
        stretches.iter().take_while(|stretch| has_no_bits(stretch, |block| marks.specials(block))).count()
    }

    /// Whether all bytes are ASCII.
    pub(in crate::json) fn is_ascii(bytes: &[u8]) -> bool {
        let (stretches, rest) = bytes.as_chunks();
        stretches.iter().all(|stretch| has_no_bits(stretch, |block| block)) && rest.iter().all(u8::is_ascii)
    }

    /// Whether nothing is found in the blocks of a stretch: no byte has its first bit set in what is made of them. A loop
    /// over so few would take longer than what is done in it.
    #[inline(always)]
    fn has_no_bits(stretch: &[u8; LONG], find: impl Fn(v128) -> v128) -> bool {
        let ([a, b, c, d], _) = stretch.as_chunks() else { return false };
        let found = |block: &[u8; 16]| find(load(*block));
        u8x16_bitmask(v128_or(v128_or(found(a), found(b)), v128_or(found(c), found(d)))) == 0
    }

    /// What special bytes are told by, once for every byte of a block.
    #[derive(Clone, Copy)]
    struct Marks {
        turned: v128,
        limit: v128,
        backslash: v128,
    }

    impl Marks {
        /// With the second bit turned over, a quotation mark comes right behind the control characters, and the space that
        /// was there behind it. Turning over the first as well, which is for the sign, asks for no more: processors compare
        /// signed bytes, and unsigned ones in several steps.
        const BITS_TO_TURN: u8 = 0x82;
        const AFTER_QUOTATION_MARK: i8 = i8::MIN + 33;

        #[inline(always)]
        fn new(turned: u8, limit: i8, backslash: u8) -> Self {
            Self { turned: u8x16_splat(turned), limit: i8x16_splat(limit), backslash: u8x16_splat(backslash) }
        }

        /// As part of the code: the shorter way for a single block.
        #[inline(always)]
        fn in_code() -> Self {
            Self::new(Self::BITS_TO_TURN, Self::AFTER_QUOTATION_MARK, b'\\')
        }

        /// As numbers that the compiler does not know, which stay in registers. What it knows it makes part of the code, and
        /// V8 makes vectors of that anew wherever they are used: a loop takes more than twice as long then.
        #[inline(always)]
        fn in_registers() -> Self {
            let (turned, limit, backslash) = black_box((Self::BITS_TO_TURN, Self::AFTER_QUOTATION_MARK, b'\\'));
            Self::new(turned, limit, backslash)
        }

        /// Marks quotation marks, backslashes and control characters, with all bits of their bytes.
        #[inline(always)]
        fn specials(self, bytes: v128) -> v128 {
            let low = i8x16_lt(v128_xor(bytes, self.turned), self.limit);
            v128_or(low, u8x16_eq(bytes, self.backslash))
        }
    }

    /// Two halves of one number, which the compiler loads at once.
    #[inline(always)]
    fn load(block: [u8; 16]) -> v128 {
        let both = u128::from_le_bytes(block);
        let half = |shift: u32| u64::try_from((both >> shift) & u128::from(u64::MAX)).unwrap_or(0);
        u64x2(half(0), half(64))
    }
}

/// The same without vectors. A subtraction borrows from the next byte only where it sets the mark of its own, so the
/// first mark is always right, and later ones are not looked at.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod word {
    use super::{LONG, is_special};

    const MARKS: u64 = 0x8080_8080_8080_8080;

    /// The offset of the first byte that is not plain.
    #[inline]
    pub(super) fn first_special(block: [u8; 8]) -> Option<usize> {
        let bytes = u64::from_le_bytes(block);
        let found = below(bytes, b' ') | equal(bytes, b'"') | equal(bytes, b'\\');
        if found == 0 { None } else { usize::try_from(found.trailing_zeros() / 8).ok() }
    }

    /// How many stretches stand before the first one in which a byte is special.
    pub(super) fn plain_stretches(stretches: &[[u8; LONG]]) -> usize {
        stretches.iter().take_while(|stretch| is_plain(stretch)).count()
    }

    /// Without a way out in the middle, compilers make vectors of it.
    #[inline]
    fn is_plain(stretch: &[u8; LONG]) -> bool {
        !stretch.iter().fold(false, |found, byte| found | is_special(*byte))
    }

    /// Whether all bytes are ASCII.
    pub(in crate::json) const fn is_ascii(bytes: &[u8]) -> bool {
        bytes.is_ascii()
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
        // From some length on, stretches of 64 bytes are looked at in one go.
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
    fn a_text_is_ascii_unless_some_byte_is_not() {
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
