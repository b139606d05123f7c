//! JSON Web Tokens (RFC 7519) in compact form, HS256 only. The algorithm belongs to the key: what the token says of
//! it is compared, never obeyed.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::claim::printable;
use crate::delivery::Delivery;
use crate::encoding::{decimal, decode_base64url, encode_base64url, join};
use crate::error::Rejection;
use crate::json::{self, Document, Value};
use crate::key::{Key, ReceivedTag, encode_tag};
use crate::scheme::{Algorithm, ClaimPart, Encoding, Pointer, Token};
use crate::time::{Tolerance, UnixTime};

/// No sender has reason for a longer token.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// 9999-12-31T23:59:59Z. A larger number counts milliseconds, or nothing at all.
const LATEST_SECOND: u64 = 253_402_300_799;

/// A token taken apart, not yet believed.
pub(crate) struct Bearer<'d> {
    /// What is signed: the first two parts and the dot between them.
    pub(crate) signed: &'d str,
    tag: ReceivedTag,
    payload: Vec<u8>,
    key_id: Option<String>,
}

impl<'d> Bearer<'d> {
    pub(crate) fn read(token: &Token, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        let name = token.header.first().copied().unwrap_or_default();
        let value = printable(delivery, name)?;
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
            return Err(malformed("a token has three parts between two dots"));
        };
        let signed_bytes = header.len().saturating_add(payload.len()).saturating_add(1);
        let signed = compact.get(..signed_bytes).unwrap_or_default();
        let key_id = read_header(header)?;
        let tag = ReceivedTag::decode(Algorithm::HmacSha256, Encoding::Base64Url, signature)
            .ok_or(malformed("its signature is not 32 bytes of canonical base64url"))?;
        let payload = decode_base64url(payload).ok_or(malformed("its claims are not canonical base64url"))?;
        Ok(Self { signed, tag, payload, key_id })
    }

    /// Whether this key signed the token. A token that names its key is checked with the key of that name only.
    pub(crate) fn was_signed_by(&self, key: &Key) -> bool {
        let is_meant = self.key_id.is_none() || self.key_id.as_deref() == key.id();
        is_meant & key.made_any_of(core::slice::from_ref(&self.tag), &[self.signed.as_bytes()])
    }

    /// The claims. Only called for a token that a key has signed.
    pub(crate) fn claims(&self, token: &Token) -> Result<Claims<'_>, Rejection> {
        let mut pointers = Vec::from(["/exp", "/nbf", "/iat", token.kind]);
        for agreement in token.agreement {
            pointers.push(agreement.claim);
        }
        let document =
            read_object(&self.payload, &pointers).ok_or(malformed("its claims are not a strict JSON object"))?;
        let [expires, not_before, issued, kind, agreed @ ..] = document.found.as_slice() else {
            return Err(malformed("its claims cannot be read"));
        };
        Ok(Claims {
            expires: expiry(*expires)?,
            valid_from: [instant(*not_before)?, instant(*issued)?],
            kind: kind.and_then(Value::text),
            agreed: agreed.to_vec(),
        })
    }
}

const fn malformed(problem: &'static str) -> Rejection {
    Rejection::MalformedToken { problem }
}

fn read_object<'j>(json: &'j [u8], pointers: &[Pointer]) -> Option<Document<'j>> {
    json::read(json, pointers).ok().filter(|document| document.root == Value::Object)
}

/// Checks the token's header and gives the name of the key it was signed with, where it says one.
fn read_header(encoded: &str) -> Result<Option<String>, Rejection> {
    let header = decode_base64url(encoded).ok_or(malformed("its header is not canonical base64url"))?;
    let document = read_object(&header, &["/alg", "/kid", "/crit", "/b64", "/zip"])
        .ok_or(malformed("its header is not a strict JSON object"))?;
    let [algorithm, key_id, critical, unencoded, compressed] = document.found.as_slice() else {
        return Err(malformed("its header cannot be read"));
    };
    if [critical, unencoded, compressed].into_iter().any(Option::is_some) {
        return Err(malformed("its header asks for an extension (crit, b64 or zip)"));
    }
    if algorithm.and_then(Value::text).as_deref() != Some("HS256") {
        return Err(Rejection::UnsupportedSignature { problem: "the token is not signed with HS256" });
    }
    match key_id {
        None => Ok(None),
        Some(value) => {
            let name = value.text().ok_or(malformed("its kid is not a string"))?;
            Ok(Some(name.into_owned()))
        }
    }
}

