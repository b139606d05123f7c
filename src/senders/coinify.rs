//! Coinify: cryptocurrency payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The key is the shared secret of the webhook's settings.
///
/// <https://coinify.readme.io/docs/webhook-signature>
pub const COINIFY: Scheme = Scheme {
    name: "coinify",
    title: "Coinify",
    docs: "https://coinify.readme.io/docs/webhook-signature",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    ..signed(over_body(&["x-coinify-webhook-signature"], &[hex("")]))
};
