//! Stripe: payments.

mod event_type;
mod payload;
mod thin_event_type;

pub use event_type::*;
pub use payload::*;
pub use thin_event_type::*;

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Id, Scheme, Unit};

/// `v0` items are sent in test mode and prove nothing; they are ignored.
///
/// <https://docs.stripe.com/webhooks#verify-manually>
pub const STRIPE: Scheme = Scheme {
    name: "stripe",
    title: "Stripe",
    docs: "https://docs.stripe.com/webhooks#verify-manually",
    confirmed: Confirmed::Vector,
    id: Id::Body("/id"),
    kind: &["/type"],
    ..signed(in_items(&["stripe-signature"], "t", Unit::Seconds, &[hex("v1")], TIME_DOT_BODY))
};
