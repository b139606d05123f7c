//! Polar: merchant of record. Endpoints made before 8 September 2026 use their secret in another way.

use super::standard::{HEADERS, signed_by_specification, signed_with_shared_secret};
use crate::scheme::{Confirmed, KeyFormat, Scheme};

/// Signed as Standard Webhooks says.
///
/// <https://polar.sh/docs/integrate/webhooks/delivery>
pub const POLAR: Scheme = Scheme {
    name: "polar",
    title: "Polar",
    docs: "https://polar.sh/docs/integrate/webhooks/delivery",
    confirmed: Confirmed::Oracle,
    ..signed_by_specification(HEADERS)
};

/// The same, with the whole text of the secret as the key, its prefix included.
///
/// <https://polar.sh/docs/integrate/webhooks/delivery>
pub const POLAR_LEGACY: Scheme = Scheme {
    name: "polar-legacy",
    title: "Polar (endpoints before September 2026)",
    docs: "https://polar.sh/docs/integrate/webhooks/delivery",
    confirmed: Confirmed::Oracle,
    ..signed_with_shared_secret(HEADERS, KeyFormat::Text)
};
