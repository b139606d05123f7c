//! Lemon Squeezy: merchant of record.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The key is the signing secret of the webhook's settings.
///
/// <https://docs.lemonsqueezy.com/help/webhooks/signing-requests>
pub const LEMONSQUEEZY: Scheme = Scheme {
    name: "lemonsqueezy",
    title: "Lemon Squeezy",
    docs: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
    kind: &["/meta/event_name"],
    unsigned: Unsigned { id: &[], kind: &["x-event-name"] },
    ..signed(over_body(&["x-signature"], &[hex("")]))
};
