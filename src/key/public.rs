//! Public and private keys as senders publish them: PEM, certificates, bare base64 and JSON Web Keys (RFC 7517) in, key
//! material out.
//!
//! The crates of each algorithm read their own key structures (SPKI, PKCS #8, SEC 1, PKCS #1). Rules on top of theirs:
//! Ed25519 keys must be canonical and not of small order, P-256 points must be uncompressed, RSA keys must be within bounds.
//!
//! A certificate is only opened for its key. Its dates and issuer are not checked: the receiver downloaded it from the
//! sender's own host, and that connection authenticates it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ed25519_dalek::{SigningKey as Ed25519Private, VerifyingKey as Ed25519Public};
use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use pkcs8::der::asn1::{AnyRef, ContextSpecific, ObjectIdentifier, UintRef};
use pkcs8::der::{Decode, Reader, SliceReader, TagNumber};
use pkcs8::{PrivateKeyInfoRef, SubjectPublicKeyInfoRef};
use sec1::EcPrivateKey;
use zeroize::Zeroizing;

use super::material::{Material, Use};
use super::rsa;
use crate::error::KeyError;
use crate::json::{self, Value};
use crate::text::base64;

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

const PEM: &str = "-----BEGIN";

/// A key, and its name if the text contains one.
pub(super) struct Parsed {
    pub(super) material: Material,
    pub(super) id: Option<String>,
}

/// Whether a text has one of the forms that [`parse`] reads. Any other text can be a shared secret.
pub(super) fn is_key(text: &str) -> bool {
    is_structured(text) || base64::decode(text).is_some_and(|der| public_key(&der).is_some())
}

/// Whether a text is written like a public key, in any form that is in use.
pub(super) fn is_key_text(text: &str) -> bool {
    let text = text.trim_ascii();
    is_structured(text) || ["ssh-", "ecdsa-sha2-", "whpk_"].iter().any(|prefix| text.starts_with(prefix))
}

/// Whether bytes are a public key or a certificate in DER, or any PEM.
pub(super) fn is_key_data(bytes: &[u8]) -> bool {
    bytes.starts_with(PEM.as_bytes()) || public_key(bytes).is_some() || certificate(bytes).is_some()
}

fn is_structured(text: &str) -> bool {
    text.starts_with(PEM) || (text.starts_with('{') && text.ends_with('}'))
}

/// Parses a public key for verifying, or a private key for signing.
pub(super) fn parse(purpose: Use, text: &str) -> Result<Parsed, KeyError> {
    if text.starts_with('{') {
        return json_web_key(purpose, text);
    }
    let (label, der) = unwrap(text).ok_or(KeyError::Encoding {
        problem: "the key is not PEM, a JSON Web Key or base64: pass the whole key, with its first and last line",
    })?;
    let material = match (label, purpose) {
        ("PRIVATE KEY", Use::Verify) => return Err(PRIVATE),
        ("PRIVATE KEY", Use::Sign) => private_key(&der),
        (_, Use::Sign) => return Err(PUBLIC),
        ("CERTIFICATE", Use::Verify) => certificate(&der),
        ("PUBLIC KEY", Use::Verify) => public_key(&der),
        _ => {
            return Err(KeyError::Encoding {
                problem: "PEM of this type is not supported: pass a PUBLIC KEY (SPKI) or a CERTIFICATE, or a PRIVATE KEY (PKCS #8) for signing",
            });
        }
    };
    material.map(|material| Parsed { material, id: None }).ok_or(UNSUPPORTED)
}

const PRIVATE: KeyError = KeyError::WrongType { problem: "this is the sender's private key: pass the public key" };
const PUBLIC: KeyError =
    KeyError::WrongType { problem: "this is a public key, which cannot sign: pass the private key" };
const UNSUPPORTED: KeyError = KeyError::Encoding {
    problem: "this is not a supported key: pass an Ed25519 key, a P-256 key, or an RSA key of 2048 to 4096 bits with exponent 65537",
};
const NOT_A_JSON_WEB_KEY: KeyError = KeyError::Encoding {
    problem: "this is not a JSON Web Key: pass one object with `kty` and its members (of a key set, each key of `keys` by itself)",
};

/// The label and the bytes of PEM (RFC 7468), or of a public key in bare base64.
fn unwrap(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let (label, encoded) = match text.trim_ascii().strip_prefix("-----BEGIN ") {
        None => ("PUBLIC KEY", text),
        Some(rest) => {
            let (label, rest) = rest.split_once("-----")?;
            let (encoded, end) = rest.split_once("-----END ")?;
            (label, if end.strip_prefix(label)? == "-----" { encoded } else { return None })
        }
    };
    let encoded: String = encoded.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let encoded = Zeroizing::new(encoded);
    Some((label, Zeroizing::new(base64::decode(&encoded)?)))
}

/// The key of a certificate (RFC 5280, section 4.1).
fn certificate(der: &[u8]) -> Option<Material> {
    let mut reader = SliceReader::new(der).ok()?;
    let info = reader.sequence(|certificate| {
        let info = certificate.sequence(|body| {
            let _version = ContextSpecific::<AnyRef<'_>>::decode_explicit(body, TagNumber(0))?;
            let _serial_number = UintRef::decode(body)?;
            for _algorithm_issuer_validity_subject in 0..4 {
                body.sequence(skip_rest)?;
            }
            let info = SubjectPublicKeyInfoRef::decode(body)?;
            skip_rest(body)?;
            Ok::<_, pkcs8::der::Error>(info)
        })?;
        skip_rest(certificate)?;
        Ok::<_, pkcs8::der::Error>(info)
    });
    let info = reader.finish().and(info).ok()?;
    subject_public_key(&info)
}

