//! Dodo Payments: merchant of record.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Signs as Standard Webhooks specifies.
///
/// <https://docs.dodopayments.com/developer-resources/webhooks>
pub const DODO: Scheme = Scheme {
    name: "dodo",
    title: "Dodo Payments",
    docs: "https://docs.dodopayments.com/developer-resources/webhooks",
    confirmed: Confirmed::Oracle,
    ..signed_by_specification(HEADERS)
};
