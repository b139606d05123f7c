//! The keys of HMAC (RFC 2104).

use alloc::vec::Vec;

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use sha2::digest::block_api::BlockSizeUser;
use zeroize::Zeroizing;

use super::host::{Host, Hosted, by_host};
use crate::content::Content;

/// A key, ready for use: the two states that it leads to, and for hosts, who take no states, the block it fills.
#[derive(Clone)]
pub(super) struct HmacKey<D: EagerHash> {
    states: Hmac<D>,
    block: Zeroizing<Vec<u8>>,
}

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

impl<D: Hosted + EagerHash + BlockSizeUser> HmacKey<D>
where
    Hmac<D>: Mac + KeyInit + Clone,
{
    #[expect(clippy::expect_used, reason = "RFC 2104 allows keys of any length, and the crate documents it")]
    pub(super) fn new(secret: &[u8]) -> Self {
        let states = <Hmac<D> as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of any length");
        let length = <D as BlockSizeUser>::block_size();
        let mut block = if secret.len() > length { D::digest(secret).to_vec() } else { secret.to_vec() };
        block.resize(length, 0);
        Self { states, block: Zeroizing::new(block) }
    }

    /// The tag of some content.
    pub(super) fn tag(&self, content: &Content<'_>, host: Host<'_>) -> Vec<u8> {
        self.tag_by_host(content, host).unwrap_or_else(|| {
            let mut mac = self.states.clone();
            for piece in content.pieces(&[]) {
                mac.update(piece);
            }
            mac.finalize().into_bytes().to_vec()
        })
    }

    /// The same, with the hash of the content made by a host: all but the sixty-four bytes or so of the outer hash.
    fn tag_by_host(&self, content: &Content<'_>, host: Host<'_>) -> Option<Vec<u8>> {
        host?;
        let [before, body, after] = content.around_body(&[])?;
        let inner = by_host::<D>(host, [&self.padded(INNER, &before), &body, &after])?;
        Some(D::digest(&*self.padded(OUTER, &inner)).to_vec())
    }

    /// The block with a pad, and what is hashed after it.
    fn padded(&self, pad: u8, after: &[u8]) -> Zeroizing<Vec<u8>> {
        // In one go: what grows leaves copies of itself behind.
        Zeroizing::new(self.block.iter().map(|byte| byte ^ pad).chain(after.iter().copied()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::tests::Itself;
    use super::*;
    use crate::content::{Facts, Members, contents};
    use crate::scheme::Part;
    use sha1::Sha1;
    use sha2::{Sha256, Sha512};

    fn check<D: Hosted + EagerHash + BlockSizeUser>()
    where
        Hmac<D>: Mac + KeyInit + Clone,
    {
        let facts = Facts { time: "1700000000", body: b"{\"id\":1}", ..Facts::default() };
        let parts = [Part::Timestamp, Part::Text("."), Part::Body, Part::Text("."), Part::Timestamp];
        let contents = contents(&parts, &facts, &Members::default());
        // A key that is longer than a block is hashed first.
        for length in 0..300 {
            let key = HmacKey::<D>::new(&alloc::vec![0xA5; length]);
            for content in &contents {
                assert!(key.tag_by_host(content, Some(&Itself)).is_some());
                assert_eq!(key.tag(content, Some(&Itself)), key.tag(content, None), "{length} bytes");
            }
        }
    }

    #[test]
    fn a_tag_is_the_same_whoever_hashes_whatever_the_length_of_the_key() {
        check::<Sha1>();
        check::<Sha256>();
        check::<Sha512>();
    }
}
