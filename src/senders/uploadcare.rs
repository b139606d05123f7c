//! Uploadcare: files.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Scheme};

/// The key is the signing secret of the webhook.
///
/// <https://uploadcare.com/docs/security/secure-webhooks/>
pub const UPLOADCARE: Scheme = Scheme {
    name: "uploadcare",
    title: "Uploadcare",
    docs: "https://uploadcare.com/docs/security/secure-webhooks/",
    confirmed: Confirmed::Vector,
    kind: &["/hook/event"],
    ..signed(over_body(&["x-uc-signature"], &[hex("v1=")]))
};
