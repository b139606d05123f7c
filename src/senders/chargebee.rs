//! Chargebee: subscription billing.

use super::common::shared;
use crate::scheme::{Confirmed, Scheme, SharedToken};

/// Nothing is signed: each delivery carries the user name and password of the webhook's settings. The secret is
/// `name:password`.
///
/// <https://www.chargebee.com/docs/2.0/events_and_webhooks.html>
pub const CHARGEBEE: Scheme = Scheme {
    name: "chargebee",
    title: "Chargebee",
    docs: "https://www.chargebee.com/docs/2.0/events_and_webhooks.html",
    confirmed: Confirmed::Oracle,
    kind: &["/event_type"],
    ..shared(SharedToken::Basic)
};
