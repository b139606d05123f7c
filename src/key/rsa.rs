//! RSA signatures (RFC 8017, PKCS #1 v1.5): numbers in, keys out; a key and a digest in, a verdict or a signature out.
//!
//! The `rsa` crate verifies. Only keys of the usual kind are accepted: a modulus of 2048 to 4096 bits and the exponent 65537.
//! The time of a verification grows with the cube of the modulus and with the exponent, and keys may come from elsewhere.
//!
//! Signing is for tests, so it is kept small: it pads the digest and raises it to the private exponent with
//! `crypto-bigint`, in constant time. The private key type of the `rsa` crate would add nearly 20 KB (gzip) to the
//! WebAssembly, because it recovers and checks the primes to sign faster. It would not protect the key better: blinding
//! needs a source of randomness, which the core does not have. So an attacker who can measure many signings precisely might
//! learn about the key.

use alloc::vec::Vec;

use ::rsa::traits::{PublicKeyParts, SignatureScheme};
use ::rsa::{BoxedUint, Pkcs1v15Sign, PublicKey};
use crypto_bigint::modular::BoxedMontyForm;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use crate::hash::Hash;
use crate::limits::{MAX_RSA_BYTES, MIN_RSA_BYTES};

const EXPONENT: u32 = 65537;

/// A private key: the modulus and the private exponent.
#[derive(Clone)]
pub(super) struct PrivateKey {
    public: PublicKey,
    exponent: Zeroizing<BoxedUint>,
}

impl PrivateKey {
    /// A key from its numbers as big-endian bytes. The public exponent is only checked.
    pub(super) fn new(modulus: &[u8], public_exponent: &[u8], private_exponent: &[u8]) -> Option<Self> {
        let public = public_key(modulus, public_exponent)?;
        Some(Self { public, exponent: Zeroizing::new(number(private_exponent)?) })
    }

    /// The signature of a digest (RSASSA-PKCS1-v1_5, RFC 8017, section 8.2.1).
    pub(super) fn sign(&self, hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
        let padded = pad(&scheme(hash).prefix, digest, self.public.size())?;
        let message = BoxedUint::from_be_slice(&padded, self.public.n_bits_precision()).ok()?;
        let signature = BoxedMontyForm::new(message, self.public.n_params()).pow(&self.exponent).retrieve();
        let bytes = signature.to_be_bytes();
        bytes.get(bytes.len().checked_sub(self.public.size())?..).map(<[u8]>::to_vec)
    }
}

/// A public key from its numbers as big-endian bytes; `None` if they are out of bounds.
pub(super) fn public_key(modulus: &[u8], exponent: &[u8]) -> Option<PublicKey> {
    let exponent = number(exponent).filter(|exponent| *exponent == BoxedUint::from(EXPONENT))?;
    let bits = MIN_RSA_BYTES.saturating_mul(8)..=MAX_RSA_BYTES.saturating_mul(8);
    PublicKey::new_with_size_limits(number(modulus)?, exponent, bits).ok()
}

/// Whether the holder of the private key signed this digest.
pub(super) fn verify(key: &PublicKey, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    scheme(hash).verify(key, digest, signature).is_ok()
}

fn scheme(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// A digest with the prefix that names its hash function, padded to the length of the modulus (EMSA-PKCS1-v1_5, RFC 8017,
/// section 9.2).
fn pad(prefix: &[u8], digest: &[u8], length: usize) -> Option<Vec<u8>> {
    let content = [&[0], prefix, digest].concat();
    let mut padded = Vec::from([0, 1]);
    padded.resize(length.checked_sub(content.len())?, 0xFF);
    padded.extend_from_slice(&content);
    Some(padded)
}

/// A number of at most as many bytes as the longest modulus, after any leading zeros. RFC 7518 forbids leading zeros in a
/// JSON Web Key, and some libraries write the sign byte of DER all the same.
fn number(bytes: &[u8]) -> Option<BoxedUint> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(zeros..)?;
    (bytes.len() <= MAX_RSA_BYTES).then(|| BoxedUint::from_be_slice_vartime(bytes))
}
