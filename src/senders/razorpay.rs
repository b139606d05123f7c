//! Razorpay: payments.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme, Unsigned};

/// The key is the secret of the webhook, not that of the API.
///
/// <https://razorpay.com/docs/webhooks/validate-test/>
pub const RAZORPAY: Scheme = Scheme {
    name: "razorpay",
    title: "Razorpay",
    docs: "https://razorpay.com/docs/webhooks/validate-test/",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    unsigned: Unsigned { id: &["x-razorpay-event-id"], kind: &[] },
    ..signed(over_body(&["x-razorpay-signature"], &[hex("")]))
};
