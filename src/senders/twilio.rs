//! Twilio: telephony and messaging.

use super::common::{over_body, signed};
use crate::scheme::{
    Algorithm, Answers, Confirmed, Encoding, Format, Part, Response, Scheme, Signature, Spelling, Tag, Unsigned,
};

/// The URL and the fields of the form are signed. Twilio offers only HMAC-SHA1. A JSON body is covered by its digest in the
/// URL's `bodySHA256`. The parameters of a delivery by GET are in its URL. The key is the account's auth token. Nothing
/// separates the URL, the names and the values, so the id is a digest of all of them. Twilio reads the answer to a call or a
/// message as TwiML; an empty document does nothing.
///
/// <https://www.twilio.com/docs/usage/webhooks/webhooks-security>
pub const TWILIO: Scheme = Scheme {
    name: "twilio",
    title: "Twilio",
    docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    confirmed: Confirmed::Vector,
    methods: &["POST", "GET"],
    payload: Format::JsonOrForm,
    unsigned: Unsigned { id: &["i-twilio-idempotency-token"], kind: &[] },
    answers: Answers::success(Response { status: 200, content_type: "text/xml", body: "<Response/>" }),
    ..signed(Signature {
        content: &[Part::Url(Spelling::AnyPort), Part::SortedForm],
        ..over_body(
            &["x-twilio-signature"],
            &[Tag { label: "", algorithm: Algorithm::HmacSha1, encoding: Encoding::Base64 }],
        )
    })
};