/// Skips all elements that are left.
fn skip_rest<'d>(elements: &mut impl Reader<'d>) -> pkcs8::der::Result<()> {
    while !elements.is_finished() {
        AnyRef::decode(elements)?;
    }
    Ok(())
}

/// A public key by itself (`SubjectPublicKeyInfo`, RFC 5280, section 4.1.2.7).
fn public_key(der: &[u8]) -> Option<Material> {
    subject_public_key(&SubjectPublicKeyInfoRef::try_from(der).ok()?)
}

fn subject_public_key(info: &SubjectPublicKeyInfoRef<'_>) -> Option<Material> {
    let key = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        ED25519 => ed25519_public(key).map(Material::Ed25519Public),
        ELLIPTIC_CURVE if info.algorithm.parameters_oid() == Ok(P256) => p256_public(key),
        RSA => {
            let numbers = pkcs1::RsaPublicKeyRef::try_from(key).ok()?;
            rsa_public(numbers.modulus.as_bytes(), numbers.public_exponent.as_bytes())
        }
        _ => None,
    }
}

/// A private key (PKCS #8, RFC 5958).
fn private_key(der: &[u8]) -> Option<Material> {
    let info = PrivateKeyInfoRef::try_from(der).ok()?;
    match info.algorithm.oid {
        ED25519 => Ed25519Private::try_from(info).ok().map(Material::Ed25519Private),
        ELLIPTIC_CURVE if info.algorithm.parameters_oid() == Ok(P256) => {
            let key = EcPrivateKey::try_from(info.private_key.as_bytes()).ok()?;
            p256_private(key.private_key)
        }
        RSA => {
            let key = ::rsa::PrivateKey::try_from(info).ok().filter(rsa::is_accepted)?;
            Some(Material::RsaPrivate(Box::new(key)))
        }
        _ => None,
    }
}

fn json_web_key(purpose: Use, text: &str) -> Result<Parsed, KeyError> {
    let pointers = &["/kty", "/crv", "/x", "/y", "/n", "/e", "/d", "/kid"];
    let document = json::read(text.as_bytes(), pointers).map_err(|_| NOT_A_JSON_WEB_KEY)?;
    let [kind, curve, x, y, modulus, exponent, private, id] = document.found.as_slice() else {
        return Err(NOT_A_JSON_WEB_KEY);
    };
    let bytes = |value: &Option<Value<'_>>| value.and_then(Value::text).and_then(|text| base64::decode_url(&text));
    let (x, y, modulus, exponent) = (bytes(x), bytes(y), bytes(modulus), bytes(exponent));
    let private = match (purpose, bytes(private).map(Zeroizing::new)) {
        (Use::Verify, Some(_)) => return Err(PRIVATE),
        (Use::Sign, None) => return Err(PUBLIC),
        (_, private) => private,
    };
    let kind = kind.and_then(Value::text).ok_or(NOT_A_JSON_WEB_KEY)?;
    let curve = curve.and_then(Value::text);
    let material = match (kind.as_ref(), curve.as_deref(), private) {
        ("OKP", Some("Ed25519"), None) => x.and_then(|x| ed25519_public(&x)).map(Material::Ed25519Public),
        ("OKP", Some("Ed25519"), Some(seed)) => ed25519_private(&seed),
        ("EC", Some("P-256"), None) => x.zip(y).and_then(|(x, y)| p256_public(&[&[4], x.as_slice(), &y].concat())),
        ("EC", Some("P-256"), Some(number)) => p256_private(&number),
        ("RSA", _, None) => modulus.zip(exponent).and_then(|(modulus, exponent)| rsa_public(&modulus, &exponent)),
        ("RSA", _, Some(private)) => {
            modulus.zip(exponent).and_then(|(modulus, exponent)| rsa_private(&modulus, &exponent, &private))
        }
        _ => None,
    };
    let id = id.and_then(Value::text).map(Cow::into_owned);
    material.map(|material| Parsed { material, id }).ok_or(UNSUPPORTED)
}

/// An Ed25519 public key in its one canonical encoding. Keys of small order are rejected: signatures that nobody made would
/// be valid for them.
pub(super) fn ed25519_public(bytes: &[u8]) -> Option<Ed25519Public> {
    let bytes: &[u8; 32] = bytes.try_into().ok()?;
    let key = Ed25519Public::from_bytes(bytes).ok()?;
    let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
    (is_canonical && !key.is_weak()).then_some(key)
}

/// The Ed25519 private key of a seed of 32 bytes.
pub(super) fn ed25519_private(seed: &[u8]) -> Option<Material> {
    let seed: &[u8; 32] = seed.try_into().ok()?;
    Some(Material::Ed25519Private(Ed25519Private::from_bytes(seed)))
}

/// A P-256 public key from the uncompressed form of its point (SEC 1, section 2.3.3), the only form that senders use.
fn p256_public(point: &[u8]) -> Option<Material> {
    let is_uncompressed = point.first() == Some(&4);
    let key = P256Public::from_sec1_bytes(point).ok().filter(|_| is_uncompressed)?;
    Some(Material::P256Public(Box::new(key)))
}

/// A P-256 private key from a number of exactly 32 bytes.
fn p256_private(number: &[u8]) -> Option<Material> {
    let key = P256Private::from_bytes(number.try_into().ok()?).ok()?;
    Some(Material::P256Private(Box::new(key)))
}

fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Option<Material> {
    rsa::public_key(modulus, exponent).map(|key| Material::RsaPublic(Box::new(key)))
}

fn rsa_private(modulus: &[u8], exponent: &[u8], private_exponent: &[u8]) -> Option<Material> {
    rsa::private_key(modulus, exponent, private_exponent).map(|key| Material::RsaPrivate(Box::new(key)))
}
