//! Why something was refused. Every error has a stable `code`, the same string in Rust, TypeScript, vectors and
//! logs, and a text that says what to do. None holds a secret, an expected signature or a byte of the body.

use alloc::borrow::Cow;
use alloc::string::String;
use core::error::Error;
use core::fmt::{self, Display, Formatter};

use crate::limits::{MAX_DEPTH, MAX_HEADER_BYTES, MAX_SIGNATURES};
use crate::text::decimal::{decimal, join};

/// Why a delivery was not accepted as genuine and fresh.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// A header that the scheme needs did not arrive.
    MissingHeader {
        /// Its name, in lower case; for senders who sign inside the body, a JSON pointer.
        header: &'static str,
    },
    /// A header arrived in a shape that the scheme does not allow.
    MalformedHeader {
        /// Its name, in lower case; for senders who sign inside the body, a JSON pointer.
        header: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The signed time is not a plain number in the scheme's unit.
    MalformedTimestamp {
        /// The header or the item of a header that holds it.
        place: &'static str,
        /// What it must look like.
        expected: &'static str,
    },
    /// The JSON Web Token is not one, or makes a claim of the wrong type.
    MalformedToken {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Signatures arrived, but none of a kind that this scheme and these keys can check.
    UnsupportedSignature {
        /// What is missing.
        problem: &'static str,
    },
    /// More signatures than any sender has reason to send.
    TooManySignatures {
        /// The header that holds them.
        header: &'static str,
    },
    /// No signature was made by any of the keys over what arrived.
    SignatureMismatch,
    /// Genuine, but older than the window allows.
    Stale {
        /// Its age in seconds.
        age: u64,
        /// How old it may be, in seconds.
        tolerance: u32,
    },
    /// Genuine, but its time lies further ahead than the window allows.
    Premature {
        /// How far ahead, in seconds.
        ahead: u64,
        /// How far ahead it may be, in seconds.
        tolerance: u32,
    },
    /// What vouches for the body is genuine, but this is not the body that it speaks of.
    BodyMismatch {
        /// What vouches for it: the token, or the URL, which is signed.
        vouched_by: &'static str,
        /// Where they differ: a JSON pointer into the body; empty, if it is the body as a whole.
        field: &'static str,
    },
}

impl Rejection {
    /// The stable name of this reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingHeader { .. } => "missing_header",
            Self::MalformedHeader { .. } => "malformed_header",
            Self::MalformedTimestamp { .. } => "malformed_timestamp",
            Self::MalformedToken { .. } => "malformed_token",
            Self::UnsupportedSignature { .. } => "unsupported_signature",
            Self::TooManySignatures { .. } => "too_many_signatures",
            Self::SignatureMismatch => "signature_mismatch",
            Self::Stale { .. } => "stale",
            Self::Premature { .. } => "premature",
            Self::BodyMismatch { .. } => "body_mismatch",
        }
    }
}

impl Rejection {
    /// What went wrong and what to do about it, for the people who run the receiver; not for the sender.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::MissingHeader { header: pointer } if pointer.starts_with('/') => {
                join(&["the body has no text at `", pointer, "`, where this sender signs: check that it signs its deliveries"])
            }
            Self::MissingHeader { header } => join(&[
                "the `",
                header,
                "` header is missing: check that the sender signs its deliveries and that no proxy drops the header",
            ]),
            Self::MalformedHeader { header, problem } => {
                let kind = if header.starts_with('/') { "` of the body" } else { "` header" };
                join(&["the `", header, kind, " is malformed: ", problem])
            }
            Self::MalformedTimestamp { place, expected } => {
                join(&["the timestamp in `", place, "` is malformed: it must be ", expected])
            }
            Self::MalformedToken { problem } => join(&["the token is malformed: ", problem]),
            Self::UnsupportedSignature { problem } => join(&["no signature that can be checked: ", problem]),
            Self::TooManySignatures { header } => {
                join(&[
                "the `",
                header,
                "` header holds more than ",
                &count(MAX_SIGNATURES),
                " signatures or ",
                &count(MAX_HEADER_BYTES),
                " bytes",
            ])
            }
            Self::SignatureMismatch => "no key made this signature over these bytes: check that the secret belongs to this endpoint and that the body is passed exactly as received, not parsed and printed again".into(),
            Self::Stale { age, tolerance } => join(&[
                "genuine, but ",
                &decimal(*age),
                " s old where ",
                &decimal(u64::from(*tolerance)),
                " s are allowed: a late retry, a replay, or a clock that runs ahead here",
            ]),
            Self::Premature { ahead, tolerance } => join(&[
                "genuine, but valid only ",
                &decimal(*ahead),
                " s from now where ",
                &decimal(u64::from(*tolerance)),
                " s are allowed: check the clock of this machine",
            ]),
            Self::BodyMismatch { vouched_by, field } => {
                let place = if field.is_empty() { "" } else { ", by its member " };
                join(&["the ", vouched_by, " is genuine, but this is not the body that it speaks of", place, field])
            }
        }
    }
}

