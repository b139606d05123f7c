//! Typeform: forms.

use super::common::{base64, over_body, signed};
use crate::scheme::{Id, Scheme};

/// The signature is `sha256=` and base64, not hexadecimal.
///
/// <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>
pub const TYPEFORM: Scheme = Scheme {
    name: "typeform",
    title: "Typeform",
    docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    id: Id::BodyOrDigest("/event_id"),
    kind: &["/event_type"],
    ..signed(over_body(&["typeform-signature"], &[base64("sha256=")]))
};
