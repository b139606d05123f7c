//! Signing, for tests and for passing deliveries on. In: a scheme, a key and a request. Out: the headers, the body or the URL
//! that the sender would send.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::content::{MemberValues, SignedValues, signed_messages, url_with_digest};
use crate::envelope;
use crate::error::KeyError;
use crate::form;
use crate::hash::Message;
use crate::json;
use crate::key::{Key, Use, encode};
use crate::limits::MAX_ARRAY_INDEX;
use crate::scheme::{
    Form, Format, Header, Id, Place, Proof, Scheme, SharedToken, Signature, Tag, TagPlace, Timestamp, Unit,
};
use crate::text::base64;
use crate::time::UnixTime;
use crate::token;

/// Signs deliveries as one sender does.
///
/// ```
/// use countersign::{Signer, UnixTime, senders::STRIPE};
///
/// let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", b"{}", UnixTime::from_secs(1_700_000_000));
/// assert_eq!(headers[0].0, "stripe-signature");
/// assert!(headers[0].1.starts_with("t=1700000000,v1="));
/// # Ok::<(), countersign::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    scheme: Scheme,
    key: Key,
}

impl Signer {
    /// A signer with the text of one secret, or of a private key for schemes with public keys.
    ///
    /// # Errors
    ///
    /// [`KeyError`], if the text is not a key for this scheme, or is a key that cannot sign.
    pub fn new(scheme: &Scheme, key: impl AsRef<str>) -> Result<Self, KeyError> {
        Key::parse_for(Use::Sign, scheme, key.as_ref()).map(|key| Self { scheme: *scheme, key })
    }

    /// A signer with a key that was parsed before. A public key makes no signatures.
    #[must_use]
    pub const fn with_key(scheme: &Scheme, key: Key) -> Self {
        Self { scheme: *scheme, key }
    }

    /// The headers to send with this body: lower-case names and values.
    ///
    /// `id` is for schemes that sign an id in a header: up to 256 printable ASCII characters without dots, commas and
    /// spaces. Receivers reject any other id.
    ///
    /// The list is empty if the sender signs inside the body (see [`sign_body`](Self::sign_body)), and if it signs the
    /// URL or the method (see [`sign_request`](Self::sign_request)).
    #[must_use]
    pub fn sign(&self, id: &str, body: &[u8], now: UnixTime) -> Vec<(String, String)> {
        self.sign_request(&Outgoing { id, body, ..Outgoing::default() }, now)
    }

    /// Like [`sign`](Self::sign), with the method and the URL for schemes that sign them.
    #[must_use]
    pub fn sign_request(&self, request: &Outgoing<'_>, now: UnixTime) -> Vec<(String, String)> {
        match &self.scheme.proof {
            Proof::Signature(signature) => self.signature_headers(signature, request, now).unwrap_or_default(),
            Proof::Token(kind) => match token::issue(kind, &self.key, request.body, now) {
                // `Bearer` belongs to the authorization header. A sender's own header contains only the token.
                Some(token) if kind.header.first() != Some(&AUTHORIZATION) => {
                    Vec::from([(first_name(kind.header), token)])
                }
                Some(token) => Vec::from([(first_name(kind.header), format!("Bearer {token}"))]),
                None => Vec::new(),
            },
            Proof::SharedToken(place) => self.shared_token_header(*place).into_iter().collect(),
        }
    }

    /// The body with its signature, or the shared token, written into it. The body must already have a string at that
    /// place and, if the scheme signs one, the timestamp.
    ///
    /// `None` if the scheme does not sign inside the body, or if the body has no string there.
    #[must_use]
    pub fn sign_body(&self, body: &[u8]) -> Option<Vec<u8>> {
        match &self.scheme.proof {
            Proof::Signature(signature) => {
                let TagPlace::Body([place, ..]) = signature.place else { return None };
                let pointers = MemberValues::pointers(signature.content);
                let wanted: Vec<&str> = pointers.iter().map(AsRef::as_ref).collect();
                let is_form = matches!(self.scheme.payload, Format::Form);
                let members = if is_form {
                    let fields = form::find(body, &wanted)?;
                    MemberValues::of_form(pointers, &fields)
                } else {
                    let document = json::read(body, &wanted).ok()?;
                    MemberValues::of(pointers, &document)
                };
                let values = SignedValues { body, ..SignedValues::default() };
                let messages = signed_messages(signature.content, &values, &members);
                let (_, text) = self.sign_message(signature, messages.first()?)?;
                if is_form {
                    let old = form::find(body, &[place])?.written.first().copied().flatten()?;
                    replace(body, old, &text)
                } else {
                    replace_string(body, place, &text)
                }
            }
            Proof::SharedToken(SharedToken::Body(place)) => {
                let token = core::str::from_utf8(self.key.shared_token()?).ok()?;
                match place.split_once('*') {
                    None => replace_string(body, place, token),
                    Some((list, member)) => replace_in_items(body, list, member, token),
                }
            }
            _ => None,
        }
    }

