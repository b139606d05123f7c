//! SHA-256 in hexadecimal: the names of objects, and what tells one body from another.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The digest, in lower case.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
