//! HMAC (RFC 2104) with the host's hash function: a secret and a message in, a signature out.
//!
//! HMAC hashes twice. The inner digest covers a block that is derived from the secret, then the message; the outer digest
//! covers a second block, then the inner digest. For a large body nearly all the time goes into the inner digest, and the
//! host's hash function is several times as fast as WebAssembly. The host offers plain digests and not HMAC, so this file
//! puts the two together. It is the only place that does: the core computes every other HMAC with the `hmac` crate, and a
//! test below holds both results equal.

use alloc::vec::Vec;
use core::iter;

use zeroize::Zeroizing;

use crate::hash::{Hash, Hasher, Host, Message, by_host};

const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// The two blocks that HMAC derives from a secret.
#[derive(Clone)]
pub(super) struct HostHmac {
    hash: Hash,
    inner_block: Zeroizing<Vec<u8>>,
    outer_block: Zeroizing<Vec<u8>>,
}

impl HostHmac {
    /// Derives the blocks from a secret. A secret that is longer than a block is replaced by its digest.
    pub(super) fn new(hash: Hash, secret: &[u8]) -> Self {
        let length = hash.block_bytes();
        let digest;
        let secret = if secret.len() > length {
            digest = Zeroizing::new(Hasher::new(hash).with(secret).finish());
            &digest
        } else {
            secret
        };
        let block = |pad: u8| {
            let padded = secret.iter().copied().chain(iter::repeat(0)).take(length);
            Zeroizing::new(padded.map(|byte| byte ^ pad).collect::<Vec<_>>())
        };
        Self { hash, inner_block: block(INNER_PAD), outer_block: block(OUTER_PAD) }
    }

    /// The signature of a message. `None` without a host, if the host cannot hash, or if the body is not part of the message.
    pub(super) fn sign(&self, message: &Message<'_>, host: Host<'_>) -> Option<Vec<u8>> {
        host?;
        let (before, body, after) = message.around_body(&self.inner_block, &[])?;
        let inner = by_host(host, self.hash, [&before, body, &after])?;
        Some(Hasher::new(self.hash).with(&self.outer_block).with(&inner).finish())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::hash::HostWithOwnHashes;
    use ::hmac::{Hmac, KeyInit, Mac};
    use sha1::Sha1;
    use sha2::{Sha256, Sha384, Sha512};

    fn check<M: Mac + KeyInit>(hash: Hash) {
        let mut message = Message::of(b"1700000000.");
        message.push_body(b"{\"id\":1}");
        message.push(b".1700000000".into());
        for length in 0..300 {
            let secret = vec![0xA5; length];
            let mut mac = <M as KeyInit>::new_from_slice(&secret).unwrap();
            mac.update(b"1700000000.{\"id\":1}.1700000000");
            let expected = mac.finalize().into_bytes().to_vec();
            let signed = HostHmac::new(hash, &secret).sign(&message, Some(&HostWithOwnHashes));
            assert_eq!(signed, Some(expected), "a secret of {length} bytes");
        }
    }

    #[test]
    fn hmac_with_a_hashing_host_equals_the_hmac_crate_for_secrets_of_every_length() {
        check::<Hmac<Sha1>>(Hash::Sha1);
        check::<Hmac<Sha256>>(Hash::Sha256);
        check::<Hmac<Sha384>>(Hash::Sha384);
        check::<Hmac<Sha512>>(Hash::Sha512);
    }

    #[test]
    fn without_a_host_or_a_body_nothing_is_signed() {
        let hmac = HostHmac::new(Hash::Sha256, b"secret");
        assert_eq!(hmac.sign(&Message::of(b"{}"), Some(&HostWithOwnHashes)), None);
        let mut message = Message::of(b"");
        message.push_body(b"{}");
        assert_eq!(hmac.sign(&message, None), None);
    }
}
