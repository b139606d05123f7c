//! Keys: parsed secrets and public keys. The only file that names a cryptography crate, and the only one that
//! compares anything secret.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use ed25519_dalek::{Signer as _, SigningKey as Ed25519Secret, VerifyingKey as Ed25519Public};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::encoding::{
    decode_base64, decode_base64_unpadded, decode_base64url, decode_hex, encode_base64, encode_base64url, encode_hex,
};
use crate::error::KeyError;
use crate::scheme::{Algorithm, Encoding, KeyFormat, Proof, Scheme};

/// A secret or public key, parsed for one scheme and ready for use.
///
/// The text it was made from is not kept: an HMAC key is held as the two states that it leads to. `Debug` shows
/// which kind of key it is and nothing of its value.
#[derive(Clone)]
pub struct Key {
    id: Option<Box<str>>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    HmacSha256(Hmac<Sha256>),
    HmacSha1(Hmac<Sha1>),
    Ed25519Public(Ed25519Public),
    Ed25519Secret(Ed25519Secret),
    SharedToken(Zeroizing<Vec<u8>>),
}

/// What a key is wanted for: it decides which half of a key pair is right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Verify,
    Sign,
}

/// A decoded tag, as it arrived: as long as the tags of its algorithm are.
#[derive(Clone)]
pub(crate) struct ReceivedTag {
    pub(crate) algorithm: Algorithm,
    bytes: Vec<u8>,
}

impl ReceivedTag {
    /// Decodes the one canonical text of a tag of the right length, and no other.
    pub(crate) fn decode(algorithm: Algorithm, encoding: Encoding, text: &str) -> Option<Self> {
        let bytes = match encoding {
            Encoding::Hex => decode_hex(text),
            Encoding::Base64 => decode_base64(text),
            Encoding::Base64Url => decode_base64url(text),
        };
        let bytes = bytes.filter(|bytes| bytes.len() == algorithm.tag_bytes())?;
        Some(Self { algorithm, bytes })
    }
}

/// Writes a tag the way [`ReceivedTag::decode`] reads it.
pub(crate) fn encode_tag(encoding: Encoding, tag: &[u8]) -> String {
    match encoding {
        Encoding::Hex => encode_hex(tag),
        Encoding::Base64 => encode_base64(tag),
        Encoding::Base64Url => encode_base64url(tag),
    }
}

/// The SHA-256 digest of some parts in a row.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

impl Key {
    /// Reads a secret or public key as the scheme's sender writes it.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if the text is blank, does not decode, or is a key for something else. The error tells what is
    /// wrong and never holds the text.
    pub fn parse(scheme: &Scheme, text: &str) -> Result<Self, KeyError> {
        Self::parse_for(Use::Verify, scheme, text)
    }

    /// Takes the bytes of a shared secret as they are, for receivers that keep it decoded.
    ///
    /// # Errors
    ///
    /// [`KeyError::Empty`] for no bytes.
    pub fn from_bytes(scheme: &Scheme, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.is_empty() {
            return Err(KeyError::Empty { problem: "the key has no bytes: is the secret configured?" });
        }
        check_can_be_sent(scheme, secret)?;
        Ok(Self { id: None, material: shared_secret(scheme, secret) })
    }

