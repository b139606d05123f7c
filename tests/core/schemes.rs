//! Checks every scheme of the list. In: the scheme and the body of its first genuine vector. The test signs this body
//! with a key of its own, and expects that it verifies, and that changing any signed byte leads to a rejection.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

#[expect(dead_code, reason = "other tests need the rest of it")]
mod shared;

use std::fs;
use std::iter::once;

use countersign::bindings::{body_id, decode_leaving_digest};
use countersign::scheme::{Algorithm, Authenticated, Format, KeyFormat, Part, Proof, SharedToken, TagPlace};
use countersign::{Delivery, Outgoing, Scheme, Signer, UnixTime, Verifier, senders};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::{BASE64_KEY, HEX_KEY, TEXT_KEY};

/// The sender's key and the receiver's. They are equal for shared secrets.
struct KeyPair {
    signs: String,
    verifies: String,
}

impl KeyPair {
    fn new(signs: &str, verifies: &str) -> Self {
        Self { signs: signs.into(), verifies: verifies.into() }
    }

    fn shared(secret: &str) -> Self {
        Self::new(secret, secret)
    }

    /// Whether the receiver has a public key. These signatures are slow, so the tests try fewer changes.
    fn is_public(&self) -> bool {
        self.signs != self.verifies
    }
}

/// RFC 8032, section 7.1, test 1: in hexadecimal, base64, and as the specification of Standard Webhooks writes it.
const ED25519_HEX: [&str; 2] = [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
];
const ED25519_BASE64: [&str; 2] =
    ["nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="];
const ED25519_STANDARD: [&str; 2] = [
    "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
    "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
];
/// The same key as a JSON Web Key (RFC 8037, appendix A): its public members, and its private one.
const ED25519_JWK: [&str; 2] = [
    r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#,
    r#""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#,
];
/// RFC 7515, appendix A.3.
const P256_JWK: [&str; 2] = [
    r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#,
    r#""d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI""#,
];
/// RFC 7515, appendix A.2.
const RSA_JWK: [&str; 2] = [
    r#""kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ""#,
    r#""d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ""#,
];

/// Returns a key pair of each kind that the scheme accepts.
fn key_pairs(scheme: &Scheme) -> Vec<KeyPair> {
    let algorithms: Vec<Algorithm> = match scheme.proof {
        Proof::Signature(signature) => signature.tags.iter().map(|tag| tag.algorithm).collect(),
        Proof::Token(token) => token.algorithms.to_vec(),
        _ => Vec::new(),
    };
    let has_ed25519 = algorithms.contains(&Algorithm::Ed25519);
    let pair = |[private, public]: [&str; 2]| KeyPair::new(private, public);
    let json_web_keys = || {
        let known =
            [(Algorithm::Ed25519, ED25519_JWK), (Algorithm::EcdsaP256, P256_JWK), (Algorithm::RsaSha256, RSA_JWK)];
        known
            .into_iter()
            .filter(|(algorithm, _)| algorithms.contains(algorithm))
            .map(|(_, [public, private])| KeyPair::new(&format!("{{{public},{private}}}"), &format!("{{{public}}}")))
    };
    match scheme.key {
        KeyFormat::Text => vec![KeyPair::shared(TEXT_KEY)],
        KeyFormat::Standard => vec![KeyPair::shared(BASE64_KEY), pair(ED25519_STANDARD)],
        KeyFormat::StandardOrText => vec![KeyPair::shared(BASE64_KEY), KeyPair::shared(TEXT_KEY)],
        KeyFormat::Hex => vec![if has_ed25519 { pair(ED25519_HEX) } else { KeyPair::shared(HEX_KEY) }],
        KeyFormat::Base64 => vec![if has_ed25519 { pair(ED25519_BASE64) } else { KeyPair::shared(HEX_KEY) }],
        KeyFormat::Public => json_web_keys().collect(),
        KeyFormat::PublicOrText => once(KeyPair::shared(TEXT_KEY)).chain(json_web_keys()).collect(),
        other => panic!("no key pairs for {other:?}"),
    }
}

/// A genuine request of a scheme's sender, from its vectors.
#[derive(Clone, Deserialize)]
struct Request {
    expect: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    url: String,
    #[serde(default = "default_now")]
    now: u64,
}

const fn default_now() -> u64 {
    1_700_000_000
}

#[derive(Deserialize)]
struct Vectors {
    tests: Vec<Request>,
}

impl Request {
    /// Reads the scheme's first genuine request with a body.
    fn read(scheme: &Scheme) -> Self {
        let path = format!("{}/tests/vectors/{}.json", env!("CARGO_MANIFEST_DIR"), scheme.name);
        let Vectors { tests } = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        tests.into_iter().find(|request| request.expect == "valid" && !request.body.is_empty()).unwrap()
    }
}

/// A delivery as the receiver gets it.
#[derive(Clone)]
struct Arrival {
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    method: String,
    url: String,
}

