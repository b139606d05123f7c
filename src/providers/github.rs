//! GitHub: code hosting.

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Proof, Scheme, Signature, Tag, Unsigned,
};
use crate::time::Tolerance;

/// Only the body is signed. The delivery's id and the event's name come in headers that nobody signed. The older
/// `X-Hub-Signature` (SHA-1) is never read.
///
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
pub const GITHUB: Scheme = Scheme {
    name: "github",
    title: "GitHub",
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    confirmed: Confirmed::Vector,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["x-hub-signature-256"],
        form: Form::Whole,
        tags: &[Tag { label: "sha256=", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }],
        content: &[Part::Body],
        timestamp: None,
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::JsonOrForm,
    id: Id::Digest,
    kind: &[],
    unsigned: Unsigned { id: Some("x-github-delivery"), kind: Some("x-github-event") },
};
