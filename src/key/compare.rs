//! Comparison of two secrets: bytes in, one bit out.

use subtle::ConstantTimeEq;

use crate::hash::sha256;

/// Whether two secrets are equal. Both are hashed first: digests have one length, so the time that this takes does not
/// depend on the lengths of the secrets.
pub(crate) fn is_same_secret(one: &[u8], other: &[u8]) -> bool {
    sha256(&[one]).ct_eq(&sha256(&[other])).into()
}
