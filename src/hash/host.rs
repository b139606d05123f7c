//! Hashing by the host. Processors have instructions for hashing that WebAssembly does not reach; whoever runs the core
//! there does, so large bodies are hashed several times as fast from outside.
//!
//! The seam is this one question, and its answer is nothing but a digest: which content is hashed with which key, what
//! the tag has to be and whether it is, stays in the core.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use super::function::{Hash, Hasher};
use super::message::Message;

/// Whoever can hash large bodies faster than the core itself. Believed: a host that gives other digests than the
/// function's decides what is genuine.
pub trait HostHash: Debug {
    /// Writes the digest of what stands before a body, the body, and what stands after it, in a row. `into` is as long
    /// as a digest of this function.
    ///
    /// What stands before and after may hold a secret: it is to be forgotten. Gives whether the digest was written; the
    /// core hashes by itself otherwise.
    fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool;
}

/// The host, where one hashes.
pub(crate) type Host<'h> = Option<&'h dyn HostHash>;

/// The digest of these pieces in a row, if there is a host that makes it.
pub(crate) fn by_host(host: Host<'_>, hash: Hash, pieces: [&[u8]; 3]) -> Option<Vec<u8>> {
    let mut made = vec![0; hash.digest_bytes()];
    host?.digest(hash, pieces, &mut made).then_some(made)
}

/// The digest of some content, in which `secret` stands where each key puts its own.
pub(crate) fn digest(hash: Hash, message: &Message<'_>, secret: &[u8], host: Host<'_>) -> Vec<u8> {
    let hosted = host.and_then(|_| message.around_body(&[], secret));
    let hosted = hosted.and_then(|(before, body, after)| by_host(host, hash, [&before, body, &after]));
    hosted.unwrap_or_else(|| Hasher::new(hash).digest(message, secret))
}

/// The SHA-256 digest of a body.
pub(crate) fn body_digest(body: &[u8], host: Host<'_>) -> Vec<u8> {
    let hosted = by_host(host, Hash::Sha256, [&[], body, &[]]);
    hosted.unwrap_or_else(|| Hasher::new(Hash::Sha256).with(body).finish())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::senders::{CLOUDINARY, GITHUB};
    use crate::{Delivery, Rejection, Scheme, Signer, UnixTime, Verifier};
    use alloc::string::String;
    use sha1::Sha1;
    use sha2::{Digest, Sha256, Sha512};

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
    const BODY: &[u8] = b"{}";

    /// A host that hashes with the core's own functions.
    #[derive(Debug)]
    pub(crate) struct Itself;

    impl HostHash for Itself {
        fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool {
            let content = pieces.concat();
            match hash {
                Hash::Sha1 => into.copy_from_slice(&Sha1::digest(content)),
                Hash::Sha256 => into.copy_from_slice(&Sha256::digest(content)),
                Hash::Sha512 => into.copy_from_slice(&Sha512::digest(content)),
            }
            true
        }
    }

    /// A host that cannot hash, whatever it may have begun to write.
    #[derive(Debug)]
    struct Unable;

    impl HostHash for Unable {
        fn digest(&self, _: Hash, _: [&[u8]; 3], into: &mut [u8]) -> bool {
            into.fill(0xFF);
            false
        }
    }

    /// A host whose digests are wrong.
    #[derive(Debug)]
    struct Wrong;

    impl HostHash for Wrong {
        fn digest(&self, _: Hash, _: [&[u8]; 3], into: &mut [u8]) -> bool {
            into.fill(0);
            true
        }
    }

    fn id_by(scheme: &'static Scheme, host: &dyn HostHash) -> Result<String, Rejection> {
        let headers = Signer::new(scheme, "secret").unwrap().sign("", BODY, NOW);
        let verifier = Verifier::new(scheme, ["secret"]).unwrap();
        Ok(verifier.verify_with(Delivery::new(&headers, BODY), NOW, host)?.decode().unwrap().id)
    }

    #[test]
    fn a_host_that_cannot_hash_leaves_it_to_the_core() {
        for scheme in [&GITHUB, &CLOUDINARY] {
            assert_eq!(id_by(scheme, &Unable), id_by(scheme, &Itself));
            assert!(id_by(scheme, &Unable).is_ok_and(|id| id.starts_with("sha256:")));
        }
    }

    #[test]
    fn a_wrong_digest_makes_nothing_genuine() {
        for scheme in [&GITHUB, &CLOUDINARY] {
            assert_eq!(id_by(scheme, &Wrong), Err(Rejection::SignatureMismatch));
        }
    }
}
