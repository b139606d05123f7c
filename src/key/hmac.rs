//! HMAC keys (RFC 2104): a secret and a message in, a signature out. The `hmac` crate computes it, unless the host hashes the
//! body: see `host_hmac`.

use alloc::vec::Vec;

use ::hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::host_hmac::HostHmac;
use crate::hash::{Hash, Host, Message};
use crate::scheme::Algorithm;

/// A secret for HMAC with one hash function. The hash states after the key's blocks are kept, not the secret.
#[derive(Clone)]
pub(super) struct HmacKey {
    algorithm: Algorithm,
    state: State,
    host: HostHmac,
}

#[derive(Clone)]
enum State {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl HmacKey {
    /// A key from a secret of any length; `None` if the algorithm is not an HMAC.
    pub(super) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        let (hash, state) = match algorithm {
            Algorithm::HmacSha1 => (Hash::Sha1, State::Sha1(keyed(secret)?)),
            Algorithm::HmacSha256 => (Hash::Sha256, State::Sha256(keyed(secret)?)),
            Algorithm::HmacSha384 => (Hash::Sha384, State::Sha384(keyed(secret)?)),
            Algorithm::HmacSha512 => (Hash::Sha512, State::Sha512(keyed(secret)?)),
            _ => return None,
        };
        Some(Self { algorithm, state, host: HostHmac::new(hash, secret) })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The signature of a message.
    pub(super) fn sign(&self, message: &Message<'_>, host: Host<'_>) -> Vec<u8> {
        self.host.sign(message, host).unwrap_or_else(|| match &self.state {
            State::Sha1(keyed) => signed(keyed, message),
            State::Sha256(keyed) => signed(keyed, message),
            State::Sha384(keyed) => signed(keyed, message),
            State::Sha512(keyed) => signed(keyed, message),
        })
    }
}

/// HMAC accepts secrets of every length, so this never gives `None`.
fn keyed<M: KeyInit>(secret: &[u8]) -> Option<M> {
    M::new_from_slice(secret).ok()
}

fn signed<M: Mac + Clone>(keyed: &M, message: &Message<'_>) -> Vec<u8> {
    let mut mac = keyed.clone();
    for piece in message.pieces(&[]) {
        mac.update(piece);
    }
    mac.finalize().into_bytes().to_vec()
}
