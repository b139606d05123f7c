//! What a signed delivery says of itself: the tags it carries, its id, its time, and the content they were made
//! over. Parsed strictly by a scheme; nothing here is believed yet.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::content::{Facts, Members, contents};
use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::hash::Message;
use crate::json;
use crate::key::ReceivedSignature;
use crate::limits::{MAX_HEADER_BYTES, MAX_ID_BYTES, MAX_SIGNATURES, MAX_UNAUTHENTICATED_BODY_BYTES};
use crate::scheme::{Form, Id, Place, Pointer, Scheme, Signature, Tag, TagPlace, Timestamp, Unit};
use crate::text::decimal::join;
use crate::text::split::{cut, pieces};
use crate::time::UnixTime;

/// What a delivery says of itself.
pub(crate) struct Claim<'d> {
    pub(crate) tags: Vec<ReceivedSignature>,
    /// The id, where the scheme signs one in a header.
    pub(crate) id: Option<&'d str>,
    /// The signed time, where it does not stand in the body.
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) facts: Facts<'d>,
    /// The members of the body that are signed each by itself.
    pub(crate) members: Members<'d>,
    /// The signed content, in each of the spellings that it may have been signed in.
    pub(crate) contents: Vec<Message<'d>>,
}

impl<'d> Claim<'d> {
    pub(crate) fn read(scheme: &Scheme, signature: &Signature, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        check_request(signature, delivery)?;
        let id_header = match scheme.id {
            Id::Header(header) => header,
            _ => &[],
        };
        let time_header = signature.timestamp_header().unwrap_or_default();
        let tag_header = match signature.place {
            TagPlace::Header(header) => header,
            TagPlace::AnyHeader(_) | TagPlace::Body(_) => &[],
        };
        let family = delivery.family(&[id_header, time_header, tag_header])?;
        let (texts, members) = tag_texts(signature, delivery, tag_header.get(family).copied())?;
        let id = match id_header.get(family) {
            Some(header) => Some(parse_id(header, printable(delivery, header)?)?),
            None => None,
        };
        check_texts(signature, &texts)?;
        let (time, signed_at) = match signature.timestamp {
            None | Some(Timestamp { place: Place::Body(_), .. }) => ("", None),
            Some(Timestamp { place, unit }) => {
                let (place, text) = match (place, time_header.get(family), texts.first()) {
                    (Place::Header(_), Some(header), _) => (*header, printable(delivery, header)?),
                    (_, _, Some((header, Cow::Borrowed(text)))) => {
                        (*header, time_beside_tags(signature, header, text)?)
                    }
                    _ => return Err(Rejection::MalformedTimestamp { place: "timestamp", expected: "there" }),
                };
                (text, Some(parse_timestamp(place, text, unit)?))
            }
        };
        let tags = parse_tags(signature, &texts)?;
        let facts = Facts {
            id: id.unwrap_or_default(),
            time,
            method: delivery.requested_method().unwrap_or_default(),
            url: delivery.requested_url().unwrap_or_default(),
            body: delivery.body(),
        };
        let contents = contents(signature.content, &facts, &members);
        Ok(Self { tags, id, signed_at, facts, members, contents })
    }
}

/// The request's method and URL are the caller's to give.
fn check_request(signature: &Signature, delivery: &Delivery<'_>) -> Result<(), Rejection> {
    let missing = |problem| Err(Rejection::UnsupportedSignature { problem });
    if signature.signs_url() && delivery.requested_url().is_none() {
        return missing("this sender signs the URL: pass it, as the sender was given it, with the delivery");
    }
    if signature.signs_method() && delivery.requested_method().is_none() {
        return missing("this sender signs the request's method: pass it with the delivery");
    }
    Ok(())
}

/// A header, or a member of the body, and its text, in which tags stand.
type TagText<'d> = (&'static str, Cow<'d, str>);

/// Where tags stand in this delivery, with the signed members of the body where those are signed by themselves.
fn tag_texts<'d>(
    signature: &Signature,
    delivery: &Delivery<'d>,
    header: Option<&'static str>,
) -> Result<(Vec<TagText<'d>>, Members<'d>), Rejection> {
    let text = |name| printable(delivery, name).map(|text| (name, Cow::Borrowed(text)));
    match signature.place {
        TagPlace::Header(_) => Ok((Vec::from([text(header.unwrap_or_default())?]), Members::default())),
        TagPlace::AnyHeader(headers) => {
            let mut texts = Vec::new();
            for name in headers.iter().filter(|name| !matches!(delivery.header(name), Ok(None))) {
                texts.push(text(name)?);
            }
            match (texts.is_empty(), headers.first()) {
                (true, Some(header)) => Err(Rejection::MissingHeader { header }),
                _ => Ok((texts, Members::default())),
            }
        }
        TagPlace::Body(pointer) => in_body(signature, delivery.body(), pointer),
    }
}

