//! RSA signatures (RFC 8017, PKCS #1 v1.5), for the few senders that use them.
//!
//! The one operation is a power modulo a public number. Verifying makes the whole encoded message that the digest must
//! have and compares all of it, so there is no padding to be read and misread.

use alloc::vec::Vec;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U4096};

const LONGEST_BYTES: usize = 512;
const FEWEST_BITS: u32 = 2048;
/// 65537, the exponent of every key that is in use: 2^16 + 1.
const EXPONENT: &[u8] = &[1, 0, 1];
const SQUARINGS: u32 = 16;

/// What stands before a digest in an encoded message (RFC 8017, section 9.2, note 1).
#[derive(Clone, Copy)]
pub(super) enum Digest {
    Sha256,
    Sha1,
}

impl Digest {
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
            Self::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        }
    }
}

/// A public key, ready for use.
#[derive(Clone)]
pub(super) struct Public {
    modulus: FixedMontyParams<{ U4096::LIMBS }>,
    /// The length of the modulus and of every signature.
    bytes: usize,
}

/// A private key. It is not blinded against an onlooker who measures time: it is for tests.
#[derive(Clone)]
pub(super) struct Secret {
    public: Public,
    exponent: U4096,
}

impl Public {
    /// A key of this modulus and exponent, both without leading zeros.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let number = number(modulus)?;
        let is_usual = exponent == EXPONENT && number.bits_vartime() >= FEWEST_BITS;
        let odd = Odd::new(number).into_option().filter(|_| is_usual)?;
        Some(Self { modulus: FixedMontyParams::new_vartime(odd), bytes: modulus.len() })
    }

    /// Whether the holder of the private key signed this digest.
    pub(super) fn verify(&self, kind: Digest, digest: &[u8], signature: &[u8]) -> bool {
        self.encoded(kind, digest).is_some_and(|expected| self.opened(signature).as_deref() == Some(&expected))
    }

    /// The encoded message inside a signature.
    fn opened(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let number = number(signature).filter(|number| number < self.modulus.modulus().as_ref())?;
        if signature.len() != self.bytes {
            return None;
        }
        let base = FixedMontyForm::new(&number, &self.modulus);
        let mut power = base;
        for _ in 0..SQUARINGS {
            power = power.square();
        }
        Some(self.last_bytes(&power.mul(&base).retrieve()))
    }

    /// The encoded message of a digest, as long as the modulus.
    fn encoded(&self, kind: Digest, digest: &[u8]) -> Option<Vec<u8>> {
        let tail = kind.prefix().len().checked_add(digest.len())?;
        let padding = self.bytes.checked_sub(tail.checked_add(3)?)?;
        let mut message = Vec::from([0, 1]);
        message.resize(padding.checked_add(2)?, 0xFF);
        message.push(0);
        message.extend_from_slice(kind.prefix());
        message.extend_from_slice(digest);
        Some(message)
    }

    fn last_bytes(&self, number: &U4096) -> Vec<u8> {
        let bytes = number.to_be_bytes();
        bytes.as_ref().iter().copied().skip(LONGEST_BYTES.saturating_sub(self.bytes)).collect()
    }
}

impl Secret {
    pub(super) fn new(public: Public, exponent: &[u8]) -> Option<Self> {
        Some(Self { public, exponent: number(exponent)? })
    }

    pub(super) fn sign(&self, kind: Digest, digest: &[u8]) -> Option<Vec<u8>> {
        let message = number(&self.public.encoded(kind, digest)?)?;
        let power = FixedMontyForm::new(&message, &self.public.modulus).pow(&self.exponent);
        Some(self.public.last_bytes(&power.retrieve()))
    }
}

fn number(bytes: &[u8]) -> Option<U4096> {
    let mut padded = [0; LONGEST_BYTES];
    padded.get_mut(LONGEST_BYTES.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    Some(U4096::from_be_slice(&padded))
}
