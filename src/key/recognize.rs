//! Recognizes public key material in any spelling: bytes or text in, a verdict out.
//!
//! A public key must never be used as a shared secret: everybody can read it, so everybody could sign with it. Parsers cannot
//! guard against that. A text that a strict parser rejects, such as a key with a broken element or on an unsupported curve, is
//! public all the same. So this file is as lenient as it can be without rejecting real secrets:
//!
//! - PEM anywhere in the text, JSON objects and arrays, OpenSSH keys and their base64, and the `whpk_` prefix of Standard Webhooks;
//! - DER that has the outer shape of a public key (SPKI or PKCS #1), a certificate or a private key, whatever its algorithm;
//! - the base64 (either alphabet, with or without padding) or hexadecimal of such DER or of PEM, with white space or `\n` in it, and
//!   hexadecimal with colons.
//!
//! Two kinds cannot be recognized, because random bytes look the same: the 32 bytes of an Ed25519 key, and the bare modulus of an
//! RSA key. A text that may be a modulus is rejected by schemes that take public keys, too ([`may_be_modulus`]).
//!
//! The shape is a sequence that spans all bytes and begins with what those structures begin with. A random secret of the same
//! length has it with a probability below one in a billion.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::split::split_once;
use crate::text::{base64, hex};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OBJECT_ID: u8 = 0x06;
/// The optional version at the start of a certificate.
const VERSION: u8 = 0xA0;

/// The shortest modulus of an RSA key, in bytes, below which two integers in a row are not taken for one: 512 bits.
const MIN_MODULUS_BYTES: usize = 64;

/// Whether bytes are public key material, as DER or as text.
pub(super) fn is_public_key(bytes: &[u8]) -> bool {
    has_key_shape(bytes) || core::str::from_utf8(bytes).is_ok_and(is_public_key_text)
}

/// Whether a text is public key material in any spelling.
pub(super) fn is_public_key_text(text: &str) -> bool {
    let text = text.trim_ascii();
    is_key_syntax(text)
        || decodings(text).iter().any(|decoded| {
            has_key_shape(decoded) || is_ssh_key(decoded) || core::str::from_utf8(decoded).is_ok_and(has_pem)
        })
}

/// Whether a text may encode the modulus of an RSA key with 2048, 3072 or 4096 bits: an odd number of exactly that length.
pub(super) fn may_be_modulus(text: &str) -> bool {
    decodings(text).iter().any(|decoded| {
        let is_odd = decoded.last().is_some_and(|byte| byte & 1 == 1);
        matches!(decoded.len(), 256 | 384 | 512) && is_odd && decoded.first().is_some_and(|byte| *byte >= 0x80)
    })
}

/// Whether bytes are the key in an OpenSSH file: the length of the algorithm's name, then the name (RFC 4253, section 6.6).
fn is_ssh_key(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0, _, b's', b's', b'h', b'-', ..] | [0, 0, 0, _, b'e', b'c', b'd', b's', b'a', b'-', ..])
}

