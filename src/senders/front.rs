//! Front: shared inboxes. Two kinds of webhooks use the same header.

use super::common::{TIME_COLON_BODY, base64, over_body, signed, with_time_header};
use crate::scheme::{Algorithm, Encoding, Id, Scheme, Tag, Unit};

/// Application webhooks, signed with the application's secret.
///
/// <https://dev.frontapp.com/docs/security-1>
pub const FRONT: Scheme = Scheme {
    name: "front",
    title: "Front",
    docs: "https://dev.frontapp.com/docs/security-1",
    kind: &["/type"],
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
