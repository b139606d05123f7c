//! Shared secrets: the bytes of a secret and a scheme in, key material out. A public key is never accepted as a secret.

use alloc::boxed::Box;

use zeroize::Zeroizing;

use super::hmac::HmacKey;
use super::material::Material;
use super::recognize::is_public_key;
use crate::error::KeyError;
use crate::scheme::{Algorithm, Proof, Scheme, SharedToken};

/// The key material of a shared secret, for the algorithm that the scheme uses it with.
pub(super) fn shared_secret(scheme: &Scheme, secret: &[u8]) -> Result<Material, KeyError> {
    check_not_a_public_key(secret)?;
    let algorithm = algorithms(scheme).find(|algorithm| algorithm.is_symmetric());
    if let Some(key) = algorithm.and_then(|algorithm| HmacKey::new(algorithm, secret)) {
        return Ok(Material::Hmac(Box::new(key)));
    }
    match (algorithm, scheme.proof) {
        (Some(_), _) | (None, Proof::SharedToken(_)) => Ok(Material::Secret(Zeroizing::new(secret.to_vec()))),
        (None, _) => Err(KeyError::WrongType {
            problem: "this is a shared secret, and the scheme needs a public key: pass the sender's public key",
        }),
    }
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
