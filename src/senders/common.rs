//! Layouts that many senders share, so that a constant says only what is particular to its sender.

use crate::scheme::{
    Algorithm, Answer, Confirmed, Encoding, Form, Format, Handshake, Header, Id, KeyFormat, Part, Place, Proof, Scheme,
    SharedToken, Signature, Tag, TagPlace, Timestamp, Token, Unit, Unsigned,
};
use crate::time::Tolerance;

/// A scheme whose sender signs like this; name, title and page are still to be given.
pub(super) const fn signed(signature: Signature) -> Scheme {
    proven(Proof::Signature(signature))
}

/// A scheme whose sender puts such a token beside the body; name, title and page are still to be given.
pub(super) const fn bearing(token: Token) -> Scheme {
    proven(Proof::Token(token))
}

/// A scheme whose sender shows a secret; name, title and page are still to be given.
pub(super) const fn shared(token: SharedToken) -> Scheme {
    proven(Proof::SharedToken(token))
}

/// What most senders have in common: the secret's text is the key, the body is JSON, the window is the usual one, and
/// there is no id but a digest.
const fn proven(proof: Proof) -> Scheme {
    Scheme {
        name: "",
        title: "",
        docs: "",
        confirmed: Confirmed::Documented,
        proof,
        key: KeyFormat::Text,
        tolerance: Tolerance::DEFAULT,
        payload: Format::Json,
        id: Id::Digest,
        kind: &[],
        unsigned: Unsigned::NONE,
        handshakes: &[],
        key_url: None,
    }
}

/// A handshake in which a token is answered.
pub(super) const fn asked(
    when: &'static [(&'static str, Option<&'static str>)],
    token: &'static str,
    answer: Answer,
) -> Handshake {
    Handshake { when, verify_token: None, token: Some(token), answer }
}

/// Only the body is signed, and the header holds nothing but a label and the tag: `sha256=<hex>`.
pub(super) const fn over_body(header: Header, tags: &'static [Tag]) -> Signature {
    Signature { place: TagPlace::Header(header), form: Form::Whole, tags, content: &[Part::Body], timestamp: None }
}

/// The header holds the time and the tags as labelled items, as with Stripe: `t=<time>,v1=<hex>`.
pub(super) const fn in_items(
    header: Header,
    time: &'static str,
    unit: Unit,
    tags: &'static [Tag],
    content: &'static [Part],
) -> Signature {
    Signature {
        place: TagPlace::Header(header),
        form: Form::Items { between: ",", within: "=" },
        tags,
        content,
        timestamp: Some(Timestamp { place: Place::Item(time), unit }),
    }
}

/// The time has a header of its own, and the signature's header holds nothing but a label and the tag.
pub(super) const fn with_time_header(
    header: Header,
    time: Header,
    unit: Unit,
    tags: &'static [Tag],
    content: &'static [Part],
) -> Signature {
    Signature {
        place: TagPlace::Header(header),
        form: Form::Whole,
        tags,
        content,
        timestamp: Some(Timestamp { place: Place::Header(time), unit }),
    }
}

/// A tag of HMAC-SHA256 in hexadecimal after this label.
pub(super) const fn hex(label: &'static str) -> Tag {
    Tag { label, algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }
}

/// A tag of HMAC-SHA256 in base64 after this label.
pub(super) const fn base64(label: &'static str) -> Tag {
    Tag { label, algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64 }
}

/// A tag of HMAC-SHA1 in hexadecimal after this label.
pub(super) const fn sha1_hex(label: &'static str) -> Tag {
    Tag { label, algorithm: Algorithm::HmacSha1, encoding: Encoding::Hex }
}

/// `<time>.<body>`.
pub(super) const TIME_DOT_BODY: &[Part] = &[Part::Timestamp, Part::Text("."), Part::Body];
/// `<time>:<body>`.
pub(super) const TIME_COLON_BODY: &[Part] = &[Part::Timestamp, Part::Text(":"), Part::Body];
/// `<time><body>`.
pub(super) const TIME_BODY: &[Part] = &[Part::Timestamp, Part::Body];
/// `<body><time>`.
pub(super) const BODY_TIME: &[Part] = &[Part::Body, Part::Timestamp];
