//! X: social network.

use super::common::{base64, over_body, signed};
use crate::scheme::Scheme;

/// The key is the app's consumer secret.
///
/// <https://docs.x.com/x-api/webhooks/quickstart>
pub const X: Scheme = Scheme {
    name: "x",
    title: "X",
    docs: "https://docs.x.com/x-api/webhooks/quickstart",
    ..signed(over_body(&["x-twitter-webhooks-signature"], &[base64("sha256=")]))
};
