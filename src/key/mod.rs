//! Secrets, public keys and private keys: text in, a [`Key`] out that verifies or makes signatures. This folder is the only
//! place that compares a secret or a signature.
//!
//! - `parse` reads text in the scheme's key format: with `standard` for the prefixes of Standard Webhooks, with `public` for
//!   PEM, certificates and JSON Web Keys, and with `secret` for shared secrets. `recognize` keeps public keys out of them.
//! - `material` holds the result: keys of `hmac`, `ed25519-dalek`, `p256` and `rsa`.
//! - `verify` and `sign` use it. `work` bounds what a verification may cost.
//! - `signature` decodes signatures as they arrive, and encodes them as they are sent.

mod compare;
mod hmac;
mod host_hmac;
mod material;
mod parse;
mod public;
mod recognize;
mod rsa;
mod secret;
mod sign;
mod signature;
mod standard;
mod verify;
mod work;

pub(crate) use compare::is_same_secret;
pub use material::Key;
pub(crate) use material::Use;
pub(crate) use signature::{ReceivedSignature, decode, encode};
pub(crate) use work::is_affordable;
