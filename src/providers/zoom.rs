//! Zoom: video meetings.

use super::common::{hex, signed, with_time_header};
use crate::scheme::{Confirmed, Part, Scheme, Unit};

/// The key is the app's secret token.
///
/// <https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events>
pub const ZOOM: Scheme = Scheme {
    name: "zoom",
    title: "Zoom",
    docs: "https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events",
    confirmed: Confirmed::Oracle,
    kind: &["/event"],
    ..signed(with_time_header(
        &["x-zm-signature"],
        &["x-zm-request-timestamp"],
        Unit::Seconds,
        &[hex("v0=")],
        &[Part::Text("v0:"), Part::Timestamp, Part::Text(":"), Part::Body],
    ))
};