/// The tag and the signed members of a body that is signed from within.
fn in_body<'d>(
    signature: &Signature,
    body: &'d [u8],
    pointer: Pointer,
) -> Result<(Vec<TagText<'d>>, Members<'d>), Rejection> {
    let mut pointers = Members::pointers(signature.content);
    pointers.push(Cow::Borrowed(pointer));
    // What is signed in an item of an array says nothing of the items beside it.
    let beside = cut(pointer, "/0/").map(|(array, _)| join(&[array, "/1"]));
    pointers.extend(beside.clone().map(Cow::Owned));
    let wanted: Vec<&str> = pointers.iter().map(Cow::as_ref).collect();
    let document = read_unproven(body, &wanted, pointer)?;
    if beside.is_some() && document.found.last().is_some_and(Option::is_some) {
        return Err(Rejection::MalformedHeader {
            header: pointer,
            problem: "beside the item that it signs stands another, which nobody has signed",
        });
    }
    let members = Members::of(pointers, &document);
    if members.has_open_end(signature.content) {
        return Err(Rejection::MalformedHeader {
            header: pointer,
            problem: "a member that it covers holds a line feed, so it is open where that member ends",
        });
    }
    let tag = members.text(pointer).ok_or(Rejection::MissingHeader { header: pointer })?;
    Ok((Vec::from([(pointer, tag)]), members))
}

/// Reads a body in which the proof stands that it is genuine, at a pointer.
pub(crate) fn read_unproven<'d>(
    body: &'d [u8],
    wanted: &[&str],
    pointer: Pointer,
) -> Result<json::Document<'d>, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header: pointer, problem };
    if body.len() > MAX_UNAUTHENTICATED_BODY_BYTES {
        return Err(malformed("the body that should hold it is longer than a megabyte"));
    }
    json::read(body, wanted).map_err(|_| malformed("the body that should hold it is not strict JSON"))
}

/// The time in a member of the body. Only asked for where a key has signed that member.
pub(crate) fn time_in_body(body: &[u8], pointer: Pointer, unit: Unit) -> Result<UnixTime, Rejection> {
    let pointers = Vec::from([Cow::Borrowed(pointer)]);
    let text = json::read(body, &[pointer])
        .ok()
        .and_then(|document| Members::of(pointers, &document).text(pointer).map(Cow::into_owned));
    parse_timestamp(pointer, &text.unwrap_or_default(), unit)
}

/// The value of a header that must be there, in printable ASCII.
pub(crate) fn printable<'d>(delivery: &Delivery<'d>, name: &'static str) -> Result<&'d str, Rejection> {
    let value = delivery.header(name)?.ok_or(Rejection::MissingHeader { header: name })?;
    let malformed = |problem| Rejection::MalformedHeader { header: name, problem };
    if value.is_empty() {
        return Err(malformed("it is empty"));
    }
    if !value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(malformed("it holds something other than printable ASCII"));
    }
    core::str::from_utf8(value).map_err(|_| malformed("it is not text"))
}

/// An id is one word. A dot would let bytes move between the id and what is signed after it.
fn parse_id<'d>(header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    if text.len() > MAX_ID_BYTES {
        return Err(malformed("an id has 256 bytes at most"));
    }
    if text.contains(['.', ',', ' ']) {
        return Err(malformed(
            "an id is one word without dots and commas; a comma is also what a doubled header leaves",
        ));
    }
    Ok(text)
}

/// One instant has one text: plain digits only, or RFC 3339. The text is what was signed.
fn parse_timestamp(place: &'static str, text: &str, unit: Unit) -> Result<UnixTime, Rejection> {
    let (lengths, expected) = match unit {
        Unit::Seconds => (10..=11, "the seconds since 1970 in ten or eleven digits"),
        Unit::Milliseconds => (13..=14, "the milliseconds since 1970 in thirteen or fourteen digits"),
        Unit::Rfc3339 => {
            let expected = "an instant in RFC 3339, like 2026-01-31T08:00:00Z";
            return UnixTime::from_rfc3339(text).ok_or(Rejection::MalformedTimestamp { place, expected });
        }
    };
    let is_plain =
        lengths.contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_plain { text.parse().ok() } else { None };
    let number = number.ok_or(Rejection::MalformedTimestamp { place, expected })?;
    Ok(match unit {
        Unit::Milliseconds => UnixTime::from_millis(number),
        Unit::Seconds | Unit::Rfc3339 => UnixTime::from_secs(number),
    })
}

