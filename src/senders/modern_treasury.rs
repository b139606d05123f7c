//! Modern Treasury: payment operations.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// The key is the webhook key of the organization.
///
/// <https://docs.moderntreasury.com/platform/reference/webhook-signature>
pub const MODERN_TREASURY: Scheme = Scheme {
    name: "modern-treasury",
    title: "Modern Treasury",
    docs: "https://docs.moderntreasury.com/platform/reference/webhook-signature",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    unsigned: Unsigned { id: &["x-webhook-id"], kind: &["x-topic"] },
    ..signed(over_body(&["x-signature"], &[hex("")]))
};
