//! The signed content: what sender and receiver have to agree on to the byte.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::form;
use crate::hash::{Message, sha256};
use crate::json::{Document, Value};
use crate::limits::{MAX_FORM_FIELDS, MAX_SIGNED_CHALLENGE_BYTES};
use crate::scheme::{Part, Pointer};
use crate::text::decimal::join;
use crate::text::hex;
use crate::text::split::{cut_last, holds};
use crate::url;

/// What a request says that may be part of the content.
#[derive(Clone, Copy, Default)]
pub(crate) struct Facts<'d> {
    pub(crate) id: &'d str,
    pub(crate) time: &'d str,
    pub(crate) method: &'d str,
    pub(crate) url: &'d str,
    pub(crate) body: &'d [u8],
}

/// The members of the body that are signed each by itself, with their values.
#[derive(Default)]
pub(crate) struct Members<'d> {
    pointers: Vec<Cow<'static, str>>,
    values: Vec<Option<Value<'d>>>,
}

impl<'d> Members<'d> {
    /// Where the members stand that these parts name.
    pub(crate) fn pointers(parts: &[Part]) -> Vec<Cow<'static, str>> {
        let mut pointers = Vec::new();
        for part in parts {
            match part {
                Part::Member(pointer) => pointers.push(Cow::Borrowed(*pointer)),
                Part::Members(names) => pointers.extend(names.iter().map(|name| pointer_to(name))),
                _ => {}
            }
        }
        pointers
    }

    /// What a document has at these places.
    pub(crate) fn of(pointers: Vec<Cow<'static, str>>, document: &Document<'d>) -> Self {
        Self { pointers, values: document.found.clone() }
    }

    /// The text of a member: of a string what it says, of a number or a truth value how it is written.
    pub(crate) fn text(&self, pointer: &str) -> Option<Cow<'d, str>> {
        let index = self.pointers.iter().position(|own| own == pointer)?;
        self.values.get(index).copied().flatten()?.plain_text()
    }
}

impl Members<'_> {
    /// Whether bytes could move from one member that is signed as lines to the next. The first one may hold line feeds:
    /// as long as no other does, there is one way to take the lines apart.
    pub(crate) fn has_open_end(&self, parts: &[Part]) -> bool {
        let has_line_feed =
            |name: &&str| self.text(&pointer_to(name)).is_some_and(|text| holds(text.as_bytes(), b'\n'));
        parts.iter().any(|part| match part {
            Part::Members([_, others @ ..]) => others.iter().any(has_line_feed),
            _ => false,
        })
    }
}

fn pointer_to(name: &str) -> Cow<'static, str> {
    Cow::Owned(join(&["/", name]))
}

/// The content that these parts make of a request. It is one, unless the URL may have been signed in several spellings.
pub(crate) fn contents<'d>(parts: &[Part], facts: &Facts<'d>, members: &Members<'d>) -> Vec<Message<'d>> {
    let spelling = parts.iter().find_map(|part| match part {
        Part::Url(spelling) => Some(*spelling),
        _ => None,
    });
    // Sorted once, however many spellings there are.
    let form = if has_form(parts) { sorted_form(facts) } else { Cow::Borrowed(&[][..]) };
    let with_url = |url| content(parts, facts, members, url, &form);
    match spelling {
        None => Vec::from([with_url(Cow::Borrowed(facts.url))]),
        Some(spelling) => url::spellings(facts.url, spelling).into_iter().map(with_url).collect(),
    }
}

