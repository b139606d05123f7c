//! The signed content: what sender and receiver have to agree on to the byte.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::encoding::{cut_last, encode_hex, holds, join};
use crate::form;
use crate::json::{Document, Value};
use crate::key::sha256;
use crate::scheme::{Part, Pointer};
use crate::url;

/// No sender signs a form of more fields than this by what they say.
const MOST_FIELDS: usize = 1024;

/// Bytes that are overwritten when they are given back.
type Wiped = Zeroizing<Vec<u8>>;

/// Signed content, in pieces.
#[derive(Clone, Default)]
pub(crate) struct Content<'d> {
    pieces: Vec<Piece<'d>>,
}

#[derive(Clone)]
enum Piece<'d> {
    Bytes(Cow<'d, [u8]>),
    Body(&'d [u8]),
    /// Each key puts its own secret here.
    Secret,
}

impl<'d> Content<'d> {
    /// Content that is all there already.
    pub(crate) fn of(bytes: &'d [u8]) -> Self {
        Self { pieces: Vec::from([Piece::Bytes(Cow::Borrowed(bytes))]) }
    }

    /// The pieces, as they are with this secret.
    pub(crate) fn pieces<'c>(&'c self, secret: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
        self.pieces.iter().map(move |piece| piece.bytes(secret))
    }

    /// All of it in one piece, for algorithms that read it twice.
    pub(crate) fn whole(&self) -> Vec<u8> {
        joined(&[], &self.pieces, &[])
    }

    /// `first` and what stands before the body, the body, and what stands after it; nothing where it is not part of the
    /// content. The secret may be part of it.
    pub(crate) fn around_body(&self, first: &[u8], secret: &[u8]) -> Option<(Wiped, &'d [u8], Wiped)> {
        let at = self.pieces.iter().position(|piece| matches!(piece, Piece::Body(_)))?;
        let (before, [Piece::Body(body), after @ ..]) = self.pieces.split_at_checked(at)? else { return None };
        Some((joined(first, before, secret).into(), body, joined(&[], after, secret).into()))
    }
}

impl Piece<'_> {
    fn bytes<'c>(&'c self, secret: &'c [u8]) -> &'c [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Body(body) => body,
            Self::Secret => secret,
        }
    }
}

fn joined(first: &[u8], pieces: &[Piece<'_>], secret: &[u8]) -> Vec<u8> {
    let mut joined = first.to_vec();
    for piece in pieces {
        joined.extend_from_slice(piece.bytes(secret));
    }
    joined
}

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
pub(crate) fn contents<'d>(parts: &[Part], facts: &Facts<'d>, members: &Members<'d>) -> Vec<Content<'d>> {
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
) -> Content<'d> {
    let url = bytes(url);
    let mut pieces = Vec::with_capacity(parts.len());
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
                pieces.push(Piece::Body(facts.body));
                continue;
            }
            Part::Secret => {
                pieces.push(Piece::Secret);
                continue;
            }
        };
        pieces.push(Piece::Bytes(bytes));
    }
    Content { pieces }
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
    let has_too_many = facts.body.split(|byte| *byte == b'&').nth(MOST_FIELDS).is_some();
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
    digest_in(facts.url).is_none_or(|digest| digest == encode_hex(&sha256(&[facts.body])))
}

/// Puts that parameter into a URL, as a sender does whose body is no form.
pub(crate) fn vouch_in_url(parts: &[Part], url: &str, body: &[u8]) -> String {
    if !has_form(parts) || body.is_empty() || form::decode(body).is_some_and(|_| holds(body, b'=')) {
        return url.to_owned();
    }
    let separator = if holds(url.as_bytes(), b'?') { "&" } else { "?" };
    join(&[url, separator, BODY_DIGEST, "=", &encode_hex(&sha256(&[body]))])
}

/// Whether these parts need the request's method, and its URL.
pub(crate) fn needs(parts: &[Part]) -> (bool, bool) {
    let needs_method = parts.iter().any(|part| matches!(part, Part::Method));
    let needs_url = parts.iter().any(|part| matches!(part, Part::Url(_)));
    (needs_method, needs_url)
}

/// The parts without the member that holds the time of the attempt.
pub(crate) fn without_time(parts: &[Part], time: Option<Pointer>) -> Vec<Part> {
    let is_time = |part: &Part| matches!(part, Part::Member(pointer) if Some(*pointer) == time);
    parts.iter().filter(|part| !is_time(part)).copied().collect()
}
