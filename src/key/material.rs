//! What a key consists of: one variant for each kind of secret, public key and private key, and the algorithms it can be
//! used with.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use ed25519_dalek::{SigningKey as Ed25519Private, VerifyingKey as Ed25519Public};
use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use zeroize::Zeroizing;

use super::hmac::HmacKey;
use super::rsa;
use crate::scheme::Algorithm;

/// A secret, public key or private key that was parsed for one scheme.
///
/// The text it was parsed from is not kept. `Debug` shows the kind of key and nothing of its value.
#[derive(Clone)]
pub struct Key {
    pub(super) id: Option<Box<str>>,
    pub(super) material: Material,
}

#[derive(Clone)]
pub(super) enum Material {
    /// A secret for HMAC: one key for each hash function that the scheme uses.
    Hmac(Vec<HmacKey>),
    /// A secret that the sender sends as it is, or hashes together with the content.
    Secret(Zeroizing<Vec<u8>>),
    Ed25519Public(Ed25519Public),
    Ed25519Private(Ed25519Private),
    P256Public(Box<P256Public>),
    P256Private(Box<P256Private>),
    RsaPublic(Box<::rsa::PublicKey>),
    RsaPrivate(Box<rsa::PrivateKey>),
}

/// What a key is parsed for. Verification takes the public key of a pair, and signing takes the private key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Verify,
    Sign,
}

/// Every algorithm, in the order in which a key tries them.
pub(super) const ALGORITHMS: &[Algorithm] = &[
    Algorithm::HmacSha256,
    Algorithm::HmacSha1,
    Algorithm::HmacSha384,
    Algorithm::HmacSha512,
    Algorithm::Sha256,
    Algorithm::Sha1,
    Algorithm::Ed25519,
    Algorithm::EcdsaP256,
    Algorithm::RsaSha256,
    Algorithm::RsaSha384,
    Algorithm::RsaSha512,
    Algorithm::RsaSha1,
];

impl Key {
    /// Names the key. A JSON Web Token with a `kid` is verified with the keys of that name or, if there are none, with the keys
    /// that have no name.
    #[must_use]
    pub fn named(self, id: &str) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// The name from [`Key::named`], or the `kid` of the JSON Web Key that this key was parsed from.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether this key can be used with an algorithm.
    pub(crate) fn supports(&self, algorithm: Algorithm) -> bool {
        match &self.material {
            Material::Hmac(keys) => keys.iter().any(|key| key.algorithm() == algorithm),
            Material::Secret(_) => matches!(algorithm, Algorithm::Sha256 | Algorithm::Sha1),
            Material::Ed25519Public(_) | Material::Ed25519Private(_) => algorithm == Algorithm::Ed25519,
            Material::P256Public(_) | Material::P256Private(_) => algorithm == Algorithm::EcdsaP256,
            Material::RsaPublic(_) | Material::RsaPrivate(_) => algorithm.tag_bytes().is_none(),
        }
    }
}

impl From<Material> for Key {
    fn from(material: Material) -> Self {
        Self { id: None, material }
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let algorithm = ALGORITHMS.iter().find(|algorithm| self.supports(**algorithm));
        f.debug_struct("Key").field("id", &self.id).field("algorithm", &algorithm).finish_non_exhaustive()
    }
}