    /// The URL to request: `url`, with the body's digest added if the scheme requires one for bodies that are not forms.
    #[must_use]
    pub fn sign_url(&self, url: &str, body: &[u8]) -> String {
        match &self.scheme.proof {
            Proof::Signature(signature) => url_with_digest(signature.content, url, body),
            _ => url.to_owned(),
        }
    }

    fn shared_token_header(&self, place: SharedToken) -> Option<(String, String)> {
        let token = self.key.shared_token()?;
        match place {
            SharedToken::Header(header) => Some((first_name(header), core::str::from_utf8(token).ok()?.to_owned())),
            SharedToken::Basic => Some((AUTHORIZATION.to_owned(), format!("Basic {}", base64::encode(token)))),
            SharedToken::Body(_) => None,
        }
    }

    fn signature_headers(
        &self,
        signature: &Signature,
        request: &Outgoing<'_>,
        now: UnixTime,
    ) -> Option<Vec<(String, String)>> {
        let (TagPlace::Header(header)
        | TagPlace::AnyHeader(header)
        | TagPlace::RepeatedHeader(header)
        | TagPlace::NumberedHeader(header)) = signature.place
        else {
            return None;
        };
        if (signature.signs_method() && request.method.is_empty()) || (signature.signs_url() && request.url.is_empty())
        {
            return None;
        }
        let timestamp = match signature.timestamp {
            None | Some(Timestamp { place: Place::Body(_), .. }) => String::new(),
            Some(Timestamp { unit, .. }) => write_timestamp(unit, now),
        };
        let values = SignedValues {
            id: request.id,
            timestamp: &timestamp,
            method: request.method,
            url: request.url.into(),
            body: request.body,
            payload: envelope::open(self.scheme.payload, request.body),
        };
        let messages = signed_messages(signature.content, &values, &MemberValues::default());
        let (Tag { label, .. }, encoded) = self.sign_message(signature, messages.first()?)?;
        let value = match (signature.form, signature.timestamp.map(|timestamp| timestamp.place)) {
            (Form::Items { between, within }, Some(Place::Item(item))) => {
                format!("{item}{within}{timestamp}{between}{label}{within}{encoded}")
            }
            (Form::Items { within, .. }, _) => format!("{label}{within}{encoded}"),
            (Form::List { between }, Some(Place::First)) => format!("{timestamp}{between}{label}{encoded}"),
            _ => format!("{label}{encoded}"),
        };
        let mut headers = Vec::new();
        if let Id::Header(header) = self.scheme.id {
            headers.push((first_name(header), request.id.to_owned()));
        }
        if let Some(header) = signature.timestamp_header() {
            headers.push((first_name(header), timestamp));
        }
        headers.push((first_name(header), value));
        Some(headers)
    }

    /// The encoded signature over a message, and its kind: the first in the scheme that the key can make.
    fn sign_message(&self, signature: &Signature, message: &Message<'_>) -> Option<(Tag, String)> {
        let kind = signature.tags.iter().find(|tag| self.key.supports(tag.algorithm))?;
        let bytes = self.key.sign(kind.algorithm, message)?;
        Some((*kind, encode(kind.encoding, &bytes)))
    }
}

/// A request to sign.
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

fn write_timestamp(unit: Unit, now: UnixTime) -> String {
    match unit {
        Unit::Seconds => now.as_secs().to_string(),
        Unit::Milliseconds => now.as_millis().to_string(),
        Unit::Rfc3339 => now.to_rfc3339(),
    }
}

/// The body with the string at a pointer replaced by a text that needs no escapes.
fn replace_string(body: &[u8], place: &str, text: &str) -> Option<Vec<u8>> {
    let document = json::read(body, &[place]).ok()?;
    let Some(json::Value::String(old)) = document.found.first().copied().flatten() else { return None };
    replace(body, old.raw().as_bytes(), text)
}

/// The body with the string in each of the first ten items of a list replaced. `None` if the first has no string there.
fn replace_in_items(body: &[u8], list: &str, member: &str, text: &str) -> Option<Vec<u8>> {
    let mut replaced = None;
    for index in 0..=MAX_ARRAY_INDEX {
        let place = format!("{list}{index}{member}");
        match replace_string(replaced.as_deref().unwrap_or(body), &place, text) {
            Some(body) => replaced = Some(body),
            None => break,
        }
    }
    replaced
}

/// The body with one of its parts replaced by a text.
fn replace(body: &[u8], old: &[u8], text: &str) -> Option<Vec<u8>> {
    let start = old.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let (before, rest) = body.split_at_checked(start)?;
    let (_, after) = rest.split_at_checked(old.len())?;
    Some([before, text.as_bytes(), after].concat())
}

const AUTHORIZATION: &str = "authorization";

/// A header's name in its first family, which is the sender's own. A numbered header has the number one.
fn first_name(header: Header) -> String {
    let name = header.first().copied().unwrap_or_default();
    match name.strip_suffix('*') {
        Some(prefix) => format!("{prefix}1"),
        None => name.to_owned(),
    }
}
