//! A sender, described: the small vocabulary in which every sender is a constant.
//!
//! A description reads like the sender's own page. One parser (`claim`), one token reader (`token`) and one compare
//! (`key`) serve all of them, and [`Scheme::is_sound`] judges each at compile time. A new word needs a published
//! specification or two senders that use it. [`Scheme::from_json`] reads the same words from JSON, for senders that
//! are not among the [`senders`](crate::senders).

mod description;
mod soundness;

use alloc::vec::Vec;

use crate::time::Tolerance;

/// How one sender signs its deliveries and where it says what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// The questions by which the sender makes sure that somebody listens, and what it wants to hear.
    pub handshakes: &'static [Handshake],
    /// Where a delivery names the address of the key that it was signed with. Nothing here fetches it.
    pub key_url: Option<KeyUrl>,
}

/// A header under each of its names, in lower case. Most have one; a white-label sender has a second family, and
/// then the names at one position belong together.
pub type Header = &'static [&'static str];

/// A JSON pointer (RFC 6901), like `/data/id` or `/events/0/type`.
pub type Pointer = &'static str;

/// How a description is known to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// A test vector published by the sender passes.
    Vector,
    /// The sender's own library, or that of the specification it names, accepts what [`Signer`](crate::Signer) makes;
    /// where no [`Signer`](crate::Signer) can, it agrees with [`Verifier`](crate::Verifier) on what the sender does.
    Oracle,
    /// It follows the sender's documentation.
    Documented,
}

/// What a proof covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticated {
    /// The body is signed: the sender said exactly this.
    Content,
    /// Only the sender is known, or only parts of the body are signed. Whoever has seen one such delivery can send
    /// another body with the same proof.
    Sender,
}

/// What makes a delivery genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A tag over the signed content.
    Signature(Signature),
    /// A JSON Web Token beside the body (RFC 7519).
    Token(Token),
    /// A secret sent along with every delivery.
    SharedToken(SharedToken),
}

/// A tag over the signed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Where it stands.
    pub place: TagPlace,
    /// How the text there is laid out.
    pub form: Form,
    /// The kinds of tag it may hold; [`Signer`](crate::Signer) writes the first that its key can make.
    pub tags: &'static [Tag],
    /// What is signed, in order.
    pub content: &'static [Part],
    /// Where the signed time is written, where one is signed.
    pub timestamp: Option<Timestamp>,
}

/// Where tags stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagPlace {
    /// In a header.
    Header(Header),
    /// In any of several headers: the sender sends one for each of its keys.
    AnyHeader(&'static [&'static str]),
    /// In a member of the body. The body cannot be signed as a whole then, only members of it.
    Body(Pointer),
}

/// How the text that holds the tags is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A label, which may be empty, and the tag: `sha256=<hex>`.
    Whole,
    /// Labelled items: `t=<time>,v1=<hex>` or `v1,<base64> v1a,<base64>`. Items with other labels are passed over.
    Items {
        /// What stands between two items.
        between: &'static str,
        /// What stands between label and value.
        within: &'static str,
    },
    /// Tags without labels: `<hex>,<hex>`.
    List {
        /// What stands between two tags.
        between: &'static str,
    },
}

/// One kind of tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// What stands before it: a prefix in [`Form::Whole`] and [`Form::List`], the item's label in [`Form::Items`].
    pub label: &'static str,
    /// How it is made.
    pub algorithm: Algorithm,
    /// How it is written.
    pub encoding: Encoding,
}

/// How a tag is made. A key belongs to one family of them; the message never chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC (RFC 2104) with SHA-256.
    HmacSha256,
    /// HMAC with SHA-1, only where the sender's own scheme says so.
    HmacSha1,
    /// HMAC with SHA-512.
    HmacSha512,
    /// SHA-256 over content that holds the secret ([`Part::Secret`]), only where the sender's own scheme says so.
    Sha256,
    /// SHA-1 over content that holds the secret, only where the sender's own scheme says so.
    Sha1,
    /// Ed25519 (RFC 8032), verified strictly.
    Ed25519,
    /// ECDSA with P-256 and SHA-256 (FIPS 186-5). A tag is 64 bytes, r and s.
    EcdsaP256,
    /// RSA PKCS #1 v1.5 (RFC 8017) with SHA-256 and 2048 to 4096 bits.
    RsaSha256,
    /// The same with SHA-1, only where the sender's own scheme says so.
    RsaSha1,
}

