//! Webflow: websites.

use super::common::{TIME_COLON_BODY, hex, signed, with_time_header};
use crate::scheme::{Confirmed, Scheme, Unit};

/// For webhooks created through the API; others are not signed. The key is the secret of the application or of the webhook.
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
