//! Public and private keys as senders publish them: PEM, certificates, bare base64 and JSON Web Keys (RFC 7517) in, key
//! material out.
//!
//! The `der` and `spki` crates read DER, and the functions here name the elements of each structure. Ed25519 keys must be
//! canonical and not of small order, P-256 points must be uncompressed and on the curve, and RSA keys must be within bounds.
//!
//! A certificate is only opened for its key. Its dates and issuer are not checked: the receiver downloaded it from the
//! sender's own host, and that connection authenticates it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::{AnyRef, ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Reader, SliceReader, TagNumber};
use ed25519_dalek::{SigningKey as Ed25519Private, VerifyingKey as Ed25519Public};
use p256::AffinePoint;
use p256::ecdsa::{SigningKey as P256Private, VerifyingKey as P256Public};
use p256::elliptic_curve::point::AffineCoordinates;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::material::{Material, Use};
use super::rsa;
use crate::error::KeyError;
use crate::json::{self, Value};
use crate::text::base64;
use crate::text::split::{split, split_once};

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
    is_structured(text) || base64::decode(&without_line_breaks(text)).is_some_and(|der| public_key(&der).is_some())
}

fn is_structured(text: &str) -> bool {
    text.starts_with(PEM) || (text.starts_with('{') && text.ends_with('}'))
}

/// A text without white space, and without the `\n` or `\r\n` that line breaks become in environment variables.
pub(super) fn without_line_breaks(text: &str) -> String {
    let mut joined = String::new();
    for line in split(text, "\\n").flat_map(|line| split(line, "\\r")) {
        joined.extend(line.chars().filter(|character| !character.is_ascii_whitespace()));
    }
    joined
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
            let (label, rest) = split_once(rest, "-----")?;
            let (encoded, end) = split_once(rest, "-----END ")?;
            let end = end.strip_prefix(label)?.strip_prefix("-----")?;
            (label, if without_line_breaks(end).is_empty() { encoded } else { return None })
        }
    };
    let encoded = Zeroizing::new(without_line_breaks(encoded));
    Some((label, Zeroizing::new(base64::decode(&encoded)?)))
}

/// A public key by itself (`SubjectPublicKeyInfo`, RFC 5280, section 4.1.2.7).
fn public_key(der: &[u8]) -> Option<Material> {
    subject_public_key(&SubjectPublicKeyInfoRef::from_der(der).ok()?)
}

/// The key of a certificate (RFC 5280, section 4.1).
fn certificate(der: &[u8]) -> Option<Material> {
    let info = sequence(der, |certificate| {
        certificate.sequence(|body| {
            let _version = ContextSpecific::<AnyRef<'_>>::decode_explicit(body, TagNumber(0))?;
            let _serial_number = UintRef::decode(body)?;
            for _algorithm_issuer_validity_subject in 0..4 {
                body.sequence(skip_rest)?;
            }
            let info = SubjectPublicKeyInfoRef::decode(body)?;
            skip_rest(body)?;
            Ok(info)
        })
    })?;
    subject_public_key(&info)
}

fn subject_public_key(info: &SubjectPublicKeyInfoRef<'_>) -> Option<Material> {
    let key = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        ED25519 => ed25519_public(key).map(Material::Ed25519Public),
        ELLIPTIC_CURVE if info.algorithm.parameters_oid() == Ok(P256) => p256_point(key),
        RSA => {
            // RSAPublicKey (RFC 8017, appendix A.1.1): the modulus and the exponent.
            let [modulus, exponent] = sequence(key, |numbers| Ok([unsigned(numbers)?, unsigned(numbers)?]))?;
            rsa_public(modulus, exponent)
        }
        _ => None,
    }
}

