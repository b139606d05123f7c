//! Reads `tests/vectors` and makes the cases that follow from every genuine delivery in it.
//!
//! In: the files. Out: for each vector, and for each change that [`derive()`] makes to a genuine one, a delivery, the
//! keys and the time to verify it with, and the verdict to expect. The changes are a changed body, another key, another
//! time, another URL, another method and no headers; the scheme says which of them apply.
//! `tests/package/runtimes/derive.js` makes the same cases for the npm package.

#![allow(clippy::arithmetic_side_effects, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::scheme::{Proof, Validity};
use countersign::{Authenticated, Delivery, HostHash, Scheme, UnixTime, Verifier};
use serde::Deserialize;

pub(crate) type Failure = Box<dyn std::error::Error>;

const MILLIS_PER_SECOND: u64 = 1000;

/// Longer than any token is valid.
const TEN_YEARS: u64 = 10 * 365 * 86_400 * MILLIS_PER_SECOND;

/// One file of `tests/vectors`. `tests/vectors/schema.json` describes the fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "$schema")]
    _schema: String,
    pub(crate) scheme: String,
    pub(crate) tests: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    pub(crate) id: String,
    #[serde(rename = "source")]
    _source: String,
    pub(crate) keys: Vec<String>,
    pub(crate) other_key: Option<String>,
    pub(crate) now: Option<u64>,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<String>,
    pub(crate) body_repeat: Option<Repeat>,
    pub(crate) expect: String,
    pub(crate) decode: Option<String>,
    pub(crate) event_id: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    byte: char,
    count: usize,
}

/// A delivery, the keys and the time to verify it with, and the code that verification must give: `valid` or the code
/// of a rejection.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) scheme: &'static Scheme,
    pub(crate) keys: Vec<String>,
    pub(crate) now: UnixTime,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) expected: String,
}

/// The outcome of one case. `decode` is the code of the error that decoding gives.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) code: String,
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) decode: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) kind: Option<String>,
}

impl Case {
    fn new(scheme: &'static Scheme, vector: &Vector) -> Self {
        Self {
            name: vector.id.clone(),
            scheme,
            keys: vector.keys.clone(),
            now: UnixTime::from_secs(vector.now.unwrap_or(1_700_000_000)),
            method: vector.method.clone(),
            url: vector.url.clone(),
            headers: vector.headers.clone(),
            body: match &vector.body_repeat {
                Some(repeat) => String::from(repeat.byte).repeat(repeat.count),
                None => vector.body.clone().unwrap_or_default(),
            },
            expected: vector.expect.clone(),
        }
    }

    pub(crate) fn delivery(&self) -> Delivery<'_> {
        let mut delivery = Delivery::new(&self.headers, self.body.as_bytes());
        if let Some(method) = &self.method {
            delivery = delivery.method(method);
        }
        if let Some(url) = &self.url {
            delivery = delivery.url(url);
        }
        delivery
    }

    pub(crate) fn verdict(&self, host: Option<&dyn HostHash>) -> Result<Verdict, Failure> {
        let verifier =
            Verifier::new(self.scheme, &self.keys).map_err(|error| format!("{}: the key: {error}", self.name))?;
        let verified = match host {
            None => verifier.verify(self.delivery(), self.now),
            Some(host) => verifier.verify_with(self.delivery(), self.now, host),
        };
        Ok(match verified {
            Err(rejection) => Verdict { code: rejection.code().into(), ..Verdict::default() },
            Ok(verified) => {
                let (decode, id, kind) = match verified.decode() {
                    Ok(event) => (None, Some(event.id), event.kind),
                    Err(error) => (Some(error.code().into()), None, None),
                };
                Verdict { code: "valid".into(), signed_at: verified.signed_at(), decode, id, kind }
            }
        })
    }
}

