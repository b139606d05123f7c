//! JSON Web Tokens (RFC 7519) in compact form. In: the header with the token, later a key and the body. Out: the claims,
//! once a key has verified the token, checked against the time and the body.
//!
//! The key decides the algorithm. The token's own `alg` must be one that the scheme lists, and a key only ever verifies
//! signatures of its own algorithm, so a token cannot choose how it is verified. Tokens that ask for an extension (`crit`,
//! `b64`, `zip`) are rejected.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::slice;

use crate::claim::printable_header;
use crate::delivery::Delivery;
use crate::error::{JsonPart, Rejection};
use crate::event::Json;
use crate::hash::{Host, Message, body_digest, sha256};
use crate::json::{self, Document, Value};
use crate::key::{Key, ReceivedSignature, decode, encode};
use crate::limits::{MAX_CLAIM_SECONDS, MAX_TOKEN_BYTES};
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Encoding, Pointer, Token, Validity};
use crate::text::base64;
use crate::time::{Tolerance, UnixTime};

/// A received token, split and decoded but not verified.
pub(crate) struct ReceivedToken<'d> {
    /// The signed text: the first two parts and the dot between them.
    pub(crate) signed: &'d str,
    signature: ReceivedSignature,
    payload: Vec<u8>,
    key_id: Option<String>,
}

/// The names of keys that may have signed a token.
#[derive(Clone, Copy)]
pub(crate) enum WantedKeyId<'t> {
    Any,
    /// This name, or no name.
    Exactly(Option<&'t str>),
}

impl WantedKeyId<'_> {
    pub(crate) fn admits(self, key: &Key) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(id) => key.id() == id,
        }
    }
}

impl<'d> ReceivedToken<'d> {
    pub(crate) fn read(token: &Token, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        let name = token.header.first().copied().unwrap_or_default();
        let value = printable_header(delivery, name)?;
        let compact = match value.split_once(' ') {
            Some((word, rest)) if word.eq_ignore_ascii_case("bearer") => rest,
            Some(_) => {
                return Err(Rejection::MalformedHeader {
                    header: name,
                    problem: "it must be the word Bearer, one space, and the token",
                });
            }
            None => value,
        };
        if compact.len() > MAX_TOKEN_BYTES {
            return Err(malformed("it is longer than 8192 bytes"));
        }
        let mut parts = compact.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it must have three parts with dots between them"));
        };
        let signed_bytes = header.len().saturating_add(payload.len()).saturating_add(1);
        let signed = compact.get(..signed_bytes).unwrap_or_default();
        let (algorithm, key_id) = read_header(token, header)?;
        let signature = ReceivedSignature::decode(algorithm, Encoding::Base64Url, signature)
            .ok_or(malformed("its signature is not canonical base64url of its algorithm's length"))?;
        let payload = base64::decode_url(payload).ok_or(malformed("its claims are not canonical base64url"))?;
        Ok(Self { signed, signature, payload, key_id })
    }

    /// The name that a key must have to be tried. A token that names its key is verified with the keys of that name. If there are
    /// none, the keys without a name are tried: receivers often have only the secret or the PEM, which has no name.
    pub(crate) fn wanted_key_id(&self, keys: &[Key]) -> WantedKeyId<'_> {
        match self.key_id.as_deref() {
            None => WantedKeyId::Any,
            Some(id) if keys.iter().any(|key| key.id() == Some(id)) => WantedKeyId::Exactly(Some(id)),
            Some(_) => WantedKeyId::Exactly(None),
        }
    }

    /// Whether this key verifies the token's signature.
    pub(crate) fn is_signed_by(&self, key: &Key) -> bool {
        key.verifies_any(slice::from_ref(&self.signature), &[Message::of(self.signed.as_bytes())], None)
    }

    /// Parses the claims. Call it only after a key has verified the token.
    pub(crate) fn claims(&self, token: &Token) -> Result<Claims<'_>, Rejection> {
        // An empty pointer finds nothing.
        let digest = token.body.map_or("", |digest| digest.claim);
        let mut pointers = Vec::from(["/exp", "/nbf", "/iat", token.kind.unwrap_or_default(), digest]);
        pointers.extend(token.agreement.iter().map(|agreement| agreement.claim));
        let document = read_object(&self.payload, &pointers, JsonPart::TokenClaims)?
            .ok_or(malformed("its claims are not a JSON object"))?;
        let [expires, not_before, issued, kind, digest, agreed @ ..] = document.found.as_slice() else {
            return Err(malformed("its claims cannot be read"));
        };
        Ok(Claims {
            expires: expires.map(expiry).transpose()?,
            not_before: instant(*not_before)?,
            issued: instant(*issued)?,
            kind: kind.and_then(Value::text),
            body_digest: digest.and_then(Value::text),
            agreed: agreed.to_vec(),
        })
    }
}

