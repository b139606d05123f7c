//! The errors. Each has a stable `code`, which is the same in Rust, TypeScript, test vectors and logs, and a `message` that
//! says what is wrong and what to do. No error contains a secret, an expected signature or a byte of the body.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::error::Error;
use core::fmt::{self, Display, Formatter};

use crate::limits::{MAX_DEPTH, MAX_HEADER_BYTES, MAX_PUBLIC_KEY_SIGNATURES, MAX_SIGNATURES, ROTATION_SIGNATURES};

/// The check that a delivery failed. For logs and people who run the receiver: answer the sender with a status only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// A header that the scheme requires is missing.
    MissingHeader {
        /// Its name, in lower case. For senders that sign inside the body, a JSON pointer.
        header: &'static str,
    },
    /// A header does not have the layout that the scheme requires.
    MalformedHeader {
        /// Its name, in lower case. For senders that sign inside the body, a JSON pointer.
        header: &'static str,
        /// The problem.
        problem: &'static str,
    },
    /// The timestamp is not in the form that the scheme requires.
    MalformedTimestamp {
        /// The header, or the pointer into the body, that contains it.
        place: &'static str,
        /// The required form.
        expected: &'static str,
    },
    /// A JSON Web Token or the challenge of a handshake is malformed, or a claim has the wrong type.
    MalformedToken {
        /// The problem.
        problem: &'static str,
    },
    /// The delivery cannot be checked with this scheme and these keys: it has no signature of a supported kind, or the
    /// caller has not passed something that is signed.
    UnsupportedSignature {
        /// The missing part, and what to pass.
        problem: &'static str,
    },
    /// A signature header exceeds the limit of 32 signatures or 8 KiB, or the limit of 4 signatures that public keys check (2 over
    /// a large body).
    TooManySignatures {
        /// The header that contains them.
        header: &'static str,
    },
    /// None of the keys produced any of the signatures for this body.
    SignatureMismatch,
    /// The delivery is genuine, but older than the tolerance allows.
    Stale {
        /// Its age in seconds.
        age: u64,
        /// The maximum age in seconds.
        tolerance: u32,
    },
    /// The delivery is genuine, but its timestamp is further in the future than the tolerance allows.
    Premature {
        /// How far in the future, in seconds.
        ahead: u64,
        /// The maximum in seconds.
        tolerance: u32,
    },
    /// The signature is genuine, but the signed bytes could also be another delivery.
    AmbiguousContent {
        /// The value whose end is ambiguous.
        problem: &'static str,
    },
    /// The token or the URL is genuine, but belongs to another body.
    BodyMismatch {
        /// The part of the request that names the body: `token` or `URL`.
        vouched_by: &'static str,
        /// The field that differs, as a JSON pointer. Empty if the body as a whole differs.
        field: &'static str,
    },
    /// A part that verification depends on cannot be read, or can be read in more than one way. Its code is that of the part.
    UnreadableJson {
        /// The part.
        part: JsonPart,
        /// The rule that its JSON breaks, and where.
        cause: DecodeError,
    },
}

