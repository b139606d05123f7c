//! Smartcar: connected cars.

use super::common::{asked, hex, over_body, signed};
use crate::scheme::{Answer, Id, Scheme};

/// The key is the application management token. Smartcar asks a new address to sign a challenge with the same key.
///
/// <https://smartcar.com/docs/integrations/webhooks/payload-verification>
pub const SMARTCAR: Scheme = Scheme {
    name: "smartcar",
    title: "Smartcar",
    docs: "https://smartcar.com/docs/integrations/webhooks/payload-verification",
    id: Id::BodyOrDigest("/eventId"),
    kind: &["/eventType", "/eventName"],
    handshakes: &[
        asked(&[("/eventType", Some("VERIFY"))], "/data/challenge", SIGNED_CHALLENGE),
        // Version 2.
        asked(&[("/eventName", Some("verify"))], "/payload/challenge", SIGNED_CHALLENGE),
    ],
    ..signed(over_body(&["sc-signature"], &[hex("")]))
};

const SIGNED_CHALLENGE: Answer = Answer::Json(r#"{"challenge":"$tag"}"#);
