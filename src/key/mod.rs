//! Keys: parsed secrets and public keys. Only this folder names a cryptography crate, and only it compares anything
//! secret.

mod der;
mod ecdsa;
mod mac;
mod modular;
mod public;
mod rsa;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};

use ed25519_dalek::{Signer as _, SigningKey as Ed25519Secret, VerifyingKey as Ed25519Public};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::hash::{Hash, Host, Message, digest, sha256};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Proof, Scheme, SharedToken};
use crate::text::{base64, hex};
use mac::HmacKey;

/// A secret or public key, parsed for one scheme and ready for use.
///
/// The text it was made from is not kept: an HMAC key is held as the states and the block that it leads to. `Debug` shows
/// which kind of key it is and nothing of its value.
#[derive(Clone)]
pub struct Key {
    id: Option<Box<str>>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Hmac(Box<HmacKey>),
    /// A secret that is itself sent along, or hashed with the content.
    Secret(Zeroizing<Vec<u8>>),
    Ed25519Public(Ed25519Public),
    Ed25519Secret(Ed25519Secret),
    P256Public(Box<ecdsa::Public>),
    P256Secret(Box<ecdsa::Secret>),
    RsaPublic(Box<rsa::Public>),
    RsaSecret(Box<rsa::Secret>),
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
        let bytes = decode(encoding, text)?;
        let is_whole = algorithm.tag_bytes().is_none_or(|length| length == bytes.len());
        is_whole.then_some(Self { algorithm, bytes })
    }
}

/// Decodes the one canonical text of some bytes.
pub(crate) fn decode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex => hex::decode(text),
        Encoding::Base64 => base64::decode(text),
        Encoding::Base64Url => base64::decode_url(text),
        Encoding::Base64Der => der::decode_signature(&base64::decode(text)?),
    }
}

/// Writes some bytes, such as a tag, the way [`decode`] reads them.
pub(crate) fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Hex => hex::encode(bytes),
        Encoding::Base64 => base64::encode(bytes),
        Encoding::Base64Url => base64::encode_url(bytes),
        Encoding::Base64Der => base64::encode(&der::encode_signature(bytes)),
    }
}

