//! Forms of bytes (hexadecimal, base64, gzip), and splitting texts at separators.

pub(crate) mod base64;
pub(crate) mod gzip;
pub(crate) mod hex;
pub(crate) mod split;
