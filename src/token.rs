//! JSON Web Tokens (RFC 7519) in compact form. The algorithm belongs to the key: what the token says of it is compared,
//! never obeyed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use crate::claim::printable;
use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::event::Json;
use crate::hash::{Host, Message, body_digest, sha256};
use crate::json::{self, Document, Value};
use crate::key::{Key, ReceivedSignature, decode, encode};
use crate::limits::{MAX_CLAIM_SECONDS, MAX_TOKEN_BYTES};
use crate::scheme::{Algorithm, BodyDigest, ClaimPart, Encoding, Pointer, Token, Validity};
use crate::text::base64;
use crate::text::decimal::{decimal, join};
use crate::text::split::{cut, cut_before, cut_last, pieces};
use crate::time::{Tolerance, UnixTime};

/// What vouches for the body.
const TOKEN: &str = "token";

/// A token taken apart, not yet believed.
pub(crate) struct Bearer<'d> {
    /// What is signed: the first two parts and the dot between them.
    pub(crate) signed: &'d str,
    tag: ReceivedSignature,
    payload: Vec<u8>,
    key_id: Option<String>,
}

impl<'d> Bearer<'d> {
    pub(crate) fn read(token: &Token, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        let name = token.header.first().copied().unwrap_or_default();
        let value = printable(delivery, name)?;
        let compact = match cut(value, " ") {
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
        let mut parts = pieces(compact, ".");
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("a token has three parts between two dots"));
        };
        let signed_bytes = header.len().saturating_add(payload.len()).saturating_add(1);
        let signed = compact.get(..signed_bytes).unwrap_or_default();
        let (algorithm, key_id) = read_header(token, header)?;
        let tag = ReceivedSignature::decode(algorithm, Encoding::Base64Url, signature)
            .ok_or(malformed("its signature is not canonical base64url of the length that its algorithm gives"))?;
        let payload = base64::decode_url(payload).ok_or(malformed("its claims are not canonical base64url"))?;
        Ok(Self { signed, tag, payload, key_id })
    }

    /// Whether this may be the key. A token that names its key is checked with the key of that name only.
    pub(crate) fn is_meant_for(&self, key: &Key) -> bool {
        self.key_id.is_none() || self.key_id.as_deref() == key.id()
    }

    /// Whether this key signed the token.
    pub(crate) fn was_signed_by(&self, key: &Key) -> bool {
        self.is_meant_for(key)
            & key.verifies_any(slice::from_ref(&self.tag), &[Message::of(self.signed.as_bytes())], None)
    }

    /// The claims. Only called for a token that a key has signed.
    pub(crate) fn claims(&self, token: &Token) -> Result<Claims<'_>, Rejection> {
        // A pointer that is empty leads nowhere.
        let digest = token.body.map_or("", |digest| digest.claim);
        let mut pointers = Vec::from(["/exp", "/nbf", "/iat", token.kind.unwrap_or_default(), digest]);
        for agreement in token.agreement {
            pointers.push(agreement.claim);
        }
        let document =
            read_object(&self.payload, &pointers).ok_or(malformed("its claims are not a strict JSON object"))?;
        let [expires, not_before, issued, kind, digest, agreed @ ..] = document.found.as_slice() else {
            return Err(malformed("its claims cannot be read"));
        };
        Ok(Claims {
            expires: expires.map(expiry).transpose()?,
            valid_from: instant(*not_before)?,
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

fn read_object<'j>(json: &'j [u8], pointers: &[Pointer]) -> Option<Document<'j>> {
    json::read(json, pointers).ok().filter(Document::is_object)
}

/// The algorithms of tokens under their names in headers (RFC 7518, RFC 8037).
const NAMES: &[(&str, Algorithm)] = &[
    ("HS256", Algorithm::HmacSha256),
    ("RS256", Algorithm::RsaSha256),
    ("ES256", Algorithm::EcdsaP256),
    ("EdDSA", Algorithm::Ed25519),
];