impl Arrival {
    /// Signs the request with this key.
    fn sign(scheme: &Scheme, request: &Request, key: &KeyPair) -> Self {
        let signer = Signer::new(scheme, &key.signs).unwrap();
        let body = request.body.as_bytes();
        let body = signer.sign_body(body).unwrap_or_else(|| body.to_vec());
        let url = signer.sign_url(&request.url, &body);
        let outgoing =
            Outgoing { id: "e76c6bd4-55c9-4987-8304-da1588d8988b", body: &body, method: &request.method, url: &url };
        let headers = signer.sign_request(&outgoing, UnixTime::from_secs(request.now));
        let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        Self { headers, method: request.method.clone(), url, body }
    }

    fn delivery(&self) -> Delivery<'_> {
        Delivery::new(&self.headers, &self.body).method(&self.method).url(&self.url)
    }

    fn is_valid(&self, verifier: &Verifier, now: u64) -> bool {
        verifier.verify(self.delivery(), UnixTime::from_secs(now)).is_ok()
    }
}

/// The bytes to replace a byte with: a flipped bit, the other letter case, and characters with a meaning in JSON, forms
/// and lists.
fn replacements(byte: u8, key: &KeyPair) -> impl Iterator<Item = u8> {
    let all = [byte ^ 1, byte ^ 0x20, b'0', b'"', b' ', b',', b'&', 0xff];
    let tried = if key.is_public() { 3 } else { all.len() };
    all.into_iter().take(tried).filter(move |other| *other != byte)
}

/// Returns every text that differs from this one in a single byte, with the position of that byte.
fn with_one_byte_changed<'t>(text: &'t [u8], key: &'t KeyPair) -> impl Iterator<Item = (usize, Vec<u8>)> + 't {
    text.iter().enumerate().flat_map(move |(at, byte)| {
        replacements(*byte, key).map(move |other| {
            let mut changed = text.to_vec();
            changed[at] = other;
            (at, changed)
        })
    })
}

/// Returns pointers to the members of the body that hold the signature or are signed, for schemes that do not sign the
/// whole body.
fn signed_members(scheme: &Scheme) -> Vec<String> {
    let mut pointers = Vec::new();
    match scheme.proof {
        Proof::Signature(signature) => {
            if let TagPlace::Body([place, ..]) = signature.place {
                pointers.push((*place).to_owned());
            }
            for part in signature.content {
                match part {
                    Part::Member(pointer) | Part::FreeMember(pointer) => pointers.push((*pointer).to_owned()),
                    Part::Members(names) => pointers.extend(names.iter().map(|name| format!("/{name}"))),
                    _ => {}
                }
            }
        }
        // The genuine delivery has one item.
        Proof::SharedToken(SharedToken::Body(pointer)) => pointers.push(pointer.replace('*', "0")),
        _ => {}
    }
    pointers
}

/// The fields of a form as an object; `None` if one of them occurs twice, which is ambiguous.
fn read_form(body: &[u8]) -> Option<Value> {
    let text = |part: &[u8]| {
        let mut bytes = Vec::new();
        let mut letters = part.iter().copied();
        while let Some(letter) = letters.next() {
            bytes.push(match letter {
                b'+' => b' ',
                b'%' => {
                    let digits = [letters.next()?, letters.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            });
        }
        String::from_utf8(bytes).ok()
    };
    let mut fields = serde_json::Map::new();
    for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
        let (name, value) = field.split_at(field.iter().position(|byte| *byte == b'=').unwrap_or(field.len()));
        let value = value.get(1..).unwrap_or_default();
        if fields.insert(text(name)?, text(value).map_or(Value::Null, Value::String)).is_some() {
            return None;
        }
    }
    Some(Value::Object(fields))
}

/// Returns whether two bodies have equal values at these pointers.
fn have_equal_members(scheme: &Scheme, pointers: &[String], body: &[u8], other: &[u8]) -> bool {
    if pointers.is_empty() {
        return true;
    }
    let read = |body: &[u8]| match scheme.payload {
        Format::Form => read_form(body),
        _ => serde_json::from_slice::<Value>(body).ok(),
    };
    let (Some(body), Some(other)) = (read(body), read(other)) else { return false };
    pointers.iter().all(|pointer| body.pointer(pointer) == other.pointer(pointer))
}

/// Returns whether two forms differ only in the letter case of a percent escape, so that their fields are equal.
fn differs_only_in_case_of_escape(body: &[u8], at: usize, other: &[u8]) -> bool {
    let in_escape = body[at.saturating_sub(2)..at].contains(&b'%');
    in_escape && body.eq_ignore_ascii_case(other)
}

#[test]
fn every_scheme_is_sound_and_can_be_read_from_its_json() {
    assert!(senders::ALL.len() > 100);
    for scheme in senders::ALL {
        assert_eq!(scheme.soundness(), Ok(()), "{}", scheme.name);
        assert_eq!(Scheme::from_json(&scheme.to_json()).as_ref(), Ok(scheme), "{}", scheme.name);
        assert!(!scheme.title.is_empty() && scheme.docs.starts_with("https://"), "{}", scheme.name);
    }
}

#[test]
fn no_two_schemes_have_the_same_name() {
    let mut names: Vec<_> = senders::ALL.iter().map(|scheme| scheme.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), senders::ALL.len());
}