fn content<'d>(
    parts: &[Part],
    facts: &Facts<'d>,
    members: &Members<'d>,
    url: Cow<'d, str>,
    form: &Cow<'d, [u8]>,
) -> Message<'d> {
    let url = bytes(url);
    let mut message = Message::with_capacity(parts.len());
    for part in parts {
        let bytes = match part {
            Part::Id => facts.id.as_bytes().into(),
            Part::Timestamp => facts.time.as_bytes().into(),
            Part::Text(text) => text.as_bytes().into(),
            Part::Method => facts.method.to_ascii_uppercase().into_bytes().into(),
            Part::Url(_) => url.clone(),
            Part::SortedForm => form.clone(),
            Part::Member(pointer) => bytes(members.text(pointer).unwrap_or_default()),
            Part::Members(names) => lines(names, members).into(),
            Part::Body => {
                message.push_body(facts.body);
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

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

fn lines(names: &[&str], members: &Members<'_>) -> Vec<u8> {
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

/// Names and values in a row, sorted, each pair once. A body that the URL vouches for adds nothing, and one that is no
/// form is taken as it is, which no sender signs.
fn sorted_form<'d>(facts: &Facts<'d>) -> Cow<'d, [u8]> {
    if digest_in(facts.url).is_some() {
        return Cow::Borrowed(&[]);
    }
    // Whoever sends it has proven nothing yet, and a field takes many times the room of the byte that it may be.
    let has_too_many = facts.body.split(|byte| *byte == b'&').nth(MAX_FORM_FIELDS).is_some();
    let fields = if has_too_many { None } else { form::decode(facts.body) };
    let Some(fields) = fields else {
        return Cow::Borrowed(facts.body);
    };
    // For so few, putting each in its place is a good deal smaller in WebAssembly than sorting them all.
    let mut sorted = Vec::new();
    for field in fields {
        let place = sorted.partition_point(|other| *other < field);
        if sorted.get(place) != Some(&field) {
            sorted.insert(place, field);
        }
    }
    let mut form = Vec::new();
    for (name, value) in &sorted {
        form.extend_from_slice(name.as_bytes());
        form.extend_from_slice(value.as_bytes());
    }
    Cow::Owned(form)
}

fn has_form(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::SortedForm))
}

/// The parameter of the URL that vouches for a body that is no form.
const BODY_DIGEST: &str = "bodySHA256";

/// The digest in that parameter, which stands last. Elsewhere it may be a part of what a form says: the URL and the form
/// are signed as one text, so somebody could move the one into the other.
fn digest_in(url: &str) -> Option<&str> {
    let (before, digest) = cut_last(url, b'=')?;
    let before = before.strip_suffix(BODY_DIGEST)?;
    matches!(before.as_bytes(), [.., b'?' | b'&']).then_some(digest)
}

/// Whether the body is the one that the URL vouches for, where it vouches for one.
pub(crate) fn agrees_with_url(parts: &[Part], facts: &Facts<'_>) -> bool {
    if !has_form(parts) {
        return true;
    }
    digest_in(facts.url).is_none_or(|digest| digest == hex::encode(&sha256(&[facts.body])))
}

/// Puts that parameter into a URL, as a sender does whose body is no form.
pub(crate) fn vouch_in_url(parts: &[Part], url: &str, body: &[u8]) -> String {
    if !has_form(parts) || body.is_empty() || form::decode(body).is_some_and(|_| holds(body, b'=')) {
        return url.to_owned();
    }
    let separator = if holds(url.as_bytes(), b'?') { "&" } else { "?" };
    join(&[url, separator, BODY_DIGEST, "=", &hex::encode(&sha256(&[body]))])
}

/// The parts without the member that holds the time of the attempt.
pub(crate) fn without_time(parts: &[Part], time: Option<Pointer>) -> Vec<Part> {
    let is_time = |part: &Part| matches!(part, Part::Member(pointer) if Some(*pointer) == time);
    parts.iter().filter(|part| !is_time(part)).copied().collect()
}

/// Whether this message is nothing but a token that a handshake could ask to be signed.
pub(crate) fn is_bare_token(message: &Message<'_>) -> bool {
    let mut length: usize = 0;
    let is_signable = message.pieces(&[]).all(|piece| {
        length = length.saturating_add(piece.len());
        piece.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    is_signable && (1..=MAX_SIGNED_CHALLENGE_BYTES).contains(&length)
}
