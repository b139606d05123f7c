//! A sender, described: the small vocabulary in which every provider is a constant.
//!
//! A description reads like the provider's own page. One parser (`claim`), one token reader (`token`) and one compare
//! (`key`) serve all of them, and [`Scheme::is_sound`] judges each at compile time. A new word needs a published
//! specification or two providers that use it.

use alloc::vec::Vec;

use crate::error::SchemeError;
use crate::time::Tolerance;

/// How one sender signs its deliveries and where it says what they mean.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// The name by which code and configuration choose it: lower case, digits and hyphens.
    pub name: &'static str,
    /// The sender's name as people write it.
    pub title: &'static str,
    /// The page that this description was made from.
    pub docs: &'static str,
    /// How this description is known to be right.
    pub confirmed: Confirmed,
    /// What makes a delivery genuine.
    pub proof: Proof,
    /// How the text of a secret becomes a key.
    pub key: KeyFormat,
    /// The window for the signed time, unless the user chooses another.
    pub tolerance: Tolerance,
    /// How the body is encoded.
    pub payload: Format,
    /// Where the event's id comes from.
    pub id: Id,
    /// Where the event's type is written; the first pointer that leads to a non-empty string counts.
    pub kind: &'static [Pointer],
    /// Headers that nobody signed but people like to see. No decision reads them.
    pub unsigned: Unsigned,
}

/// A header under each of its names, in lower case. Most have one; a white-label sender has a second family, and
/// then the names at one position belong together.
pub type Header = &'static [&'static str];

/// A JSON pointer (RFC 6901) through objects, like `/data/id`.
pub type Pointer = &'static str;

/// How a description is known to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// A test vector published by the sender passes.
    Vector,
    /// The sender's own library accepts what [`Signer`](crate::Signer) makes.
    Oracle,
    /// It follows the sender's documentation.
    Documented,
}

/// What a proof covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticated {
    /// The body is signed: the sender said exactly this.
    Content,
    /// Only the sender is known. Whoever has seen one such delivery can send another body with the same proof.
    Sender,
}

/// What makes a delivery genuine.
#[derive(Clone, Copy, Debug)]
pub enum Proof {
    /// A tag over the signed content.
    Signature(Signature),
    /// A JSON Web Token beside the body (RFC 7519).
    Token(Token),
    /// A secret sent along with every delivery in this header.
    SharedToken(Header),
}

/// A tag over the signed content.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The header that carries it.
    pub header: Header,
    /// How the header's value is laid out.
    pub form: Form,
    /// The kinds of tag it may hold; [`Signer`](crate::Signer) writes the first that its key can make.
    pub tags: &'static [Tag],
    /// What is signed, in order.
    pub content: &'static [Part],
    /// Where the signed time is written, where one is signed.
    pub timestamp: Option<Timestamp>,
}

impl Signature {
    /// The header that holds the signed time, where it has one of its own.
    pub(crate) const fn timestamp_header(&self) -> Option<Header> {
        match self.timestamp {
            Some(Timestamp { place: Place::Header(header), .. }) => Some(header),
            _ => None,
        }
    }
}

/// How the value of a signature header is laid out.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A label, which may be empty, and the tag: `sha256=<hex>`.
    Whole,
    /// Labelled items: `t=<time>,v1=<hex>` or `v1,<base64> v1a,<base64>`. Items with other labels are passed over.
    Items {
        /// The character between two items.
        between: char,
        /// The character between label and value.
        within: char,
    },
}

/// One kind of tag.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    /// What stands before it: a prefix in [`Form::Whole`], the item's label in [`Form::Items`].
    pub label: &'static str,
    /// How it is made.
    pub algorithm: Algorithm,
    /// How it is written.
    pub encoding: Encoding,
}

/// How a tag is made. A key belongs to one algorithm; the message never chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC (RFC 2104) with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1, only where the sender's own scheme says so.
    HmacSha1,
    /// Ed25519 (RFC 8032), verified strictly.
    Ed25519,
}

impl Algorithm {
    /// The length of a tag in bytes.
    #[must_use]
    pub const fn tag_bytes(self) -> usize {
        match self {
            Self::HmacSha256 => 32,
            Self::HmacSha1 => 20,
            Self::Ed25519 => 64,
        }
    }
}

/// How a tag is written. Only the one canonical text of a tag is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal.
    Hex,
    /// Base64 with the standard alphabet and padding (RFC 4648, section 4).
    Base64,
    /// Base64 with the alphabet for URLs and no padding (RFC 4648, section 5), as in tokens.
    Base64Url,
}

/// A piece of the signed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The delivery's id, as its header has it.
    Id,
    /// The signed time, as the sender wrote it.
    Timestamp,
    /// A fixed text.
    Text(&'static str),
    /// The body's bytes.
    Body,
}

