//! How the text of a secret or public key becomes a key.

use super::algorithm::Algorithm;

/// How the text of a secret or public key is decoded.
///
/// The scheme decides the format and the secret never does: `whsec_` is followed by base64 for some senders and is part
/// of the text for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFormat {
    /// The whole text, as UTF-8.
    Text,
    /// Standard Webhooks: `whsec_` and base64 for HMAC, `whpk_` or `whsk_` and base64 for Ed25519.
    Standard,
    /// A Standard Webhooks secret with its prefix, or the text of any other secret.
    StandardOrText,
    /// Hexadecimal: the bytes of a secret or of an Ed25519 key.
    Hex,
    /// Base64: the bytes of a secret or of an Ed25519 key.
    Base64,
    /// A public key or certificate in PEM, a public key (SPKI) in base64, or a JSON Web Key.
    Public,
    /// A public key in one of those forms, or the text of a secret. For tokens, where users choose.
    PublicOrText,
}

impl KeyFormat {
    /// Whether a text in this format can be a key for an algorithm.
    pub(super) const fn supports(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Text | Self::StandardOrText => algorithm.is_symmetric(),
            Self::Standard => matches!(algorithm, Algorithm::HmacSha256 | Algorithm::Ed25519),
            Self::Hex | Self::Base64 => algorithm.is_symmetric() || matches!(algorithm, Algorithm::Ed25519),
            Self::Public => !algorithm.is_symmetric(),
            Self::PublicOrText => true,
        }
    }
}
