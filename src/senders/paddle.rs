//! Paddle: merchant of record.

use super::common::{TIME_COLON_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Form, Id, Scheme, Signature, Unit};

/// The header is `ts=<time>;h1=<hex>`, with one `h1` for each key during a rotation. Paddle's libraries allow five seconds, which
/// rejects genuine deliveries on slow networks, so the default tolerance applies.
///
/// <https://developer.paddle.com/webhooks/signature-verification>
pub const PADDLE: Scheme = Scheme {
    name: "paddle",
    title: "Paddle",
    docs: "https://developer.paddle.com/webhooks/signature-verification",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event_type"],
    ..signed(Signature {
        form: Form::Items { between: ";", within: "=" },
        ..in_items(&["paddle-signature"], "ts", Unit::Seconds, &[hex("h1")], TIME_COLON_BODY)
    })
};
