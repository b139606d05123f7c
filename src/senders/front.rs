//! Front: shared inboxes. Two kinds of webhooks use the same header.

use super::common::{TIME_COLON_BODY, asked, base64, over_body, signed, with_time_header};
use crate::scheme::{Algorithm, Answer, Encoding, Id, Scheme, Tag, Unit};

/// Application webhooks, signed with the application's secret. Saving the application sends a signed request with a challenge in
/// a header, which is not signed itself.
///
/// <https://dev.frontapp.com/docs/security-1>
pub const FRONT: Scheme = Scheme {
    name: "front",
    title: "Front",
    docs: "https://dev.frontapp.com/docs/security-1",
    kind: &["/type"],
    handshakes: &[asked(&[("/type", Some("sync"))], "header:x-front-challenge", Answer::Token)],
    ..signed(with_time_header(
        &["x-front-signature"],
        &["x-front-request-timestamp"],
        Unit::Milliseconds,
        &[base64("")],
        TIME_COLON_BODY,
    ))
};

/// The webhooks of rules, signed with the API secret.
///
/// <https://dev.frontapp.com/docs/rule-webhooks>
pub const FRONT_RULE: Scheme = Scheme {
    name: "front-rule",
    title: "Front (rule webhooks)",
    docs: "https://dev.frontapp.com/docs/rule-webhooks",
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(over_body(
        &["x-front-signature"],
        &[Tag { label: "", algorithm: Algorithm::HmacSha1, encoding: Encoding::Base64 }],
    ))
};
