//! The same scheme read backwards: what a sender puts on the wire. For tests, and for sending deliveries on.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::KeyError;
use crate::key::{Key, Use, encode_tag};
use crate::scheme::{Form, Header, Id, Part, Place, Proof, Scheme, Signature, Timestamp, Unit};
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
            Proof::Token(kind) => {
                let token = token::issue(kind, &self.key, body, now);
                token.map(|token| (usual(kind.header), format!("Bearer {token}"))).into_iter().collect()
            }
            Proof::SharedToken(header) => {
                let token = self.key.shared_token().map(|token| String::from_utf8_lossy(token).into_owned());
                token.map(|token| (usual(header), token)).into_iter().collect()
            }
        }
    }

    fn sign_content(&self, signature: &Signature, id: &str, body: &[u8], now: UnixTime) -> Vec<(String, String)> {
        let time = signature.timestamp.map(|timestamp| match timestamp.unit {
            Unit::Seconds => now.as_secs().to_string(),
            Unit::Milliseconds => now.as_millis().to_string(),
        });
        let time = time.as_deref().unwrap_or_default();
        let part = |part: &Part| match part {
            Part::Id => id.as_bytes(),
            Part::Timestamp => time.as_bytes(),
            Part::Text(text) => text.as_bytes(),
            Part::Body => body,
        };
        let content: Vec<&[u8]> = signature.content.iter().map(part).collect();
        let kind = signature.tags.iter().find(|tag| Some(tag.algorithm) == self.key.algorithm());
        let Some((kind, tag)) = kind.zip(self.key.sign(&content)) else {
            return Vec::new();
        };
        let tag = encode_tag(kind.encoding, &tag);
        let value = match (signature.form, signature.timestamp) {
            (Form::Whole, _) => format!("{}{tag}", kind.label),
            (Form::Items { between, within }, Some(Timestamp { place: Place::Item(label), .. })) => {
                format!("{label}{within}{time}{between}{}{within}{tag}", kind.label)
            }
            (Form::Items { within, .. }, _) => format!("{}{within}{tag}", kind.label),
        };
        let mut headers = Vec::new();
        if let Id::Header(header) = self.scheme.id {
            headers.push((usual(header), id.to_owned()));
        }
        if let Some(Timestamp { place: Place::Header(header), .. }) = signature.timestamp {
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
