//! MailerSend: transactional email.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// The key is the signing secret of the webhook.
///
/// <https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request>
pub const MAILERSEND: Scheme = Scheme {
    name: "mailersend",
    title: "MailerSend",
    docs: "https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/data/id"),
    kind: &["/type"],
    ..signed(over_body(&["signature"], &[hex("")]))
};
