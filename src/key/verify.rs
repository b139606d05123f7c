//! Verification: a key, the signatures that arrived and the messages that may have been signed in; a verdict out.

use subtle::{Choice, ConstantTimeEq};

use ed25519_dalek::VerifyingKey as Ed25519Public;
use p256::ecdsa::VerifyingKey as P256Public;
use p256::ecdsa::signature::hazmat::PrehashVerifier;

use super::compare::is_same_secret;
use super::material::{ALGORITHMS, Key, Material};
use super::rsa;
use super::sign::hash_of;
use super::signature::ReceivedSignature;
use crate::hash::{Hash, Host, Message, public_digest};
use crate::scheme::Algorithm;

impl Key {
    /// Whether this key verifies any of the signatures over any of the messages.
    ///
    /// Every signature that this key could have made is checked, and the verdicts are joined without a branch. So the time
    /// that this takes tells neither which signature was right nor how much of it.
    pub(crate) fn verifies_any(
        &self,
        signatures: &[ReceivedSignature],
        messages: &[Message<'_>],
        host: Host<'_>,
    ) -> bool {
        let mut verdict = Choice::from(0);
        for message in messages {
            for algorithm in ALGORITHMS {
                let mut candidates = signatures.iter().filter(|candidate| candidate.algorithm == *algorithm).peekable();
                if candidates.peek().is_some() && self.supports(*algorithm) {
                    verdict |= self.verifies(*algorithm, candidates, message, host);
                }
            }
        }
        verdict.into()
    }

    /// Whether this key verifies any of the candidates, which are all signatures of one algorithm.
    fn verifies<'s>(
        &self,
        algorithm: Algorithm,
        candidates: impl Iterator<Item = &'s ReceivedSignature>,
        message: &Message<'_>,
        host: Host<'_>,
    ) -> Choice {
        match &self.material {
            Material::Ed25519Public(key) => {
                let whole = message.whole();
                any(candidates, |signature| verifies_ed25519(key, &whole, signature))
            }
            Material::P256Public(key) => {
                let digest = public_digest(Hash::Sha256, message, host);
                any(candidates, |signature| verifies_p256(key, &digest, signature))
            }
            Material::RsaPublic(key) => {
                let hash = hash_of(algorithm);
                let digest = public_digest(hash, message, host);
                any(candidates, |signature| choice(rsa::verify(key, hash, &digest, signature)))
            }
            // Private keys are for signing only.
            Material::Ed25519Private(_) | Material::P256Private(_) | Material::RsaPrivate(_) => Choice::from(0),
            Material::Hmac(_) | Material::Secret(_) => match self.signature(algorithm, message, host) {
                Some(expected) => any(candidates, |signature| expected.ct_eq(signature)),
                None => Choice::from(0),
            },
        }
    }

    /// Whether this key is the shared token that was sent.
    pub(crate) fn matches_shared_token(&self, sent: &[u8]) -> bool {
        match &self.material {
            Material::Secret(token) => is_same_secret(token, sent),
            _ => false,
        }
    }
}

/// Whether a check succeeds for any candidate. All candidates are checked.
fn any<'s>(candidates: impl Iterator<Item = &'s ReceivedSignature>, check: impl Fn(&[u8]) -> Choice) -> Choice {
    candidates.fold(Choice::from(0), |verdict, candidate| verdict | check(&candidate.bytes))
}

fn choice(is_verified: bool) -> Choice {
    Choice::from(u8::from(is_verified))
}

/// Strict verification rejects keys and points of small order, so a signature is valid for one message only.
fn verifies_ed25519(key: &Ed25519Public, message: &[u8], signature: &[u8]) -> Choice {
    let signature = ed25519_dalek::Signature::from_slice(signature);
    choice(signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()))
}

