//! SHA-256 digests as text. They name the objects in R2 and detect that two bodies differ.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 digest of `bytes` as 64 lower-case hexadecimal digits.
pub(crate) fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
