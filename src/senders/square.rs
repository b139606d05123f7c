//! Square: payments.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Id, Part, Scheme, Signature, Spelling};

/// The URL is signed too, as it is written in the subscription. It ends at the first bracket, which begins the body.
///
/// <https://developer.squareup.com/docs/webhooks/step3validate>
pub const SQUARE: Scheme = Scheme {
    name: "square",
    title: "Square",
    docs: "https://developer.squareup.com/docs/webhooks/step3validate",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/type"],
    ..signed(Signature {
        content: &[Part::Url(Spelling::Exact), Part::Body],
        ..over_body(&["x-square-hmacsha256-signature"], &[base64("")])
    })
};
