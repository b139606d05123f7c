//! Resend: transactional email.

mod inbox;
mod payload;

pub use inbox::*;
pub use payload::*;

use super::standard::{SVIX_HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Delivered and signed by Svix.
///
/// <https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests>
pub const RESEND: Scheme = Scheme {
    name: "resend",
    title: "Resend",
    docs: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
    confirmed: Confirmed::Oracle,
    ..signed_by_specification(SVIX_HEADERS)
};
