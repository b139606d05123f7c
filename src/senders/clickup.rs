//! ClickUp: work management.

use super::common::{hex, over_body, signed};
use crate::scheme::Scheme;

/// The key is the `secret` in the API's response when the webhook was created.
///
/// <https://developer.clickup.com/docs/webhooksignature>
pub const CLICKUP: Scheme = Scheme {
    name: "clickup",
    title: "ClickUp",
    docs: "https://developer.clickup.com/docs/webhooksignature",
    kind: &["/event"],
    ..signed(over_body(&["x-signature"], &[hex("")]))
};
