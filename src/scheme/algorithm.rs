//! How a signature is made and how it is written.

/// How a signature is made. The key decides the algorithm; the message never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC (RFC 2104) with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1. Only for senders whose scheme requires it.
    HmacSha1,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
    /// SHA-256 of content that includes the secret ([`Part::Secret`](super::Part::Secret)). Only for senders whose scheme
    /// requires it.
    Sha256,
    /// SHA-1 of content that includes the secret. Only for senders whose scheme requires it.
    Sha1,
    /// Ed25519 (RFC 8032), verified strictly.
    Ed25519,
    /// ECDSA with P-256 and SHA-256 (FIPS 186-5). A signature is 64 bytes: r and s.
    EcdsaP256,
    /// RSA PKCS #1 v1.5 (RFC 8017) with SHA-256 and a key of 2048 to 4096 bits.
    RsaSha256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    RsaSha384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    RsaSha512,
    /// RSA PKCS #1 v1.5 with SHA-1. Only for senders whose scheme requires it.
    RsaSha1,
}

impl Algorithm {
    /// The length of a signature in bytes. `None` for RSA, where it is the length of the key.
    #[must_use]
    pub const fn tag_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha256 | Self::Sha256 => Some(32),
            Self::HmacSha1 | Self::Sha1 => Some(20),
            Self::HmacSha384 => Some(48),
            Self::HmacSha512 | Self::Ed25519 | Self::EcdsaP256 => Some(64),
            Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 | Self::RsaSha1 => None,
        }
    }

    /// Whether sender and receiver hold the same key.
    pub(crate) const fn is_symmetric(self) -> bool {
        !matches!(
            self,
            Self::Ed25519 | Self::EcdsaP256 | Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 | Self::RsaSha1
        )
    }
}

/// How a signature is written as text. Only the canonical text is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Base64 with the standard alphabet and padding (RFC 4648, section 4).
    Base64,
    /// Base64 with the URL-safe alphabet and no padding (RFC 4648, section 5), as in tokens.
    Base64Url,
    /// Base64 of an ECDSA signature in DER (SEC 1, appendix C.5).
    Base64Der,
}
