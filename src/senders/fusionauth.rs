//! FusionAuth: identity.

use super::common::bearing;
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Encoding, Id, KeyFormat, Scheme, Token, Validity};

/// A JSON Web Token that contains a digest of the body and never expires. The signing key of the webhook sets the algorithm. The
/// token names that key (`kid`): keys without an id are tried, too. FusionAuth also offers ES384 and ES512, which are rejected.
///
/// <https://fusionauth.io/docs/extend/events-and-webhooks/signing>
pub const FUSIONAUTH: Scheme = Scheme {
    name: "fusionauth",
    title: "FusionAuth",
    docs: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    key: KeyFormat::PublicOrText,
    id: Id::BodyOrDigest("/event/id"),
    kind: &["/event/type"],
    ..bearing(Token {
        header: &["x-fusionauth-signature-jwt"],
        algorithms: &[
            Algorithm::HmacSha256,
            Algorithm::HmacSha384,
            Algorithm::HmacSha512,
            Algorithm::RsaSha256,
            Algorithm::RsaSha384,
            Algorithm::RsaSha512,
            Algorithm::EcdsaP256,
            Algorithm::Ed25519,
        ],
        validity: Validity::Unlimited,
        body: Some(BodyDigest { claim: "/request_body_sha256", encoding: Encoding::Base64 }),
        kind: None,
        agreement: &[],
        claims: &[ClaimPart::Json(r#"{"request_body_sha256":"#), ClaimPart::BodyDigest, ClaimPart::Json("}")],
    })
};
