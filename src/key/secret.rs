//! Shared secrets: the bytes of a secret and a scheme in, key material out. A public key is never accepted as a secret.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::hmac::HmacKey;
use super::material::Material;
use super::recognize::is_public_key;
use crate::error::KeyError;
use crate::scheme::{Algorithm, Proof, Scheme, SharedToken};

/// The key material of a shared secret, for the algorithms that the scheme uses it with.
pub(super) fn shared_secret(scheme: &Scheme, secret: &[u8]) -> Result<Material, KeyError> {
    check_not_a_public_key(secret)?;
    check_not_zero(secret)?;
    let keys: Vec<HmacKey> = algorithms(scheme).filter_map(|algorithm| HmacKey::new(algorithm, secret)).collect();
    if !keys.is_empty() {
        return Ok(Material::Hmac(keys));
    }
    let is_secret = algorithms(scheme).any(Algorithm::is_symmetric) || matches!(scheme.proof, Proof::SharedToken(_));
    if !is_secret {
        return Err(KeyError::WrongType {
            problem: "this is a shared secret, and the scheme needs a public key: pass the sender's public key",
        });
    }
    Ok(Material::Secret(Zeroizing::new(secret.to_vec())))
}

/// Rejects secrets that an attacker can guess: HMAC pads a key with zeros, so a key of zero bytes equals the empty key.
fn check_not_zero(secret: &[u8]) -> Result<(), KeyError> {
    if secret.iter().all(|byte| *byte == 0) {
        return Err(KeyError::Empty {
            problem: "the secret consists of zero bytes, so it equals an empty secret: is the secret configured?",
        });
    }
    Ok(())
}

/// The algorithms of the scheme's signatures or tokens.
pub(super) fn algorithms(scheme: &Scheme) -> impl Iterator<Item = Algorithm> {
    let (tags, tokens): (&[_], &[_]) = match scheme.proof {
        Proof::Signature(signature) => (signature.tags, &[]),
        Proof::Token(token) => (&[], token.algorithms),
        Proof::SharedToken(_) => (&[], &[]),
    };
    tags.iter().map(|tag| tag.algorithm).chain(tokens.iter().copied())
}

/// Rejects a token that cannot arrive. Shared tokens are sent in headers, which carry printable ASCII only.
pub(super) fn check_can_be_sent(scheme: &Scheme, secret: &[u8]) -> Result<(), KeyError> {
    let is_sent = matches!(scheme.proof, Proof::SharedToken(SharedToken::Header(_) | SharedToken::Basic));
    if is_sent && !secret.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(KeyError::Encoding {
            problem: "the token has characters other than printable ASCII, which a header cannot carry: pass the token exactly as the sender sends it",
        });
    }
    Ok(())
}

/// Rejects public keys in every form. Everybody can read a public key, so an attacker could sign with it if it were used as
/// a secret.
pub(super) fn check_not_a_public_key(secret: &[u8]) -> Result<(), KeyError> {
    if is_public_key(secret) {
        return Err(KeyError::WrongType {
            problem: "this is a public or structured key, and the scheme needs a shared secret: pass the secret of this endpoint, or a supported public key if the scheme has one",
        });
    }
    Ok(())
}
