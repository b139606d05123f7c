//! Text forms of bytes (hexadecimal and base64), and splitting texts at separators.

pub(crate) mod base64;
pub(crate) mod hex;
pub(crate) mod split;
