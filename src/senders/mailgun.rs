//! Mailgun: transactional email.

use super::common::{hex, signed};
use crate::scheme::{Confirmed, Form, Id, Part, Place, Scheme, Signature, TagPlace, Timestamp, Unit};

/// The signature is in the body and covers a time and a token there, but nothing of the event. The token is the id: Mailgun says
/// to store it and to reject a second delivery with the same token.
///
/// <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>
pub const MAILGUN: Scheme = Scheme {
    name: "mailgun",
    title: "Mailgun",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    confirmed: Confirmed::Oracle,
    id: Id::Body("/signature/token"),
    ..signed(Signature {
        place: TagPlace::Body("/signature/signature"),
        form: Form::Whole,
        tags: &[hex("")],
        content: &[Part::Member("/signature/timestamp"), Part::Member("/signature/token")],
        timestamp: Some(Timestamp { place: Place::Body("/signature/timestamp"), unit: Unit::Seconds }),
    })
};
