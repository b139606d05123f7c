//! Cashfree: payments.

use super::common::{TIME_BODY, base64, signed, with_time_header};
use crate::scheme::{Confirmed, Scheme, Unit};

/// The key is the client secret.
///
/// <https://www.cashfree.com/docs/payments/online/webhooks/signature-verification>
pub const CASHFREE: Scheme = Scheme {
    name: "cashfree",
    title: "Cashfree",
    docs: "https://www.cashfree.com/docs/payments/online/webhooks/signature-verification",
    confirmed: Confirmed::Oracle,
    kind: &["/type"],
    ..signed(with_time_header(
        &["x-webhook-signature"],
        &["x-webhook-timestamp"],
        Unit::Milliseconds,
        &[base64("")],
        TIME_BODY,
    ))
};
