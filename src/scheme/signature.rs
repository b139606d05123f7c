//! Signatures: where they are in a delivery, how they are laid out, and which content they cover.

use super::algorithm::{Algorithm, Encoding};
use super::location::{Header, Pointer};

/// A signature over content that sender and receiver both assemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Where the signatures are.
    pub place: TagPlace,
    /// How the text there is laid out.
    pub form: Form,
    /// The kinds of signature that are accepted. [`Signer`](crate::Signer) writes the first that its key can make.
    pub tags: &'static [Tag],
    /// The parts of the signed content, in order.
    pub content: &'static [Part],
    /// Where the signed timestamp is. `None` if the sender signs no timestamp.
    pub timestamp: Option<Timestamp>,
}

/// Where the signatures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagPlace {
    /// In a header.
    Header(Header),
    /// In any of several headers. The sender sends one header for each of its keys.
    AnyHeader(&'static [&'static str]),
    /// In a header that the sender sends once for each of its keys. Runtimes join the values with a comma. The form must be
    /// [`Form::Whole`].
    RepeatedHeader(Header),
    /// In headers with a number at the end of their name, one for each of the sender's keys, counted from one:
    /// `x-signature-*` is `x-signature-1`, `x-signature-2` and so on, up to 100. The form must be [`Form::Whole`].
    NumberedHeader(Header),
    /// In a member of the body, or in any of several. Such a signature covers some members of the body and not the body's
    /// bytes.
    Body(&'static [Pointer]),
}

/// How the text with the signatures is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// One signature after its label: `sha256=<hex>`. The label may be empty.
    Whole,
    /// Labelled items: `t=<time>,v1=<hex>` or `v1,<base64> v1a,<base64>`. Items with unknown labels are skipped.
    Items {
        /// The separator between two items.
        between: &'static str,
        /// The separator between an item's label and its value.
        within: &'static str,
    },
    /// Signatures without labels: `<hex>,<hex>`.
    List {
        /// The separator between two signatures.
        between: &'static str,
    },
}

/// One kind of signature: how it is labelled, made and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The text before the signature: a prefix in [`Form::Whole`] and [`Form::List`], the item's label in
    /// [`Form::Items`].
    pub label: &'static str,
    /// How it is made.
    pub algorithm: Algorithm,
    /// How it is written.
    pub encoding: Encoding,
}

/// One part of the signed content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The delivery's id, as in its header.
    Id,
    /// The timestamp, as the sender wrote it.
    Timestamp,
    /// A fixed text.
    Text(&'static str),
    /// The body's bytes.
    Body,
    /// The JSON that the body holds, if its [`Format`](super::Format) is one that may wrap it: the only field of a form, or the
    /// text that was compressed. The body's bytes, if they are the JSON itself.
    Payload,
    /// The request's method, in upper case.
    Method,
    /// The URL as it was registered with the sender.
    Url(Spelling),
    /// The fields of a form: names and values, concatenated, sorted, without duplicates. If the body is not a form, the
    /// URL must contain its digest as the parameter `bodySHA256`, in hexadecimal.
    SortedForm,
    /// The secret itself, for a plain digest.
    Secret,
    /// The text of one member of the body. An absent member is empty. It may not contain the text that separates it from
    /// the next member.
    Member(Pointer),
    /// The text of one member of the body, which may contain anything. At most one member may: the others are found from
    /// the front and from the back.
    FreeMember(Pointer),
    /// The members of the body with these names, without the absent ones. Each is its name, a line feed, its text, and a
    /// line feed. Only the first may contain line feeds, and only if the body has the second.
    Members(&'static [&'static str]),
}

/// The spellings in which a URL may have been signed. The verifier tries all of them, because proxies and libraries
/// rewrite URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spelling {
    /// Exactly as registered.
    Exact,
    /// With and without the standard port, each also with the query in the older percent-encoding, which leaves
    /// `!`, `'`, `(`, `)` and `*` unescaped.
    AnyPort,
    /// As registered, and with the percent-encoding of `:/?@!$'()*,;` decoded.
    PartlyDecoded,
}

/// Where the signed timestamp is, and its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Where it is.
    pub place: Place,
    /// What it counts.
    pub unit: Unit,
}

/// Where a signed timestamp is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In a separate header.
    Header(Header),
    /// In the item of the signature header with this label.
    Item(&'static str),
    /// In front of the signatures in the signature header's list.
    First,
    /// In a member of the body.
    Body(Pointer),
}

/// The unit of a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Seconds since 1970, in ten or eleven digits.
    Seconds,
    /// Milliseconds since 1970, in thirteen or fourteen digits.
    Milliseconds,
    /// A date and time in RFC 3339.
    Rfc3339,
}

impl Signature {
    /// The header with the timestamp, if the timestamp has its own.
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

    /// Whether the fields of a form are signed, and the URL in front of them.
    pub(crate) fn signs_form(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::SortedForm))
    }

    /// Whether the payload is signed, not the body that wraps it.
    pub(crate) fn signs_payload(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::Payload))
    }

    /// Whether the body's bytes are signed, so that a signature belongs to one body only.
    pub(crate) fn signs_body_bytes(&self) -> bool {
        self.content.iter().any(|part| matches!(part, Part::Body | Part::Payload))
    }

    /// Whether everything that the body says is signed.
    pub(crate) const fn covers_body(&self) -> bool {
        let mut rest = self.content;
        while let [part, tail @ ..] = rest {
            if matches!(part, Part::Body | Part::Payload | Part::SortedForm) {
                return true;
            }
            rest = tail;
        }
        false
    }
}
