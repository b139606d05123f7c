//! SubscribeFlow: newsletter subscriptions.

mod payload;

pub use payload::*;

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Proof, Scheme, Signature, Tag, Unsigned,
};
use crate::time::Tolerance;

/// Only the body is signed: there is no signed time, so a replay is told by the event's id alone.
///
/// The documentation shows `sha256=<hex>`; a receiver by the same company reads bare base64. All three spellings of
/// the one tag are read.
///
/// <https://talent-factory.github.io/subscribe-flow/guides/webhooks/>
pub const SUBSCRIBEFLOW: Scheme = Scheme {
    name: "subscribeflow",
    title: "SubscribeFlow",
    docs: "https://talent-factory.github.io/subscribe-flow/guides/webhooks/",
    confirmed: Confirmed::Documented,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["x-subscribeflow-signature"],
        form: Form::Whole,
        tags: &[
            Tag { label: "sha256=", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex },
            Tag { label: "", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex },
            Tag { label: "", algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64 },
        ],
        content: &[Part::Body],
        timestamp: None,
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::Json,
    id: Id::Body("/id"),
    kind: &["/type", "/event_type"],
    unsigned: Unsigned::NONE,
};