const fn malformed(problem: &'static str) -> Rejection {
    Rejection::MalformedToken { problem }
}

const fn body_mismatch(field: Pointer) -> Rejection {
    Rejection::BodyMismatch { vouched_by: "token", field }
}

/// Reads a part strictly. Returns `None` if it is JSON but not an object.
fn read_object<'j>(json: &'j [u8], pointers: &[Pointer], part: JsonPart) -> Result<Option<Document<'j>>, Rejection> {
    let document = json::read(json, pointers).map_err(|cause| Rejection::UnreadableJson { part, cause })?;
    Ok(Some(document).filter(Document::is_object))
}

/// The algorithms of tokens and their names in the header (RFC 7518, RFC 8037, RFC 9864). The signer uses the first name.
const NAMES: &[(&str, Algorithm)] = &[
    ("HS256", Algorithm::HmacSha256),
    ("HS384", Algorithm::HmacSha384),
    ("HS512", Algorithm::HmacSha512),
    ("RS256", Algorithm::RsaSha256),
    ("RS384", Algorithm::RsaSha384),
    ("RS512", Algorithm::RsaSha512),
    ("ES256", Algorithm::EcdsaP256),
    ("EdDSA", Algorithm::Ed25519),
    ("Ed25519", Algorithm::Ed25519),
];

/// Checks the token's header. Returns the algorithm and, if the token names one, the id of its key.
fn read_header(token: &Token, encoded: &str) -> Result<(Algorithm, Option<String>), Rejection> {
    let header = base64::decode_url(encoded).ok_or(malformed("its header is not canonical base64url"))?;
    let document = read_object(&header, &["/alg", "/kid", "/crit", "/b64", "/zip"], JsonPart::TokenHeader)?
        .ok_or(malformed("its header is not a JSON object"))?;
    let [name, key_id, critical, unencoded, compressed] = document.found.as_slice() else {
        return Err(malformed("its header cannot be read"));
    };
    if [critical, unencoded, compressed].into_iter().any(Option::is_some) {
        return Err(malformed("its header asks for an extension (crit, b64 or zip)"));
    }
    let name = name.and_then(Value::text).unwrap_or_default();
    let algorithm = NAMES.iter().find(|(listed, _)| *listed == name).map(|(_, algorithm)| *algorithm);
    let algorithm =
        algorithm.filter(|algorithm| token.algorithms.contains(algorithm)).ok_or(Rejection::UnsupportedSignature {
            problem: match name.as_ref() {
                "ES384" => {
                    "the token is signed with ES384, which is not supported: let the sender sign with ES256 or RS256"
                }
                "ES512" => {
                    "the token is signed with ES512, which is not supported: let the sender sign with ES256 or RS256"
                }
                _ => "the token is signed with an algorithm that this sender does not use",
            },
        })?;
    match key_id {
        None => Ok((algorithm, None)),
        Some(value) => {
            let id = value.text().ok_or(malformed("its kid is not a string"))?;
            Ok((algorithm, Some(id.into_owned())))
        }
    }
}

