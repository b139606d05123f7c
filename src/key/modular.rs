//! Multiplying modulo an odd number, by Montgomery's method (Handbook of Applied Cryptography, 14.36).
//!
//! A number is its limbs, the lowest first, as many as the modulus has, and is below the modulus. Calculating depends
//! on the length of numbers and on nothing else of them: there is no branch. Only reading one may tell by the time it
//! takes how it compares with the modulus; what is read here, others have seen.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;

use subtle::{Choice, ConditionallySelectable};

/// In Montgomery's form: multiplied by R, which is the power of two just beyond all limbs. A product is divided by it.
pub(super) type Number = Vec<u32>;

/// An odd number above one, and what it takes to multiply modulo it.
#[derive(Clone)]
pub(super) struct Modulus {
    limbs: Vec<u32>,
    /// What the lowest limb gives -1 with, modulo the size of a limb.
    negated_inverse: u32,
    /// A product with it is in Montgomery's form.
    r_squared: Number,
}

impl Modulus {
    /// The modulus of these bytes, the highest first; none if it is even.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let limbs = limbs(bytes);
        let lowest = limbs.first().copied().filter(|limb| limb % 2 == 1)?;
        // Modulo 8, an odd number is its own inverse. Each time, twice as many bits are right.
        let mut inverse = lowest;
        for _ in 0..4 {
            inverse = inverse.wrapping_mul(2_u32.wrapping_sub(inverse.wrapping_mul(lowest)));
        }
        let mut modulus = Self { r_squared: one(limbs.len()), negated_inverse: inverse.wrapping_neg(), limbs };
        for _ in 0..modulus.limbs.len().saturating_mul(64) {
            modulus.r_squared = modulus.doubled(&modulus.r_squared);
        }
        Some(modulus)
    }

    /// The number of these bytes, the highest first; none if it is not below the modulus or written longer.
    pub(super) fn number(&self, bytes: &[u8]) -> Option<Number> {
        let mut number = limbs(bytes);
        if number.len() > self.limbs.len() {
            return None;
        }
        number.resize(self.limbs.len(), 0);
        let is_below = number.iter().rev().lt(self.limbs.iter().rev());
        is_below.then(|| self.multiply(&number, &self.r_squared))
    }

    /// The last bytes of a number, the highest first.
    pub(super) fn last_bytes(&self, number: &Number, length: usize) -> Vec<u8> {
        let plain = self.multiply(number, &one(self.limbs.len()));
        let mut bytes = Vec::new();
        for limb in plain.iter().rev() {
            bytes.extend_from_slice(&limb.to_be_bytes());
        }
        bytes.split_off(bytes.len().saturating_sub(length))
    }

    /// The product of two numbers.
    pub(super) fn multiply(&self, number: &Number, other: &Number) -> Number {
        let mut product = vec![0; self.limbs.len()];
        let mut is_beyond = false;
        for factor in number {
            is_beyond = self.add_and_shift(&mut product, is_beyond, *factor, other);
        }
        self.reduced(product, is_beyond)
    }

    /// Adds the other number times a limb, and as many times the modulus as make the lowest limb zero, which is dropped.
    fn add_and_shift(&self, sum: &mut Number, is_beyond: bool, factor: u32, other: &Number) -> bool {
        let lowest = sum.iter().zip(other).next().map_or(0, |(limb, other)| factor.carrying_mul(*other, *limb).0);
        let times = lowest.wrapping_mul(self.negated_inverse);
        let (mut dropped, mut carry, mut other_carry) = (0, 0, 0);
        let mut below = &mut dropped;
        for ((limb, other), modulus) in sum.iter_mut().zip(other).zip(&self.limbs) {
            (*below, carry) = factor.carrying_mul_add(*other, *limb, carry);
            (*below, other_carry) = times.carrying_mul_add(*modulus, *below, other_carry);
            below = limb;
        }
        let (highest, is_beyond) = carry.carrying_add(other_carry, is_beyond);
        *below = highest;
        is_beyond
    }

    fn doubled(&self, number: &Number) -> Number {
        let mut carry = 0;
        let double = |limb: &u32| limb << 1 | mem::replace(&mut carry, limb >> 31);
        let doubled = number.iter().map(double).collect();
        self.reduced(doubled, carry == 1)
    }

    /// What is left of a number below twice the modulus, which may have a bit beyond its limbs.
    fn reduced(&self, mut number: Number, is_beyond: bool) -> Number {
        let mut borrow = false;
        let less = |(limb, modulus): (&u32, &u32)| {
            let difference;
            (difference, borrow) = limb.borrowing_sub(*modulus, borrow);
            difference
        };
        let reduced: Number = number.iter().zip(&self.limbs).map(less).collect();
        let is_above = Choice::from(u8::from(is_beyond)) | !Choice::from(u8::from(borrow));
        assign_if(&mut number, &reduced, is_above);
        number
    }

    /// A power whose exponent is secret but for its length.
    pub(super) fn secret_power(&self, number: &Number, exponent: &[u8]) -> Number {
        let mut power = self.multiply(&one(self.limbs.len()), &self.r_squared);
        for byte in exponent {
            for bit in (0..8).rev() {
                power = self.multiply(&power, &power);
                let multiplied = self.multiply(&power, number);
                assign_if(&mut power, &multiplied, Choice::from(byte >> bit & 1));
            }
        }
        power
    }
}

