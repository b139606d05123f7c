//! Adyen: payments.

use super::common::{base64, over_body, signed};
use crate::scheme::{Answers, Confirmed, Form, KeyFormat, Part, Response, Scheme, Signature, TagPlace};

/// The signature is in the body and covers eight fields of its one notification. Neither the payment's reference nor the
/// event's code is an id by itself, so the id is a digest of all signed fields. Colons separate the fields. Only
/// `merchantReference`, which the merchant chooses, may contain one: with two such fields, their ends could be moved.
///
/// <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>
pub const ADYEN: Scheme = Scheme {
    name: "adyen",
    title: "Adyen (payments)",
    docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    confirmed: Confirmed::Oracle,
    key: KeyFormat::Hex,
    kind: &["/notificationItems/0/NotificationRequestItem/eventCode"],
    answers: ACCEPTED,
    ..signed(Signature {
        place: TagPlace::Body(&["/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature"]),
        form: Form::Whole,
        tags: &[base64("")],
        content: &[
            Part::Member("/notificationItems/0/NotificationRequestItem/pspReference"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/originalReference"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/merchantAccountCode"),
            Part::Text(":"),
            Part::FreeMember("/notificationItems/0/NotificationRequestItem/merchantReference"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/amount/value"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/amount/currency"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/eventCode"),
            Part::Text(":"),
            Part::Member("/notificationItems/0/NotificationRequestItem/success"),
        ],
        timestamp: None,
    })
};

/// The newer webhooks, whose signature is in a header and covers the whole body.
///
/// <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>
pub const ADYEN_BANKING: Scheme = Scheme {
    name: "adyen-banking",
    title: "Adyen (platforms, banking, management)",
    docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    confirmed: Confirmed::Vector,
    key: KeyFormat::Hex,
    kind: &["/type"],
    answers: ACCEPTED,
    ..signed(over_body(&["hmacsignature"], &[base64("")]))
};

/// Any 2xx counts since 2024. Accounts set up before wait for this text.
const ACCEPTED: Answers =
    Answers::success(Response { status: 200, content_type: "text/plain; charset=utf-8", body: "[accepted]" });
