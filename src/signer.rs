//! The same scheme read backwards: what a sender puts on the wire. For tests, and for sending deliveries on.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::content::{Facts, Members, contents, vouch_in_url};
use crate::error::KeyError;
use crate::hash::Message;
use crate::json;
use crate::key::{Key, Use, encode};
use crate::scheme::{
    Form, Header, Id, Place, Pointer, Proof, Scheme, SharedToken, Signature, Tag, TagPlace, Timestamp, Unit,
};
use crate::text::base64;
use crate::text::decimal::{decimal, join};
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

    /// The headers to send with this body. They are empty where the sender signs inside the body
    /// ([`Signer::sign_body`]), or where it signs a URL ([`Signer::sign_request`]).
    ///
    /// The id is used by schemes that sign one in a header: a word of at most 256 printable characters without dots,
    /// commas and spaces. A receiver refuses any other.
    #[must_use]
    pub fn sign(&self, id: &str, body: &[u8], now: UnixTime) -> Vec<(String, String)> {
        self.sign_request(&Outgoing { id, body, ..Outgoing::default() }, now)
    }

    /// The same, with what else of the request the sender signs.
    #[must_use]
    pub fn sign_request(&self, request: &Outgoing<'_>, now: UnixTime) -> Vec<(String, String)> {
        match &self.scheme.proof {
            Proof::Signature(signature) => self.sign_content(signature, request, now).unwrap_or_default(),
            Proof::Token(kind) => match token::issue(kind, &self.key, request.body, now) {
                // A header of the sender's own holds the token and nothing else.
                Some(token) if kind.header.first() != Some(&AUTHORIZATION) => Vec::from([(usual(kind.header), token)]),
                Some(token) => Vec::from([(usual(kind.header), join(&["Bearer ", &token]))]),
                None => Vec::new(),
            },
            Proof::SharedToken(place) => self.send_token(*place).into_iter().collect(),
        }
    }

    /// The body with the signature, or the shared token, put into its place; `None` where the scheme has it elsewhere
    /// or the body has no string there to be replaced. The time in the body is the caller's to write.
    #[must_use]
    pub fn sign_body(&self, body: &[u8]) -> Option<Vec<u8>> {
        match &self.scheme.proof {
            Proof::Signature(signature) => {
                let TagPlace::Body(place) = signature.place else { return None };
                let pointers = Members::pointers(signature.content);
                let wanted: Vec<&str> = pointers.iter().map(AsRef::as_ref).collect();
                let document = json::read(body, &wanted).ok()?;
                let facts = Facts { body, ..Facts::default() };
                let contents = contents(signature.content, &facts, &Members::of(pointers, &document));
                let (_, text) = self.write_tag(signature, contents.first()?)?;
                replace(body, place, &text)
            }
            Proof::SharedToken(SharedToken::Body(place)) => {
                replace(body, place, core::str::from_utf8(self.key.shared_token()?).ok()?)
            }
            _ => None,
        }
    }

    /// The URL to send to: with the digest of a body that is no form, where the sender puts it there.
    #[must_use]
    pub fn sign_url(&self, url: &str, body: &[u8]) -> String {
        match &self.scheme.proof {
            Proof::Signature(signature) => vouch_in_url(signature.content, url, body),
            _ => url.to_owned(),
        }
    }

    fn send_token(&self, place: SharedToken) -> Option<(String, String)> {
        let token = self.key.shared_token()?;
        match place {
            SharedToken::Header(header) => Some((usual(header), core::str::from_utf8(token).ok()?.to_owned())),
            SharedToken::Basic => Some((AUTHORIZATION.to_owned(), join(&["Basic ", &base64::encode(token)]))),
            SharedToken::Body(_) => None,
        }
    }

    fn sign_content(
        &self,
        signature: &Signature,
        request: &Outgoing<'_>,
        now: UnixTime,
    ) -> Option<Vec<(String, String)>> {
        let (TagPlace::Header(header) | TagPlace::AnyHeader(header)) = signature.place else { return None };
        if (signature.signs_method() && request.method.is_empty()) || (signature.signs_url() && request.url.is_empty())
        {
            return None;
        }
        let time = match signature.timestamp {
            None | Some(Timestamp { place: Place::Body(_), .. }) => String::new(),
            Some(Timestamp { unit, .. }) => write_time(unit, now),
        };
        let facts = Facts { id: request.id, time: &time, method: request.method, url: request.url, body: request.body };
        let contents = contents(signature.content, &facts, &Members::default());
        let (kind, tag) = self.write_tag(signature, contents.first()?)?;
        let mut value = String::new();
        match (signature.form, signature.timestamp.map(|timestamp| timestamp.place)) {
            (Form::Items { between, within }, place) => {
                if let Some(Place::Item(label)) = place {
                    value.push_str(&join(&[label, within, &time, between]));
                }
                value.push_str(&join(&[kind.label, within]));
            }
            (Form::List { between }, Some(Place::First)) => value.push_str(&join(&[&time, between, kind.label])),
            _ => value.push_str(kind.label),
        }
        value.push_str(&tag);
        let mut headers = Vec::new();
        if let Id::Header(header) = self.scheme.id {
            headers.push((usual(header), request.id.to_owned()));
        }
        if let Some(header) = signature.timestamp_header() {
            headers.push((usual(header), time));
        }
        headers.push((usual(header), value));
        Some(headers)
    }

    /// The tag over some content, and which kind it is: the first that the key can make.
    fn write_tag(&self, signature: &Signature, content: &Message<'_>) -> Option<(Tag, String)> {
        let kind = signature.tags.iter().find(|tag| self.key.fits(tag.algorithm))?;
        let tag = self.key.sign(kind.algorithm, content)?;
        Some((*kind, encode(kind.encoding, &tag)))
    }
}

/// A request that is to be signed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outgoing<'r> {
    /// The id, for schemes that sign one in a header.
    pub id: &'r str,
    /// The body.
    pub body: &'r [u8],
    /// The method, for schemes that sign it.
    pub method: &'r str,
    /// The URL, for schemes that sign it.
    pub url: &'r str,
}

fn write_time(unit: Unit, now: UnixTime) -> String {
    match unit {
        Unit::Seconds => decimal(now.as_secs()),
        Unit::Milliseconds => decimal(now.as_millis()),
        Unit::Rfc3339 => now.to_rfc3339(),
    }
}

/// The body with another text in place of a string.
fn replace(body: &[u8], place: Pointer, text: &str) -> Option<Vec<u8>> {
    let document = json::read(body, &[place]).ok()?;
    let Some(json::Value::String(old)) = document.found.first().copied().flatten() else { return None };
    let start = old.raw().as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let (before, rest) = body.split_at_checked(start)?;
    let (_, after) = rest.split_at_checked(old.raw().len())?;
    Some([before, text.as_bytes(), after].concat())
}

const AUTHORIZATION: &str = "authorization";

/// The name that the sender itself uses for a header.
fn usual(header: Header) -> String {
    header.first().copied().unwrap_or_default().to_owned()
}
