//! Parsing: the text or the bytes of a key and a scheme in, a [`Key`] out. The scheme decides the format; it is never guessed
//! from the text.

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::material::{Key, Material, Use};
use super::recognize::may_be_modulus;
use super::secret::{algorithms, check_can_be_sent, check_not_a_public_key, shared_secret};
use super::{public, standard};
use crate::error::KeyError;
use crate::scheme::{Algorithm, KeyFormat, Scheme};
use crate::text::{base64, hex};

impl Key {
    /// Parses a secret or public key from the text that the scheme's sender shows.
    ///
    /// ```
    /// use countersign::{Key, senders};
    ///
    /// let key = Key::parse(&senders::STRIPE, "whsec_5f2f0e8c")?;
    /// assert!(Key::parse(&senders::STRIPE, "").is_err());
    /// # Ok::<(), countersign::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyError`], if the text is blank, does not decode, or is a key for another algorithm. The error says what to pass
    /// instead and never contains the text.
    pub fn parse(scheme: &Scheme, text: &str) -> Result<Self, KeyError> {
        Self::parse_for(Use::Verify, scheme, text)
    }

    /// Takes the decoded bytes of a shared secret, for receivers that store it in this form.
    ///
    /// # Errors
    ///
    /// [`KeyError::Empty`] if the secret is empty or a blank text, [`KeyError::WrongType`] if the scheme does not
    /// use shared secrets or the bytes are a public key, [`KeyError::Encoding`] if the sender could not send these bytes.
    pub fn from_bytes(scheme: &Scheme, secret: &[u8]) -> Result<Self, KeyError> {
        if let Ok(text) = core::str::from_utf8(secret) {
            check_presence(text)?;
        }
        let material = shared_secret(scheme, secret)?;
        check_can_be_sent(scheme, secret)?;
        Ok(material.into())
    }

    /// Parses a key for verifying or for signing.
    pub(crate) fn parse_for(purpose: Use, scheme: &Scheme, text: &str) -> Result<Self, KeyError> {
        check_presence(text)?;
        // A PEM file ends with a line break.
        let text = if text.starts_with("-----BEGIN") { text.trim_end() } else { text };
        check_stray_characters(text)?;
        let key = match scheme.key {
            KeyFormat::Standard => standard::parse(purpose, scheme, text)?.into(),
            KeyFormat::StandardOrText if standard::has_secret_prefix(text) => {
                standard::parse(purpose, scheme, text)?.into()
            }
            // The UTF-8 bytes of the text are the secret.
            KeyFormat::Text | KeyFormat::StandardOrText => return Self::from_bytes(scheme, text.as_bytes()),
            KeyFormat::Hex => {
                check_secret_text(scheme, text)?;
                raw_key(purpose, scheme, hex::decode(&text.to_ascii_lowercase()), NOT_HEX)?.into()
            }
            KeyFormat::Base64 => {
                // The hexadecimal of a public key is base64, too.
                check_secret_text(scheme, text)?;
                raw_key(purpose, scheme, base64::decode(text), NOT_BASE64)?.into()
            }
            KeyFormat::PublicOrText if !public::is_key(text) => {
                return if may_be_modulus(text) { Err(MODULUS) } else { Self::from_bytes(scheme, text.as_bytes()) };
            }
            KeyFormat::Public | KeyFormat::PublicOrText => {
                let parsed = public::parse(purpose, text)?;
                Self { id: parsed.id.map(String::into_boxed_str), material: parsed.material }
            }
        };
        if algorithms(scheme).any(|algorithm| key.supports(algorithm)) { Ok(key) } else { Err(OTHER_ALGORITHM) }
    }
}

const NOT_HEX: KeyError =
    KeyError::Encoding { problem: "the key is not hexadecimal: pass the whole key and nothing else" };
const NOT_BASE64: KeyError =
    KeyError::Encoding { problem: "the key is not base64: pass the whole key and nothing else" };
const MODULUS: KeyError = KeyError::WrongType {
    problem: "this may be the modulus of a public RSA key: pass the whole JSON Web Key or PEM, or a shorter secret",
};
const OTHER_ALGORITHM: KeyError = KeyError::WrongType {
    problem: "this key belongs to an algorithm that the scheme does not use: pass the key that this sender signs with",
};

/// Rejects the text of a public key in the place of a secret. A sender of public keys gets an error of its own.
fn check_secret_text(scheme: &Scheme, text: &str) -> Result<(), KeyError> {
    if algorithms(scheme).any(Algorithm::is_symmetric) { check_not_a_public_key(text.as_bytes()) } else { Ok(()) }
}

/// The key material of decoded bytes: an Ed25519 key if the scheme uses Ed25519, else a shared secret.
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
        Use::Sign => public::ed25519_private(&bytes),
    };
    key.ok_or(KeyError::Encoding {
        problem: "these bytes are not an Ed25519 key, which has 32 bytes: pass the whole key",
    })
}

/// Rejects blank keys, and the words that JavaScript and shell scripts make of a variable that is not set.
fn check_presence(text: &str) -> Result<(), KeyError> {
    if text.chars().all(char::is_whitespace) {
        return Err(KeyError::Empty { problem: "the key is empty or blank: is the secret configured?" });
    }
    if matches!(text.trim_ascii(), "undefined" | "null") {
        return Err(KeyError::Empty {
            problem: "the key is the word that an unset variable becomes (`undefined` or `null`): is the secret configured?",
        });
    }
    Ok(())
}

/// Rejects white space, invisible characters and quotation marks around a key. They come from copying, never from a sender.
fn check_stray_characters(text: &str) -> Result<(), KeyError> {
    let is_stray = |character: char| {
        character.is_whitespace() || character.is_control() || matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}')
    };
    let (first, last) = (text.chars().next(), text.chars().next_back());
    if first.is_some_and(is_stray) || last.is_some_and(is_stray) {
        return Err(KeyError::Encoding {
            problem: "the key begins or ends with white space or an invisible character: copy it again without it",
        });
    }
    let is_quoted = text.len() > 1 && first == last && matches!(first, Some('"' | '\'' | '`'));
    if is_quoted {
        return Err(KeyError::Encoding { problem: "the key is in quotation marks: pass it without them" });
    }
    Ok(())
}
