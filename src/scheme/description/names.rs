//! The words for each enum's values in JSON. Reading and writing use the same tables, so they cannot disagree.

use crate::scheme::algorithm::{Algorithm, Encoding};
use crate::scheme::definition::Confirmed;
use crate::scheme::event::{Format, Id};
use crate::scheme::handshake::HandshakeProof;
use crate::scheme::key_format::KeyFormat;
use crate::scheme::signature::{Form, Part, Place, Spelling, Unit};
use crate::scheme::token::{ClaimPart, SharedToken, Validity};

/// The values of an enum, each with its word in JSON.
pub(super) type Names<T> = &'static [(&'static str, T)];

pub(super) const ALGORITHMS: Names<Algorithm> = &[
    ("hmac-sha256", Algorithm::HmacSha256),
    ("hmac-sha1", Algorithm::HmacSha1),
    ("hmac-sha384", Algorithm::HmacSha384),
    ("hmac-sha512", Algorithm::HmacSha512),
    ("sha256", Algorithm::Sha256),
    ("sha1", Algorithm::Sha1),
    ("ed25519", Algorithm::Ed25519),
    ("ecdsa-p256", Algorithm::EcdsaP256),
    ("rsa-sha256", Algorithm::RsaSha256),
    ("rsa-sha384", Algorithm::RsaSha384),
    ("rsa-sha512", Algorithm::RsaSha512),
    ("rsa-sha1", Algorithm::RsaSha1),
];
pub(super) const ENCODINGS: Names<Encoding> = &[
    ("hex", Encoding::Hex),
    ("base64", Encoding::Base64),
    ("base64url", Encoding::Base64Url),
    ("base64-der", Encoding::Base64Der),
];
pub(super) const KEY_FORMATS: Names<KeyFormat> = &[
    ("text", KeyFormat::Text),
    ("standard", KeyFormat::Standard),
    ("standard-or-text", KeyFormat::StandardOrText),
    ("hex", KeyFormat::Hex),
    ("base64", KeyFormat::Base64),
    ("public", KeyFormat::Public),
    ("public-or-text", KeyFormat::PublicOrText),
];
/// The formats that are written as a word. The other is an object.
pub(super) const PLAIN_FORMATS: Names<Format> = &[
    ("json", Format::Json),
    ("form", Format::Form),
    ("json-or-form", Format::JsonOrForm),
    ("json-or-gzip", Format::JsonOrGzip),
];
pub(super) const UNITS: Names<Unit> =
    &[("seconds", Unit::Seconds), ("milliseconds", Unit::Milliseconds), ("rfc3339", Unit::Rfc3339)];
pub(super) const SPELLINGS: Names<Spelling> =
    &[("exact", Spelling::Exact), ("any-port", Spelling::AnyPort), ("partly-decoded", Spelling::PartlyDecoded)];
pub(super) const CONFIRMED: Names<Confirmed> =
    &[("vector", Confirmed::Vector), ("oracle", Confirmed::Oracle), ("documented", Confirmed::Documented)];
/// The parts of signed content that are written as a word. The others are objects.
pub(super) const PLAIN_PARTS: Names<Part> = &[
    ("id", Part::Id),
    ("timestamp", Part::Timestamp),
    ("body", Part::Body),
    ("payload", Part::Payload),
    ("method", Part::Method),
    ("sorted-form", Part::SortedForm),
    ("secret", Part::Secret),
];
/// The pieces of claims that are written as a word. The others are objects.
pub(super) const PLAIN_CLAIMS: Names<ClaimPart> =
    &[("expiry", ClaimPart::Expiry), ("issued-at", ClaimPart::IssuedAt), ("body-digest", ClaimPart::BodyDigest)];
/// The ids that are written as a word. The others are objects.
pub(super) const PLAIN_IDS: Names<Id> = &[("digest", Id::Digest), ("notice", Id::ChangeNotice)];
/// The layout that is written as a word. The others are objects.
pub(super) const PLAIN_FORMS: Names<Form> = &[("whole", Form::Whole)];
/// The place of a timestamp that is written as a word. The others are objects.
pub(super) const PLAIN_PLACES: Names<Place> = &[("first", Place::First)];
/// The validities that are written as a word. The other is an object.
pub(super) const PLAIN_VALIDITIES: Names<Validity> =
    &[("issued-at", Validity::IssuedAt), ("unlimited", Validity::Unlimited)];
/// The place of a shared token that is written as a word. The others are objects.
pub(super) const PLAIN_SHARED_TOKENS: Names<SharedToken> = &[("basic", SharedToken::Basic)];

/// The proofs of a handshake that are written as a word. The other is an object.
pub(super) const PLAIN_HANDSHAKE_PROOFS: Names<HandshakeProof> =
    &[("signed", HandshakeProof::Signed), ("unsigned", HandshakeProof::Unsigned), ("set-up", HandshakeProof::SetUp)];

/// The word for a value. The tables are complete, which a test holds for the words that the senders use.
pub(super) fn name_of<T: PartialEq>(names: Names<T>, value: &T) -> &'static str {
    names.iter().find(|(_, listed)| listed == value).map_or("", |(name, _)| *name)
}

impl KeyFormat {
    /// The word for this format in a description, like `standard`.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(KEY_FORMATS, &self)
    }
}

impl Confirmed {
    /// The word for this confirmation in a description, like `vector`.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(CONFIRMED, &self)
    }
}