/// What a signed token claims.
pub(crate) struct Claims<'c> {
    expires: UnixTime,
    /// `nbf` and `iat`: the token is good from the later of them on.
    valid_from: [Option<UnixTime>; 2],
    pub(crate) kind: Option<Cow<'c, str>>,
    /// The claims that the body must repeat, in the order of the scheme.
    agreed: Vec<Option<Value<'c>>>,
}

impl Claims<'_> {
    /// Checks the token's time. `exp` may lie ahead by the token's lifetime and no more: a token that hardly ever
    /// expires could be used again for just as long.
    pub(crate) fn admit(&self, token: &Token, tolerance: Tolerance, now: UnixTime) -> Result<(), Rejection> {
        tolerance.not_after(self.expires, now)?;
        let earliest_issue = self.expires.as_secs().saturating_sub(u64::from(token.lifetime));
        tolerance.not_before(UnixTime::from_secs(earliest_issue), now)?;
        self.valid_from.into_iter().flatten().try_for_each(|instant| tolerance.not_before(instant, now))
    }

    /// Checks that the body, where it says anything about it, says the same as the token. An empty body says
    /// nothing; a body that cannot be read might say anything.
    pub(crate) fn agree_with(&self, token: &Token, body: &[u8]) -> Result<(), Rejection> {
        if body.is_empty() {
            return Ok(());
        }
        let mut pointers = Vec::new();
        for agreement in token.agreement {
            pointers.push(agreement.body);
            pointers.push(parent(agreement.body));
        }
        let document = read_object(body, &pointers)
            .ok_or(Rejection::BodyMismatch { field: "the body as a whole, which is not a strict JSON object" })?;
        for ((agreement, found), claimed) in token.agreement.iter().zip(document.found.chunks(2)).zip(&self.agreed) {
            let [stated, parent] = found else { continue };
            let parent_is_readable = parent.is_none_or(|parent| parent == Value::Object);
            let agrees = stated.is_none_or(|stated| claimed.is_some_and(|claimed| says_the_same(stated, claimed)));
            if !agrees || !parent_is_readable {
                return Err(Rejection::BodyMismatch { field: agreement.body });
            }
        }
        Ok(())
    }
}

/// The pointer to the object that holds a member.
fn parent(pointer: Pointer) -> Pointer {
    match pointer.rsplit_once('/') {
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
fn expiry(claim: Option<Value<'_>>) -> Result<UnixTime, Rejection> {
    match claim {
        None => Err(malformed("it has no exp claim")),
        Some(Value::String(_)) => claim
            .and_then(Value::text)
            .and_then(|text| UnixTime::from_rfc3339(&text))
            .ok_or(malformed("its exp claim is a text, but not an instant in RFC 3339")),
        Some(_) => instant(claim)?.ok_or(malformed("it has no exp claim")),
    }
}

/// A `NumericDate`: whole seconds, with or without a fraction, which is dropped.
fn instant(claim: Option<Value<'_>>) -> Result<Option<UnixTime>, Rejection> {
    let not_a_date = malformed("a claim about time is not a number of seconds since 1970");
    match claim {
        None => Ok(None),
        Some(Value::Number(number)) if !number.contains(['e', 'E', '-']) => {
            let whole = number.split('.').next().unwrap_or_default();
            match whole.parse() {
                Ok(seconds) if seconds <= LATEST_SECOND => Ok(Some(UnixTime::from_secs(seconds))),
                _ => Err(not_a_date),
            }
        }
        Some(_) => Err(not_a_date),
    }
}

/// Makes a token whose claims repeat what the body says.
pub(crate) fn issue(token: &Token, key: &Key, body: &[u8], now: UnixTime) -> Option<String> {
    let mut claims = String::new();
    for part in token.claims {
        match part {
            ClaimPart::Json(json) => claims.push_str(json),
            ClaimPart::FromBody(pointer) => push_scalar(&mut claims, body, pointer),
            ClaimPart::Expiry => claims.push_str(&decimal(now.as_secs().saturating_add(u64::from(token.lifetime)))),
        }
    }
    let header = encode_base64url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = join(&[header.as_str(), ".", &encode_base64url(claims.as_bytes())]);
    let tag = key.sign(&[signed.as_bytes()])?;
    Some(join(&[signed.as_str(), ".", &encode_tag(Encoding::Base64Url, &tag)]))
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
        Some(Value::Number(number)) => claims.push_str(number),
        _ => claims.push_str("null"),
    }
}
