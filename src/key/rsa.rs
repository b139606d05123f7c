//! RSA signatures (RFC 8017, PKCS #1 v1.5), computed by the `rsa` crate: numbers in, keys out; a key and a digest in, a
//! signature or a verdict out.
//!
//! Only keys of the usual kind are accepted: a modulus of 2048 to 4096 bits and the exponent 65537. A verifier whose keys
//! come from elsewhere must bound them, because the time of a verification grows with the cube of the modulus and with the
//! exponent.
//!
//! A private key signs without blinding, because the core has no source of randomness: an attacker who could measure many
//! signings precisely might learn about the key. Signing with RSA keys is for tests.

use alloc::vec::Vec;

use ::rsa::traits::PublicKeyParts;
use ::rsa::{BoxedUint, PrivateKey, PublicKey};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::hash::Hash;
use crate::limits::{MAX_RSA_BYTES, MIN_RSA_BYTES};

const EXPONENT: u32 = 65537;

/// A public key from its modulus and exponent: big-endian bytes, the modulus without leading zeros.
pub(super) fn public_key(modulus: &[u8], exponent: &[u8]) -> Option<PublicKey> {
    let key = PublicKey::new(bounded(modulus)?, bounded(exponent)?).ok()?;
    is_accepted(&key).then_some(key)
}

/// A private key from the numbers that a JSON Web Key holds. The primes are computed from them.
pub(super) fn private_key(modulus: &[u8], exponent: &[u8], private_exponent: &[u8]) -> Option<PrivateKey> {
    let numbers = (bounded(modulus)?, bounded(exponent)?, bounded(private_exponent)?);
    let key = PrivateKey::from_components(numbers.0, numbers.1, numbers.2, Vec::new()).ok()?;
    is_accepted(&key).then_some(key)
}

/// Whether the modulus and the exponent of a key are within the bounds.
pub(super) fn is_accepted(key: &impl PublicKeyParts) -> bool {
    let bits = key.n().bit_width();
    let is_long_enough = usize::try_from(bits).is_ok_and(|bits| bits >= MIN_RSA_BYTES.saturating_mul(8));
    is_long_enough && key.size() <= MAX_RSA_BYTES && *key.e() == BoxedUint::from(EXPONENT)
}

/// Whether the holder of the private key signed this digest.
pub(super) fn verify(key: &PublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    match hash {
        Hash::Sha1 => key.pkcs1v15_verify_prehash::<Sha1>(digest, signature),
        Hash::Sha256 => key.pkcs1v15_verify_prehash::<Sha256>(digest, signature),
        Hash::Sha512 => key.pkcs1v15_verify_prehash::<Sha512>(digest, signature),
    }
    .is_ok()
}

/// The signature of a digest.
pub(super) fn sign(key: &PrivateKey, hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
    match hash {
        Hash::Sha1 => key.pkcs1v15_sign_prehash::<Sha1>(digest),
        Hash::Sha256 => key.pkcs1v15_sign_prehash::<Sha256>(digest),
        Hash::Sha512 => key.pkcs1v15_sign_prehash::<Sha512>(digest),
    }
    .ok()
}

/// A number of at most as many bytes as the longest modulus.
fn bounded(bytes: &[u8]) -> Option<BoxedUint> {
    (bytes.len() <= MAX_RSA_BYTES).then(|| BoxedUint::from_be_slice_vartime(bytes))
}