impl Algorithm {
    /// The length of a tag in bytes; for RSA it is that of the key.
    #[must_use]
    pub const fn tag_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha256 | Self::Sha256 => Some(32),
            Self::HmacSha1 | Self::Sha1 => Some(20),
            Self::HmacSha512 | Self::Ed25519 | Self::EcdsaP256 => Some(64),
            Self::RsaSha256 | Self::RsaSha1 => None,
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
    /// Base64 of an ECDSA signature in DER (SEC 1, appendix C.5).
    Base64Der,
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
    /// The request's method, in upper case.
    Method,
    /// The URL that the sender was given.
    Url(Spelling),
    /// The fields of a form: names and values in a row, sorted, doubles left out. A body that is no form must stand in
    /// the URL as `bodySHA256`, the hexadecimal SHA-256 of its bytes.
    SortedForm,
    /// The secret itself, for a plain digest.
    Secret,
    /// The text of one member of the body; an absent one is empty.
    Member(Pointer),
    /// Those of these members of the body that are there, each as its name, a line feed, its text, a line feed. Only
    /// the first may hold line feeds itself.
    Members(&'static [&'static str]),
}

/// In which spellings a URL may have been signed. All are tried, since proxies and libraries change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As the sender was given it.
    Exact,
    /// With and without the standard port, and each of them with the query in the older percent-encoding, which leaves
    /// `!`, `'`, `(`, `)` and `*` as they are.
    AnyPort,
    /// As it is, and with the percent-encoding of `:/?@!$'()*,;` undone.
    PartlyDecoded,
}

/// Where the signed time is written, and in which unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Where it is written.
    pub place: Place,
    /// What it counts.
    pub unit: Unit,
}

/// Where a signed value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a header of its own.
    Header(Header),
    /// In the item of the signature header that has this label.
    Item(&'static str),
    /// First in the signature header's list, before the tags.
    First,
    /// In a member of the body.
    Body(Pointer),
}

/// What a timestamp counts since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds: ten or eleven digits.
    Seconds,
    /// Milliseconds: thirteen or fourteen digits.
    Milliseconds,
    /// Nothing: it is an instant in RFC 3339.
    Rfc3339,
}

/// A JSON Web Token that says who sent a delivery and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The header that carries it, with or without the word `Bearer` before it.
    pub header: Header,
    /// How it may be signed: HS256, RS256, ES256, `EdDSA`. The key decides which of them it is.
    pub algorithms: &'static [Algorithm],
    /// When it is good.
    pub validity: Validity,
    /// Where the token binds the body, where it does.
    pub body: Option<BodyDigest>,
    /// Where the token says which type of event this is.
    pub kind: Option<Pointer>,
    /// Claims that the body must repeat, wherever it has the field at all.
    pub agreement: &'static [Agreement],
    /// The claims as the sender writes them.
    pub claims: &'static [ClaimPart],
}

/// When a token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Until `exp`, which may lie ahead by this many seconds and the tolerance at most.
    Expiry {
        /// The longest time that `exp` may lie ahead, in seconds.
        lifetime: u32,
    },
    /// As long as `iat` lies in the window.
    IssuedAt,
    /// The sender says nothing of it. Only a token that binds the body may do without.
    Unlimited,
}

/// The claim that binds the body to a token: its SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyDigest {
    /// Where the token has it.
    pub claim: Pointer,
    /// How it is written.
    pub encoding: Encoding,
}

