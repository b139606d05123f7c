//! Handshakes: requests by which a sender checks a new address, and the URL at which a delivery's key is published.

use super::location::{Pointer, UrlPattern};

/// A request by which a sender checks that an address is ready for deliveries, and the expected response.
///
/// A place is written as text: `/challenge` is a JSON pointer into the body, `challenge` is a parameter in the query,
/// `header:x-challenge` is a header, and `form:challenge` is a field of a body that is a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The method of the request, in upper case. `None` accepts any.
    pub method: Option<&'static str>,
    /// The conditions that distinguish it from a delivery: places and the text required there. `None` requires that
    /// nothing is there.
    pub when: &'static [(&'static str, Option<&'static str>)],
    /// What proves that the request is the sender's.
    pub proof: HandshakeProof,
    /// The place of a verify token: a secret that the receiver chose for handshakes only.
    pub verify_token: Option<&'static str>,
    /// The place of the challenge: the text to answer with. `None` if the handshake has no challenge.
    pub token: Option<&'static str>,
    /// The expected response.
    pub answer: Answer,
}

/// What proves that a handshake is the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeProof {
    /// It is signed like a delivery, and is verified before it is answered.
    Signed,
    /// It is signed with a key that the sender publishes for its test messages. Anyone can sign with that key, so it
    /// verifies this handshake and nothing else.
    TestKey(&'static str),
    /// Nothing: anyone can send it. Unless it reads the body, it must not have one.
    Unsigned,
    /// Nothing yet: its challenge is the key of later deliveries. [`Scheme::set_up`](crate::Scheme::set_up) answers it,
    /// and [`Verifier::handshake`](crate::Verifier::handshake) does not.
    SetUp,
}

/// The response that a sender expects to a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The challenge as plain text, or status 204 for a handshake without a challenge.
    Token,
    /// A JSON template. `$token` is replaced by the challenge and `$tag` by its signature, made like the first kind in
    /// the scheme's `tags`. Such a challenge may contain only letters, digits, `-` and `_`.
    Json(&'static str),
    /// Status 200 with these headers and without a body. A value is a fixed text; or `$token`, which is replaced by the
    /// challenge; or `$verify`, which is replaced by the receiver's verify token.
    Headers(&'static [(&'static str, &'static str)]),
    /// A request to the URL in the challenge, which must match one of these patterns.
    Visit(&'static [UrlPattern]),
}

/// Where a handshake has a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakePlace {
    /// In a member of the body, which is JSON.
    Body(Pointer),
    /// In a field of the body, which is a form.
    Form(&'static str),
    /// In a header.
    Header(&'static str),
    /// In a parameter of the URL's query.
    Query(&'static str),
}

impl HandshakePlace {
    /// The place that a text names.
    pub(crate) const fn of(text: &'static str) -> Self {
        match text.as_bytes() {
            [b'/', ..] => Self::Body(text),
            [b'h', b'e', b'a', b'd', b'e', b'r', b':', ..] => Self::Header(after(text, 7)),
            [b'f', b'o', b'r', b'm', b':', ..] => Self::Form(after(text, 5)),
            _ => Self::Query(text),
        }
    }

    /// Whether it is in the body.
    pub(crate) const fn is_in_body(self) -> bool {
        matches!(self, Self::Body(_) | Self::Form(_))
    }
}

impl Handshake {
    /// The proof of a description that does not name one: a handshake that reads the body is signed.
    pub(crate) fn default_proof(&self) -> HandshakeProof {
        if self.reads_body() { HandshakeProof::Signed } else { HandshakeProof::Unsigned }
    }

    /// Every place that it reads.
    pub(crate) fn places(&self) -> impl Iterator<Item = HandshakePlace> {
        let conditions = self.when.iter().map(|(place, _)| *place);
        conditions.chain(self.token).chain(self.verify_token).map(HandshakePlace::of)
    }

    pub(crate) fn reads_body(&self) -> bool {
        self.places().any(HandshakePlace::is_in_body)
    }

    /// Whether its answer needs the receiver's verify token.
    #[must_use]
    pub fn needs_verify_token(&self) -> bool {
        let sends_it = |headers: &[(&str, &str)]| headers.iter().any(|(_, value)| *value == "$verify");
        self.verify_token.is_some() || matches!(self.answer, Answer::Headers(headers) if sends_it(headers))
    }
}

impl Answer {
    /// Whether the answer contains a signature of the challenge.
    pub(crate) const fn signs_challenge(&self) -> bool {
        let Self::Json(template) = self else { return false };
        let mut rest = template.as_bytes();
        while let [_, tail @ ..] = rest {
            if matches!(rest, [b'$', b't', b'a', b'g', ..]) {
                return true;
            }
            rest = tail;
        }
        false
    }
}

/// Where a delivery names the URL of the key that it was signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUrl {
    /// The member of the body with the URL. It is read before the delivery is verified.
    pub at: Pointer,
    /// The patterns of which the URL must match one.
    pub like: &'static [UrlPattern],
}

/// The text after a prefix of this length. It is as long as the text at most, and ends between two characters.
const fn after(text: &'static str, prefix: usize) -> &'static str {
    match text.split_at_checked(prefix) {
        Some((_, rest)) => rest,
        None => "",
    }
}
