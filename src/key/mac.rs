//! The keys of HMAC (RFC 2104). Two digests are all there is to it; they are put together here so that a host can make the
//! long one. Tests compare the result with a library's.

use alloc::vec::Vec;
use core::iter;

use zeroize::Zeroizing;

use crate::hash::{Hash, Hasher};
use crate::hash::{Host, Message, by_host};

const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// A key, ready for use: the two states that it leads to, and for hosts, who take no states, what leads to the inner one.
#[derive(Clone)]
pub(super) struct HmacKey {
    pub(super) hash: Hash,
    inner: Hasher,
    outer: Hasher,
    inner_block: Zeroizing<Vec<u8>>,
}

impl HmacKey {
    pub(super) fn new(hash: Hash, secret: &[u8]) -> Self {
        let length = hash.block_bytes();
        let shortened;
        let key = if secret.len() > length {
            shortened = Zeroizing::new(Hasher::new(hash).with(secret).finish());
            &shortened
        } else {
            secret
        };
        let padded = |pad: u8| {
            let block = key.iter().copied().chain(iter::repeat(0)).take(length).map(|byte| byte ^ pad);
            Zeroizing::new(block.collect::<Vec<_>>())
        };
        let inner_block = padded(INNER_PAD);
        let [inner, outer] = [&inner_block, &padded(OUTER_PAD)].map(|block| Hasher::new(hash).with(block));
        Self { hash, inner, outer, inner_block }
    }

    /// The tag of some content.
    pub(super) fn tag(&self, content: &Message<'_>, host: Host<'_>) -> Vec<u8> {
        let inner = self.inner_by_host(content, host).unwrap_or_else(|| self.inner.clone().digest(content, &[]));
        self.outer.clone().with(&inner).finish()
    }

    /// The tag of a short message.
    pub(super) fn tag_of(&self, message: &[u8]) -> Vec<u8> {
        self.outer.clone().with(&self.inner.clone().with(message).finish()).finish()
    }

    fn inner_by_host(&self, content: &Message<'_>, host: Host<'_>) -> Option<Vec<u8>> {
        host?;
        let (before, body, after) = content.around_body(&self.inner_block, &[])?;
        by_host(host, self.hash, [&before, body, &after])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Facts, Members, contents};
    use crate::hash::Itself;
    use crate::scheme::Part;
    use hmac::{Hmac, KeyInit, Mac};
    use sha1::Sha1;
    use sha2::{Sha256, Sha512};

    /// Compares with what a library makes of the same key and content, whoever hashes.
    fn check<M: Mac + KeyInit>(hash: Hash) {
        let facts = Facts { time: "1700000000", body: b"{\"id\":1}", ..Facts::default() };
        let parts = [Part::Timestamp, Part::Text("."), Part::Body, Part::Text("."), Part::Timestamp];
        let contents = contents(&parts, &facts, &Members::default());
        // A key that is longer than a block is hashed first.
        for length in 0..300 {
            let secret = alloc::vec![0xA5; length];
            let key = HmacKey::new(hash, &secret);
            for content in &contents {
                let mut library = <M as KeyInit>::new_from_slice(&secret).unwrap();
                library.update(b"1700000000.{\"id\":1}.1700000000");
                let expected = library.finalize().into_bytes().to_vec();
                assert_eq!(key.tag(content, None), expected, "{length} bytes");
                assert!(key.inner_by_host(content, Some(&Itself)).is_some());
                assert_eq!(key.tag(content, Some(&Itself)), expected, "{length} bytes, by the host");
            }
        }
    }

    #[test]
    fn it_is_what_a_library_makes_whoever_hashes_and_however_long_the_key_is() {
        check::<Hmac<Sha1>>(Hash::Sha1);
        check::<Hmac<Sha256>>(Hash::Sha256);
        check::<Hmac<Sha512>>(Hash::Sha512);
    }
}