/// A piece of the claims that a sender puts into a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimPart {
    /// A fixed piece of JSON.
    Json(&'static str),
    /// The value at this place of the body, or `null`.
    FromBody(Pointer),
    /// The second at which the token expires.
    Expiry,
    /// The second at which the token is issued.
    IssuedAt,
    /// The body's digest, as a JSON string.
    BodyDigest,
}

/// A claim of the token and the field of the body that must say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// A pointer into the claims.
    pub claim: Pointer,
    /// A pointer into the body.
    pub body: Pointer,
}

/// A secret that is sent along with every delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedToken {
    /// As the value of a header.
    Header(Header),
    /// As name and password, with a colon between them, of HTTP Basic authentication (RFC 7617).
    Basic,
    /// In a member of the body.
    Body(Pointer),
}

/// How the text of a secret becomes a key. It belongs to the scheme: `whsec_` is base64 for some senders and part
/// of the text for others, so it is never guessed from the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// The whole text, as UTF-8.
    Text,
    /// Standard Webhooks: `whsec_` and base64 for HMAC; `whpk_` and `whsk_` and base64 for Ed25519.
    Standard,
    /// The same after a prefix; a secret without one is taken as its text.
    StandardOrText,
    /// Hexadecimal: the bytes of a secret or of an Ed25519 key.
    Hex,
    /// Base64: the bytes of a secret or of an Ed25519 key.
    Base64,
    /// A public key or certificate in PEM, a public key (SPKI) in base64, or a JSON Web Key.
    Public,
    /// The same, or else the text of a secret: for tokens, whose senders let users choose.
    PublicOrText,
}

/// How the body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// JSON or `application/x-www-form-urlencoded`, by the kind of event or the receiver's settings.
    JsonOrForm,
}

/// Where the event's id comes from: always from something signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// From a header that is part of the signed content.
    Header(Header),
    /// From the body, which must have it.
    Body(Pointer),
    /// From the body where it has one, else as with [`Id::Digest`].
    BodyOrDigest(Pointer),
    /// The sender signs none: `sha256:` and the hexadecimal SHA-256 of what is signed, without a time that stands beside it,
    /// so that a retry keeps its id: of the body where its bytes are signed, else of the token, the fields or the members.
    Digest,
    /// As with [`Id::Digest`], of a sender whose bodies say no more than that something has changed, and say the same the
    /// next time: what has the same id may be another event.
    Notice,
}

/// Headers that nobody signed: for people to look at, not for code to decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A question by which a sender makes sure that somebody listens at an address, and what it wants to hear.
///
/// A place is a JSON pointer into the body of a signed delivery, which is verified first, or the name of a parameter in
/// the query of a request without a body, which nobody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// What tells it from a delivery: places and the text at each; `None`, where nothing may be there.
    pub when: &'static [(&'static str, Option<&'static str>)],
    /// The place of a secret that the receiver chose for this alone.
    pub verify_token: Option<&'static str>,
    /// The place of the text that is to be answered, where there is one.
    pub token: Option<&'static str>,
    /// What to answer.
    pub answer: Answer,
}

impl Handshake {
    /// Whether it is asked in the body of a signed delivery, and not in the query.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        let place = match (self.token, self.when) {
            (Some(place), _) => place,
            (None, [(place, _), ..]) => *place,
            (None, []) => "",
        };
        matches!(place.as_bytes(), [b'/', ..])
    }
}

/// What a sender wants to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The token, as plain text; where there is none, that the request arrived and nothing more (204).
    Token,
    /// JSON, in which `$token` stands for the token, and `$tag` for the tag over it, made and written like the first of
    /// the scheme's own. Such a token has no more than letters, digits, `-` and `_`.
    Json(&'static str),
    /// A visit to the URL that the token is, which must be like one of these.
    Visit(&'static [UrlPattern]),
}

/// A URL with `*` in some places: in the host for a label that begins with two letters, in the path for letters,
/// digits, `-` and `_`, at the end of the query for anything. The rest is compared exactly, so there is no other port,
/// no user, and no way around the host.
///
/// A label must begin with two letters because `s3` and `s3-us-west-2` do not: there lie everybody's files.
pub type UrlPattern = &'static str;

/// Where a delivery names the address of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUrl {
    /// The member of the body that holds it. It is read before anything is known to be genuine.
    pub at: Pointer,
    /// What it must be like.
    pub like: &'static [UrlPattern],
}