/// A private key (PKCS #8, RFC 5958): a version, the algorithm, and the key in the algorithm's own structure.
fn private_key(der: &[u8]) -> Option<Material> {
    let (algorithm, key) = sequence(der, |info| {
        unsigned(info)?;
        Ok((AlgorithmIdentifierRef::decode(info)?, octets(info)?))
    })?;
    match algorithm.oid {
        // CurvePrivateKey (RFC 8410, section 7): the seed.
        ED25519 => ed25519_private(<&OctetStringRef>::from_der(key).ok()?.as_bytes()),
        // ECPrivateKey (RFC 5915): a version and the number.
        ELLIPTIC_CURVE if algorithm.parameters_oid() == Ok(P256) => {
            let [_version, number] = sequence(key, |parts| Ok([unsigned(parts)?, octets(parts)?]))?;
            p256_private(number)
        }
        // RSAPrivateKey (RFC 8017, appendix A.1.2): a version, the modulus and both exponents, then the primes.
        RSA => {
            let [_version, modulus, exponent, private_exponent] = sequence(key, |numbers| {
                Ok([unsigned(numbers)?, unsigned(numbers)?, unsigned(numbers)?, unsigned(numbers)?])
            })?;
            rsa_private(modulus, exponent, private_exponent)
        }
        _ => None,
    }
}

/// Reads the first elements of a sequence and skips the others. `None` if bytes follow the sequence.
fn sequence<'d, T>(der: &'d [u8], read: impl FnOnce(&mut SliceReader<'d>) -> der::Result<T>) -> Option<T> {
    let mut reader = SliceReader::new(der).ok()?;
    let elements = reader.sequence(|elements| {
        let read = read(elements)?;
        skip_rest(elements)?;
        Ok::<_, der::Error>(read)
    });
    reader.finish().and(elements).ok()
}

fn skip_rest(elements: &mut SliceReader<'_>) -> der::Result<()> {
    while !elements.is_finished() {
        AnyRef::decode(elements)?;
    }
    Ok(())
}

/// The big-endian bytes of an integer that is not negative, without leading zeros.
fn unsigned<'d>(elements: &mut SliceReader<'d>) -> der::Result<&'d [u8]> {
    Ok(UintRef::decode(elements)?.as_bytes())
}

fn octets<'d>(elements: &mut SliceReader<'d>) -> der::Result<&'d [u8]> {
    Ok(<&OctetStringRef>::decode(elements)?.as_bytes())
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
        ("EC", Some("P-256"), None) => x.zip(y).and_then(|(x, y)| p256_public(&x, &y)),
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

/// An Ed25519 public key in its one canonical encoding. Keys of small order are rejected: signatures made without the private key would
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
fn p256_point(point: &[u8]) -> Option<Material> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    p256_public(x, y)
}

/// A P-256 public key from the coordinates of its point, 32 bytes each; `None` if the point is not on the curve.
fn p256_public(x: &[u8], y: &[u8]) -> Option<Material> {
    let point = AffinePoint::from_coordinates(x.try_into().ok()?, y.try_into().ok()?).into_option()?;
    P256Public::from_affine(point).ok().map(|key| Material::P256Public(Box::new(key)))
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
    rsa::PrivateKey::new(modulus, exponent, private_exponent).map(|key| Material::RsaPrivate(Box::new(key)))
}

#[cfg(test)]
mod tests {
    use super::super::material::Key;
    use super::super::signature::ReceivedSignature;
    use super::*;
    use crate::hash::Message;
    use crate::scheme::{Algorithm, Encoding};
    use alloc::format;
    use core::slice;

    /// RFC 8410, section 10.
    const ED25519_KEYS: [&str; 2] = [
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC",
        "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
    ];
    /// RFC 7515, appendix A.3, as PKCS #8 and as a JSON Web Key.
    const P256_KEYS: [&str; 2] = [
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIffH1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4n\
         cPbEXUGDy+5v20t7WAczNXvp7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt",
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    ];
    /// RFC 7515, appendix A.2, as PKCS #8.
    const RSA_PRIVATE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXOjS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbq\
         Y913EeZ8dCn5VrD7io8ImtxLaYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNnjuygxmj3AbONv/s4\
         yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr\
         8jkiGUkftoaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHgVFbK5emhAgMBAAECggEAEq5xpGnNCivD\
         flJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/GO+pWJ1O0\
         BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjud\
         U2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR/RQyGWSeWjnczT0\
         QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0KpLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr\
         0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqElMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2\
         MvRTLLHzwZkUXV866cff7tx6kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAPrq3rbAOal78eUH5O\
         cED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNwkgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7\
         /Ls5bkUp5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds29+DAncu3KXU4f2Fa+7bLNrur53k8KwPO\
         q2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcGyoAe9fa6\
         5iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZjOYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7\
         DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd+DlcxyVuuMW/zMYVqwUJ9UMwX/4QgIvmqCQAc6JZRVS8y9pNZP4vWxHgzV5w2QYMI5cv4XGj\
         m7mNl0wzkaCX/bi7MBWJFVMHBDZ+KBVbvIyJQBMVpRGKs4lN8OKTVqwHDcSWiNU=";