    /// Gives the key a name: a token that carries a `kid` is checked with the key of that name only.
    #[must_use]
    pub fn named(self, id: &str) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// The name it was given.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) fn parse_for(purpose: Use, scheme: &Scheme, text: &str) -> Result<Self, KeyError> {
        check_presence(text)?;
        check_stray_characters(text)?;
        let material = match scheme.key {
            KeyFormat::Text => {
                check_not_a_public_key(text)?;
                check_can_be_sent(scheme, text.as_bytes())?;
                shared_secret(scheme, text.as_bytes())
            }
            KeyFormat::Standard => standard_key(purpose, scheme, text)?,
        };
        Ok(Self { id: None, material })
    }

    /// The algorithm that this key belongs to; a shared token has none.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        match self.material {
            Material::HmacSha256(_) => Some(Algorithm::HmacSha256),
            Material::HmacSha1(_) => Some(Algorithm::HmacSha1),
            Material::Ed25519Public(_) | Material::Ed25519Secret(_) => Some(Algorithm::Ed25519),
            Material::SharedToken(_) => None,
        }
    }

    /// Whether this key made any of `tags` over `content`.
    ///
    /// Every tag of the key's algorithm is looked at, and the answers are joined without a branch, so the time it
    /// takes tells neither how much of a tag was right nor which one.
    pub(crate) fn made_any_of(&self, tags: &[ReceivedTag], content: &[&[u8]]) -> bool {
        let mut own = tags.iter().filter(|tag| Some(tag.algorithm) == self.algorithm()).peekable();
        if own.peek().is_none() {
            return false;
        }
        let hit = match &self.material {
            Material::HmacSha256(key) => any_equal(&mac(key, content), own),
            Material::HmacSha1(key) => any_equal(&mac(key, content), own),
            Material::Ed25519Public(key) => {
                let message = content.concat();
                own.fold(Choice::from(0), |hit, tag| hit | Choice::from(u8::from(is_ed25519(key, &message, tag))))
            }
            Material::Ed25519Secret(_) | Material::SharedToken(_) => Choice::from(0),
        };
        hit.into()
    }

    /// Whether this is the shared token that was sent.
    pub(crate) fn is_shared_token(&self, sent: &[u8]) -> bool {
        match &self.material {
            // Two digests have one length, so the time this takes tells nothing about the token's.
            Material::SharedToken(token) => sha256(&[token.as_slice()]).ct_eq(&sha256(&[sent])).into(),
            _ => false,
        }
    }

    /// The tag that this key makes over `content`; none for keys that cannot sign.
    pub(crate) fn sign(&self, content: &[&[u8]]) -> Option<Vec<u8>> {
        match &self.material {
            Material::HmacSha256(key) => Some(mac(key, content)),
            Material::HmacSha1(key) => Some(mac(key, content)),
            Material::Ed25519Secret(key) => Some(key.sign(&content.concat()).to_bytes().to_vec()),
            Material::Ed25519Public(_) | Material::SharedToken(_) => None,
        }
    }

    /// The shared token itself, for a sender to send.
    pub(crate) fn shared_token(&self) -> Option<&[u8]> {
        match &self.material {
            Material::SharedToken(token) => Some(token),
            _ => None,
        }
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

fn mac<M: Mac + Clone>(key: &M, content: &[&[u8]]) -> Vec<u8> {
    let mut mac = key.clone();
    for part in content {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn any_equal<'t>(expected: &[u8], tags: impl Iterator<Item = &'t ReceivedTag>) -> Choice {
    tags.fold(Choice::from(0), |hit, tag| hit | expected.ct_eq(&tag.bytes))
}

fn is_ed25519(key: &Ed25519Public, message: &[u8], tag: &ReceivedTag) -> bool {
    ed25519_dalek::Signature::from_slice(&tag.bytes)
        .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

/// The key of a secret that both sides hold, for whatever the scheme does with it.
fn shared_secret(scheme: &Scheme, secret: &[u8]) -> Material {
    let algorithm = match scheme.proof {
        Proof::Signature(signature) => {
            signature.tags.iter().map(|tag| tag.algorithm).find(|algorithm| is_hmac(*algorithm))
        }
        Proof::Token(_) => Some(Algorithm::HmacSha256),
        Proof::SharedToken(_) => None,
    };
    match algorithm {
        Some(Algorithm::HmacSha256 | Algorithm::Ed25519) => Material::HmacSha256(hmac_key(secret)),
        Some(Algorithm::HmacSha1) => Material::HmacSha1(hmac_key(secret)),
        None => Material::SharedToken(Zeroizing::new(secret.to_vec())),
    }
}

const fn is_hmac(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::Ed25519)
}

#[expect(clippy::expect_used, reason = "RFC 2104 allows keys of any length, and the crate documents it")]
fn hmac_key<M: Mac + KeyInit>(secret: &[u8]) -> M {
    <M as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of any length")
}

fn check_presence(text: &str) -> Result<(), KeyError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(KeyError::Empty { problem: "the key is empty or blank: is the secret configured?" });
    }
    if matches!(trimmed, "undefined" | "null") {
        return Err(KeyError::Empty {
            problem: "the key is the word that an unset variable turns into: is the secret configured?",
        });
    }
    Ok(())
}

