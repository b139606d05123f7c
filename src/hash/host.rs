//! The seam through which the host hashes large bodies: pieces of a message in, a digest out.
//!
//! Processors have instructions for hashing that WebAssembly cannot use, and the JavaScript runtime around it can. So the
//! host hashes a large body several times as fast. It answers with a digest and nothing else: the core decides which message
//! is hashed with which key, computes the signature from the digest, and compares it.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use super::function::{Hash, Hasher};
use super::message::Message;

/// A host that may hash large bodies faster than the core does.
///
/// The core trusts its digests: a host that returns wrong digests could make a forged delivery valid.
pub trait HostHash: Debug {
    /// Writes the digest of three pieces in sequence (what comes before the body, the body, what comes after it) to `into`,
    /// which has the length of a digest of this function. Returns whether it did; if not, the core hashes the pieces itself.
    ///
    /// The first and the last piece may contain a secret: do not keep them.
    fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool;
}

/// The host, if there is one.
pub(crate) type Host<'h> = Option<&'h dyn HostHash>;

/// The digest of three pieces in sequence; `None` without a host, or if it cannot hash.
pub(crate) fn by_host(host: Host<'_>, hash: Hash, pieces: [&[u8]; 3]) -> Option<Vec<u8>> {
    let mut digest = vec![0; hash.digest_bytes()];
    host?.digest(hash, pieces, &mut digest).then_some(digest)
}

/// The digest of a message, with `secret` in the places that it keeps for one.
pub(crate) fn digest(hash: Hash, message: &Message<'_>, secret: &[u8], host: Host<'_>) -> Vec<u8> {
    let pieces = host.and_then(|_| message.around_body(&[], secret));
    let hosted = pieces.and_then(|(before, body, after)| by_host(host, hash, [&before, body, &after]));
    hosted.unwrap_or_else(|| message.digest_after(Hasher::new(hash), secret))
}

/// The digest of a message that contains no secret. It is computed once for several keys.
pub(crate) fn public_digest<'m>(hash: Hash, message: &'m Message<'_>, host: Host<'_>) -> Cow<'m, [u8]> {
    message.digest_once(hash, || digest(hash, message, &[], host))
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
    use sha2::{Digest, Sha256, Sha384, Sha512};

    const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
    const BODY: &[u8] = b"{}";

    /// A host that hashes with the functions that the core uses too.
    #[derive(Debug)]
    pub(crate) struct HostWithOwnHashes;

    impl HostHash for HostWithOwnHashes {
        fn digest(&self, hash: Hash, pieces: [&[u8]; 3], into: &mut [u8]) -> bool {
            let content = pieces.concat();
            match hash {
                Hash::Sha1 => into.copy_from_slice(&Sha1::digest(content)),
                Hash::Sha256 => into.copy_from_slice(&Sha256::digest(content)),
                Hash::Sha384 => into.copy_from_slice(&Sha384::digest(content)),
                Hash::Sha512 => into.copy_from_slice(&Sha512::digest(content)),
            }
            true
        }
    }

    /// A host that cannot hash, and says so after it has written something.
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
    fn the_core_hashes_if_the_host_cannot() {
        for scheme in [&GITHUB, &CLOUDINARY] {
            assert_eq!(id_by(scheme, &Unable), id_by(scheme, &HostWithOwnHashes));
            assert!(id_by(scheme, &Unable).is_ok_and(|id| id.starts_with("sha256:")));
        }
    }

    #[test]
    fn a_wrong_digest_from_the_host_verifies_nothing() {
        for scheme in [&GITHUB, &CLOUDINARY] {
            assert_eq!(id_by(scheme, &Wrong), Err(Rejection::SignatureMismatch));
        }
    }
}
