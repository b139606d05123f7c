//! Hash functions over bytes: the functions themselves, the messages that are hashed, and the seam through which the host
//! may hash instead. Nothing here depends on keys or schemes.

mod function;
mod host;
mod message;

pub use function::Hash;
pub(crate) use function::{Hasher, sha256};
pub use host::HostHash;
#[cfg(test)]
pub(crate) use host::tests::HostWithOwnHashes;
pub(crate) use host::{Host, body_digest, by_host, digest, public_digest};
pub(crate) use message::Message;
