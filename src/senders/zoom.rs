//! Zoom: video meetings.

use super::common::{asked, hex, signed, with_time_header};
use crate::scheme::{Answer, Confirmed, Part, Scheme, Unit};

/// The key is the app's secret token. Zoom asks a new address, and each address regularly, to sign a token with the same key.
///
/// <https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events>
pub const ZOOM: Scheme = Scheme {
    name: "zoom",
    title: "Zoom",
    docs: "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
    confirmed: Confirmed::Oracle,
    kind: &["/event"],
    handshakes: &[asked(
        &[("/event", Some("endpoint.url_validation"))],
        "/payload/plainToken",
        Answer::Json(r#"{"plainToken":"$token","encryptedToken":"$tag"}"#),
    )],
    ..signed(with_time_header(
        &["x-zm-signature"],
        &["x-zm-request-timestamp"],
        Unit::Seconds,
        &[hex("v0=")],
        &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
    ))
};