/// Where the signed time is written, and in which unit.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Where it is written.
    pub place: Place,
    /// What it counts.
    pub unit: Unit,
}

/// Where a signed value is written.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// In a header of its own.
    Header(Header),
    /// In the item of the signature header that has this label.
    Item(&'static str),
}

/// What a timestamp counts since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds: ten or eleven digits.
    Seconds,
    /// Milliseconds: thirteen or fourteen digits.
    Milliseconds,
}

/// A JSON Web Token that says who sent a delivery and what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// The header that carries it, after the word `Bearer`.
    pub header: Header,
    /// The longest time that `exp` may lie ahead, in seconds, before the tolerance is added.
    pub lifetime: u32,
    /// Where the token says which type of event this is.
    pub kind: Pointer,
    /// Claims that the body must repeat, wherever it has the field at all.
    pub agreement: &'static [Agreement],
    /// The claims as the sender writes them.
    pub claims: &'static [ClaimPart],
}

/// A piece of the claims that a sender puts into a token.
#[derive(Clone, Copy, Debug)]
pub enum ClaimPart {
    /// A fixed piece of JSON.
    Json(&'static str),
    /// The value at this place of the body, or `null`.
    FromBody(Pointer),
    /// The second at which the token expires.
    Expiry,
}

/// A claim of the token and the field of the body that must say the same.
#[derive(Clone, Copy, Debug)]
pub struct Agreement {
    /// A pointer into the claims.
    pub claim: Pointer,
    /// A pointer into the body.
    pub body: Pointer,
}

/// How the text of a secret becomes a key. It belongs to the scheme: `whsec_` is base64 for some senders and part
/// of the text for others, so it is never guessed from the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// The whole text, as UTF-8.
    Text,
    /// Standard Webhooks: `whsec_` and base64 for HMAC; `whpk_` and `whsk_` and base64 for Ed25519.
    Standard,
}

/// How the body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// JSON or `application/x-www-form-urlencoded`, by the kind of event or the receiver's settings.
    JsonOrForm,
}

/// Where the event's id comes from: always from something signed.
#[derive(Clone, Copy, Debug)]
pub enum Id {
    /// From a header that is part of the signed content.
    Header(Header),
    /// From the body, which must have it.
    Body(Pointer),
    /// From the body where it has one, else as with [`Id::Digest`].
    BodyOrDigest(Pointer),
    /// The sender signs none: `sha256:` and the hexadecimal SHA-256 of the signed body, or of the token where the
    /// body is not signed. The time of the attempt is left out, so that a retry keeps its id.
    Digest,
}

/// Headers that nobody signed: for people to look at, not for code to decide by.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned {
    /// Where the sender writes an id of the delivery.
    pub id: Option<&'static str>,
    /// Where the sender writes the type of the event.
    pub kind: Option<&'static str>,
}

impl Unsigned {
    /// None are known.
    pub const NONE: Self = Self { id: None, kind: None };
}

impl Scheme {
    /// What a successful verification proves.
    #[must_use]
    pub const fn authenticated(&self) -> Authenticated {
        match self.proof {
            Proof::Signature(_) => Authenticated::Content,
            Proof::Token(_) | Proof::SharedToken(_) => Authenticated::Sender,
        }
    }

    /// Every header that a verification reads, under all its names; the unsigned ones come last.
    #[must_use]
    pub fn headers(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if let Id::Header(header) = self.id {
            names.extend_from_slice(header);
        }
        match self.proof {
            Proof::Signature(signature) => {
                names.extend_from_slice(signature.timestamp_header().unwrap_or_default());
                names.extend_from_slice(signature.header);
            }
            Proof::Token(token) => names.extend_from_slice(token.header),
            Proof::SharedToken(header) => names.extend_from_slice(header),
        }
        for name in [self.unsigned.id, self.unsigned.kind].into_iter().flatten() {
            names.push(name);
        }
        names
    }

