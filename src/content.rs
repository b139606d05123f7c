//! The signed message: the bytes that sender and receiver must assemble identically. In: the parts that a scheme names and
//! the values from a request. Out: the message, in each spelling that may have been signed.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::BinaryHeap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::form::{self, Fields};
use crate::hash::{Message, sha256};
use crate::json::{Document, Value};
use crate::limits::{MAX_FORM_FIELDS, MAX_SIGNED_CHALLENGE_BYTES};
use crate::scheme::{Part, Pointer};
use crate::text::hex;
use crate::url;

/// The values of a request that can be part of the signed message.
#[derive(Clone, Default)]
pub(crate) struct SignedValues<'d> {
    pub(crate) id: &'d str,
    pub(crate) timestamp: &'d str,
    pub(crate) method: &'d str,
    pub(crate) url: Cow<'d, str>,
    pub(crate) body: &'d [u8],
    /// The text inside the body, if the body wraps it.
    pub(crate) payload: Option<String>,
}

impl SignedValues<'_> {
    /// The payload: the text inside the body if the body wraps it, else the body.
    pub(crate) fn payload(&self) -> &[u8] {
        self.payload.as_ref().map_or(self.body, |payload| payload.as_bytes())
    }
}

/// The values of the body's members that are signed one by one, with the pointers to them.
#[derive(Clone, Default)]
pub(crate) struct MemberValues<'d> {
    pointers: Vec<Cow<'static, str>>,
    texts: Vec<Option<Cow<'d, str>>>,
}

impl<'d> MemberValues<'d> {
    /// The pointers to all members that these parts name.
    pub(crate) fn pointers(parts: &[Part]) -> Vec<Cow<'static, str>> {
        let mut pointers = Vec::new();
        for part in parts {
            match part {
                Part::Member(pointer) | Part::FreeMember(pointer) => pointers.push(Cow::Borrowed(*pointer)),
                Part::Members(names) => pointers.extend(names.iter().map(|name| pointer_to(name))),
                _ => {}
            }
        }
        pointers
    }

    /// The values that a document was found to have at these pointers.
    pub(crate) fn of(pointers: Vec<Cow<'static, str>>, document: &Document<'d>) -> Self {
        Self { pointers, texts: document.found.iter().map(|value| value.and_then(Value::plain_text)).collect() }
    }

    /// The fields that a form was found to have at these pointers.
    pub(crate) fn of_form(pointers: Vec<Cow<'static, str>>, fields: &Fields<'d>) -> Self {
        Self { pointers, texts: fields.texts() }
    }

    /// The text of a member: the content of a string, or a number or boolean as written.
    pub(crate) fn text(&self, pointer: &str) -> Option<Cow<'d, str>> {
        let index = self.pointers.iter().position(|listed| listed == pointer)?;
        self.texts.get(index)?.clone()
    }

    /// The same texts without the one at this pointer.
    pub(crate) fn without(mut self, pointer: Pointer) -> Self {
        for (listed, text) in self.pointers.iter().zip(&mut self.texts) {
            if listed == pointer {
                *text = None;
            }
        }
        self
    }
}

/// The pointer to a member that is signed as a line.
pub(crate) fn pointer_to(name: &str) -> Cow<'static, str> {
    Cow::Owned(format!("/{name}"))
}

/// The messages that may have been signed: one, or one for each spelling of the URL.
pub(crate) fn signed_messages<'d>(
    parts: &[Part],
    values: &SignedValues<'d>,
    members: &MemberValues<'d>,
) -> Vec<Message<'d>> {
    let spelling = parts.iter().find_map(|part| match part {
        Part::Url(spelling) => Some(*spelling),
        _ => None,
    });
    // The form is sorted once and not for each spelling.
    let form = if has_form(parts) { sorted_form(values) } else { Cow::Borrowed(&[][..]) };
    let with_url = |url| message(parts, values, members, url, &form);
    match spelling {
        None => Vec::from([with_url(Cow::Borrowed(""))]),
        Some(spelling) => {
            let owned = |url: Cow<'_, str>| with_url(Cow::Owned(url.into_owned()));
            url::spellings(&values.url, spelling).into_iter().map(owned).collect()
        }
    }
}

