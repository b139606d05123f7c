//! Public keys and their private halves in the forms that vendors hand out: PEM, certificates, bare base64, and JSON
//! Web Keys (RFC 7517).
//!
//! A certificate is opened for its key and not judged: no dates, no chain. Who passes one has fetched it from the
//! vendor's own host, and that is what vouches for it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ed25519_dalek::{SigningKey as Ed25519Secret, VerifyingKey as Ed25519Public};

use super::der::{BIT_STRING, Elements, OBJECT_ID, OCTET_STRING, VERSION};
use super::{Material, Use, ecdsa, rsa};
use crate::error::KeyError;
use crate::json::{self, Value};
use crate::text::base64;
use crate::text::split::cut;

const ED25519: &[u8] = b"\x2b\x65\x70";
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const ELLIPTIC_CURVE: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// A key and the name that it brings along.
pub(super) struct Parsed {
    pub(super) material: Material,
    pub(super) id: Option<String>,
}

/// Whether a text is a key of this module rather than a secret.
pub(super) fn is_key(text: &str) -> bool {
    is_structured(text) || base64::decode(text).is_some_and(|der| public_key(&der).is_some())
}

/// Whether a text is a key that others may know, in any form that such keys are written in.
pub(super) fn is_written(text: &str) -> bool {
    let text = text.trim_ascii();
    is_structured(text) || ["ssh-", "ecdsa-sha2-", "whpk_"].iter().any(|prefix| text.starts_with(prefix))
}

/// Whether bytes are such a key in DER, or its PEM.
pub(super) fn is_encoded(bytes: &[u8]) -> bool {
    bytes.starts_with(PEM.as_bytes()) || public_key(bytes).is_some() || certificate(bytes).is_some()
}

const PEM: &str = "-----BEGIN";

fn is_structured(text: &str) -> bool {
    text.starts_with(PEM) || (text.starts_with('{') && text.ends_with('}'))
}

/// Reads a public key, or for signing the private one.
pub(super) fn parse(purpose: Use, text: &str) -> Result<Parsed, KeyError> {
    if text.starts_with('{') {
        return json_web_key(purpose, text);
    }
    let (label, der) = unwrap(text).ok_or(KeyError::Encoding {
        problem: "the key is neither PEM nor a JSON Web Key nor base64: copy the whole key with its first and last line",
    })?;
    let material = match (label, purpose) {
        ("PRIVATE KEY", Use::Verify) => return Err(PRIVATE),
        ("PRIVATE KEY", Use::Sign) => private_key(&der),
        (_, Use::Sign) => return Err(PUBLIC),
        ("CERTIFICATE", Use::Verify) => certificate(&der),
        ("PUBLIC KEY", Use::Verify) => public_key(&der),
        _ => {
            return Err(KeyError::Encoding {
                problem: "PEM of this kind is not read: pass a PUBLIC KEY (SPKI), a CERTIFICATE, or for signing a PRIVATE KEY (PKCS #8)",
            });
        }
    };
    material.map(|material| Parsed { material, id: None }).ok_or(NOT_A_KEY)
}

const PRIVATE: KeyError =
    KeyError::WrongType { problem: "this is the sender's private key: a receiver needs the public one" };
const PUBLIC: KeyError =
    KeyError::WrongType { problem: "this is a public key, which cannot sign: pass the private one" };
const NOT_A_KEY: KeyError = KeyError::Encoding {
    problem: "this is no key of a kind that is used here: Ed25519, P-256, or RSA of 2048 to 4096 bits with exponent 65537",
};

/// The label and the bytes of PEM (RFC 7468), or of a public key in bare base64.
fn unwrap(text: &str) -> Option<(&str, Vec<u8>)> {
    let (label, encoded) = match text.trim_ascii().strip_prefix("-----BEGIN ") {
        None => ("PUBLIC KEY", text),
        Some(rest) => {
            let (label, rest) = cut(rest, "-----")?;
            let (encoded, end) = cut(rest, "-----END ")?;
            (label, if end.strip_prefix(label)? == "-----" { encoded } else { return None })
        }
    };
    let encoded: String = encoded.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    Some((label, base64::decode(&encoded)?))
}

/// The key in a certificate (RFC 5280, section 4.1).
fn certificate(der: &[u8]) -> Option<Material> {
    let mut body = Elements::of_sequence(der)?.sequence()?;
    let _version = body.next(VERSION);
    let _serial_number = body.unsigned()?;
    let [_algorithm, _issuer, _validity, _subject] =
        [body.sequence()?, body.sequence()?, body.sequence()?, body.sequence()?];
    subject_public_key(body.sequence()?)
}

/// A public key by itself, known as SPKI.
fn public_key(der: &[u8]) -> Option<Material> {
    subject_public_key(Elements::of_sequence(der)?)
}

