//! MailerSend: transactional email.

use super::common::{checked, hex, over_body, signed};
use crate::scheme::{Answer, Confirmed, Handshake, HandshakeProof, Scheme};

/// The key is the signing secret of the webhook. MailerSend saves a webhook only if it answers a test message, which is signed
/// with a published key. `/data/id` is the id of an activity in some events and that of an object, which many events share, in
/// others. So the id is a digest.
///
/// <https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request>
pub const MAILERSEND: Scheme = Scheme {
    name: "mailersend",
    title: "MailerSend",
    docs: "https://developers.mailersend.com/api/v1/webhooks.html#verifying-a-webhook-request",
    confirmed: Confirmed::Vector,
    kind: &["/type"],
    handshakes: &[Handshake {
        proof: HandshakeProof::TestKey("test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G"),
        ..checked(&[("/type", Some("webhook.test"))], Answer::Headers(&[]))
    }],
    ..signed(over_body(&["signature"], &[hex("")]))
};