/// Checks the token's header and gives the algorithm and the name of the key it was signed with, where it says one.
fn read_header(token: &Token, encoded: &str) -> Result<(Algorithm, Option<String>), Rejection> {
    let header = base64::decode_url(encoded).ok_or(malformed("its header is not canonical base64url"))?;
    let document = read_object(&header, &["/alg", "/kid", "/crit", "/b64", "/zip"])
        .ok_or(malformed("its header is not a strict JSON object"))?;
    let [name, key_id, critical, unencoded, compressed] = document.found.as_slice() else {
        return Err(malformed("its header cannot be read"));
    };
    if [critical, unencoded, compressed].into_iter().any(Option::is_some) {
        return Err(malformed("its header asks for an extension (crit, b64 or zip)"));
    }
    let name = name.and_then(Value::text).unwrap_or_default();
    let known = NAMES.iter().find(|(own, _)| *own == name).map(|(_, algorithm)| *algorithm);
    let algorithm =
        known.filter(|algorithm| token.algorithms.contains(algorithm)).ok_or(Rejection::UnsupportedSignature {
            problem: "the token is signed with an algorithm that this sender does not use",
        })?;
    match key_id {
        None => Ok((algorithm, None)),
        Some(value) => {
            let name = value.text().ok_or(malformed("its kid is not a string"))?;
            Ok((algorithm, Some(name.into_owned())))
        }
    }
}

/// What a signed token claims.
pub(crate) struct Claims<'c> {
    expires: Option<UnixTime>,
    valid_from: Option<UnixTime>,
    issued: Option<UnixTime>,
    pub(crate) kind: Option<Cow<'c, str>>,
    /// The digest of the body, where the token binds it.
    body_digest: Option<Cow<'c, str>>,
    /// The claims that the body must repeat, in the order of the scheme.
    agreed: Vec<Option<Value<'c>>>,
}

impl Claims<'_> {
    /// Checks the token's time. `exp` may lie ahead by the token's lifetime and no more: a token that hardly ever
    /// expires could be used again for just as long. What else the token says of time holds in any case.
    pub(crate) fn admit(&self, token: &Token, tolerance: Tolerance, now: UnixTime) -> Result<(), Rejection> {
        match (token.validity, self.expires, self.issued) {
            (Validity::Expiry { .. }, None, _) => return Err(malformed("it has no exp claim")),
            (Validity::Expiry { lifetime }, Some(expires), _) => {
                tolerance.not_after(expires, now)?;
                let earliest_issue = expires.as_secs().saturating_sub(u64::from(lifetime));
                tolerance.not_before(UnixTime::from_secs(earliest_issue), now)?;
            }
            (Validity::IssuedAt, _, None) => return Err(malformed("it has no iat claim")),
            (Validity::IssuedAt, expires, Some(issued)) => {
                tolerance.admit(issued, now)?;
                expires.map_or(Ok(()), |expires| tolerance.not_after(expires, now))?;
            }
            (Validity::Unlimited, expires, _) => expires.map_or(Ok(()), |expires| tolerance.not_after(expires, now))?,
        }
        [self.valid_from, self.issued].into_iter().flatten().try_for_each(|instant| tolerance.not_before(instant, now))
    }

    /// When the token was made, where that decides how long it is good.
    pub(crate) fn signed_at(&self, token: &Token) -> Option<UnixTime> {
        self.issued.filter(|_| token.validity == Validity::IssuedAt)
    }

    /// Checks that the body is the one that the token binds, where it binds one.
    pub(crate) fn bind(&self, token: &Token, body: &[u8], host: Host<'_>) -> Result<(), Rejection> {
        let Some(BodyDigest { encoding, .. }) = token.body else { return Ok(()) };
        let claimed = self.body_digest.as_deref().ok_or(malformed("it does not say which body it belongs to"))?;
        let digest = decode(encoding, claimed).ok_or(malformed("its digest of the body is not in its encoding"))?;
        if digest == body_digest(body, host) {
            Ok(())
        } else {
            Err(Rejection::BodyMismatch { vouched_by: TOKEN, field: "" })
        }
    }

    /// Checks that the body, where it says anything about it, says the same as the token. An empty body says
    /// nothing; a body that cannot be read might say anything. Gives the body, if it had to be read.
    pub(crate) fn agree_with<'b>(&self, token: &Token, body: &'b [u8]) -> Result<Option<Json<'b>>, Rejection> {
        if body.is_empty() || token.agreement.is_empty() {
            return Ok(None);
        }
        let mut pointers = Vec::new();
        for agreement in token.agreement {
            pointers.push(agreement.body);
            pointers.push(parent(agreement.body));
        }
        let document = read_object(body, &pointers).ok_or(Rejection::BodyMismatch { vouched_by: TOKEN, field: "" })?;
        for ((agreement, found), claimed) in token.agreement.iter().zip(document.found.chunks(2)).zip(&self.agreed) {
            let [stated, parent] = found else { continue };
            let parent_is_readable = parent.is_none_or(|parent| parent == Value::Object);
            let agrees = stated.is_none_or(|stated| claimed.is_some_and(|claimed| says_the_same(stated, claimed)));
            if !agrees || !parent_is_readable {
                return Err(Rejection::BodyMismatch { vouched_by: TOKEN, field: agreement.body });
            }
        }
        Ok(Some(Json::new(&document)))
    }
}

