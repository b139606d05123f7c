//! Linear: issue tracking.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Place, Scheme, Signature, Timestamp, Unit, Unsigned};
use crate::time::Tolerance;

/// The time of the attempt is in the body and signed with it. Linear asks for a tolerance of one minute.
///
/// <https://linear.app/developers/webhooks#securing-webhooks>
pub const LINEAR: Scheme = Scheme {
    name: "linear",
    title: "Linear",
    docs: "https://linear.app/developers/webhooks#securing-webhooks",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance::symmetric(60),
    kind: &["/type"],
    unsigned: Unsigned { id: &["linear-delivery"], kind: &["linear-event"] },
    ..signed(Signature {
        timestamp: Some(Timestamp { place: Place::Body("/webhookTimestamp"), unit: Unit::Milliseconds }),
        ..over_body(&["linear-signature"], &[hex("")])
    })
};
