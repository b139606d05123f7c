//! Text forms of bytes and numbers, each in a file of its own: hexadecimal, base64, decimal, and cutting texts at separators.

pub(crate) mod base64;
pub(crate) mod decimal;
pub(crate) mod hex;
pub(crate) mod split;
