//! Hash functions over bytes: which there are, what is hashed, and the seam through which the caller's runtime may hash instead.
//! Nothing here knows keys or schemes.

mod function;
mod host;
mod message;

pub use function::Hash;
pub(crate) use function::{Hasher, sha256};
pub use host::HostHash;
#[cfg(test)]
pub(crate) use host::tests::Itself;
pub(crate) use host::{Host, body_digest, by_host, digest};
pub(crate) use message::Message;
