//! Webflow: websites.

use super::common::{TIME_COLON_BODY, hex, signed, with_time_header};
use crate::scheme::{Confirmed, Scheme, Unit};

/// For webhooks made through the API, which are signed. The key is the application's client secret, or the webhook's.
///
/// <https://developers.webflow.com/data/docs/working-with-webhooks>
pub const WEBFLOW: Scheme = Scheme {
    name: "webflow",
    title: "Webflow",
    docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
    confirmed: Confirmed::Oracle,
    kind: &["/triggerType"],
    ..signed(with_time_header(
        &["x-webflow-signature"],
        &["x-webflow-timestamp"],
        Unit::Milliseconds,
        &[hex("")],
        TIME_COLON_BODY,
    ))
};
