//! Replicate: machine learning.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Signed as Standard Webhooks says. The body is a prediction, whose status says what happened.
///
/// <https://replicate.com/docs/topics/webhooks/verify-webhook>
pub const REPLICATE: Scheme = Scheme {
    name: "replicate",
    title: "Replicate",
    docs: "https://replicate.com/docs/topics/webhooks/verify-webhook",
    confirmed: Confirmed::Oracle,
    kind: &["/status"],
    ..signed_by_specification(HEADERS)
};