/// ECDSA signatures come in pairs: (r, s) and (r, -s) are both valid, senders send either, and both are accepted.
fn verifies_p256(key: &P256Public, digest: &[u8], signature: &[u8]) -> Choice {
    let signature = p256::ecdsa::Signature::from_slice(signature);
    choice(signature.is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::slice;

    use super::*;
    use crate::key::material::Use;
    use crate::scheme::Encoding;
    use crate::senders::SENDGRID;
    use crate::text::{base64, hex};

    /// The key and the signatures of RFC 6979, appendix A.2.5, with SHA-256.
    const PRIVATE: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    const PUBLIC: [&str; 2] = [
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
    ];
    const SIGNED: [(&str, &str); 2] = [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
             019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ];
    /// The number of points on P-256.
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

    fn json_web_key(x: &str, y: &str, private: Option<&str>) -> alloc::string::String {
        let encode = |number| base64::encode_url(&hex::decode(number).unwrap());
        let private = private.map(|number| alloc::format!(r#","d":"{}""#, encode(number))).unwrap_or_default();
        alloc::format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"{private}}}"#, encode(x), encode(y))
    }

    fn public_key() -> Key {
        Key::parse(&SENDGRID, &json_web_key(PUBLIC[0], PUBLIC[1], None)).unwrap()
    }

    fn is_valid(message: &str, signature: &str) -> bool {
        let signature = ReceivedSignature::decode(Algorithm::EcdsaP256, Encoding::Hex, signature);
        signature.is_some_and(|signature| {
            public_key().verifies_any(slice::from_ref(&signature), &[Message::of(message.as_bytes())], None)
        })
    }

    #[test]
    fn ecdsa_signs_and_verifies_as_rfc_6979_shows() {
        let private = json_web_key(PUBLIC[0], PUBLIC[1], Some(PRIVATE));
        let private = Key::parse_for(Use::Sign, &SENDGRID, &private).unwrap();
        for (message, signature) in SIGNED {
            let signed = private.sign(Algorithm::EcdsaP256, &Message::of(message.as_bytes())).unwrap();
            assert_eq!(hex::encode(&signed), signature);
            assert!(is_valid(message, signature));
            assert!(!is_valid("another", signature));
        }
    }

    #[test]
    fn ecdsa_accepts_both_signatures_of_a_pair_and_no_number_out_of_range() {
        let (message, signature) = SIGNED[0];
        let (r, s) = signature.split_at(64);
        let negated = subtract(&hex::decode(ORDER).unwrap(), &hex::decode(s).unwrap());
        assert!(is_valid(message, &[r, &hex::encode(&negated)].concat()));
        let zero = "0".repeat(64);
        for other in [[r, &zero], [&zero, s], [r, ORDER], [ORDER, s], [s, r]] {
            assert!(!is_valid(message, &other.concat()), "{other:?}");
        }
    }

    #[test]
    fn a_point_that_is_not_on_the_curve_is_not_a_key() {
        let [x, y] = PUBLIC;
        let off_the_curve = y.replace("2299", "2298");
        for [x, y] in [[x, &off_the_curve], [&"0".repeat(64), &"0".repeat(64)], [x.trim_start_matches("60"), y]] {
            assert!(Key::parse(&SENDGRID, &json_web_key(x, y, None)).is_err(), "{x} {y}");
        }
        for number in ["0".repeat(64).as_str(), ORDER, &"f".repeat(64), PRIVATE.trim_start_matches("c9")] {
            let key = json_web_key(x, y, Some(number));
            assert!(Key::parse_for(Use::Sign, &SENDGRID, &key).is_err(), "{number}");
        }
    }

    /// The difference of two big-endian numbers.
    fn subtract(number: &[u8], other: &[u8]) -> Vec<u8> {
        let mut borrow = false;
        let mut difference: Vec<u8> = Vec::new();
        for (byte, other) in number.iter().zip(other).rev() {
            let byte = i16::from(*byte) - i16::from(*other) - i16::from(borrow);
            borrow = byte < 0;
            difference.push(u8::try_from(byte.rem_euclid(256)).unwrap());
        }
        difference.reverse();
        difference
    }
}
