//! GitHub: code hosting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Format, Scheme, Unsigned};

/// Only the body is signed. The delivery's id and the event's type are in unsigned headers. The older `X-Hub-Signature` (SHA-1) is
/// never read.
///
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub const GITHUB: Scheme = Scheme {
    name: "github",
    title: "GitHub",
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    confirmed: Confirmed::Vector,
    payload: Format::JsonOrField("payload"),
    unsigned: Unsigned { id: &["x-github-delivery"], kind: &["x-github-event"] },
    ..signed(over_body(&["x-hub-signature-256"], &[hex("sha256=")]))
};
