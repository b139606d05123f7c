//! Viber: messaging.

use super::common::{hex, over_body, signed};
use crate::scheme::{Answers, Confirmed, Response, Scheme};

/// The key is the bot's token. `timestamp` in the body is the time of the event and is not checked. `message_token` is the id of
/// a message, which is delivered and seen, so it is not an event id. A body in an answer would be sent to the user as a welcome
/// message.
///
/// <https://developers.viber.com/docs/api/rest-bot-api/#callbacks>
pub const VIBER: Scheme = Scheme {
    name: "viber",
    title: "Viber",
    docs: "https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
    confirmed: Confirmed::Oracle,
    kind: &["/event"],
    answers: Answers::success(Response::empty(200)),
    ..signed(over_body(&["x-viber-content-signature"], &[hex("")]))
};
