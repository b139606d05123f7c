//! What a scheme says about the event in a delivery: its id, its type in unsigned headers, and the body's format.

use super::location::{Header, Pointer};

/// What a successful verification proves. The two answers are final, so the enum is exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticated {
    /// The body is signed: the sender sent exactly this.
    Content,
    /// Only the sender's identity or some members of the body are proved. Anyone who has seen one such delivery can
    /// send another body with the same proof.
    Sender,
}

/// The format of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// A form: `application/x-www-form-urlencoded` or `multipart/form-data`. A pointer such as `/token` leads to the field
    /// with that name.
    Form,
    /// JSON or `application/x-www-form-urlencoded`, depending on the event or the receiver's settings.
    JsonOrForm,
    /// JSON or `application/x-www-form-urlencoded`. A form whose only field has this name holds JSON in it.
    JsonOrField(&'static str),
    /// JSON, plain or compressed with gzip.
    JsonOrGzip,
}

/// Where the event's id comes from. It is always something signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Id {
    /// From a header that is part of the signed content.
    Header(Header),
    /// From the body. A body without it cannot be decoded.
    Body(Pointer),
    /// From the body or, if the body has none there, as with [`Id::Digest`].
    BodyOrDigest(Pointer),
    /// The sender signs no id. The id is `sha256:` and the SHA-256 of the signed content, in hexadecimal: the body if its
    /// bytes are signed, else the token, the form's fields or the body's signed members. A timestamp is left out, so that
    /// a retry has the same id.
    Digest,
    /// As with [`Id::Digest`], for senders whose bodies say only that something changed. Two changes have the same body,
    /// so two events may have the same id.
    ChangeNotice,
}

/// Headers that are not signed. Display them, never act on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// The header with the delivery's id, under each of its names. The first that arrived counts.
    pub id: Header,
    /// The header with the event's type, under each of its names.
    pub kind: Header,
}

impl Unsigned {
    /// The sender sends no such headers.
    pub const NONE: Self = Self { id: &[], kind: &[] };
}
