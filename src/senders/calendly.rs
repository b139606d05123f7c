//! Calendly: scheduling.

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Scheme, Unit};

/// The key is the signing key of the webhook subscription, or of the OAuth application. Calendly's examples
/// allow three minutes.
///
/// <https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures>
pub const CALENDLY: Scheme = Scheme {
    name: "calendly",
    title: "Calendly",
    docs: "https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures",
    kind: &["/event"],
    ..signed(in_items(&["calendly-webhook-signature"], "t", Unit::Seconds, &[hex("v1")], TIME_DOT_BODY))
};