#[test]
fn a_signed_body_verifies_and_is_rejected_with_any_byte_changed() {
    for scheme in senders::ALL {
        let request = Request::read(scheme);
        for key in key_pairs(scheme) {
            let verifier = Verifier::new(scheme, [&key.verifies]).unwrap();
            let genuine = Arrival::sign(scheme, &request, &key);
            assert!(genuine.is_valid(&verifier, request.now), "{}", scheme.name);
            let is_form =
                matches!(scheme.proof, Proof::Signature(signature) if signature.content.contains(&Part::SortedForm));
            let members = signed_members(scheme);
            let is_covered = scheme.authenticated() == Authenticated::Content;
            let mut rejected = 0;
            for (at, body) in with_one_byte_changed(&genuine.body, &key) {
                let is_harmless = (!is_covered && have_equal_members(scheme, &members, &genuine.body, &body))
                    || (is_form && differs_only_in_case_of_escape(&genuine.body, at, &body));
                if !is_harmless {
                    rejected += 1;
                    let forged = Arrival { body, ..genuine.clone() };
                    assert!(!forged.is_valid(&verifier, request.now), "{}: byte {at}", scheme.name);
                }
            }
            let proves_by_body = is_covered || !members.is_empty();
            assert_eq!(rejected > 0, proves_by_body, "{}", scheme.name);
        }
    }
}

#[test]
fn a_delivery_is_rejected_with_any_byte_of_a_checked_header_changed() {
    for scheme in senders::ALL {
        let request = Request::read(scheme);
        // The word before a token or a password may be in upper or lower case.
        let word = match scheme.proof {
            Proof::Token(_) => "Bearer",
            Proof::SharedToken(SharedToken::Basic) => "Basic",
            _ => "",
        };
        for key in key_pairs(scheme) {
            let verifier = Verifier::new(scheme, [&key.verifies]).unwrap();
            let genuine = Arrival::sign(scheme, &request, &key);
            for (index, (name, value)) in genuine.headers.iter().enumerate() {
                for (at, changed) in with_one_byte_changed(value, &key) {
                    let is_in_word = value.starts_with(word.as_bytes()) && at < word.len();
                    let is_harmless = is_in_word && value.eq_ignore_ascii_case(&changed);
                    let mut forged = genuine.clone();
                    forged.headers[index].1 = changed;
                    assert_eq!(
                        forged.is_valid(&verifier, request.now),
                        is_harmless,
                        "{}: {name}, byte {at}",
                        scheme.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_scheme_that_signs_method_or_url_rejects_a_different_one() {
    let mut urls = 0;
    for scheme in senders::ALL {
        let Proof::Signature(signature) = scheme.proof else { continue };
        let request = Request::read(scheme);
        let key = key_pairs(scheme).remove(0);
        let verifier = Verifier::new(scheme, [&key.verifies]).unwrap();
        let genuine = Arrival::sign(scheme, &request, &key);
        if signature.content.contains(&Part::Method) {
            let forged = Arrival { method: "PUT".into(), ..genuine.clone() };
            assert!(!forged.is_valid(&verifier, request.now), "{}", scheme.name);
        }
        if signature.content.iter().any(|part| matches!(part, Part::Url(_))) {
            urls += 1;
            for (at, url) in with_one_byte_changed(genuine.url.as_bytes(), &key) {
                let Ok(url) = String::from_utf8(url) else { continue };
                let forged = Arrival { url, ..genuine.clone() };
                assert!(!forged.is_valid(&verifier, request.now), "{}: byte {at} of the URL", scheme.name);
            }
        }
    }
    assert!(urls >= 4, "Twilio, Square and two of HubSpot sign it");
}

#[test]
fn an_id_that_is_computed_later_is_the_one_that_decode_gives() {
    let mut computed_later = 0;
    for scheme in senders::ALL {
        let request = Request::read(scheme);
        let key = key_pairs(scheme).remove(0);
        let verifier = Verifier::new(scheme, [&key.verifies]).unwrap();
        let genuine = Arrival::sign(scheme, &request, &key);
        let verified = verifier.verify(genuine.delivery(), UnixTime::from_secs(request.now)).unwrap();
        let event = decode_leaving_digest(&verified).unwrap();
        let id = if event.id.is_empty() {
            computed_later += 1;
            let digits: Vec<_> = Sha256::digest(event.body()).iter().map(|byte| format!("{byte:02x}")).collect();
            let id = format!("sha256:{}", digits.concat());
            assert_eq!(body_id(event.body(), None), id, "{}", scheme.name);
            id
        } else {
            event.id
        };
        assert_eq!(verified.decode().unwrap().id, id, "{}", scheme.name);
    }
    assert!(
        (20..senders::ALL.len()).contains(&computed_later),
        "{computed_later} schemes use a digest of the body as the id"
    );
}
