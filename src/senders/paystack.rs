//! Paystack: payments.

use super::common::{over_body, signed};
use crate::scheme::{Algorithm, Encoding, Scheme, Tag};

/// The key is the account's secret key.
///
/// <https://paystack.com/docs/payments/webhooks/>
pub const PAYSTACK: Scheme = Scheme {
    name: "paystack",
    title: "Paystack",
    docs: "https://paystack.com/docs/payments/webhooks/",
    kind: &["/event"],
    ..signed(over_body(
        &["x-paystack-signature"],
        &[Tag { label: "", algorithm: Algorithm::HmacSha512, encoding: Encoding::Hex }],
    ))
};