impl Signature {
    /// The header that holds the signed time, where it has one of its own.
    pub(crate) const fn timestamp_header(&self) -> Option<Header> {
        match self.timestamp {
            Some(Timestamp { place: Place::Header(header), .. }) => Some(header),
            _ => None,
        }
    }

    /// Whether the request's method is signed.
    pub(crate) fn signs_method(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::Method))
    }

    /// Whether the request's URL is signed.
    pub(crate) fn signs_url(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::Url(_)))
    }

    /// Whether the body is signed byte for byte, so that what was signed has no other body.
    pub(crate) fn holds_body(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::Body))
    }

    /// Whether all that the body says is signed.
    pub(crate) const fn covers_body(&self) -> bool {
        let mut rest = self.content;
        while let [part, tail @ ..] = rest {
            if matches!(part, Part::Body | Part::SortedForm) {
                return true;
            }
            rest = tail;
        }
        false
    }
}

impl Scheme {
    /// What a successful verification proves.
    #[must_use]
    pub const fn authenticated(&self) -> Authenticated {
        let covers_body = match &self.proof {
            Proof::Signature(signature) => signature.covers_body(),
            Proof::Token(token) => token.body.is_some(),
            Proof::SharedToken(_) => false,
        };
        if covers_body { Authenticated::Content } else { Authenticated::Sender }
    }

    /// Whether what has the same id is the same event. It is not where bodies say no more than that something has changed.
    #[must_use]
    pub const fn tells_events(&self) -> bool {
        !matches!(self.id, Id::Notice)
    }

    /// Whether a signed time is checked.
    #[must_use]
    pub const fn signs_time(&self) -> bool {
        match &self.proof {
            Proof::Signature(signature) => signature.timestamp.is_some(),
            Proof::Token(token) => !matches!(token.validity, Validity::Unlimited),
            Proof::SharedToken(_) => false,
        }
    }

    /// Whether the URL that the sender was given must be known.
    #[must_use]
    pub fn signs_url(&self) -> bool {
        matches!(self.proof, Proof::Signature(signature) if signature.signs_url())
    }

    /// Whether the request's method must be known.
    #[must_use]
    pub fn signs_method(&self) -> bool {
        matches!(self.proof, Proof::Signature(signature) if signature.signs_method())
    }

    /// The header that holds the proof, under all its names.
    pub(crate) const fn proof_headers(&self) -> Header {
        match self.proof {
            Proof::Signature(Signature { place: TagPlace::Header(header) | TagPlace::AnyHeader(header), .. })
            | Proof::Token(Token { header, .. })
            | Proof::SharedToken(SharedToken::Header(header)) => header,
            Proof::SharedToken(SharedToken::Basic) => &["authorization"],
            Proof::Signature(_) | Proof::SharedToken(SharedToken::Body(_)) => &[],
        }
    }

    /// Whether there is a handshake that nobody signs, so that the URL of a request must be known to see it.
    #[must_use]
    pub fn asks_in_query(&self) -> bool {
        self.handshakes.iter().any(|handshake| !handshake.is_signed())
    }

    /// Every header that a verification reads, under all its names; the unsigned ones come last.
    #[must_use]
    pub fn headers(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if let Id::Header(header) = self.id {
            names.extend_from_slice(header);
        }
        if let Proof::Signature(signature) = self.proof {
            names.extend_from_slice(signature.timestamp_header().unwrap_or_default());
        }
        names.extend_from_slice(self.proof_headers());
        for name in [self.unsigned.id, self.unsigned.kind].into_iter().flatten() {
            names.push(name);
        }
        names
    }
}
