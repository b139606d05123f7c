//! Mailgun: transactional email.

use super::common::{hex, signed};
use crate::scheme::{Confirmed, Form, Format, Id, Part, Place, Scheme, Signature, TagPlace, Timestamp, Unit};
use crate::time::Tolerance;

/// Mailgun repeats a delivery for eight hours with the same time and token, and the last attempt may take a while.
const TOLERANCE: Tolerance = Tolerance { past: 9 * 3600, future: 300 };

/// The signature is in the body and covers a time and a token there, but nothing of the event. The token is the id: Mailgun says
/// to store it and to reject a second delivery with the same token. An event of a subaccount has a second signature, which is
/// made with the key of the primary account.
///
/// <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>
pub const MAILGUN: Scheme = Scheme {
    name: "mailgun",
    title: "Mailgun",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    confirmed: Confirmed::Oracle,
    tolerance: TOLERANCE,
    id: Id::Body("/signature/token"),
    ..signed(Signature {
        place: TagPlace::Body(&["/signature/signature", "/signature/parent-signature"]),
        form: Form::Whole,
        tags: &[hex("")],
        content: &[Part::Member("/signature/timestamp"), Part::Member("/signature/token")],
        timestamp: Some(Timestamp { place: Place::Body("/signature/timestamp"), unit: Unit::Seconds }),
    })
};

/// Messages that a route forwards. The same three values are fields of a form, which has attachments if the message has.
///
/// <https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http>
pub const MAILGUN_ROUTE: Scheme = Scheme {
    name: "mailgun-route",
    title: "Mailgun (routes)",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http",
    tolerance: TOLERANCE,
    payload: Format::Form,
    id: Id::Body("/token"),
    ..signed(Signature {
        place: TagPlace::Body(&["/signature"]),
        form: Form::Whole,
        tags: &[hex("")],
        content: &[Part::Member("/timestamp"), Part::Member("/token")],
        timestamp: Some(Timestamp { place: Place::Body("/timestamp"), unit: Unit::Seconds }),
    })
};