/// The claims of a verified token.
pub(crate) struct Claims<'c> {
    expires: Option<UnixTime>,
    not_before: Option<UnixTime>,
    issued: Option<UnixTime>,
    /// The event's type.
    pub(crate) kind: Option<Cow<'c, str>>,
    body_digest: Option<Cow<'c, str>>,
    /// The claims that must equal fields of the body, in the order of the scheme.
    agreed: Vec<Option<Value<'c>>>,
}

impl Claims<'_> {
    /// Checks `exp`, `iat` and `nbf` against the time. `exp` may be ahead by the token's lifetime at most, because a token
    /// can be replayed until it expires. `nbf` and `iat` are checked whatever the validity.
    pub(crate) fn check_time(&self, token: &Token, tolerance: Tolerance, now: UnixTime) -> Result<(), Rejection> {
        match (token.validity, self.expires, self.issued) {
            (Validity::Expiry { .. }, None, _) => return Err(malformed("it has no exp claim")),
            (Validity::IssuedAt, _, None) => return Err(malformed("it has no iat claim")),
            (Validity::IssuedAt, _, Some(issued)) => tolerance.check(issued, now)?,
            _ => {}
        }
        if let Some(expires) = self.expires {
            tolerance.check_not_late(expires, now)?;
            if let Validity::Expiry { lifetime } = token.validity {
                let earliest_issue = expires.as_secs().saturating_sub(u64::from(lifetime));
                tolerance.check_not_early(UnixTime::from_secs(earliest_issue), now)?;
            }
        }
        let starts = [self.not_before, self.issued];
        starts.into_iter().flatten().try_for_each(|instant| tolerance.check_not_early(instant, now))
    }

    /// The time at which the token was issued, if its validity depends on that.
    pub(crate) fn signed_at(&self, token: &Token) -> Option<UnixTime> {
        self.issued.filter(|_| token.validity == Validity::IssuedAt)
    }

    /// Checks the body's digest, if the token binds the body.
    pub(crate) fn check_body_digest(&self, token: &Token, body: &[u8], host: Host<'_>) -> Result<(), Rejection> {
        let Some(BodyDigest { encoding, .. }) = token.body else { return Ok(()) };
        let claimed = self.body_digest.as_deref().ok_or(malformed("it has no digest of the body"))?;
        let digest = decode(encoding, claimed).ok_or(malformed("its digest of the body is not in its encoding"))?;
        if digest == body_digest(body, host) { Ok(()) } else { Err(body_mismatch("")) }
    }

    /// Checks that the body repeats the claims that it has fields for. An empty body has none. A body that cannot be parsed
    /// is rejected, because it could mean anything. Returns the body as JSON if it was parsed.
    pub(crate) fn check_agreement<'b>(&self, token: &Token, body: &'b [u8]) -> Result<Option<Json<'b>>, Rejection> {
        if body.is_empty() || token.agreement.is_empty() {
            return Ok(None);
        }
        let pointers: Vec<Pointer> =
            token.agreement.iter().flat_map(|agreement| [agreement.body, parent(agreement.body)]).collect();
        let document = read_object(body, &pointers, JsonPart::AgreedBody)?.ok_or(body_mismatch(""))?;
        for ((agreement, found), claimed) in token.agreement.iter().zip(document.found.chunks(2)).zip(&self.agreed) {
            let [stated, parent] = found else { continue };
            let parent_is_object = parent.is_none_or(|parent| parent == Value::Object);
            let agrees = stated.is_none_or(|stated| claimed.is_some_and(|claimed| are_equal(stated, claimed)));
            if !agrees || !parent_is_object {
                return Err(body_mismatch(agreement.body));
            }
        }
        Ok(Some(Json::new(&document)))
    }
}