/// Whether two secrets are the same. Two digests have one length, so the time this takes tells nothing about theirs.
pub(crate) fn is_same_secret(one: &[u8], other: &[u8]) -> bool {
    sha256(&[one]).ct_eq(&sha256(&[other])).into()
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
    /// [`KeyError::Empty`] for no bytes or a blank text, [`KeyError::WrongType`] where the scheme has no shared secrets, or
    /// the bytes are a public key.
    pub fn from_bytes(scheme: &Scheme, secret: &[u8]) -> Result<Self, KeyError> {
        if let Ok(text) = core::str::from_utf8(secret) {
            check_presence(text)?;
        }
        let material = shared_secret(scheme, secret)?;
        check_can_be_sent(scheme, secret)?;
        Ok(material.into())
    }

    /// Gives the key a name: a token that carries a `kid` is checked with the key of that name only.
    #[must_use]
    pub fn named(self, id: &str) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// The name it was given, or that its JSON Web Key brought along.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) fn parse_for(purpose: Use, scheme: &Scheme, text: &str) -> Result<Self, KeyError> {
        check_presence(text)?;
        // The last line of PEM ends like a line of any file.
        let text = if text.starts_with("-----BEGIN") { text.trim_end() } else { text };
        check_stray_characters(text)?;
        match scheme.key {
            KeyFormat::Standard => standard_key(purpose, scheme, text).map(Self::from),
            KeyFormat::StandardOrText if without_version(text).starts_with(SECRET_PREFIX) => {
                standard_key(purpose, scheme, text).map(Self::from)
            }
            // The text is the key.
            KeyFormat::Text | KeyFormat::StandardOrText => Self::from_bytes(scheme, text.as_bytes()),
            KeyFormat::Hex => {
                raw_key(purpose, scheme, hex::decode(&text.to_ascii_lowercase()), NOT_HEX).map(Self::from)
            }
            KeyFormat::Base64 => raw_key(purpose, scheme, base64::decode(text), NOT_BASE64).map(Self::from),
            KeyFormat::PublicOrText if !public::is_key(text) => Self::from_bytes(scheme, text.as_bytes()),
            KeyFormat::Public | KeyFormat::PublicOrText => {
                let parsed = public::parse(purpose, text)?;
                let key = Self { id: parsed.id.map(String::into_boxed_str), material: parsed.material };
                if algorithms(scheme).any(|algorithm| key.fits(algorithm)) { Ok(key) } else { Err(OTHER_ALGORITHM) }
            }
        }
    }

    /// Whether this key belongs to an algorithm.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        match &self.material {
            Material::Hmac(key) => hmac_hash(algorithm) == Some(key.hash),
            Material::Secret(_) => matches!(algorithm, Algorithm::Sha256 | Algorithm::Sha1),
            Material::Ed25519Public(_) | Material::Ed25519Secret(_) => algorithm == Algorithm::Ed25519,
            Material::P256Public(_) | Material::P256Secret(_) => algorithm == Algorithm::EcdsaP256,
            Material::RsaPublic(_) | Material::RsaSecret(_) => {
                matches!(algorithm, Algorithm::RsaSha256 | Algorithm::RsaSha1)
            }
        }
    }

    /// Whether this key made any of `tags` over any of `contents`.
    ///
    /// Every tag that the key could have made is looked at, and the answers are joined without a branch, so the time
    /// it takes tells neither how much of a tag was right nor which one.
    pub(crate) fn made_any_of(&self, tags: &[ReceivedTag], contents: &[Message<'_>], host: Host<'_>) -> bool {
        let mut hit = Choice::from(0);
        for content in contents {
            for algorithm in ALGORITHMS {
                let mut own = tags.iter().filter(|tag| tag.algorithm == *algorithm).peekable();
                if own.peek().is_some() && self.fits(*algorithm) {
                    hit |= self.made(*algorithm, own, content, host);
                }
            }
        }
        hit.into()
    }

    fn made<'t>(
        &self,
        algorithm: Algorithm,
        mut tags: impl Iterator<Item = &'t ReceivedTag>,
        content: &Message<'_>,
        host: Host<'_>,
    ) -> Choice {
        let mut any = |is_own: &dyn Fn(&ReceivedTag) -> bool| {
            tags.by_ref().fold(Choice::from(0), |hit, tag| hit | Choice::from(u8::from(is_own(tag))))
        };
        match &self.material {
            Material::Ed25519Public(key) => {
                let message = content.whole();
                any(&|tag| is_ed25519(key, &message, tag))
            }
            Material::P256Public(key) => {
                let digest = digest(Hash::Sha256, content, &[], host);
                any(&|tag| key.verify(&digest, &tag.bytes))
            }
            Material::RsaPublic(key) => {
                let hash = hash_of(algorithm);
                let digest = digest(hash, content, &[], host);
                any(&|tag| key.verify(hash, &digest, &tag.bytes))
            }
            // Private keys sign and do not verify.
            Material::Ed25519Secret(_) | Material::P256Secret(_) | Material::RsaSecret(_) => Choice::from(0),
            _ => match self.tag(algorithm, content, host) {
                Some(expected) => tags.fold(Choice::from(0), |hit, tag| hit | expected.ct_eq(&tag.bytes)),
                None => Choice::from(0),
            },
        }
    }

    /// Whether this is the shared token that was sent.
    pub(crate) fn is_shared_token(&self, sent: &[u8]) -> bool {
        match &self.material {
            Material::Secret(token) => is_same_secret(token, sent),
            _ => false,
        }
    }

    /// The tag that this key makes over `content`; none for keys that cannot sign.
    pub(crate) fn sign(&self, algorithm: Algorithm, content: &Message<'_>) -> Option<Vec<u8>> {
        self.tag(algorithm, content, None)
    }

    fn tag(&self, algorithm: Algorithm, content: &Message<'_>, host: Host<'_>) -> Option<Vec<u8>> {
        match &self.material {
            Material::Hmac(key) => Some(key.tag(content, host)),
            Material::Secret(secret) => Some(digest(hash_of(algorithm), content, secret, host)),
            Material::Ed25519Secret(key) => Some(key.sign(&content.whole()).to_bytes().to_vec()),
            Material::P256Secret(key) => key.sign(&digest(Hash::Sha256, content, &[], host)),
            Material::RsaSecret(key) => {
                let hash = hash_of(algorithm);
                key.sign(hash, &digest(hash, content, &[], host))
            }
            Material::Ed25519Public(_) | Material::P256Public(_) | Material::RsaPublic(_) => None,
        }
    }

    /// The shared token itself, for a sender to send.
    pub(crate) fn shared_token(&self) -> Option<&[u8]> {
        match &self.material {
            Material::Secret(token) => Some(token),
            _ => None,
        }
    }
}

