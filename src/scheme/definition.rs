//! The scheme: one sender's way of proving its deliveries, and where its events have their ids and types.

use alloc::vec::Vec;

use super::answers::Answers;
use super::event::{Authenticated, Format, Id, Unsigned};
use super::handshake::{Handshake, HandshakePlace, HandshakeProof, KeyUrl};
use super::key_format::KeyFormat;
use super::location::{Header, Pointer};
use super::signature::{Signature, TagPlace};
use super::token::{SharedToken, Token, Validity};
use crate::time::Tolerance;

/// How one sender signs its deliveries and where the events have their ids and types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// The name that code and configuration select it by: lower case, digits and hyphens.
    pub name: &'static str,
    /// The sender's name as people write it.
    pub title: &'static str,
    /// The URL of the documentation that this description follows.
    pub docs: &'static str,
    /// How this description was confirmed.
    pub confirmed: Confirmed,
    /// What makes a delivery genuine.
    pub proof: Proof,
    /// How the text of a secret or public key becomes a key.
    pub key: KeyFormat,
    /// The tolerance for the timestamp, unless the user sets another.
    pub tolerance: Tolerance,
    /// The methods of the requests in which the sender delivers: `POST`, or `POST` and `GET`. The parameters of a delivery by
    /// `GET` are in its URL, which is signed.
    pub methods: &'static [&'static str],
    /// The format of the body.
    pub payload: Format,
    /// Where the event's id comes from.
    pub id: Id,
    /// Where the event's type is in the body. The first pointer that leads to a non-empty string counts.
    pub kind: &'static [Pointer],
    /// Unsigned headers, to display.
    pub unsigned: Unsigned,
    /// The responses that the sender expects to its deliveries.
    pub answers: Answers,
    /// The requests by which the sender checks an address, and their answers.
    pub handshakes: &'static [Handshake],
    /// Where a delivery names the URL of the key that it was signed with. This crate never fetches it.
    pub key_url: Option<KeyUrl>,
}

/// How a description was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmed {
    /// A test vector that the sender published passes.
    Vector,
    /// The sender's own library, or the library of the specification that it follows, accepts what
    /// [`Signer`](crate::Signer) makes. For schemes without a [`Signer`](crate::Signer), that library and
    /// [`Verifier`](crate::Verifier) agree on genuine deliveries.
    Oracle,
    /// It follows the sender's documentation.
    Documented,
}

