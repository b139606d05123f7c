//! The vocabulary in which each sender is described, with one file per subject.
//!
//! A description reads like the sender's own documentation: one [`Scheme`] constant says where the signature is, how it is
//! laid out and which content it covers. One parser, one token reader and one comparison serve all senders, and
//! [`Scheme::is_sound`] checks every constant at compile time. [`Scheme::from_json`] reads a description in the same
//! words from JSON, for senders that are not among the [`senders`](crate::senders).
//!
//! A new word in the vocabulary needs a published specification, or two senders that use it. The enums are
//! `non_exhaustive`, so a new word does not break your code.

mod algorithm;
mod answers;
mod definition;
mod description;
mod event;
mod handshake;
mod key_format;
mod location;
mod reading;
mod signature;
mod soundness;
mod token;

pub use algorithm::{Algorithm, Encoding};
pub use answers::{Answers, Response};
pub use definition::{Confirmed, Proof, Scheme};
pub use event::{Authenticated, Format, Id, Unsigned};
pub(crate) use handshake::HandshakePlace;
pub use handshake::{Answer, Handshake, HandshakeProof, KeyUrl};
pub use key_format::KeyFormat;
pub use location::{Header, Pointer, UrlPattern};
pub(crate) use reading::{Reading, is_bracket, is_in_url};
pub use signature::{Form, Part, Place, Signature, Spelling, Tag, TagPlace, Timestamp, Unit};
pub use token::{Agreement, BodyDigest, ClaimPart, SharedToken, Token, Validity};
