//! Proofs that are sent next to the body: JSON Web Tokens, and secrets that are sent as they are.

use super::algorithm::{Algorithm, Encoding};
use super::location::{Header, Pointer};

/// A JSON Web Token (RFC 7519) that identifies the sender and, for some senders, the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The header that carries it, with or without `Bearer` in front.
    pub header: Header,
    /// The accepted algorithms: HS256, RS256, ES256, `EdDSA`. The key decides which of them a token must use.
    pub algorithms: &'static [Algorithm],
    /// How long a token is valid.
    pub validity: Validity,
    /// The claim that binds the body. `None` if the token does not bind it.
    pub body: Option<BodyDigest>,
    /// The claim with the event's type, if there is one.
    pub kind: Option<Pointer>,
    /// Claims that must equal fields of the body. A field that the body does not have is not compared.
    pub agreement: &'static [Agreement],
    /// The claims as the sender writes them, for [`Signer`](crate::Signer).
    pub claims: &'static [ClaimPart],
}

/// How long a token is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// Until `exp`.
    Expiry {
        /// How far ahead of now `exp` may be, in seconds. The tolerance is added.
        lifetime: u32,
    },
    /// While `iat` is within the tolerance.
    IssuedAt,
    /// The token has no time limit. Only a token that binds the body may be unlimited.
    Unlimited,
}

/// The claim that binds the body to a token: the SHA-256 of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    /// The pointer to it in the claims.
    pub claim: Pointer,
    /// How it is written.
    pub encoding: Encoding,
}

/// One piece of the JSON text of a token's claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimPart {
    /// A fixed piece of JSON.
    Json(&'static str),
    /// The value at this pointer of the body, or `null`.
    FromBody(Pointer),
    /// The time at which the token expires, in seconds since 1970.
    Expiry,
    /// The time at which the token is issued, in seconds since 1970.
    IssuedAt,
    /// The body's digest, as a JSON string.
    BodyDigest,
}

/// A claim of the token and the field of the body that must have the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The pointer into the claims.
    pub claim: Pointer,
    /// The pointer into the body.
    pub body: Pointer,
}

/// A secret that the sender sends with every delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SharedToken {
    /// As the value of a header.
    Header(Header),
    /// In HTTP Basic authentication (RFC 7617): the secret is the name and the password with a colon between them.
    Basic,
    /// In a member of the body. A `*` in the pointer is every item of a list: each must have the member, and it must be one of
    /// the secrets.
    Body(Pointer),
}