    fn private_pem(encoded: &str) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{encoded}\n-----END PRIVATE KEY-----")
    }

    fn key(purpose: Use, text: &str) -> Key {
        parse(purpose, text).map(|parsed| Key::from(parsed.material)).unwrap()
    }

    #[test]
    fn private_keys_in_pem_sign_for_their_public_keys() {
        for ([private, public], algorithm) in [(ED25519_KEYS, Algorithm::Ed25519), (P256_KEYS, Algorithm::EcdsaP256)] {
            let message = [Message::of(b"message")];
            let bytes = key(Use::Sign, &private_pem(private)).sign(algorithm, &message[0]).unwrap();
            let signature = ReceivedSignature { algorithm, bytes };
            assert!(key(Use::Verify, public).verifies_any(slice::from_ref(&signature), &message, None));
        }
    }

    /// The public key of RFC 7515, appendix A.2.
    const RSA_PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+V\
         aw+4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb/7OMg0LOL+bSf63kpaSHSX\
         ndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxXFvUK+DWNmo\
         udF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQIDAQAB";
    const SIGNED: &[u8] = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
        cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8\
        W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0Ga\
        rZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5\
        AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

    #[test]
    fn rsa_signs_as_rfc_7515_shows() {
        let signed =
            key(Use::Sign, &private_pem(RSA_PRIVATE)).sign(Algorithm::RsaSha256, &Message::of(SIGNED)).unwrap();
        assert_eq!(crate::key::encode(Encoding::Base64Url, &signed), SIGNATURE);
    }

    /// A number has many encodings, and only the one of the modulus' length is a signature.
    #[test]
    fn an_rsa_signature_of_a_different_length_than_the_modulus_is_rejected() {
        let public = key(Use::Verify, RSA_PUBLIC);
        let verifies = |bytes: &[u8]| {
            let signature = ReceivedSignature { algorithm: Algorithm::RsaSha256, bytes: bytes.to_vec() };
            public.verifies_any(slice::from_ref(&signature), &[Message::of(SIGNED)], None)
        };
        let signature = base64::decode_url(SIGNATURE).unwrap();
        assert!(verifies(&signature));
        for zeros in [1, 2, 256] {
            assert!(!verifies(&[&[0].repeat(zeros), &signature[..]].concat()), "{zeros} zeros before it");
            assert!(!verifies(&[&signature[..], &[0].repeat(zeros)].concat()), "{zeros} zeros after it");
        }
        for length in 0..signature.len() {
            assert!(!verifies(&signature[..length]) && !verifies(&signature[signature.len() - length..]), "{length}");
        }
    }

    #[test]
    fn a_key_with_bytes_missing_or_left_over_is_rejected() {
        let public = base64::decode(ED25519_KEYS[1]).unwrap();
        assert!(public_key(&public).is_some());
        assert!(public_key(&[&public[..], &[0]].concat()).is_none());
        for length in 0..public.len() {
            assert!(public_key(&public[..length]).is_none(), "{length}");
        }
        let private = base64::decode(RSA_PRIVATE).unwrap();
        assert!(private_key(&private).is_some());
        assert!(private_key(&[&private[..], &[0]].concat()).is_none());
        assert!(private_key(&private[..private.len() - 1]).is_none());
    }

    #[test]
    fn pem_may_have_escaped_line_breaks() {
        for [private, public] in [ED25519_KEYS, P256_KEYS] {
            let kinds = [(Use::Sign, "PRIVATE KEY", private), (Use::Verify, "PUBLIC KEY", public)];
            for (purpose, label, encoded) in kinds.into_iter().filter(|(.., encoded)| !encoded.starts_with('{')) {
                for ending in ["\n", "\r\n", "\\n", "\\r\\n", ""] {
                    let (first, last) = encoded.split_at(20);
                    let pem = format!(
                        "-----BEGIN {label}-----{ending}{first}{ending}{last}{ending}-----END {label}-----{ending}"
                    );
                    assert!(parse(purpose, &pem).is_ok(), "{pem}");
                    assert!(parse(purpose, &format!("{pem}x")).is_err(), "{pem}x");
                }
            }
        }
    }

    #[test]
    fn a_json_web_key_may_have_leading_zeros_in_its_numbers() {
        let modulus = |length: usize| {
            let mut bytes = [0xFF].repeat(length);
            bytes[0] = 0x80;
            bytes
        };
        for length in [256, 512] {
            for zeros in [0, 1, 2, 256] {
                let [n, e] = [
                    [&[0].repeat(zeros)[..], &modulus(length)].concat(),
                    [&[0].repeat(zeros)[..], &[1, 0, 1]].concat(),
                ];
                let [n, e] = [n, e].map(|number| base64::encode_url(&number));
                let text = format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#);
                assert!(parse(Use::Verify, &text).is_ok(), "{length} bytes after {zeros} zeros");
            }
        }
        // Zeros do not make a short modulus long enough.
        let short = base64::encode_url(&[&[0][..], &modulus(255)].concat());
        assert!(parse(Use::Verify, &format!(r#"{{"kty":"RSA","n":"{short}","e":"AQAB"}}"#)).is_err());
        assert!(rsa_public(&[0].repeat(256), &[1, 0, 1]).is_none());
    }

    #[test]
    fn only_the_uncompressed_form_of_a_p256_point_is_accepted() {
        let [x, y] = ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"]
            .map(|text| base64::decode_url(text).unwrap());
        assert!(p256_point(&[&[4], &x[..], &y].concat()).is_some());
        for other in [[&[3], &x[..], &[]].concat(), [&[6], &x[..], &y].concat(), [&x[..], &y].concat(), [0].to_vec()] {
            assert!(p256_point(&other).is_none(), "{other:x?}");
        }
    }

    /// A signature made without the private key is valid for a key of small order.
    #[test]
    fn an_ed25519_key_of_small_order_or_in_a_second_encoding_is_rejected() {
        for encoded in [
            // Order 1, 2, 4 and 8.
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            // Numbers that are not reduced: the prime plus 0, 1, 3 and 4. The last two are not of small order.
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "f1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            let bytes = crate::text::hex::decode(encoded).unwrap();
            assert!(ed25519_public(&bytes).is_none(), "{encoded}");
        }
    }

    #[test]
    fn rsa_keys_that_are_too_short_too_long_or_have_another_exponent_are_rejected() {
        let modulus = |length: usize, first: u8| {
            let mut bytes = [0xFF].repeat(length);
            bytes[0] = first;
            bytes
        };
        assert!(rsa_public(&modulus(256, 0x80), &[1, 0, 1]).is_some());
        assert!(rsa_public(&modulus(512, 0xFF), &[1, 0, 1]).is_some());
        assert!(rsa_public(&modulus(256, 0x7F), &[1, 0, 1]).is_none());
        assert!(rsa_public(&modulus(513, 1), &[1, 0, 1]).is_none());
        for exponent in [&[3][..], &[1], &[0], &[], &[1, 0, 0], &[1, 0, 1, 0]] {
            assert!(rsa_public(&modulus(256, 0x80), exponent).is_none(), "{exponent:?}");
        }
        let mut even = modulus(256, 0x80);
        even[255] = 0xFE;
        assert!(rsa_public(&even, &[1, 0, 1]).is_none());
    }
}
