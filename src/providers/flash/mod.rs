//! Flash: bitcoin subscriptions. Two products share the name and sign differently.

mod payload;
pub mod vault;

pub use payload::*;

use crate::scheme::{
    Agreement, Algorithm, ClaimPart, Confirmed, Encoding, Form, Format, Id, KeyFormat, Part, Place, Proof, Scheme,
    Signature, Tag, Timestamp, Token, Unit, Unsigned,
};
use crate::time::Tolerance;

/// Flash subscriptions: a JSON Web Token beside the body.
///
/// The token does not cover the body, so event and public key in the body must agree with it, and the result says
/// [`Authenticated::Sender`](crate::Authenticated::Sender). One token is one event: the id is made from the token.
///
/// <https://docs.paywithflash.com/webhooks>
pub const FLASH: Scheme = Scheme {
    name: "flash",
    title: "Flash",
    docs: "https://docs.paywithflash.com/webhooks",
    confirmed: Confirmed::Documented,
    key: KeyFormat::Text,
    proof: Proof::Token(Token {
        header: &["authorization"],
        lifetime: 3600,
        kind: "/eventType/name",
        agreement: &[
            Agreement { claim: "/eventType/name", body: "/eventType/name" },
            Agreement { claim: "/eventType/id", body: "/eventType/id" },
            Agreement { claim: "/user_public_key", body: "/data/public_key" },
        ],
        claims: &[
            ClaimPart::Json(r#"{"version":"1.0","eventType":{"id":"#),
            ClaimPart::FromBody("/eventType/id"),
            ClaimPart::Json(r#","name":"#),
            ClaimPart::FromBody("/eventType/name"),
            ClaimPart::Json(r#"},"user_public_key":"#),
            ClaimPart::FromBody("/data/public_key"),
            ClaimPart::Json(r#","exp":"#),
            ClaimPart::Expiry,
            ClaimPart::Json("}"),
        ],
    }),
    // A token is good for an hour; a minute is enough for clocks that differ.
    tolerance: Tolerance::symmetric(60),
    payload: Format::Json,
    id: Id::Digest,
    kind: &["/eventType/name"],
    unsigned: Unsigned::NONE,
};

/// Flash Vault: signed the way Stripe does it, `whsec_` being part of the secret's text.
///
/// <https://docs.paywithflash.com>
pub const FLASH_VAULT: Scheme = Scheme {
    name: "flash-vault",
    title: "Flash Vault",
    docs: "https://docs.paywithflash.com",
    confirmed: Confirmed::Documented,
    key: KeyFormat::Text,
    proof: Proof::Signature(Signature {
        header: &["flash-signature"],
        form: Form::Items { between: ',', within: '=' },
        tags: &[Tag { label: "v1", algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }],
        content: &[Part::Timestamp, Part::Text("."), Part::Body],
        timestamp: Some(Timestamp { place: Place::Item("t"), unit: Unit::Seconds }),
    }),
    tolerance: Tolerance::DEFAULT,
    payload: Format::Json,
    id: Id::Digest,
    kind: &["/event"],
    unsigned: Unsigned::NONE,
};