/// A part of a delivery that is read as JSON in order to verify the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonPart {
    /// The body, for the timestamp at this pointer.
    Timestamp(&'static str),
    /// The body, for the signature or token at this pointer.
    Proof(&'static str),
    /// The header of a JSON Web Token.
    TokenHeader,
    /// The claims of a JSON Web Token.
    TokenClaims,
    /// The body, for the fields that must equal claims of the token.
    AgreedBody,
}

impl Rejection {
    /// The stable code of this error, like `signature_mismatch`.
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
            Self::AmbiguousContent { .. } | Self::BodyMismatch { .. } => "body_mismatch",
            Self::UnreadableJson { part, .. } => match part {
                JsonPart::Timestamp(_) => "malformed_timestamp",
                JsonPart::Proof(_) => "malformed_header",
                JsonPart::TokenHeader | JsonPart::TokenClaims => "malformed_token",
                JsonPart::AgreedBody => "body_mismatch",
            },
        }
    }

    /// Says what went wrong and what to do about it. It is for the people who run the receiver, not for the sender.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::MissingHeader { header: pointer } if pointer.starts_with('/') => format!(
                "the body has no text at `{pointer}`, where this sender puts its proof: check that the sender signs its deliveries"
            ),
            Self::MissingHeader { header } => format!(
                "the `{header}` header is missing: check that the sender signs its deliveries and that no proxy drops the header"
            ),
            Self::MalformedHeader { header: pointer, problem } if pointer.starts_with('/') => {
                format!("the `{pointer}` of the body is malformed: {problem}")
            }
            Self::MalformedHeader { header, problem } => format!("the `{header}` header is malformed: {problem}"),
            Self::MalformedTimestamp { place, expected } => {
                format!("the timestamp in `{place}` is malformed: it must be {expected}")
            }
            Self::MalformedToken { problem } => format!("the token is malformed: {problem}"),
            Self::UnsupportedSignature { problem } => format!("the signature cannot be checked: {problem}"),
            Self::TooManySignatures { header } => format!(
                "`{header}` has more signatures than are checked: at most {MAX_SIGNATURES} in {MAX_HEADER_BYTES} bytes, of which public keys check {MAX_PUBLIC_KEY_SIGNATURES}, or {ROTATION_SIGNATURES} over a large body"
            ),
            Self::SignatureMismatch => "signature mismatch: none of the keys produced it for this body. Check that the secret belongs to this endpoint and that the body is the raw request body, not parsed and serialized again".into(),
            Self::Stale { age, tolerance } => format!(
                "genuine, but {age} s old, and the tolerance is {tolerance} s: a late retry, a replay, or a clock that is ahead on this machine"
            ),
            Self::Premature { ahead, tolerance } => format!(
                "genuine, but dated {ahead} s in the future, and the tolerance is {tolerance} s: check the clock of this machine"
            ),
            Self::AmbiguousContent { problem } => {
                format!("the signature is genuine, but the same bytes could be another delivery: {problem}")
            }
            Self::BodyMismatch { vouched_by, field: "" } => {
                format!("the {vouched_by} is genuine, but belongs to another body")
            }
            Self::BodyMismatch { vouched_by, field } => {
                format!("the {vouched_by} is genuine, but belongs to another body: `{field}` differs")
            }
            Self::UnreadableJson { part, cause } => {
                let reason = cause.reason();
                match part {
                    JsonPart::Timestamp(pointer) => {
                        format!("the timestamp in `{pointer}` of the body cannot be read: {reason}")
                    }
                    JsonPart::Proof(pointer) => format!("the proof in `{pointer}` of the body cannot be read: {reason}"),
                    JsonPart::TokenHeader => format!("the token's header cannot be read: {reason}"),
                    JsonPart::TokenClaims => format!("the token's claims cannot be read: {reason}"),
                    JsonPart::AgreedBody => {
                        format!("the token is genuine, but the body cannot be compared with its claims: {reason}")
                    }
                }
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

/// The reason why a secret or public key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// No key was passed, its text is blank, or its bytes are zeros.
    Empty {
        /// The problem, and what to pass.
        problem: &'static str,
    },
    /// The text cannot be decoded as a key of the scheme's format.
    Encoding {
        /// The problem.
        problem: &'static str,
    },
    /// The text is a key, but of a type that the scheme cannot use.
    WrongType {
        /// The type of the key, and what to pass.
        problem: &'static str,
    },
}

impl KeyError {
    /// The stable code of this error, like `wrong_type`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "empty",
            Self::Encoding { .. } => "encoding",
            Self::WrongType { .. } => "wrong_type",
        }
    }

    /// Says what is wrong with the key and what to do about it.
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

/// The reason why a scheme cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemeError {
    /// The description is malformed, or would accept values that are not signed.
    Unsound {
        /// The field that is wrong, like `signature.tags[0].encoding`.
        field: String,
        /// The rule that it breaks.
        problem: Cow<'static, str>,
    },
    /// No scheme has this name.
    Unknown,
}

impl SchemeError {
    /// The stable code of this error, like `unsound`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsound { .. } => "unsound",
            Self::Unknown => "unknown",
        }
    }

    /// Says what is wrong with the description and what to do about it.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Unsound { field, problem } => format!("the scheme is unsound: `{field}`: {problem}"),
            Self::Unknown => "no scheme has this name: `schemes` lists the names".into(),
        }
    }
}

impl Display for SchemeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for SchemeError {}

/// The reason why a genuine delivery cannot be decoded. Its bytes stay available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// The body is not JSON (RFC 8259), or does not have the shape of the requested type.
    NotJson {
        /// The byte offset at which parsing failed.
        at: usize,
    },
    /// The body is not `application/x-www-form-urlencoded`.
    NotForm,
    /// An object has a duplicate key, and JSON parsers disagree about which value counts.
    DuplicateKey {
        /// The byte offset just past the object.
        at: usize,
    },
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep {
        /// The byte offset at which the limit was exceeded.
        at: usize,
    },
    /// The body does not contain the event's id.
    MissingId {
        /// The JSON pointer at which the scheme expects it.
        pointer: &'static str,
    },
    /// The body does not contain the event's type, which the requested Rust type depends on.
    MissingType,
}

impl DecodeError {
    /// The stable code of this error, like `not_json`.
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

    /// Says why the body cannot be decoded.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NotJson { .. } => format!("genuine, but the body is not the expected JSON: {}", self.reason()),
            Self::NotForm
            | Self::DuplicateKey { .. }
            | Self::TooDeep { .. }
            | Self::MissingId { .. }
            | Self::MissingType => {
                format!("genuine, but {}", self.reason())
            }
        }
    }

    /// The rule that a text breaks, and where.
    fn reason(&self) -> String {
        match self {
            Self::NotJson { at } => format!("parsing failed at byte {at}"),
            Self::NotForm => "the body is not form-encoded".into(),
            Self::DuplicateKey { at } => {
                format!("the object that ends at byte {at} has a duplicate key, so its meaning is ambiguous")
            }
            Self::TooDeep { at } => format!("the nesting at byte {at} is deeper than {MAX_DEPTH} levels"),
            Self::MissingId { pointer } => {
                format!("the body has no event id: `{pointer}` must be a non-empty string")
            }
            Self::MissingType => "the body does not contain the event's type".into(),
        }
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl Error for DecodeError {}
