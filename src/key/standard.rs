//! Keys as Standard Webhooks writes them: text in, key material out. `whsec_` marks a shared secret, `whpk_` an Ed25519 public
//! key and `whsk_` an Ed25519 private key, each before base64. A text without a prefix is the base64 of a shared secret.

use alloc::vec::Vec;

use ed25519_dalek::SigningKey as Ed25519Private;
use zeroize::Zeroizing;

use super::material::{Material, Use};
use super::public;
use super::secret::{check_not_a_public_key, shared_secret};
use crate::error::KeyError;
use crate::scheme::Scheme;
use crate::text::base64;

const SECRET_PREFIX: &str = "whsec_";
const PUBLIC_PREFIX: &str = "whpk_";
const PRIVATE_PREFIX: &str = "whsk_";

/// Parses a key of any of the four forms.
pub(super) fn parse(purpose: Use, scheme: &Scheme, text: &str) -> Result<Material, KeyError> {
    let text = without_version(text);
    if let Some(encoded) = text.strip_prefix(PUBLIC_PREFIX) {
        return match purpose {
            Use::Verify => public_key(encoded),
            Use::Sign => Err(KeyError::WrongType {
                problem: "this is a public key (`whpk_`), which cannot sign: pass the private key (`whsk_`)",
            }),
        };
    }
    if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
        return match purpose {
            Use::Verify => Err(KeyError::WrongType {
                problem: "this is the sender's private key (`whsk_`): a receiver needs the public key (`whpk_`)",
            }),
            Use::Sign => private_key(encoded),
        };
    }
    let encoded = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
    // The hexadecimal of a public key is base64, too.
    check_not_a_public_key(encoded.as_bytes())?;
    let secret = decode(encoded)?;
    if secret.is_empty() {
        return Err(KeyError::Empty { problem: "nothing follows `whsec_`: copy the whole secret" });
    }
    shared_secret(scheme, &secret)
}

/// Whether a text is a secret with its prefix, with or without a version before it.
pub(super) fn has_secret_prefix(text: &str) -> bool {
    without_version(text).starts_with(SECRET_PREFIX)
}

/// Removes the version that some dashboards show before the secret.
fn without_version(text: &str) -> &str {
    text.strip_prefix("v1,").filter(|rest| rest.starts_with(SECRET_PREFIX)).unwrap_or(text)
}

/// Decodes base64, whose padding may be missing. It must be canonical otherwise: a secret that was truncated or mistyped
/// should be rejected here with an explanation, and not fail at the first delivery.
fn decode(encoded: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let decoded = if encoded.ends_with('=') { base64::decode(encoded) } else { base64::decode_unpadded(encoded) };
    decoded.map(Zeroizing::new).ok_or(KeyError::Encoding {
        problem: "the key is not base64 after its prefix: pass the whole key and nothing else",
    })
}

fn public_key(encoded: &str) -> Result<Material, KeyError> {
    let bytes = decode(encoded)?;
    if bytes.len() != 32 {
        return Err(KeyError::Encoding {
            problem: "a `whpk_` key is the base64 of 32 bytes, and this is longer or shorter: pass the whole key",
        });
    }
    public::ed25519_public(&bytes).map(Material::Ed25519Public).ok_or(KeyError::Encoding {
        problem: "these 32 bytes are not an Ed25519 public key: pass the sender's `whpk_` key",
    })
}

fn private_key(encoded: &str) -> Result<Material, KeyError> {
    let bytes = decode(encoded)?;
    let pair: &[u8; 64] = bytes.as_slice().try_into().map_err(|_| KeyError::Encoding {
        problem: "a `whsk_` key is the base64 of 64 bytes, the seed and the public key: pass the whole key",
    })?;
    Ed25519Private::from_keypair_bytes(pair).map(Material::Ed25519Private).map_err(|_| KeyError::Encoding {
        problem: "the seed and the public key in this `whsk_` key do not belong together: pass the key unchanged",
    })
}