/// Whether a text is written in a syntax for keys, whatever the key.
fn is_key_syntax(text: &str) -> bool {
    let is_json = (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    is_json || has_pem(text) || ["ssh-", "ecdsa-sha2-", "whpk_"].iter().any(|prefix| text.starts_with(prefix))
}

/// Whether a text contains PEM, perhaps after a comment.
fn has_pem(text: &str) -> bool {
    split_once(text, "-----BEGIN").is_some()
}

/// The bytes that a text may encode: in both alphabets of base64 and in hexadecimal, without white space and escaped line
/// breaks.
fn decodings(text: &str) -> Vec<Vec<u8>> {
    let joined = super::public::without_line_breaks(text);
    let unpadded = joined.trim_end_matches('=');
    let digits: String = joined.chars().filter(|digit| *digit != ':').map(|digit| digit.to_ascii_lowercase()).collect();
    [base64::decode_unpadded(unpadded), base64::decode_url(unpadded), hex::decode(&digits)]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether bytes have the outer shape of a key or certificate in DER. The elements inside may be anything.
fn has_key_shape(der: &[u8]) -> bool {
    let Some((SEQUENCE, outer, [])) = element(der) else { return false };
    match element(outer) {
        // SPKI: an algorithm, which begins with an object identifier. Certificate: a body, which begins with a version, or in the
        // first edition with the serial number.
        Some((SEQUENCE, inner, [_, ..])) => matches!(element(inner), Some((OBJECT_ID | VERSION | INTEGER, ..))),
        // PKCS #1: a modulus and an exponent. PKCS #8 and PKCS #1 private keys: a version of one byte first.
        Some((INTEGER, number, [INTEGER | SEQUENCE, ..])) => number.len() <= 1 || number.len() >= MIN_MODULUS_BYTES,
        _ => false,
    }
}

/// The tag and the content of the first element, and the bytes after it. Lengths need not be minimal.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(*first & 0x7F))?;
        let length =
            length.iter().try_fold(0_usize, |length, byte| length.checked_mul(256)?.checked_add(usize::from(*byte)))?;
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::senders::{FUSIONAUTH, GITHUB, INTERCOM, STANDARD};
    use crate::{Key, KeyError, Scheme};

    /// Keys of kinds that no scheme uses, and a key that the strict parser rejects, as base64 of their DER.
    const KEYS: &[(&str, &str)] = &[
        (
            "RSA with 1024 bits",
            "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCkr09qwFsNQhupTjyY7Pk6V1nb6zcT42gZViUo+ON1ikRJq41mwW2u+MrcnHwRKloiNCBF3YBat5+eaPONv+3aqGxRptugarUy+I2egCTdgZPhgrevi5naJpu+ad9+CuFe+RdU2q1FC0HBPvxJqACeTj/YP+LaPhZnACPMicEB8QIDAQAB",
        ),
        (
            "RSA in PKCS #1",
            "MIGJAoGBAKSvT2rAWw1CG6lOPJjs+TpXWdvrNxPjaBlWJSj443WKREmrjWbBba74ytycfBEqWiI0IEXdgFq3n55o842/7dqobFGm26BqtTL4jZ6AJN2Bk+GCt6+Lmdomm75p334K4V75F1TarUULQcE+/EmoAJ5OP9g/4to+FmcAI8yJwQHxAgMBAAE=",
        ),
        (
            "P-384",
            "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEOMHZeSwJm+B0ia06khkEWUJro/FGjX/TW0AiDrx3oNzZR1hOCLSUlF9vWbqAKM0Dr9dqGJ8gjmW916uvoG7iofg79n8mm2ISu9M7Zr1nNeKx5rrma2XE1SPWrZ95ruOQ",
        ),
        (
            "P-521",
            "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAPuD3llx5PyQRKh4pveZfsUMKptfYsMpksm760fXvhjfhJXpTrqHSV7GLfegYY7vIcxIir60szix9Sx66Le/eMrABPgzSiUrbh0/Xhp32UpeG0tw2JQyAGTVDmWkPay/sIr10NYBt+IfDlBuXTdA4zHA1scOOmx544sXDO+fPylU/8/c=",
        ),
        (
            "secp256k1",
            "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEdQC1VZsKjp/kvmTzJTWTErUiWXYua2vnzSDm7s0xcNbWCve9c0/PKRAx9EJijrieIAFrQeBKZun0yFz9DXsiMw==",
        ),
        (
            "RSA with exponent 3",
            "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAuK/6Q94qdurlwHd1OFvXL4/cLEPMfbV7+FzSHZM3WeE1extD/fsZUMEGXBwA47dnLEB1XVnJ4rUJWUoGHAbOkPxYyNKMkw6pSxGm7+2WqLuIxiY+tNrMW4J7duETJ8TPZbVuB5e2wehw26hm/Uu3XOKIoVsCIt/zY4RlG2ZfH3Qcxs8cxjzElz0M3iFfkMaPvoJdIvmQ1BK4WlmBSz4bHNkrD6ZJccsrFFHQURHxxjFY7v87y4L54QhWyvWlMx0AMlAQY+rEa2gPM5bxQjTswnX+5NaaIjtvH40IJmbYlVn7ARQGT/xItj/n6eKBuXh1Z8MZHXsTXWe2ddW4cTfgzQIBAw==",
        ),
        ("X25519", "MCowBQYDK2VuAyEARkGS6LHW8IHldSKLgj0tcDxdRB+eShv8uy6hqrJ0+HI="),
        ("Ed448", "MEMwBQYDK2VxAzoAog2e0cDGxozGHaZJ5EnYT0FDHgiw2eJHHbZGnyaXZJcPQT5vMzxJqTVlrH8dgP76gPpcJXBPPp6A"),
        (
            "a certificate",
            "MIIBbTCCAROgAwIBAgIUfT/JNqIy38RwKIsoHfNNfaFQ2zEwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAeFw0yNjEyMDEwMjE1MTFaFw0zNjExMjgwMjE1MTFaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATQ73BuYt7LDF0PnFdFlnjGsq1C3UJi2Oj19mMbY4C1Ye94HNiMYD6p1L+SoVo2yXroktLJC9RZj8xBns+Xjye2o1MwUTAdBgNVHQ4EFgQUPFthwVR5aslhuDsKcBI9OeM8B0IwHwYDVR0jBBgwFoAUPFthwVR5aslhuDsKcBI9OeM8B0IwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAajkgXP0kRAcxBCnfL7iRrpADy+U2E1ZBBUTFlSDMNSAIhAIi8d7KRtPcyqKTaPY/87/fJ3iZj19bf0/n+idHuf+yw",
        ),
        ("Ed25519 with an element too many", "MCwwBQYDK2VwAyEA0OWNJHGMQblMXGS3fNchBkEH+4lbCLj414s4yAfajoIFAA=="),
    ];

    fn assert_rejected(scheme: &Scheme, key: &[u8], name: &str) {
        let result = Key::from_bytes(scheme, key).map(|_| ());
        assert!(matches!(result, Err(KeyError::WrongType { .. })), "{}: {name}: {result:?}", scheme.name);
    }

    /// Every spelling of a key that people paste.
    fn spellings(encoded: &str) -> Vec<String> {
        let der = base64::decode(encoded).unwrap();
        let hexadecimal = hex::encode(&der);
        let lines = |ending: &str| {
            let lines: Vec<&str> =
                encoded.as_bytes().chunks(64).map(|line| core::str::from_utf8(line).unwrap()).collect();
            lines.join(ending)
        };
        let pem = |ending: &str| {
            format!("-----BEGIN PUBLIC KEY-----{ending}{}{ending}-----END PUBLIC KEY-----{ending}", lines(ending))
        };
        Vec::from([
            encoded.to_string(),
            encoded.trim_end_matches('=').to_string(),
            base64::encode_url(&der),
            lines("\n"),
            lines("\r\n"),
            lines("\\n"),
            lines(" "),
            lines("\\r\\n"),
            lines("\t"),
            base64::encode_url(&der).replace('A', "A\n"),
            hexadecimal.to_uppercase(),
            der.iter().map(|byte| hex::encode(&[*byte])).collect::<Vec<_>>().join(":"),
            der.chunks(16).map(hex::encode).collect::<Vec<_>>().join("\n"),
            hexadecimal,
            pem("\n"),
            pem("\\n"),
            base64::encode(pem("\n").as_bytes()),
            base64::encode_url(pem("\r\n").as_bytes()),
            hex::encode(pem("\n").as_bytes()),
            format!("a comment\n{}", pem("\n")),
            format!("{} a comment", pem("\r\n")),
            format!("[{{\"kty\":\"OKP\",\"x\":\"{encoded}\"}}]"),
            format!("{{\"keys\":[{{\"kty\":\"OKP\",\"x\":\"{encoded}\"}}]}}"),
        ])
    }

    /// Threat model: A-51.
    #[test]
    fn public_key_material_is_never_a_secret_in_any_spelling() {
        for (name, encoded) in KEYS {
            let der = base64::decode(encoded).unwrap_or_else(|| panic!("{name} is base64"));
            for scheme in [&GITHUB, &INTERCOM, &FUSIONAUTH, &STANDARD] {
                assert_rejected(scheme, &der, name);
                for text in spellings(encoded) {
                    assert_rejected(scheme, text.as_bytes(), &text);
                    assert!(Key::parse(scheme, &text).is_err(), "{}: {name}: {text}", scheme.name);
                }
            }
            assert!(Key::parse(&STANDARD, &format!("whsec_{encoded}")).is_err(), "{name}");
        }
    }

    /// Threat model: A-51.
    #[test]
    fn the_error_for_a_public_key_says_what_it_is_and_what_to_pass() {
        for scheme in [&GITHUB, &INTERCOM, &FUSIONAUTH, &STANDARD] {
            let message = Key::from_bytes(scheme, &base64::decode(KEYS[0].1).unwrap()).unwrap_err().message();
            assert!(message.contains("public") && message.contains("pass the secret"), "{message}");
        }
    }

    /// Threat model: A-51.
    #[test]
    fn the_key_of_an_openssh_file_is_never_a_secret() {
        let ssh = "AAAAC3NzaC1lZDI1NTE5AAAAIIR2zhsV0vy8qwG9qkASdyxbAobeHwyHpR+LxQUGncdP";
        let ecdsa = "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAA=";
        for text in [ssh, ecdsa, &format!("ssh-ed25519 {ssh} me@example.com"), &ssh.replace('+', "-")] {
            for scheme in [&GITHUB, &INTERCOM, &FUSIONAUTH, &STANDARD] {
                assert_rejected(scheme, text.as_bytes(), text);
            }
        }
    }

    /// Threat model: A-51.
    #[test]
    fn a_bare_modulus_is_not_a_secret_where_public_keys_are_accepted() {
        for length in [256, 384, 512] {
            let mut modulus = alloc::vec![0xB7; length];
            modulus[length - 1] = 0x55;
            for text in [base64::encode_url(&modulus), base64::encode(&modulus), hex::encode(&modulus)] {
                let result = Key::parse(&FUSIONAUTH, &text).map(|_| ());
                assert!(matches!(result, Err(KeyError::WrongType { .. })), "{length}: {result:?}");
                assert!(Key::parse(&GITHUB, &text).is_ok(), "a sender with secrets only may use a long one");
            }
            // Not odd, so not a modulus.
            modulus[length - 1] = 0x54;
            assert!(Key::parse(&FUSIONAUTH, &base64::encode_url(&modulus)).is_ok());
        }
    }

    #[test]
    fn secrets_that_resemble_keys_are_accepted() {
        for secret in [
            "MFMFMFMFMFMFMFMFMFMFMFMFMFMFMFMF",
            "30",
            "3000",
            "302a300506032b6570",
            "whsec_test",
            "0123456789abcdef0123456789abcdef",
            "ssh",
            "{",
        ] {
            assert!(Key::from_bytes(&GITHUB, secret.as_bytes()).is_ok(), "{secret}");
        }
    }
}
