//! Clerk: user management.

use super::standard::{SVIX_HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Delivered and signed by Svix.
///
/// <https://clerk.com/docs/guides/development/webhooks/overview>
pub const CLERK: Scheme = Scheme {
    name: "clerk",
    title: "Clerk",
    docs: "https://clerk.com/docs/guides/development/webhooks/overview",
    confirmed: Confirmed::Oracle,
    ..signed_by_specification(SVIX_HEADERS)
};