/// What makes a delivery genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// A signature over content from the request.
    Signature(Signature),
    /// A JSON Web Token in a header (RFC 7519).
    Token(Token),
    /// A secret that is sent with every delivery.
    SharedToken(SharedToken),
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

    /// Whether two deliveries with the same id are the same event. They may differ for senders whose bodies say only
    /// that something changed ([`Id::ChangeNotice`]).
    #[must_use]
    pub const fn identifies_events(&self) -> bool {
        !matches!(self.id, Id::ChangeNotice)
    }

    /// Whether a signed timestamp is checked.
    #[must_use]
    pub const fn signs_time(&self) -> bool {
        match &self.proof {
            Proof::Signature(signature) => signature.timestamp.is_some(),
            Proof::Token(token) => !matches!(token.validity, Validity::Unlimited),
            Proof::SharedToken(_) => false,
        }
    }

    /// Whether the URL is signed, so that [`Delivery::url`](crate::Delivery::url) is required.
    #[must_use]
    pub fn signs_url(&self) -> bool {
        matches!(self.proof, Proof::Signature(signature) if signature.signs_url())
    }

    /// Whether the method is signed, so that [`Delivery::method`](crate::Delivery::method) is required.
    #[must_use]
    pub fn signs_method(&self) -> bool {
        matches!(self.proof, Proof::Signature(signature) if signature.signs_method())
    }

    /// Whether the sender delivers by `GET`, too.
    #[must_use]
    pub const fn takes_get(&self) -> bool {
        let mut rest = self.methods;
        while let [method, tail @ ..] = rest {
            if matches!(method.as_bytes(), b"GET") {
                return true;
            }
            rest = tail;
        }
        false
    }

    /// Whether single members of the body are signed. They are signed as texts: `5` and `"5"` have the same signature, so
    /// they must also be the same id and the same type.
    pub(crate) fn signs_members(&self) -> bool {
        matches!(self.proof, Proof::Signature(signature) if !signature.covers_body())
    }

    /// The header with the proof, under all its names. Empty if the proof is in the body.
    pub(crate) const fn proof_headers(&self) -> Header {
        match self.proof {
            Proof::Signature(Signature {
                place:
                    TagPlace::Header(header)
                    | TagPlace::AnyHeader(header)
                    | TagPlace::RepeatedHeader(header)
                    | TagPlace::NumberedHeader(header),
                ..
            })
            | Proof::Token(Token { header, .. })
            | Proof::SharedToken(SharedToken::Header(header)) => header,
            Proof::SharedToken(SharedToken::Basic) => &["authorization"],
            Proof::Signature(_) | Proof::SharedToken(SharedToken::Body(_)) => &[],
        }
    }

    /// Whether a handshake may be in the query of a request. Detecting one requires
    /// [`Delivery::url`](crate::Delivery::url).
    #[must_use]
    pub fn asks_in_query(&self) -> bool {
        let mut places = self.handshakes.iter().flat_map(Handshake::places);
        places.any(|place| matches!(place, HandshakePlace::Query(_)))
    }

    /// Whether a handshake may arrive by this method, which is in upper case. Deliveries and most handshakes arrive by
    /// `POST`, unsigned handshakes without a body also by `GET`, and that of CloudEvents by `OPTIONS`.
    #[must_use]
    pub fn asks_by(&self, method: &str) -> bool {
        self.handshakes.iter().any(|handshake| match handshake.method {
            Some(own) => own == method,
            None if method == "GET" => handshake.proof == HandshakeProof::Unsigned && !handshake.reads_body(),
            None => method == "POST",
        })
    }

    /// Whether the sender hands over its key in a handshake, which [`set_up`](Self::set_up) answers.
    #[must_use]
    pub fn hands_over_key(&self) -> bool {
        self.handshakes.iter().any(|handshake| handshake.proof == HandshakeProof::SetUp)
    }

    /// Every header that a handshake reads, in addition to those that verification reads.
    #[must_use]
    pub fn handshake_headers(&self) -> Vec<&'static str> {
        let places = self.handshakes.iter().flat_map(Handshake::places);
        places
            .filter_map(|place| match place {
                HandshakePlace::Header(name) => Some(name),
                _ => None,
            })
            .collect()
    }

    /// The keys that the sender publishes for its test messages. None of them may be the key of a verifier.
    pub(crate) fn test_keys(&self) -> impl Iterator<Item = &'static str> {
        self.handshakes.iter().filter_map(|handshake| match handshake.proof {
            HandshakeProof::TestKey(key) => Some(key),
            _ => None,
        })
    }

    /// Whether the sender lets others have short texts signed with the key that signs deliveries: a handshake's answer
    /// contains a signature of the challenge.
    pub(crate) fn signs_challenges(&self) -> bool {
        self.handshakes.iter().any(|handshake| handshake.answer.signs_challenge())
    }

    /// Every header that verification reads, under all its names. The unsigned headers come last. A name that ends with `-*`
    /// is every header with a number from 1 to 100 in that place.
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
        names.extend_from_slice(self.unsigned.id);
        names.extend_from_slice(self.unsigned.kind);
        names
    }

    /// Those of [`headers`](Self::headers) that may arrive more than once. Their values may be passed to a
    /// [`Delivery`](crate::Delivery) one by one, or joined with a comma. A name that ends with `-*` is every header with a
    /// number in that place; its joined values may be passed under the name with the `*`.
    #[must_use]
    pub const fn joined_headers(&self) -> Header {
        match self.proof {
            Proof::Signature(Signature {
                place: TagPlace::RepeatedHeader(header) | TagPlace::NumberedHeader(header),
                ..
            }) => header,
            _ => &[],
        }
    }
}
