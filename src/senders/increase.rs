//! Increase: banking.

use super::standard::{HEADERS, signed_with_shared_secret};
use crate::scheme::{Confirmed, KeyFormat, Scheme};

/// Signs as Standard Webhooks specifies, except that the key is the text of the secret: Increase's libraries encode it
/// before they pass it to the specification's.
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
