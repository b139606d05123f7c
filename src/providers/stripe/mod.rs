//! Stripe: payments.

mod event_type;
mod payload;

pub use event_type::*;
pub use payload::*;

use crate::scheme::{
    Algorithm, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Place, Proof, Scheme, Signature, Tag, Timestamp,
    Unit, Unsigned,
};
use crate::time::Tolerance;

/// `v0` items are made for test mode and prove nothing; they are passed over.
///
/// <https://docs.stripe.com/webhooks#verify-manually>
pub const STRIPE: Scheme = Scheme {
    name: "stripe",
    title: "Stripe",
    docs: "https://docs.stripe.com/webhooks#verify-manually",
    confirmed: Confirmed::Vector,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["stripe-signature"],
        form: Form::Items { between: ',', within: '=' },
        tags: &[Tag { label: "v1", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }],
        content: &[Part::Timestamp, Part::Text("."), Part::Body],
        timestamp: Some(Timestamp { place: Place::Item("t"), unit: Unit::Seconds }),
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::Json,
    id: Id::Body("/id"),
    kind: &["/type"],
    unsigned: Unsigned::NONE,
};
