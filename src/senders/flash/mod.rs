//! Flash: bitcoin subscriptions. Two products have the name and sign differently.

mod payload;
pub mod vault;

pub use payload::*;

use super::common::{TIME_DOT_BODY, bearing, hex, in_items, signed};
use crate::scheme::{Agreement, Algorithm, ClaimPart, Scheme, Token, Unit, Validity};
use crate::time::Tolerance;

/// Flash subscriptions: a JSON Web Token in a header.
///
/// The token does not cover the body, so event and public key in the body must agree with it, and the result says
/// [`Authenticated::Sender`](crate::Authenticated::Sender). Each event has its own token, so the id is a digest of the token.
///
/// <https://docs.paywithflash.com/webhooks>
pub const FLASH: Scheme = Scheme {
    name: "flash",
    title: "Flash",
    docs: "https://docs.paywithflash.com/webhooks",
    // A token is valid for an hour; a minute is enough for differences between clocks.
    tolerance: Tolerance::symmetric(60),
    kind: &["/eventType/name"],
    ..bearing(Token {
        header: &["authorization"],
        algorithms: &[Algorithm::HmacSha256],
        validity: Validity::Expiry { lifetime: 3600 },
        body: None,
        kind: Some("/eventType/name"),
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
    })
};

/// Flash Vault: signs like Stripe. `whsec_` is part of the secret's text.
///
/// <https://docs.paywithflash.com>
pub const FLASH_VAULT: Scheme = Scheme {
    name: "flash-vault",
    title: "Flash Vault",
    docs: "https://docs.paywithflash.com",
    kind: &["/event"],
    ..signed(in_items(&["flash-signature"], "t", Unit::Seconds, &[hex("v1")], TIME_DOT_BODY))
};
