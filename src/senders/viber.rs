//! Viber: messaging.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The key is the bot's token. The body's `timestamp` is that of the event, so it says nothing about freshness, and its
/// `message_token` is that of a message, which is delivered and seen.
///
/// <https://developers.viber.com/docs/api/rest-bot-api/#callbacks>
pub const VIBER: Scheme = Scheme {
    name: "viber",
    title: "Viber",
    docs: "https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
    confirmed: Confirmed::Oracle,
    kind: &["/event"],
    ..signed(over_body(&["x-viber-content-signature"], &[hex("")]))
};
