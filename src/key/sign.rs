//! Signing: a key and a message in, a signature out. Verification of HMAC and of plain digests compares with the result.

use alloc::vec::Vec;

use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner;

use super::material::{Key, Material};
use crate::hash::{Hash, Host, Message, digest};
use crate::scheme::Algorithm;

impl Key {
    /// The signature of a message; `None` for a public key.
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &Message<'_>) -> Option<Vec<u8>> {
        self.signature(algorithm, message, None)
    }

    /// The signature of a message whose body the host may hash; `None` for a public key.
    pub(super) fn signature(&self, algorithm: Algorithm, message: &Message<'_>, host: Host<'_>) -> Option<Vec<u8>> {
        match &self.material {
            Material::Hmac(keys) => Some(keys.iter().find(|key| key.algorithm() == algorithm)?.sign(message, host)),
            Material::Secret(secret) => Some(digest(hash_of(algorithm), message, secret, host)),
            Material::Ed25519Private(key) => Some(key.sign(&message.whole()).to_bytes().to_vec()),
            Material::P256Private(key) => {
                let signature: p256::ecdsa::Signature =
                    key.sign_prehash(&digest(Hash::Sha256, message, &[], host)).ok()?;
                Some(signature.to_bytes().to_vec())
            }
            Material::RsaPrivate(key) => {
                let hash = hash_of(algorithm);
                key.sign(hash, &digest(hash, message, &[], host))
            }
            Material::Ed25519Public(_) | Material::P256Public(_) | Material::RsaPublic(_) => None,
        }
    }

    /// The shared token itself, for a sender to send.
    pub(crate) fn shared_token(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Secret(token) => Some(token),
            _ => None,
        }
    }
}

/// The hash function of an algorithm that signs a digest.
pub(super) const fn hash_of(algorithm: Algorithm) -> Hash {
    match algorithm {
        Algorithm::Sha1 | Algorithm::RsaSha1 => Hash::Sha1,
        Algorithm::RsaSha384 => Hash::Sha384,
        Algorithm::RsaSha512 => Hash::Sha512,
        _ => Hash::Sha256,
    }
}
