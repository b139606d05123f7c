//! MailerSend: transactional email.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The key is the signing secret of the webhook. `/data/id` is the id of an activity in some events and that of an object, which
/// many events share, in others. So the id is a digest.
///
/// <https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request>
pub const MAILERSEND: Scheme = Scheme {
    name: "mailersend",
    title: "MailerSend",
    docs: "https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request",
    confirmed: Confirmed::Vector,
    kind: &["/type"],
    ..signed(over_body(&["signature"], &[hex("")]))
};
