//! Pusher: realtime messaging.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Place, Scheme, Signature, Timestamp, Unit};
use crate::time::Tolerance;

/// The key is the secret of the app's key. The body has the time of the first attempt and is retried for five minutes, so the
/// tolerance is five minutes longer. A delivery may carry several events; its type is that of the first.
///
/// <https://pusher.com/docs/channels/server_api/webhooks/>
pub const PUSHER: Scheme = Scheme {
    name: "pusher",
    title: "Pusher Channels",
    docs: "https://pusher.com/docs/channels/server_api/webhooks/",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance { past: 600, future: 300 },
    kind: &["/events/0/name"],
    ..signed(Signature {
        timestamp: Some(Timestamp { place: Place::Body("/time_ms"), unit: Unit::Milliseconds }),
        ..over_body(&["x-pusher-signature"], &[hex("")])
    })
};