/// The pointer to the object that contains a member. Empty, which finds nothing, for a member of the body itself.
fn parent(pointer: Pointer) -> Pointer {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn are_equal(stated: Value<'_>, claimed: Value<'_>) -> bool {
    match (stated, claimed) {
        (Value::String(_), Value::String(_)) => stated.text().is_some() && stated.text() == claimed.text(),
        (Value::Number(stated), Value::Number(claimed)) => stated == claimed,
        _ => false,
    }
}

/// Reads `exp`: a number of seconds, or a text in RFC 3339, which one sender's documentation shows.
fn expiry(claim: Value<'_>) -> Result<UnixTime, Rejection> {
    match claim {
        Value::String(_) => claim
            .text()
            .and_then(|text| UnixTime::from_rfc3339(&text))
            .ok_or(malformed("its exp claim is a text but not a date and time in RFC 3339")),
        _ => instant(Some(claim))?.ok_or(malformed("it has no exp claim")),
    }
}

/// Reads a `NumericDate`: seconds since 1970. A fraction is dropped.
fn instant(claim: Option<Value<'_>>) -> Result<Option<UnixTime>, Rejection> {
    let not_a_date = malformed("a claim about time is not a number of seconds since 1970");
    match claim {
        None => Ok(None),
        Some(Value::Number(number)) if !number.as_str().contains(['e', 'E', '-']) => {
            let number = number.as_str();
            let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
            match whole.parse() {
                Ok(seconds) if seconds <= MAX_CLAIM_SECONDS => Ok(Some(UnixTime::from_secs(seconds))),
                _ => Err(not_a_date),
            }
        }
        Some(_) => Err(not_a_date),
    }
}

/// Issues a token for a body, as the sender does. `None` if the key cannot sign with any of the scheme's algorithms.
pub(crate) fn issue(token: &Token, key: &Key, body: &[u8], now: UnixTime) -> Option<String> {
    let (name, algorithm) =
        NAMES.iter().find(|(_, algorithm)| token.algorithms.contains(algorithm) && key.supports(*algorithm))?;
    let mut claims = String::new();
    for part in token.claims {
        match part {
            ClaimPart::Json(json) => claims.push_str(json),
            ClaimPart::FromBody(pointer) => push_scalar(&mut claims, body, pointer),
            ClaimPart::IssuedAt => claims.push_str(&now.as_secs().to_string()),
            ClaimPart::Expiry => {
                let lifetime = if let Validity::Expiry { lifetime } = token.validity { lifetime } else { 0 };
                claims.push_str(&now.as_secs().saturating_add(u64::from(lifetime)).to_string());
            }
            ClaimPart::BodyDigest => {
                let digest = token.body.map(|digest| encode(digest.encoding, &sha256(&[body]))).unwrap_or_default();
                claims.extend(["\"", &digest, "\""]);
            }
        }
    }
    let key_id = key.id().map(|id| format!(r#","kid":"{id}""#)).unwrap_or_default();
    let header = format!(r#"{{"alg":"{name}","typ":"JWT"{key_id}}}"#);
    let signed = format!("{}.{}", base64::encode_url(header.as_bytes()), base64::encode_url(claims.as_bytes()));
    let signature = key.sign(*algorithm, &Message::of(signed.as_bytes()))?;
    Some(format!("{signed}.{}", encode(Encoding::Base64Url, &signature)))
}

/// Appends the string or number at a pointer of the body, as written there, or `null`.
fn push_scalar(claims: &mut String, body: &[u8], pointer: Pointer) {
    let found = json::read(body, &[pointer]).ok().and_then(|document| document.found.first().copied().flatten());
    match found {
        Some(Value::String(text)) => {
            claims.push('"');
            claims.push_str(text.raw());
            claims.push('"');
        }
        Some(Value::Number(number)) => claims.push_str(number.as_str()),
        _ => claims.push_str("null"),
    }
}
