//! Twilio: telephony and messaging.

use super::common::{over_body, signed};
use crate::scheme::{Algorithm, Confirmed, Encoding, Format, Part, Scheme, Signature, Spelling, Tag, Unsigned};

/// The URL and the fields of the form are signed. Twilio offers only HMAC-SHA1. A JSON body is covered by its digest in the URL's
/// `bodySHA256`. The key is the account's auth token. Nothing separates the URL, the names and the values, so the id is a
/// digest of all of them.
///
/// <https://www.twilio.com/docs/usage/webhooks/webhooks-security>
pub const TWILIO: Scheme = Scheme {
    name: "twilio",
    title: "Twilio",
    docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    confirmed: Confirmed::Vector,
    payload: Format::JsonOrForm,
    unsigned: Unsigned { id: Some("i-twilio-idempotency-token"), kind: None },
    ..signed(Signature {
        content: &[Part::Url(Spelling::AnyPort), Part::SortedForm],
        ..over_body(
            &["x-twilio-signature"],
            &[Tag { label: "", algorithm: Algorithm::HmacSha1, encoding: Encoding::Base64 }],
        )
    })
};
