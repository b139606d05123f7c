//! The keys of HMAC (RFC 2104). Two digests are all there is to it; they are put together here so that a host can make the
//! long one. Tests compare the result with a library's.

use alloc::vec::Vec;
use core::iter;

use sha2::digest::Output;
use sha2::digest::block_api::BlockSizeUser;
use zeroize::Zeroizing;

use super::host::{Host, Hosted, by_host};
use crate::content::Content;

const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// A key, ready for use: the two states that it leads to, and for hosts, who take no states, what leads to the inner one.
#[derive(Clone)]
pub(super) struct HmacKey<D> {
    inner: D,
    outer: D,
    inner_block: Zeroizing<Vec<u8>>,
}

impl<D: Hosted + BlockSizeUser + Clone> HmacKey<D> {
    pub(super) fn new(secret: &[u8]) -> Self {
        let length = D::block_size();
        let hashed =
            if secret.len() > length { Zeroizing::new(D::digest(secret).to_vec()) } else { Zeroizing::default() };
        let key = if secret.len() > length { &hashed } else { secret };
        let padded = |pad: u8| {
            let block = key.iter().copied().chain(iter::repeat(0)).take(length).map(|byte| byte ^ pad);
            Zeroizing::new(block.collect::<Vec<_>>())
        };
        let inner_block = padded(INNER_PAD);
        let [inner, outer] = [&inner_block, &padded(OUTER_PAD)].map(|block| D::new().chain_update(&**block));
        Self { inner, outer, inner_block }
    }

    /// The tag of some content.
    pub(super) fn tag(&self, content: &Content<'_>, host: Host<'_>) -> Vec<u8> {
        let inner = self.inner_by_host(content, host).unwrap_or_else(|| {
            let mut inner = self.inner.clone();
            for piece in content.pieces(&[]) {
                inner.update(piece);
            }
            inner.finalize()
        });
        self.outer.clone().chain_update(inner).finalize().to_vec()
    }

    fn inner_by_host(&self, content: &Content<'_>, host: Host<'_>) -> Option<Output<D>> {
        host?;
        let [before, body, after] = content.around_body(&[])?;
        let before = Zeroizing::new([&self.inner_block, &*before].concat());
        by_host::<D>(host, [&before, &body, &after])
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::tests::Itself;
    use super::*;
    use crate::content::{Facts, Members, contents};
    use crate::scheme::Part;
    use hmac::{EagerHash, Hmac, KeyInit, Mac};
    use sha1::Sha1;
    use sha2::{Sha256, Sha512};

    /// Compares with what a library makes of the same key and content, whoever hashes.
    fn check<D: Hosted + BlockSizeUser + Clone + EagerHash>()
    where
        Hmac<D>: Mac + KeyInit,
    {
        let facts = Facts { time: "1700000000", body: b"{\"id\":1}", ..Facts::default() };
        let parts = [Part::Timestamp, Part::Text("."), Part::Body, Part::Text("."), Part::Timestamp];
        let contents = contents(&parts, &facts, &Members::default());
        // A key that is longer than a block is hashed first.
        for length in 0..300 {
            let secret = alloc::vec![0xA5; length];
            let key = HmacKey::<D>::new(&secret);
            for content in &contents {
                let mut library = <Hmac<D> as KeyInit>::new_from_slice(&secret).unwrap();
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
        check::<Sha1>();
        check::<Sha256>();
        check::<Sha512>();
    }
}
