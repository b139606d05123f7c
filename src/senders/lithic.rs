//! Lithic: card issuing.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Signs as Standard Webhooks specifies.
///
/// <https://docs.lithic.com/docs/events-api#verifying-webhooks>
pub const LITHIC: Scheme = Scheme {
    name: "lithic",
    title: "Lithic",
    docs: "https://docs.lithic.com/docs/events-api#verifying-webhooks",
    confirmed: Confirmed::Oracle,
    kind: &["/event_type"],
    ..signed_by_specification(HEADERS)
};