fn message<'d>(
    parts: &[Part],
    values: &SignedValues<'d>,
    members: &MemberValues<'d>,
    url: Cow<'d, str>,
    form: &Cow<'d, [u8]>,
) -> Message<'d> {
    let url = bytes(url);
    let mut message = Message::with_capacity(parts.len());
    for part in parts {
        let bytes = match part {
            Part::Id => values.id.as_bytes().into(),
            Part::Timestamp => values.timestamp.as_bytes().into(),
            Part::Text(text) => text.as_bytes().into(),
            Part::Method => values.method.to_ascii_uppercase().into_bytes().into(),
            Part::Url(_) => url.clone(),
            Part::SortedForm => form.clone(),
            Part::Member(pointer) | Part::FreeMember(pointer) => bytes(members.text(pointer).unwrap_or_default()),
            Part::Members(names) => lines(names, members).into(),
            Part::Payload | Part::Body => {
                match (part, &values.payload) {
                    (Part::Payload, Some(payload)) => message.push(payload.clone().into_bytes().into()),
                    _ => message.push_body(values.body),
                }
                continue;
            }
            Part::Secret => {
                message.push_secret();
                continue;
            }
        };
        message.push(bytes);
    }
    message
}

pub(crate) fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The name and the text of each member that the body has, each followed by a line feed.
fn lines(names: &[&str], members: &MemberValues<'_>) -> Vec<u8> {
    let mut lines = Vec::new();
    for name in names {
        if let Some(text) = members.text(&pointer_to(name)) {
            for piece in [name, "\n", &text, "\n"] {
                lines.extend_from_slice(piece.as_bytes());
            }
        }
    }
    lines
}

/// The names and values of a form, concatenated, sorted, without duplicates. It is empty if the URL contains the body's
/// digest. A body that is not a form is returned unchanged, which matches no signature.
fn sorted_form<'d>(values: &SignedValues<'d>) -> Cow<'d, [u8]> {
    if url::body_digest(&values.url).is_some() {
        return Cow::Borrowed(&[]);
    }
    // Decoding a field takes far more memory than its bytes, and the sender is not authenticated yet.
    let has_too_many = values.body.split(|byte| *byte == b'&').nth(MAX_FORM_FIELDS).is_some();
    let fields = if has_too_many { None } else { form::decode(values.body) };
    let Some(fields) = fields else {
        return Cow::Borrowed(values.body);
    };
    // A third of the size of `sort` in WebAssembly.
    let mut sorted = BinaryHeap::from(fields).into_sorted_vec();
    sorted.dedup();
    let mut form = Vec::new();
    for (name, value) in &sorted {
        form.extend_from_slice(name.as_bytes());
        form.extend_from_slice(value.as_bytes());
    }
    // The URL is signed in front of the form. Parameters of a delivery by GET must not come back as the fields of a form.
    if form.starts_with(b"?") || form.starts_with(b"&") {
        return Cow::Borrowed(values.body);
    }
    Cow::Owned(form)
}

fn has_form(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::SortedForm))
}

/// Whether the body matches the digest in the URL. Without such a digest the answer is yes: the body is signed then.
pub(crate) fn matches_digest_in_url(parts: &[Part], values: &SignedValues<'_>) -> bool {
    if !has_form(parts) {
        return true;
    }
    url::body_digest(&values.url).is_none_or(|digest| digest == hex::encode(&sha256(&[values.body])))
}

/// The URL that a sender requests: with the body's digest added if the scheme signs forms and the body is not one.
pub(crate) fn url_with_digest(parts: &[Part], url: &str, body: &[u8]) -> String {
    let is_form = form::decode(body).is_some_and(|_| body.contains(&b'='));
    if !has_form(parts) || body.is_empty() || is_form {
        return url.to_owned();
    }
    let separator = if url.as_bytes().contains(&b'?') { '&' } else { '?' };
    format!("{url}{separator}{}={}", url::BODY_DIGEST, hex::encode(&sha256(&[body])))
}

/// Whether a message consists only of characters that a handshake would sign as a challenge.
pub(crate) fn is_signable_challenge(message: &Message<'_>) -> bool {
    let mut length: usize = 0;
    let is_signable = message.pieces(&[]).all(|piece| {
        length = length.saturating_add(piece.len());
        piece.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    is_signable && (1..=MAX_SIGNED_CHALLENGE_BYTES).contains(&length)
}
