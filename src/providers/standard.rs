//! The Standard Webhooks specification, and Svix, which it grew out of.

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Header, Id, KeyFormat, Part, Place, Proof, Scheme, Signature, Tag,
    Timestamp, Unit, Unsigned,
};
use crate::time::Tolerance;

const HEADERS: Headers =
    Headers { id: &["webhook-id"], timestamp: &["webhook-timestamp"], signature: &["webhook-signature"] };

/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub const STANDARD: Scheme = Scheme {
    name: "standard",
    title: "Standard Webhooks",
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    confirmed: Confirmed::Vector,
    ..signed_by_specification(HEADERS)
};

/// The `svix-*` headers, or the `webhook-*` headers of a white-label sender, never a mixture.
///
/// <https://docs.svix.com/receiving/verifying-payloads/how-manual>
pub const SVIX: Scheme = Scheme {
    name: "svix",
    title: "Svix",
    docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    confirmed: Confirmed::Vector,
    ..signed_by_specification(Headers {
        id: &["svix-id", "webhook-id"],
        timestamp: &["svix-timestamp", "webhook-timestamp"],
        signature: &["svix-signature", "webhook-signature"],
    })
};

/// The three headers of the specification, under the names that a sender gives them.
#[derive(Clone, Copy)]
pub(super) struct Headers {
    pub(super) id: Header,
    pub(super) timestamp: Header,
    pub(super) signature: Header,
}

/// The headers of senders that deliver through Svix under its name.
pub(super) const SVIX_HEADERS: Headers =
    Headers { id: &["svix-id"], timestamp: &["svix-timestamp"], signature: &["svix-signature"] };

/// What the specification fixes for every sender that follows it: `v1` and `v1a` over `id.timestamp.body`.
pub(super) const fn signed_by_specification(headers: Headers) -> Scheme {
    Scheme {
        name: "",
        title: "",
        docs: "",
        confirmed: Confirmed::Documented,
        key: KeyFormat::Standard,
        proof: Proof::Signature(Signature {
            header: headers.signature,
            form: Form::Items { between: ' ', within: ',' },
            tags: &[
                Tag { label: "v1", algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64 },
                Tag { label: "v1a", algorithm: Algorithm::Ed25519, encoding: Encoding::Base64 },
            ],
            content: &[Part::Id, Part::Text("."), Part::Timestamp, Part::Text("."), Part::Body],
            timestamp: Some(Timestamp { place: Place::Header(headers.timestamp), unit: Unit::Seconds }),
        }),
        tolerance: Tolerance::DEFAULT,
        payload: Format::Json,
        id: Id::Header(headers.id),
        kind: &["/type"],
        unsigned: Unsigned::NONE,
    }
}
