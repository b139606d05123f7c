//! RSA signatures (RFC 8017, PKCS #1 v1.5), for the few senders that use them.
//!
//! The one operation is a power modulo a public number. Verifying makes the whole encoded message that the digest must
//! have and compares all of it, so there is no padding to be read and misread.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::modular::Modulus;
use crate::hash::Hash;
use crate::limits::{MAX_RSA_BYTES, MIN_RSA_BYTES};

/// 65537, the exponent of every key that is in use: 2^16 + 1.
const EXPONENT: &[u8] = &[1, 0, 1];
const SQUARINGS: u32 = 16;

/// What stands before a digest in an encoded message (RFC 8017, section 9.2, note 1).
const fn prefix(hash: Hash) -> &'static [u8] {
    match hash {
        Hash::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        Hash::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
        Hash::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    }
}

/// A public key, ready for use.
#[derive(Clone)]
pub(super) struct Public {
    modulus: Modulus,
    /// The length of the modulus and of every signature.
    bytes: usize,
}

/// A private key. Signing takes the same steps whatever the key is, but it is not blinded against an onlooker who
/// measures closely: it is for tests.
#[derive(Clone)]
pub(super) struct Secret {
    public: Public,
    exponent: Zeroizing<Vec<u8>>,
}

impl Public {
    /// A key of this modulus and exponent, both without leading zeros.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let is_usual = exponent == EXPONENT && is_long_enough(modulus) && modulus.len() <= MAX_RSA_BYTES;
        if is_usual { Some(Self { modulus: Modulus::new(modulus)?, bytes: modulus.len() }) } else { None }
    }

    /// Whether the holder of the private key signed this digest.
    pub(super) fn verify(&self, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
        self.encoded(hash, digest).is_some_and(|expected| self.opened(signature).as_deref() == Some(&expected))
    }

    /// The encoded message inside a signature.
    fn opened(&self, signature: &[u8]) -> Option<Vec<u8>> {
        if signature.len() != self.bytes {
            return None;
        }
        let base = self.modulus.number(signature)?;
        let mut power = base.clone();
        for _ in 0..SQUARINGS {
            power = self.modulus.multiply(&power, &power);
        }
        Some(self.modulus.last_bytes(&self.modulus.multiply(&power, &base), self.bytes))
    }

    /// The encoded message of a digest, as long as the modulus.
    fn encoded(&self, hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
        let prefix = prefix(hash);
        let tail = prefix.len().checked_add(digest.len())?;
        let padding = self.bytes.checked_sub(tail.checked_add(3)?)?;
        let mut message = Vec::from([0, 1]);
        message.resize(padding.checked_add(2)?, 0xFF);
        message.push(0);
        message.extend_from_slice(prefix);
        message.extend_from_slice(digest);
        Some(message)
    }
}

impl Secret {
    pub(super) fn new(public: Public, exponent: &[u8]) -> Option<Self> {
        let exponent = Zeroizing::new(exponent.to_vec());
        (exponent.len() <= MAX_RSA_BYTES).then_some(Self { public, exponent })
    }

    pub(super) fn sign(&self, hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
        let Public { modulus, bytes } = &self.public;
        let message = modulus.number(&self.public.encoded(hash, digest)?)?;
        Some(modulus.last_bytes(&modulus.secret_power(&message, &self.exponent), *bytes))
    }
}

/// Whether a number has at least 2048 bits.
fn is_long_enough(number: &[u8]) -> bool {
    let start = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(start..).unwrap_or_default();
    (significant.len(), significant.first().copied().unwrap_or(0)) >= (MIN_RSA_BYTES, 0x80)
}