fn subject_public_key(mut info: Elements<'_>) -> Option<Material> {
    let mut algorithm = info.sequence()?;
    let [0, key @ ..] = info.next(BIT_STRING)? else { return None };
    match algorithm.next(OBJECT_ID)? {
        ED25519 => ed25519_public(key).map(Material::Ed25519Public),
        ELLIPTIC_CURVE if algorithm.next(OBJECT_ID)? == P256 => p256_public(key),
        RSA => {
            let mut numbers = Elements::of_sequence(key)?;
            rsa_public(numbers.unsigned()?, numbers.unsigned()?)
        }
        _ => None,
    }
}

/// A private key (RFC 5958).
fn private_key(der: &[u8]) -> Option<Material> {
    let mut info = Elements::of_sequence(der)?;
    let _version = info.unsigned()?;
    let mut algorithm = info.sequence()?;
    let key = info.next(OCTET_STRING)?;
    match algorithm.next(OBJECT_ID)? {
        ED25519 => match key {
            [OCTET_STRING, 32, seed @ ..] => ed25519_secret(seed),
            _ => None,
        },
        ELLIPTIC_CURVE if algorithm.next(OBJECT_ID)? == P256 => {
            let mut parts = Elements::of_sequence(key)?;
            let _version = parts.unsigned()?;
            p256_secret(parts.next(OCTET_STRING)?)
        }
        RSA => {
            let mut numbers = Elements::of_sequence(key)?;
            let _version = numbers.unsigned()?;
            rsa_secret(numbers.unsigned()?, numbers.unsigned()?, numbers.unsigned()?)
        }
        _ => None,
    }
}

fn json_web_key(purpose: Use, text: &str) -> Result<Parsed, KeyError> {
    let not_a_jwk = KeyError::Encoding {
        problem: "this is no JSON Web Key: an object with kty and its members (of a key set, pass each key of `keys`)",
    };
    let pointers = &["/kty", "/crv", "/x", "/y", "/n", "/e", "/d", "/kid"];
    let document = json::read(text.as_bytes(), pointers).map_err(|_| not_a_jwk)?;
    let [kind, curve, x, y, modulus, exponent, private, id] = document.found.as_slice() else {
        return Err(not_a_jwk);
    };
    let bytes = |value: &Option<Value<'_>>| value.and_then(Value::text).and_then(|text| base64::decode_url(&text));
    let (x, y, modulus, exponent, private) = (bytes(x), bytes(y), bytes(modulus), bytes(exponent), bytes(private));
    let private = match (purpose, private) {
        (Use::Verify, Some(_)) => return Err(PRIVATE),
        (Use::Sign, None) => return Err(PUBLIC),
        (_, private) => private,
    };
    let kind = kind.and_then(Value::text).ok_or(not_a_jwk)?;
    let curve = curve.and_then(Value::text);
    let material = match (kind.as_ref(), curve.as_deref(), private) {
        ("OKP", Some("Ed25519"), None) => x.and_then(|x| ed25519_public(&x)).map(Material::Ed25519Public),
        ("OKP", Some("Ed25519"), Some(seed)) => ed25519_secret(&seed),
        ("EC", Some("P-256"), None) => x.zip(y).and_then(|(x, y)| p256_public(&[&[4], x.as_slice(), &y].concat())),
        ("EC", Some("P-256"), Some(scalar)) => p256_secret(&scalar),
        ("RSA", _, None) => modulus.zip(exponent).and_then(|(modulus, exponent)| rsa_public(&modulus, &exponent)),
        ("RSA", _, Some(private)) => {
            modulus.zip(exponent).and_then(|(modulus, exponent)| rsa_secret(&modulus, &exponent, &private))
        }
        _ => None,
    };
    let id = id.and_then(Value::text).map(Cow::into_owned);
    material.map(|material| Parsed { material, id }).ok_or(NOT_A_KEY)
}

/// An Ed25519 public key of the one canonical encoding. Keys of small order would fit signatures over anything.
pub(super) fn ed25519_public(bytes: &[u8]) -> Option<Ed25519Public> {
    let bytes: &[u8; 32] = bytes.try_into().ok()?;
    let key = Ed25519Public::from_bytes(bytes).ok()?;
    let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
    (is_canonical && !key.is_weak()).then_some(key)
}

/// The private key that grows from these 32 bytes.
pub(super) fn ed25519_secret(seed: &[u8]) -> Option<Material> {
    let seed: &[u8; 32] = seed.try_into().ok()?;
    Some(Material::Ed25519Secret(Ed25519Secret::from_bytes(seed)))
}

/// A key from the uncompressed form of its point (SEC 1, section 2.3.3), which everybody uses.
fn p256_public(point: &[u8]) -> Option<Material> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    ecdsa::Public::new(x, y).map(|key| Material::P256Public(Box::new(key)))
}

fn p256_secret(scalar: &[u8]) -> Option<Material> {
    ecdsa::Secret::new(scalar).map(|key| Material::P256Secret(Box::new(key)))
}

fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Option<Material> {
    rsa::Public::new(modulus, exponent).map(|key| Material::RsaPublic(Box::new(key)))
}

fn rsa_secret(modulus: &[u8], exponent: &[u8], private: &[u8]) -> Option<Material> {
    let public = rsa::Public::new(modulus, exponent)?;
    rsa::Secret::new(public, private).map(|key| Material::RsaSecret(Box::new(key)))
}
