//! Plaid: bank data.

use super::common::bearing;
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Encoding, Id, KeyFormat, Scheme, Token, Validity};

/// A JSON Web Token that contains a digest of the body and the time of its issue. The key is the JSON Web Key that Plaid's
/// `/webhook_verification_key/get` returns for the token's `kid`. Most bodies say only which item changed, so two events may have the
/// same body.
///
/// <https://plaid.com/docs/api/webhooks/webhook-verification/>
pub const PLAID: Scheme = Scheme {
    name: "plaid",
    title: "Plaid",
    docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    key: KeyFormat::Public,
    id: Id::ChangeNotice,
    kind: &["/webhook_code"],
    ..bearing(Token {
        header: &["plaid-verification"],
        algorithms: &[Algorithm::EcdsaP256],
        validity: Validity::IssuedAt,
        body: Some(BodyDigest { claim: "/request_body_sha256", encoding: Encoding::Hex }),
        kind: None,
        agreement: &[],
        claims: &[
            ClaimPart::Json(r#"{"iat":"#),
            ClaimPart::IssuedAt,
            ClaimPart::Json(r#","request_body_sha256":"#),
            ClaimPart::BodyDigest,
            ClaimPart::Json("}"),
        ],
    })
};