/// The time that stands in the same header as the tags.
fn time_beside_tags<'d>(signature: &Signature, header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    match (signature.form, signature.timestamp) {
        (Form::Items { between, within }, Some(Timestamp { place: Place::Item(label), .. })) => {
            single_item(between, within, label, header, text)
        }
        (Form::List { between }, _) => Ok(pieces(text, between).next().unwrap_or_default()),
        _ => Err(Rejection::MalformedHeader { header, problem: "it has no items, so it holds no timestamp" }),
    }
}

fn parse_tags(signature: &Signature, texts: &[TagText<'_>]) -> Result<Vec<ReceivedSignature>, Rejection> {
    let mut found = FoundTags::default();
    for (header, text) in texts {
        match signature.form {
            Form::Whole => found.read_labelled(signature.tags, text),
            Form::Items { between, within } => {
                for (label, value) in pieces(text, between).filter_map(|item| cut(item, within)) {
                    for kind in signature.tags {
                        if kind.label == label {
                            found.read(kind, value);
                        }
                    }
                }
            }
            Form::List { between } => {
                let mut items = pieces(text, between);
                if let Some(Timestamp { place: Place::First, .. }) = signature.timestamp {
                    items.next();
                }
                for item in items {
                    let before = found.tags.len();
                    found.read_labelled(signature.tags, item);
                    // Without labels there are no versions to come: what is no tag has no business there.
                    if found.tags.len() == before {
                        let problem = "something in its list is no signature";
                        return Err(Rejection::MalformedHeader { header, problem });
                    }
                }
            }
        }
    }
    if !found.is_supported {
        return Err(Rejection::UnsupportedSignature {
            problem: "the signature header holds no signature of the version that this scheme uses",
        });
    }
    if found.tags.is_empty() {
        return Err(Rejection::MalformedHeader {
            header: texts.first().map_or("", |(header, _)| header),
            problem: "no signature in it is complete and in the encoding of this scheme",
        });
    }
    Ok(found.tags)
}

/// The tags that were found, and whether there was anything of a kind that the scheme knows.
#[derive(Default)]
struct FoundTags {
    tags: Vec<ReceivedSignature>,
    is_supported: bool,
}

impl FoundTags {
    fn read(&mut self, kind: &Tag, encoded: &str) {
        self.is_supported = true;
        self.tags.extend(ReceivedSignature::decode(kind.algorithm, kind.encoding, encoded));
    }

    /// Reads a tag after each label that the text begins with.
    fn read_labelled(&mut self, kinds: &[Tag], text: &str) {
        for kind in kinds {
            if let Some(encoded) = text.strip_prefix(kind.label) {
                self.read(kind, encoded);
            }
        }
    }
}

/// Bounds the work before any of it is done, and refuses what is no list or looks like two joined headers.
fn check_texts(signature: &Signature, texts: &[TagText<'_>]) -> Result<(), Rejection> {
    // The time may stand among the tags.
    let has_time = matches!(signature.timestamp, Some(Timestamp { place: Place::Item(_) | Place::First, .. }));
    let most = MAX_SIGNATURES.saturating_add(usize::from(has_time));
    let (between, within) = match signature.form {
        Form::Whole => return Ok(()),
        Form::Items { between, within } => (between, Some(within)),
        Form::List { between } => (between, None),
    };
    texts.iter().try_for_each(|(header, text)| check_items(header, text, between, within, most))
}

fn check_items(
    header: &'static str,
    text: &str,
    between: &str,
    within: Option<&str>,
    most: usize,
) -> Result<(), Rejection> {
    let malformed = |problem| Err(Rejection::MalformedHeader { header, problem });
    if text.len() > MAX_HEADER_BYTES || pieces(text, between).count() > most {
        return Err(Rejection::TooManySignatures { header });
    }
    // Where items stand apart like that anyway, two joined headers show by what they hold twice.
    if between != ", " && (text.starts_with(' ') || cut(text, ", ").is_some()) {
        return malformed("it holds a comma and a space, which is what a doubled header leaves");
    }
    for item in pieces(text, between) {
        // Words of versions to come may look like anything (Standard Webhooks); pairs are pairs.
        let is_item = match within {
            Some(within) if between != " " => cut(item, within).is_some(),
            _ => !item.is_empty(),
        };
        if !is_item {
            return malformed("something in its list is no item: it is empty or has no label");
        }
    }
    Ok(())
}

/// The value of an item that must stand in the header once.
fn single_item<'d>(
    between: &str,
    within: &str,
    label: &'static str,
    header: &'static str,
    text: &'d str,
) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    let mut found = None;
    for (candidate, value) in pieces(text, between).filter_map(|item| cut(item, within)) {
        if candidate == label && found.replace(value).is_some() {
            return Err(malformed("it holds two timestamps, so it is open which one was signed"));
        }
    }
    found.ok_or_else(|| malformed("it holds no timestamp"))
}
