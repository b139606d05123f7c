//! AfterShip: shipment tracking.

use super::common::{base64, over_body, signed};
use crate::scheme::{Id, Scheme};

/// For the tracking product. Returns and Warranty sign in `as-signature-hmac-sha256`, Shipping in `am-webhook-signature`.
///
/// <https://www.aftership.com/docs/tracking/webhook/webhook-signature>
pub const AFTERSHIP: Scheme = Scheme {
    name: "aftership",
    title: "AfterShip Tracking",
    docs: "https://www.aftership.com/docs/tracking/webhook/webhook-signature",
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event"],
    ..signed(over_body(&["aftership-hmac-sha256"], &[base64("")]))
};
