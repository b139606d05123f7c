//! The work that a delivery costs before it is verified, bounded. In: keys, signatures and messages. Out: whether they may be
//! checked.
//!
//! A shared secret gives one expected signature for each message, so more signatures cost next to nothing. A public key checks
//! each signature by itself, and for Ed25519 each check hashes the whole message again. So an attacker without a key could have a
//! large body hashed 32 times. RSA and ECDSA sign a digest, which is computed once.

use super::material::Key;
use super::signature::ReceivedSignature;
use crate::hash::Message;
use crate::limits::{MAX_ED25519_BYTES, MAX_PUBLIC_KEY_SIGNATURES, ROTATION_SIGNATURES};
use crate::scheme::Algorithm;

/// Whether the signatures that public keys would check are few enough for messages of this size.
pub(crate) fn is_affordable(keys: &[Key], signatures: &[ReceivedSignature], messages: &[Message<'_>]) -> bool {
    let checked = |is_counted: fn(Algorithm) -> bool| {
        let is_checked = |signature: &&ReceivedSignature| {
            is_counted(signature.algorithm) && keys.iter().any(|key| key.supports(signature.algorithm))
        };
        signatures.iter().filter(is_checked).count()
    };
    let bytes = messages.iter().fold(0_usize, |sum, message| sum.saturating_add(message.len()));
    let ed25519 = checked(|algorithm| algorithm == Algorithm::Ed25519);
    let hashed = bytes.saturating_mul(keys.len()).saturating_mul(ed25519);
    checked(|algorithm| !algorithm.is_symmetric()) <= MAX_PUBLIC_KEY_SIGNATURES
        && (ed25519 <= ROTATION_SIGNATURES || hashed <= MAX_ED25519_BYTES)
}
