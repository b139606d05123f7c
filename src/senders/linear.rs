//! Linear: issue tracking.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Place, Scheme, Signature, Timestamp, Unit, Unsigned};
use crate::time::Tolerance;

/// The time of the first attempt is in the body and signed with it. Linear retries after one minute, one hour and six hours with
/// the same bytes, so the tolerance is eight hours. The digest in the id makes the retries duplicates.
///
/// <https://linear.app/developers/webhooks#securing-webhooks>
pub const LINEAR: Scheme = Scheme {
    name: "linear",
    title: "Linear",
    docs: "https://linear.app/developers/webhooks#securing-webhooks",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance { past: 28_800, future: 300 },
    kind: &["/type"],
    unsigned: Unsigned { id: &["linear-delivery"], kind: &["linear-event"] },
    ..signed(Signature {
        timestamp: Some(Timestamp { place: Place::Body("/webhookTimestamp"), unit: Unit::Milliseconds }),
        ..over_body(&["linear-signature"], &[hex("")])
    })
};