/// White space and invisible marks come from copying, never from a vendor.
fn check_stray_characters(text: &str) -> Result<(), KeyError> {
    let is_stray = |character: char| {
        character.is_whitespace() || character.is_control() || matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}')
    };
    if text.starts_with(is_stray) || text.ends_with(is_stray) {
        return Err(KeyError::Encoding {
            problem: "the key begins or ends with white space or an invisible character: copy it again without",
        });
    }
    let quoted = ['"', '\'', '`'].iter().any(|mark| text.len() > 1 && text.starts_with(*mark) && text.ends_with(*mark));
    if quoted {
        return Err(KeyError::Encoding { problem: "the key stands in quotation marks: pass it without them" });
    }
    Ok(())
}

/// A shared token travels as the value of a header, which no other bytes survive.
fn check_can_be_sent(scheme: &Scheme, secret: &[u8]) -> Result<(), KeyError> {
    let is_sent = matches!(scheme.proof, Proof::SharedToken(_));
    if is_sent && !secret.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(KeyError::Encoding {
            problem: "a token that is sent in a header is printable ASCII: this one could never match",
        });
    }
    Ok(())
}

/// A public key is no secret: whoever has read it could sign with it if it were taken for one.
fn check_not_a_public_key(text: &str) -> Result<(), KeyError> {
    let is_public = text.starts_with("-----BEGIN")
        || (text.starts_with('{') && text.ends_with('}'))
        || ["ssh-", "ecdsa-sha2-", "whpk_"].iter().any(|prefix| text.starts_with(prefix));
    if is_public {
        return Err(KeyError::WrongType {
            problem: "this is a public or structured key, and the scheme needs the text of a shared secret",
        });
    }
    Ok(())
}

const SECRET_PREFIX: &str = "whsec_";
const PUBLIC_PREFIX: &str = "whpk_";
const PRIVATE_PREFIX: &str = "whsk_";

fn standard_key(purpose: Use, scheme: &Scheme, text: &str) -> Result<Material, KeyError> {
    // Some dashboards show the version in front of the secret.
    let text = text.strip_prefix("v1,").filter(|rest| rest.starts_with(SECRET_PREFIX)).unwrap_or(text);
    if let Some(encoded) = text.strip_prefix(PUBLIC_PREFIX) {
        return match purpose {
            Use::Verify => ed25519_public(encoded),
            Use::Sign => Err(KeyError::WrongType {
                problem: "`whpk_` marks a public key, which cannot sign: pass the `whsk_` key",
            }),
        };
    }
    if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
        return match purpose {
            Use::Verify => Err(KeyError::WrongType {
                problem: "`whsk_` marks the sender's private key: a receiver needs the `whpk_` key",
            }),
            Use::Sign => ed25519_secret(encoded),
        };
    }
    let encoded = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
    let secret = base64(encoded)?;
    if secret.is_empty() {
        return Err(KeyError::Empty { problem: "nothing follows `whsec_`: copy the whole secret" });
    }
    Ok(shared_secret(scheme, &secret))
}

/// Base64 with or without its padding. Anything else about it must be canonical: a secret that is cut short or
/// mangled should fail here, where it can be explained, and not at the first delivery.
fn base64(encoded: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let decoded = if encoded.ends_with('=') { decode_base64(encoded) } else { decode_base64_unpadded(encoded) };
    decoded.map(Zeroizing::new).ok_or(KeyError::Encoding {
        problem: "the key is not base64 after its prefix: copy the whole secret, and nothing but it",
    })
}

fn ed25519_public(encoded: &str) -> Result<Material, KeyError> {
    let bytes = base64(encoded)?;
    let bytes: &[u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| KeyError::Encoding { problem: "a `whpk_` key has 32 bytes of base64 after its prefix" })?;
    let not_a_key = KeyError::Encoding { problem: "these 32 bytes are not an Ed25519 public key" };
    let key = Ed25519Public::from_bytes(bytes).map_err(|_| not_a_key)?;
    let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
    if key.is_weak() || !is_canonical {
        return Err(not_a_key);
    }
    Ok(Material::Ed25519Public(key))
}

fn ed25519_secret(encoded: &str) -> Result<Material, KeyError> {
    let bytes = base64(encoded)?;
    let pair: &[u8; 64] = bytes.as_slice().try_into().map_err(|_| KeyError::Encoding {
        problem: "a `whsk_` key has 64 bytes of base64 after its prefix: the seed and the public key",
    })?;
    Ed25519Secret::from_keypair_bytes(pair)
        .map(Material::Ed25519Secret)
        .map_err(|_| KeyError::Encoding { problem: "the two halves of this `whsk_` key do not belong together" })
}
