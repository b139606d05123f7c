//! Logto: sign-in and user management.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// Only the body is signed. `hookId` names the webhook, and no field names the event.
///
/// <https://docs.logto.io/developers/webhooks/secure-webhooks>
pub const LOGTO: Scheme = Scheme {
    name: "logto",
    title: "Logto",
    docs: "https://docs.logto.io/developers/webhooks/secure-webhooks",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    ..signed(over_body(&["logto-signature-sha-256"], &[hex("")]))
};