/// The pointer to the object that holds a member.
fn parent(pointer: Pointer) -> Pointer {
    match cut_last(pointer, b'/') {
        Some((parent, _)) if !parent.is_empty() => parent,
        // A member of the body itself: what is asked for then is that very member.
        _ => "",
    }
}

fn says_the_same(stated: Value<'_>, claimed: Value<'_>) -> bool {
    match (stated, claimed) {
        (Value::String(_), Value::String(_)) => stated.text().is_some() && stated.text() == claimed.text(),
        (Value::Number(stated), Value::Number(claimed)) => stated == claimed,
        _ => false,
    }
}

/// `exp`: a number of seconds, or an instant in RFC 3339, which one vendor's page shows.
fn expiry(claim: Value<'_>) -> Result<UnixTime, Rejection> {
    match claim {
        Value::String(_) => claim
            .text()
            .and_then(|text| UnixTime::from_rfc3339(&text))
            .ok_or(malformed("its exp claim is a text, but not an instant in RFC 3339")),
        _ => instant(Some(claim))?.ok_or(malformed("it has no exp claim")),
    }
}

/// A `NumericDate`: whole seconds, with or without a fraction, which is dropped.
fn instant(claim: Option<Value<'_>>) -> Result<Option<UnixTime>, Rejection> {
    let not_a_date = malformed("a claim about time is not a number of seconds since 1970");
    match claim {
        None => Ok(None),
        Some(Value::Number(number)) if !number.as_str().bytes().any(|byte| matches!(byte, b'e' | b'E' | b'-')) => {
            let (whole, _) = cut_before(number.as_str(), b".");
            match whole.parse() {
                Ok(seconds) if seconds <= MAX_CLAIM_SECONDS => Ok(Some(UnixTime::from_secs(seconds))),
                _ => Err(not_a_date),
            }
        }
        Some(_) => Err(not_a_date),
    }
}

/// Makes a token whose claims repeat what the body says.
pub(crate) fn issue(token: &Token, key: &Key, body: &[u8], now: UnixTime) -> Option<String> {
    let (name, algorithm) =
        NAMES.iter().find(|(_, algorithm)| token.algorithms.contains(algorithm) && key.fits(*algorithm))?;
    let mut claims = String::new();
    for part in token.claims {
        match part {
            ClaimPart::Json(json) => claims.push_str(json),
            ClaimPart::FromBody(pointer) => push_scalar(&mut claims, body, pointer),
            ClaimPart::IssuedAt => claims.push_str(&decimal(now.as_secs())),
            ClaimPart::Expiry => {
                let lifetime = if let Validity::Expiry { lifetime } = token.validity { lifetime } else { 0 };
                claims.push_str(&decimal(now.as_secs().saturating_add(u64::from(lifetime))));
            }
            ClaimPart::BodyDigest => {
                let digest = token.body.map(|digest| encode(digest.encoding, &sha256(&[body]))).unwrap_or_default();
                claims.push_str(&join(&["\"", &digest, "\""]));
            }
        }
    }
    let named = key.id().map(|id| join(&[",\"kid\":\"", id, "\""])).unwrap_or_default();
    let header = join(&["{\"alg\":\"", name, "\",\"typ\":\"JWT\"", &named, "}"]);
    let signed = join(&[&base64::encode_url(header.as_bytes()), ".", &base64::encode_url(claims.as_bytes())]);
    let tag = key.sign(*algorithm, &Message::of(signed.as_bytes()))?;
    Some(join(&[signed.as_str(), ".", &encode(Encoding::Base64Url, &tag)]))
}

/// Appends a string or number of the body as it is written there, else `null`.
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