impl Display for Rejection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for Rejection {}

/// Why a secret or public key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no key, or it is blank.
    Empty {
        /// What was found instead.
        problem: &'static str,
    },
    /// The text does not decode to a key.
    Encoding {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is a key, but not one for this use.
    WrongType {
        /// What it is, and what is needed.
        problem: &'static str,
    },
}

impl KeyError {
    /// The stable name of this reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "empty",
            Self::Encoding { .. } => "encoding",
            Self::WrongType { .. } => "wrong_type",
        }
    }
}

impl KeyError {
    /// What is wrong with the key and what to do about it.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        let (Self::Empty { problem } | Self::Encoding { problem } | Self::WrongType { problem }) = self;
        problem
    }
}

impl Display for KeyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl Error for KeyError {}

/// Why a description of a sender cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeError {
    /// The description would accept what nobody signed, or is none.
    Unsound {
        /// Where it is wrong, like `signature.tags[0].encoding`.
        field: String,
        /// Which rule it breaks there.
        problem: Cow<'static, str>,
    },
    /// No sender has this name.
    Unknown,
}

impl SchemeError {
    /// The stable name of this reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsound { .. } => "unsound",
            Self::Unknown => "unknown",
        }
    }
}

impl SchemeError {
    /// What is wrong with the description and what to do about it.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Unsound { field, problem } => join(&["the scheme is unsound: `", field, "`: ", problem]),
            Self::Unknown => "no scheme has this name: `schemes` lists those there are".into(),
        }
    }
}

impl Display for SchemeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for SchemeError {}

/// Why a genuine delivery cannot be read. The bytes stay available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is not JSON (RFC 8259), or not of the shape that was asked for.
    NotJson {
        /// The offset of the first byte that does not fit.
        at: usize,
    },
    /// The body is not `application/x-www-form-urlencoded`.
    NotForm,
    /// An object names a member twice, so readers would disagree about its value.
    DuplicateKey {
        /// The offset just past the object.
        at: usize,
    },
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep {
        /// The offset where the limit was passed.
        at: usize,
    },
    /// The scheme takes the event's id from the body, and it is not there.
    MissingId {
        /// The JSON pointer where it should be.
        pointer: &'static str,
    },
    /// A typed reading needs the event's type, and it is not there.
    MissingType,
}

impl DecodeError {
    /// The stable name of this reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not_json",
            Self::NotForm => "not_form",
            Self::DuplicateKey { .. } => "duplicate_key",
            Self::TooDeep { .. } => "too_deep",
            Self::MissingId { .. } => "missing_id",
            Self::MissingType => "missing_type",
        }
    }
}

impl DecodeError {
    /// Why the body cannot be read.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NotJson { at } => join(&["genuine, but the body is not JSON: byte ", &count(*at), " does not fit"]),
            Self::NotForm => "genuine, but the body is not form-encoded".into(),
            Self::DuplicateKey { at } => join(&[
                "genuine, but the object that ends at byte ",
                &count(*at),
                " has two members of one name, so its meaning is open",
            ]),
            Self::TooDeep { at } => {
                join(&["genuine, but nested deeper than ", &count(MAX_DEPTH), " levels at byte ", &count(*at)])
            }
            Self::MissingId { pointer } => {
                join(&["genuine, but the body has no event id, a non-empty string at `", pointer, "`"])
            }
            Self::MissingType => "genuine, but the body does not say which type of event it is".into(),
        }
    }
}

fn count(number: usize) -> String {
    decimal(u64::try_from(number).unwrap_or(u64::MAX))
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for DecodeError {}
