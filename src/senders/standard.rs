//! The Standard Webhooks specification, and Svix, on whose signatures it is based.

use super::common::{base64, signed};
use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Header, Id, KeyFormat, Part, Place, Scheme, Signature, Tag, TagPlace,
    Timestamp, Unit,
};

/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub const STANDARD: Scheme = Scheme {
    name: "standard",
    title: "Standard Webhooks",
    docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    confirmed: Confirmed::Vector,
    ..signed_by_specification(HEADERS)
};

/// Reads the `svix-*` headers, or the `webhook-*` headers of a white-label sender, but never a mixture.
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

/// The three headers of the specification, with the names that a sender gives them.
#[derive(Clone, Copy)]
pub(super) struct Headers {
    pub(super) id: Header,
    pub(super) timestamp: Header,
    pub(super) signature: Header,
}

/// The headers with the names of the specification.
pub(super) const HEADERS: Headers =
    Headers { id: &["webhook-id"], timestamp: &["webhook-timestamp"], signature: &["webhook-signature"] };

/// The headers of senders that deliver through Svix under Svix's name.
pub(super) const SVIX_HEADERS: Headers =
    Headers { id: &["svix-id"], timestamp: &["svix-timestamp"], signature: &["svix-signature"] };

/// The signature of the specification: `v1` and `v1a` over `id.timestamp.body`.
pub(super) const fn signed_by_specification(headers: Headers) -> Scheme {
    signed_as_specified(headers, KeyFormat::Standard, &[V1, V1A])
}

/// The signature of senders that make only `v1`, from a secret that they decode in a different way.
pub(super) const fn signed_with_shared_secret(headers: Headers, key: KeyFormat) -> Scheme {
    signed_as_specified(headers, key, &[V1])
}

const V1: Tag = base64("v1");
const V1A: Tag = Tag { label: "v1a", algorithm: Algorithm::Ed25519, encoding: Encoding::Base64 };

const fn signed_as_specified(headers: Headers, key: KeyFormat, tags: &'static [Tag]) -> Scheme {
    Scheme {
        key,
        id: Id::Header(headers.id),
        kind: &["/type"],
        ..signed(Signature {
            place: TagPlace::Header(headers.signature),
            form: Form::Items { between: " ", within: "," },
            tags,
            content: &[Part::Id, Part::Text("."), Part::Timestamp, Part::Text("."), Part::Body],
            timestamp: Some(Timestamp { place: Place::Header(headers.timestamp), unit: Unit::Seconds }),
        })
    }
}