    /// Whether the description can be trusted: what it reads as signed is signed.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.soundness().is_ok()
    }

    /// The same, with the rule that is broken.
    ///
    /// # Errors
    ///
    /// [`SchemeError::Unsound`], with the first rule that the description breaks.
    pub const fn soundness(&self) -> Result<(), SchemeError> {
        if !is_slug(self.name) {
            return unsound("its name must be lower-case letters, digits and hyphens");
        }
        match &self.proof {
            Proof::Signature(signature) => self.signature_soundness(signature),
            Proof::Token(token) => {
                if !is_header(token.header) || !matches!(self.id, Id::Digest) {
                    unsound("a token names its header, and the event's id comes from the token")
                } else {
                    Ok(())
                }
            }
            Proof::SharedToken(header) => {
                if is_header(header) && matches!(self.id, Id::Digest) {
                    Ok(())
                } else {
                    unsound("a shared token names its header, and signs nothing that an id could be read from")
                }
            }
        }
    }

    const fn signature_soundness(&self, signature: &Signature) -> Result<(), SchemeError> {
        if !is_header(signature.header) {
            return unsound("the signature header needs a name in lower case");
        }
        if signature.tags.is_empty() {
            return unsound("a signature needs at least one kind of tag");
        }
        if count(signature.content, Part::Body) != 1 {
            return unsound("the signed content must hold the body once");
        }
        let signs_time = count(signature.content, Part::Timestamp) == 1;
        if signs_time != signature.timestamp.is_some() {
            return unsound("a timestamp that is read must be signed, and one that is signed must be read");
        }
        if let Some(header) = signature.timestamp_header()
            && (!is_header(header) || header.len() != signature.header.len())
        {
            return unsound("the timestamp header needs a name in each family of headers");
        }
        if let Some(Timestamp { place: Place::Item(_), .. }) = signature.timestamp
            && !matches!(signature.form, Form::Items { .. })
        {
            return unsound("a timestamp can be an item only of a header made of items");
        }
        let signs_id = count(signature.content, Part::Id) == 1;
        match self.id {
            Id::Header(header) if !signs_id || !is_header(header) || header.len() != signature.header.len() => {
                unsound("an id that is read from a header must be signed, and named in each family of headers")
            }
            Id::Body(_) | Id::BodyOrDigest(_) | Id::Digest if signs_id => {
                unsound("an id that is signed must be read from its header")
            }
            _ if signs_id && !separates(signature.content) => {
                unsound("the id needs a fixed text after it, or bytes could move between it and the next part")
            }
            _ => Ok(()),
        }
    }
}

const fn unsound(problem: &'static str) -> Result<(), SchemeError> {
    Err(SchemeError::Unsound { problem })
}

const fn is_slug(name: &str) -> bool {
    let mut rest = name.as_bytes();
    while let [byte, tail @ ..] = rest {
        if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-') {
            return false;
        }
        rest = tail;
    }
    !name.is_empty()
}

const fn is_header(names: Header) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if !is_slug(name) {
            return false;
        }
        rest = tail;
    }
    !names.is_empty()
}

/// How often `wanted` stands in the content.
const fn count(content: &[Part], wanted: Part) -> usize {
    let mut found: usize = 0;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if same_kind(*part, wanted) {
            found = found.saturating_add(1);
        }
        rest = tail;
    }
    found
}

const fn same_kind(part: Part, other: Part) -> bool {
    matches!((part, other), (Part::Id, Part::Id) | (Part::Timestamp, Part::Timestamp) | (Part::Body, Part::Body))
}

/// Whether a fixed text follows the id.
const fn separates(content: &[Part]) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if matches!(part, Part::Id) {
            return matches!(tail, [Part::Text(_), ..]);
        }
        rest = tail;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{STANDARD, STRIPE};

    fn stripe_with(change: impl FnOnce(&mut Signature)) -> Scheme {
        let Proof::Signature(mut signature) = STRIPE.proof else {
            return STRIPE;
        };
        change(&mut signature);
        Scheme { proof: Proof::Signature(signature), ..STRIPE }
    }

    #[test]
    fn a_description_that_reads_what_nobody_signed_is_unsound() {
        assert!(STRIPE.is_sound());
        let unsigned_time = stripe_with(|signature| signature.content = &[Part::Body]);
        assert!(!unsigned_time.is_sound());
        let unsigned_body = stripe_with(|signature| signature.content = &[Part::Timestamp]);
        assert!(!unsigned_body.is_sound());
        let no_window = stripe_with(|signature| signature.timestamp = None);
        assert!(!no_window.is_sound());
        let no_tags = stripe_with(|signature| signature.tags = &[]);
        assert!(!no_tags.is_sound());
        let unsigned_id = Scheme { id: Id::Header(&["x-id"]), ..STRIPE };
        assert!(!unsigned_id.is_sound());
        let ignored_id = Scheme { id: Id::Digest, ..STANDARD };
        assert!(!ignored_id.is_sound());
        let half_a_family = Scheme { id: Id::Header(&["webhook-id", "svix-id"]), ..STANDARD };
        assert!(!half_a_family.is_sound());
        let id_of_an_unsigned_body = Scheme { proof: Proof::SharedToken(&["x-token"]), id: Id::Body("/id"), ..STRIPE };
        assert!(!id_of_an_unsigned_body.is_sound());
        let loud_name = Scheme { name: "Stripe", ..STRIPE };
        assert!(!loud_name.is_sound());
    }
}
