//! Polar: merchant of record. Endpoints created before 8 September 2026 use their secret in a different way.

use super::standard::{HEADERS, signed_by_specification, signed_with_shared_secret};
use crate::scheme::{Confirmed, KeyFormat, Scheme};

/// Signs as Standard Webhooks specifies.
///
/// <https://polar.sh/docs/integrate/webhooks/delivery>
pub const POLAR: Scheme = Scheme {
    name: "polar",
    title: "Polar",
    docs: "https://polar.sh/docs/integrate/webhooks/delivery",
    confirmed: Confirmed::Oracle,
    ..signed_by_specification(HEADERS)
};

/// Older endpoints, whose key is the complete text of the secret, prefix included.
///
/// <https://polar.sh/docs/integrate/webhooks/delivery>
pub const POLAR_LEGACY: Scheme = Scheme {
    name: "polar-legacy",
    title: "Polar (endpoints before September 2026)",
    docs: "https://polar.sh/docs/integrate/webhooks/delivery",
    confirmed: Confirmed::Oracle,
    ..signed_with_shared_secret(HEADERS, KeyFormat::Text)
};
