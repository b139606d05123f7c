//! As much of DER (X.690) as it takes to find a key in what vendors hand out, and to read an ECDSA signature. Lengths
//! and integers have one form; every other is refused.

use alloc::vec::Vec;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// The optional version at the head of a certificate.
pub(super) const VERSION: u8 = 0xA0;

/// What is left of some elements in a row.
#[derive(Clone, Copy)]
pub(super) struct Elements<'d> {
    rest: &'d [u8],
}

impl<'d> Elements<'d> {
    /// The elements of a sequence that is all there is.
    pub(super) fn of_sequence(der: &'d [u8]) -> Option<Self> {
        let mut outer = Self { rest: der };
        let inner = outer.sequence()?;
        outer.end()?;
        Some(inner)
    }

    /// The content of the next element, if it has this tag.
    pub(super) fn next(&mut self, tag: u8) -> Option<&'d [u8]> {
        let (own, rest) = self.rest.split_first()?;
        if *own != tag {
            return None;
        }
        let (length, rest) = read_length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(content)
    }

    /// The elements of the next one, which must be a sequence.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.next(SEQUENCE).map(|rest| Self { rest })
    }

    /// The bytes of the next integer, which must not be negative, without leading zeros.
    pub(super) fn unsigned(&mut self) -> Option<&'d [u8]> {
        match self.next(INTEGER)? {
            [0] => Some(&[]),
            [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => Some(rest),
            [first, ..] if *first == 0 || *first >= 0x80 => None,
            [] => None,
            bytes => Some(bytes),
        }
    }

    /// Succeeds if nothing is left.
    pub(super) fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

fn read_length(der: &[u8]) -> Option<(usize, &[u8])> {
    match der {
        [short, rest @ ..] if *short < 0x80 => Some((usize::from(*short), rest)),
        [0x81, length, rest @ ..] if *length >= 0x80 => Some((usize::from(*length), rest)),
        [0x82, high, low, rest @ ..] if *high > 0 => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => None,
    }
}

/// The two numbers of an ECDSA signature, 32 bytes each, from its DER form.
pub(super) fn decode_signature(der: &[u8]) -> Option<Vec<u8>> {
    let mut numbers = Elements::of_sequence(der)?;
    let mut signature = Vec::with_capacity(64);
    for _ in 0..2 {
        let number = numbers.unsigned()?;
        signature.resize(signature.len().saturating_add(32_usize.checked_sub(number.len())?), 0);
        signature.extend_from_slice(number);
    }
    numbers.end()?;
    Some(signature)
}

/// The DER form of an ECDSA signature.
pub(super) fn encode_signature(signature: &[u8]) -> Vec<u8> {
    let mut numbers = Vec::new();
    for number in signature.chunks(32) {
        let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
        let number = number.get(start..).unwrap_or_default();
        let needs_zero = number.first().is_none_or(|byte| *byte >= 0x80);
        let length = number.len().saturating_add(usize::from(needs_zero));
        numbers.extend([INTEGER, u8::try_from(length).unwrap_or(0)]);
        numbers.extend(needs_zero.then_some(0));
        numbers.extend_from_slice(number);
    }
    let mut der = Vec::from([SEQUENCE, u8::try_from(numbers.len()).unwrap_or(0)]);
    der.append(&mut numbers);
    der
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_one_der_form() {
        let mut signature = [0x11; 64];
        signature[0] = 0x80;
        signature[32] = 0;
        let der = encode_signature(&signature);
        assert_eq!(decode_signature(&der).as_deref(), Some(&signature[..]));
        assert_eq!(der[..5], [0x30, 0x44, 0x02, 0x21, 0x00]);
        // A zero too many, bytes after the end, a length in the long form, a negative number.
        let zero_padded = [&[0x30, 0x45, 0x02, 0x22, 0x00][..], &der[4..]].concat();
        let trailing = [&der[..], &[0]].concat();
        let long_form = [&[0x30, 0x81, 0x44][..], &der[2..]].concat();
        let mut negative = encode_signature(&[0x11; 64]);
        negative[4] = 0x91;
        for other in [zero_padded, trailing, long_form, negative] {
            assert_eq!(decode_signature(&other), None);
        }
    }
}
