//! SendGrid: transactional email.

use super::common::{TIME_BODY, signed, with_time_header};
use crate::scheme::{Algorithm, Confirmed, Encoding, KeyFormat, Scheme, Tag, Unit};

/// The key is the public key of the Event Webhook. A delivery is a batch; its type is that of the first event.
///
/// <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>
pub const SENDGRID: Scheme = Scheme {
    name: "sendgrid",
    title: "SendGrid",
    docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
    confirmed: Confirmed::Vector,
    key: KeyFormat::Public,
    kind: &["/0/event"],
    ..signed(with_time_header(
        &["x-twilio-email-event-webhook-signature"],
        &["x-twilio-email-event-webhook-timestamp"],
        Unit::Seconds,
        &[Tag { label: "", algorithm: Algorithm::EcdsaP256, encoding: Encoding::Base64Der }],
        TIME_BODY,
    ))
};
