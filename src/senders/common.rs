//! Layouts that many senders share, so that a sender's constant has only what is special about it.

use crate::scheme::{
    Algorithm, Answer, Answers, Confirmed, Encoding, Form, Format, Handshake, HandshakeProof, Header, Id, KeyFormat,
    Part, Place, Proof, Scheme, SharedToken, Signature, Tag, TagPlace, Timestamp, Token, Unit, Unsigned,
};
use crate::time::Tolerance;

/// A scheme with a signature. The caller sets at least name, title and docs.
pub(super) const fn signed(signature: Signature) -> Scheme {
    proven(Proof::Signature(signature))
}

/// A scheme with a JSON Web Token in a header. The caller sets at least name, title and docs.
pub(super) const fn bearing(token: Token) -> Scheme {
    proven(Proof::Token(token))
}

/// A scheme whose deliveries carry the secret itself. The caller sets at least name, title and docs.
pub(super) const fn shared(token: SharedToken) -> Scheme {
    proven(Proof::SharedToken(token))
}

/// The properties that most senders share: the key is the text of the secret, the body is JSON, tolerance and answers are the
/// defaults, and the id is a digest.
const fn proven(proof: Proof) -> Scheme {
    Scheme {
        name: "",
        title: "",
        docs: "",
        confirmed: Confirmed::Documented,
        proof,
        key: KeyFormat::Text,
        tolerance: Tolerance::DEFAULT,
        methods: &["POST"],
        payload: Format::Json,
        id: Id::Digest,
        kind: &[],
        unsigned: Unsigned::NONE,
        answers: Answers::DEFAULT,
        handshakes: &[],
        key_url: None,
    }
}

/// A signed handshake that answers with a challenge.
pub(super) const fn asked(
    when: &'static [(&'static str, Option<&'static str>)],
    token: &'static str,
    answer: Answer,
) -> Handshake {
    Handshake { token: Some(token), ..checked(when, answer) }
}

/// A handshake without a challenge, which is signed. The caller sets another proof if it has one.
pub(super) const fn checked(when: &'static [(&'static str, Option<&'static str>)], answer: Answer) -> Handshake {
    Handshake { method: None, when, proof: HandshakeProof::Signed, verify_token: None, token: None, answer }
}

/// A handshake by an unsigned request without a body, with the challenge in the query, which is echoed as text.
pub(super) const fn asked_in_query(parameter: &'static str) -> Handshake {
    Handshake { proof: HandshakeProof::Unsigned, ..asked(&[], parameter, Answer::Token) }
}

/// A signature over the body alone, in a header of a label and one tag: `sha256=<hex>`.
pub(super) const fn over_body(header: Header, tags: &'static [Tag]) -> Signature {
    Signature { place: TagPlace::Header(header), form: Form::Whole, tags, content: &[Part::Body], timestamp: None }
}

/// A signature header of labelled items, like Stripe's: `t=<time>,v1=<hex>`.
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

/// A signature header of a label and one tag, and a separate header with the time.
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

/// HMAC-SHA256 in hexadecimal, after a label.
pub(super) const fn hex(label: &'static str) -> Tag {
    Tag { label, algorithm: Algorithm::HmacSha256, encoding: Encoding::Hex }
}

/// HMAC-SHA256 in base64, after a label.
pub(super) const fn base64(label: &'static str) -> Tag {
    Tag { label, algorithm: Algorithm::HmacSha256, encoding: Encoding::Base64 }
}

/// HMAC-SHA1 in hexadecimal, after a label.
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