impl From<Material> for Key {
    fn from(material: Material) -> Self {
        Self { id: None, material }
    }
}

const ALGORITHMS: &[Algorithm] = &[
    Algorithm::HmacSha256,
    Algorithm::HmacSha1,
    Algorithm::HmacSha512,
    Algorithm::Sha256,
    Algorithm::Sha1,
    Algorithm::Ed25519,
    Algorithm::EcdsaP256,
    Algorithm::RsaSha256,
    Algorithm::RsaSha1,
];

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let algorithm = ALGORITHMS.iter().find(|algorithm| self.fits(**algorithm));
        f.debug_struct("Key").field("id", &self.id).field("algorithm", &algorithm).finish_non_exhaustive()
    }
}

/// The hash function of an HMAC.
const fn hmac_hash(algorithm: Algorithm) -> Option<Hash> {
    match algorithm {
        Algorithm::HmacSha1 => Some(Hash::Sha1),
        Algorithm::HmacSha256 => Some(Hash::Sha256),
        Algorithm::HmacSha512 => Some(Hash::Sha512),
        _ => None,
    }
}

/// The hash function of a plain digest, or of the digest that is signed.
const fn hash_of(algorithm: Algorithm) -> Hash {
    match algorithm {
        Algorithm::Sha1 | Algorithm::RsaSha1 => Hash::Sha1,
        _ => Hash::Sha256,
    }
}