/// The cases that follow from a genuine delivery, which the sender signed at `signed_at` if it signs a time.
fn derive(genuine: &Case, signed_at: Option<UnixTime>, other_key: Option<&String>) -> Vec<Case> {
    let scheme = genuine.scheme;
    let mut cases = Vec::new();
    let mut add = |change: &str, expected: &str, case: Case| {
        cases.push(Case { name: format!("{}, {change}", genuine.name), expected: expected.into(), ..case });
    };

    // A token holds a digest of the body. Twilio puts the digest of a body that is not a form into the URL.
    let is_digest_signed = matches!(scheme.proof, Proof::Token(_))
        || genuine.url.as_deref().is_some_and(|url| url.contains("bodySHA256="));
    let changed_body = if is_digest_signed { "body_mismatch" } else { "signature_mismatch" };
    let padded = Case { body: format!("{} ", genuine.body), ..genuine.clone() };
    if scheme.authenticated() == Authenticated::Content {
        add("a space after the body", changed_body, padded);
        if let Some(body) = with_another_letter(&genuine.body, str::len) {
            add("another letter in the body", changed_body, Case { body, ..genuine.clone() });
        }
    } else if !genuine.body.is_empty() {
        // The signature covers at most some members of the body. JSON may end with a space, multipart/form-data may not.
        let is_multipart = genuine.body.starts_with("--");
        add("a space after the body", if is_multipart { "malformed_header" } else { "valid" }, padded);
    }

    let keys = match other_key {
        Some(key) => vec![key.clone()],
        None => genuine.keys.iter().map(|key| other_secret(key)).collect(),
    };
    add("another key", "signature_mismatch", Case { keys, ..genuine.clone() });

    if let Some(signed_at) = signed_at {
        let last = signed_at.as_millis() + u64::from(scheme.tolerance.past) * MILLIS_PER_SECOND;
        let first = signed_at.as_millis() - u64::from(scheme.tolerance.future) * MILLIS_PER_SECOND;
        let at = |millis| Case { now: UnixTime::from_millis(millis), ..genuine.clone() };
        add("at the end of the tolerance", "valid", at(last));
        add("a second after the tolerance", "stale", at(last + MILLIS_PER_SECOND));
        add("at the start of the tolerance", "valid", at(first));
        add("a second before the tolerance", "premature", at(first - MILLIS_PER_SECOND));
    } else if matches!(scheme.proof, Proof::Token(token) if matches!(token.validity, Validity::Expiry { .. })) {
        let now = genuine.now.as_millis();
        let at = |millis| Case { now: UnixTime::from_millis(millis), ..genuine.clone() };
        add("after the token has expired", "stale", at(now + TEN_YEARS));
        add("long before the token expires", "premature", at(now - TEN_YEARS));
    }

    if let (true, Some(url)) = (scheme.signs_url(), &genuine.url) {
        let url = Some(url.replace("://", "://x"));
        add("another URL", "signature_mismatch", Case { url, ..genuine.clone() });
    }
    if scheme.signs_method() {
        let method = Some("PUT".into());
        add("another method", "signature_mismatch", Case { method, ..genuine.clone() });
    }
    if !scheme.headers().is_empty() {
        add("no headers", "missing_header", Case { headers: BTreeMap::new(), ..genuine.clone() });
    }
    cases
}

/// The text with its last ASCII letter or digit before `end(text)` replaced by another one. JSON stays JSON. `None`
/// without a letter or digit.
fn with_another_letter(text: &str, end: impl Fn(&str) -> usize) -> Option<String> {
    let (before, after) = text.split_at_checked(end(text))?;
    let at = before.rfind(|letter: char| letter.is_ascii_alphanumeric())?;
    let (start, rest) = before.split_at_checked(at)?;
    let mut letters = rest.chars();
    let other = match letters.next()? {
        '1' => '2',
        '0'..='9' => '1',
        'a' => 'b',
        _ => 'a',
    };
    Some(format!("{start}{other}{}{after}", letters.as_str()))
}

/// A secret of the same format: hexadecimal stays hexadecimal and base64 stays base64.
fn other_secret(secret: &str) -> String {
    let middle = |text: &str| text.char_indices().nth(text.chars().count() / 2 + 1).map_or(text.len(), |(at, _)| at);
    with_another_letter(secret, middle).unwrap_or_else(|| format!("{secret}x"))
}

pub(crate) fn files() -> Result<Vec<File>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.ends_with("schema.json") {
            let file = serde_json::from_str(&fs::read_to_string(&path)?);
            files.push(file.map_err(|error| format!("{}: {error}", path.display()))?);
        }
    }
    Ok(files)
}

/// Every vector with its case.
pub(crate) fn vectors() -> Result<Vec<(Vector, Case)>, Failure> {
    let mut vectors = Vec::new();
    for file in files()? {
        let scheme = Scheme::named(&file.scheme)?;
        vectors.extend(file.tests.into_iter().map(|vector| {
            let case = Case::new(scheme, &vector);
            (vector, case)
        }));
    }
    Ok(vectors)
}

/// Every case: those that the files write out and those that follow from the genuine ones.
pub(crate) fn cases() -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for (vector, case) in vectors()? {
        let verdict = case.verdict(None)?;
        if verdict.code == "valid" {
            cases.extend(derive(&case, verdict.signed_at, vector.other_key.as_ref()));
        }
        cases.push(case);
    }
    Ok(cases)
}