fn assign_if(number: &mut Number, other: &Number, choice: Choice) {
    for (limb, other) in number.iter_mut().zip(other) {
        limb.conditional_assign(other, choice);
    }
}

fn limbs(bytes: &[u8]) -> Vec<u32> {
    let mut limbs = Vec::with_capacity(bytes.len());
    for bytes in bytes.rchunks(4) {
        limbs.push(bytes.iter().fold(0, |limb, byte| limb << 8 | u32::from(*byte)));
    }
    limbs
}

/// One as it is, not in Montgomery's form.
fn one(limbs: usize) -> Number {
    let mut one = vec![0; limbs];
    if let Some(lowest) = one.first_mut() {
        *lowest = 1;
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
    use crypto_bigint::{Odd, U256};
    use proptest::prelude::*;

    const LENGTH: usize = 32;

    fn library(bytes: &[u8]) -> U256 {
        let mut padded = [0; LENGTH];
        padded[LENGTH - bytes.len()..].copy_from_slice(bytes);
        U256::from_be_slice(&padded)
    }

    fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
        [&[0; LENGTH][..length - bytes.len()], bytes].concat()
    }

    /// Compares what is calculated here with what the library calculates.
    fn check(modulus: &[u8], one: &[u8], other: &[u8], exponent: &[u8]) {
        let own = Modulus::new(modulus).unwrap();
        let params = FixedMontyParams::new_vartime(Odd::new(library(modulus)).unwrap());
        let as_bytes = |number: U256| number.to_be_bytes().as_ref()[LENGTH - modulus.len()..].to_vec();
        let numbers = [one, other].map(|bytes| {
            let number = own.number(bytes);
            assert_eq!(number.is_some(), library(bytes) < library(modulus));
            if let Some(number) = &number {
                assert_eq!(own.last_bytes(number, modulus.len()), padded(bytes, modulus.len()));
            }
            number.map(|number| (number, FixedMontyForm::new(&library(bytes), &params)))
        });
        if let [Some((one, library_one)), Some((other, library_other))] = numbers {
            let product = own.multiply(&one, &other);
            assert_eq!(own.last_bytes(&product, modulus.len()), as_bytes(library_one.mul(&library_other).retrieve()));
            let power = own.secret_power(&one, exponent);
            assert_eq!(own.last_bytes(&power, modulus.len()), as_bytes(library_one.pow(&library(exponent)).retrieve()));
        }
    }

    /// Bytes that are often all ones or all zeros, where carries run through.
    fn bytes(length: usize) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0), Just(0xFF), any::<u8>()];
        prop::collection::vec(byte, length)
    }

    fn moduli() -> impl Strategy<Value = Vec<u8>> {
        (4..=LENGTH).prop_flat_map(bytes).prop_map(|mut bytes| {
            let last = bytes.len() - 1;
            bytes[0] |= 1;
            bytes[last] |= 1;
            bytes
        })
    }

    proptest! {
        #[test]
        fn it_is_what_a_library_calculates(
            (modulus, one, other) in moduli().prop_flat_map(|modulus| {
                let length = modulus.len();
                (Just(modulus), bytes(length), bytes(length))
            }),
            exponent in bytes(3),
        ) {
            check(&modulus, &one, &other, &exponent);
        }
    }

    #[test]
    fn it_holds_at_the_edges() {
        let ones = [0xFF; LENGTH];
        let mut gap = ones;
        gap[1..31].fill(0);
        for length in [1, 3, 4, 5, 8, 31, 32] {
            for modulus in [&ones[..length], &gap[LENGTH - length..], &gap[..length]] {
                if modulus.last().is_none_or(|byte| byte % 2 == 0) {
                    continue;
                }
                let mut minus_one = modulus.to_vec();
                minus_one[length - 1] &= 0xFE;
                let one = padded(&[1], length);
                let edges = [&[], &[1][..], &one, &minus_one, modulus, &ones[..length]];
                for first in edges {
                    for second in edges {
                        check(modulus, first, second, &[0xFF, 0, 1]);
                    }
                }
            }
        }
    }

    #[test]
    fn an_even_number_is_no_modulus() {
        assert!(Modulus::new(&[]).is_none());
        assert!(Modulus::new(&[1, 0]).is_none());
    }
}
