//! The same scheme read backwards: what a sender puts on the wire. For tests, and for sending deliveries on.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::claim::signed_content;
use crate::encoding::{decimal, join};
use crate::error::KeyError;
use crate::key::{Key, Use, encode_tag};
use crate::scheme::{Form, Header, Id, Place, Proof, Scheme, Signature, Timestamp, Unit};
use crate::time::UnixTime;
use crate::token;

/// Signs deliveries the way one sender does.
#[derive(Clone, Debug)]
pub struct Signer {
    scheme: Scheme,
    key: Key,
}

impl Signer {
    /// A signer with one secret, or with a private key where the scheme knows such.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if the text is no key for this scheme, or one that cannot sign.
    pub fn new(scheme: &Scheme, key: impl AsRef<str>) -> Result<Self, KeyError> {
        Key::parse_for(Use::Sign, scheme, key.as_ref()).map(|key| Self { scheme: *scheme, key })
    }

    /// A signer with a key that was parsed before; a public key makes no signatures.
    #[must_use]
    pub const fn with_key(scheme: &Scheme, key: Key) -> Self {
        Self { scheme: *scheme, key }
    }

    /// The headers to send with this body.
    ///
    /// The id is used by schemes that sign one in a header: a word of at most 256 printable characters without dots,
    /// commas and spaces. A receiver refuses any other.
    #[must_use]
    pub fn sign(&self, id: &str, body: &[u8], now: UnixTime) -> Vec<(String, String)> {
        match &self.scheme.proof {
            Proof::Signature(signature) => self.sign_content(signature, id, body, now),
            Proof::Token(kind) => match token::issue(kind, &self.key, body, now) {
                Some(token) => Vec::from([(usual(kind.header), join(&["Bearer ", &token]))]),
                None => Vec::new(),
            },
            Proof::SharedToken(header) => match self.key.shared_token().map(core::str::from_utf8) {
                Some(Ok(token)) => Vec::from([(usual(header), token.to_owned())]),
                _ => Vec::new(),
            },
        }
    }

    fn sign_content(&self, signature: &Signature, id: &str, body: &[u8], now: UnixTime) -> Vec<(String, String)> {
        let time = signature.timestamp.map(|timestamp| match timestamp.unit {
            Unit::Seconds => decimal(now.as_secs()),
            Unit::Milliseconds => decimal(now.as_millis()),
        });
        let time = time.as_deref().unwrap_or_default();
        let content = signed_content(signature.content, id, time, body);
        let kind = signature.tags.iter().find(|tag| Some(tag.algorithm) == self.key.algorithm());
        let Some((kind, tag)) = kind.zip(self.key.sign(&content)) else {
            return Vec::new();
        };
        let tag = encode_tag(kind.encoding, &tag);
        let mut value = String::new();
        if let Form::Items { between, within } = signature.form {
            if let Some(Timestamp { place: Place::Item(label), .. }) = signature.timestamp {
                value.push_str(label);
                value.push(within);
                value.push_str(time);
                value.push(between);
            }
            value.push_str(kind.label);
            value.push(within);
        } else {
            value.push_str(kind.label);
        }
        value.push_str(&tag);
        let mut headers = Vec::new();
        if let Id::Header(header) = self.scheme.id {
            headers.push((usual(header), id.to_owned()));
        }
        if let Some(header) = signature.timestamp_header() {
            headers.push((usual(header), time.to_owned()));
        }
        headers.push((usual(signature.header), value));
        headers
    }
}

/// The name that the sender itself uses for a header.
fn usual(header: Header) -> String {
    header.first().copied().unwrap_or_default().to_owned()
}