fn is_ed25519(key: &Ed25519Public, message: &[u8], tag: &ReceivedTag) -> bool {
    ed25519_dalek::Signature::from_slice(&tag.bytes)
        .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

/// The algorithms that a scheme's tags or tokens are made with.
fn algorithms(scheme: &Scheme) -> impl Iterator<Item = Algorithm> {
    let (tags, tokens): (&[_], &[_]) = match scheme.proof {
        Proof::Signature(signature) => (signature.tags, &[]),
        Proof::Token(token) => (&[], token.algorithms),
        Proof::SharedToken(_) => (&[], &[]),
    };
    tags.iter().map(|tag| tag.algorithm).chain(tokens.iter().copied())
}

/// The key of a secret that both sides hold, for whatever the scheme does with it.
fn shared_secret(scheme: &Scheme, secret: &[u8]) -> Result<Material, KeyError> {
    check_not_a_public_key(secret)?;
    let algorithm = algorithms(scheme).find(|algorithm| algorithm.is_symmetric());
    if let Some(hash) = algorithm.and_then(hmac_hash) {
        return Ok(Material::Hmac(Box::new(HmacKey::new(hash, secret))));
    }
    match (algorithm, scheme.proof) {
        (Some(_), _) | (None, Proof::SharedToken(_)) => Ok(Material::Secret(Zeroizing::new(secret.to_vec()))),
        (None, _) => {
            Err(KeyError::WrongType { problem: "this is a secret, and the scheme needs the sender's public key" })
        }
    }
}

const NOT_HEX: KeyError =
    KeyError::Encoding { problem: "the key is not hexadecimal: copy the whole key, and nothing but it" };
const NOT_BASE64: KeyError =
    KeyError::Encoding { problem: "the key is not base64: copy the whole key, and nothing but it" };
const OTHER_ALGORITHM: KeyError =
    KeyError::WrongType { problem: "this key is for another algorithm than the scheme's" };

/// The key that some bytes are: an Ed25519 key where the scheme has such, else a secret.
fn raw_key(
    purpose: Use,
    scheme: &Scheme,
    decoded: Option<Vec<u8>>,
    undecodable: KeyError,
) -> Result<Material, KeyError> {
    let bytes = decoded.map(Zeroizing::new).ok_or(undecodable)?;
    if !algorithms(scheme).any(|algorithm| algorithm == Algorithm::Ed25519) {
        return shared_secret(scheme, &bytes);
    }
    let key = match purpose {
        Use::Verify => public::ed25519_public(&bytes).map(Material::Ed25519Public),
        Use::Sign => public::ed25519_secret(&bytes),
    };
    key.ok_or(KeyError::Encoding { problem: "an Ed25519 key has 32 bytes, and not any 32 bytes are one" })
}

fn check_presence(text: &str) -> Result<(), KeyError> {
    if text.chars().all(char::is_whitespace) {
        return Err(KeyError::Empty { problem: "the key is empty or blank: is the secret configured?" });
    }
    if matches!(text.trim_ascii(), "undefined" | "null") {
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
    let (first, last) = (text.chars().next(), text.chars().next_back());
    if first.is_some_and(is_stray) || last.is_some_and(is_stray) {
        return Err(KeyError::Encoding {
            problem: "the key begins or ends with white space or an invisible character: copy it again without",
        });
    }
    let is_quoted = text.len() > 1 && first == last && matches!(first, Some('"' | '\'' | '`'));
    if is_quoted {
        return Err(KeyError::Encoding { problem: "the key stands in quotation marks: pass it without them" });
    }
    Ok(())
}

/// A shared token travels as the value of a header, which no other bytes survive.
fn check_can_be_sent(scheme: &Scheme, secret: &[u8]) -> Result<(), KeyError> {
    let is_sent = matches!(scheme.proof, Proof::SharedToken(SharedToken::Header(_) | SharedToken::Basic));
    if is_sent && !secret.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(KeyError::Encoding {
            problem: "a token that is sent in a header is printable ASCII: this one could never match",
        });
    }
    Ok(())
}

/// A public key is no secret: whoever has read it could sign with it if it were taken for one, in whatever form.
fn check_not_a_public_key(secret: &[u8]) -> Result<(), KeyError> {
    let text = core::str::from_utf8(secret).unwrap_or_default();
    let decoded = base64::decode(text).unwrap_or_default();
    if public::is_written(text) || public::is_encoded(secret) || public::is_encoded(&decoded) {
        return Err(KeyError::WrongType {
            problem: "this is a public or structured key, and the scheme needs a shared secret",
        });
    }
    Ok(())
}

const SECRET_PREFIX: &str = "whsec_";
const PUBLIC_PREFIX: &str = "whpk_";
const PRIVATE_PREFIX: &str = "whsk_";

fn standard_key(purpose: Use, scheme: &Scheme, text: &str) -> Result<Material, KeyError> {
    let text = without_version(text);
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
    shared_secret(scheme, &secret)
}

/// Some dashboards show the version in front of the secret.
fn without_version(text: &str) -> &str {
    text.strip_prefix("v1,").filter(|rest| rest.starts_with(SECRET_PREFIX)).unwrap_or(text)
}

/// Base64 with or without its padding. Anything else about it must be canonical: a secret that is cut short or
/// mangled should fail here, where it can be explained, and not at the first delivery.
fn base64(encoded: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let decoded = if encoded.ends_with('=') { base64::decode(encoded) } else { base64::decode_unpadded(encoded) };
    decoded.map(Zeroizing::new).ok_or(KeyError::Encoding {
        problem: "the key is not base64 after its prefix: copy the whole secret, and nothing but it",
    })
}

fn ed25519_public(encoded: &str) -> Result<Material, KeyError> {
    let bytes = base64(encoded)?;
    if bytes.len() != 32 {
        return Err(KeyError::Encoding { problem: "a `whpk_` key has 32 bytes of base64 after its prefix" });
    }
    public::ed25519_public(&bytes)
        .map(Material::Ed25519Public)
        .ok_or(KeyError::Encoding { problem: "these 32 bytes are not an Ed25519 public key" })
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
