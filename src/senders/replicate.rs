//! Replicate: machine learning.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Signs as Standard Webhooks specifies. The body is a prediction; its status is the type.
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
