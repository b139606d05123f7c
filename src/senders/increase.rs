//! Increase: banking.

use super::standard::{HEADERS, signed_with_shared_secret};
use crate::scheme::{Confirmed, KeyFormat, Scheme};

/// Signed as Standard Webhooks says, except that the secret is taken as its text.
///
/// <https://increase.com/documentation/webhooks>
pub const INCREASE: Scheme = Scheme {
    name: "increase",
    title: "Increase",
    docs: "https://increase.com/documentation/webhooks",
    confirmed: Confirmed::Oracle,
    kind: &["/category"],
    ..signed_with_shared_secret(HEADERS, KeyFormat::Text)
};
