//! What a signed delivery says of itself: the tags it carries, its id, its time, and the content they were made
//! over. Parsed strictly by a scheme; nothing here is believed yet.

use alloc::vec::Vec;

use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::key::ReceivedTag;
use crate::scheme::{Form, Header, Id, Part, Place, Scheme, Signature, Tag, Timestamp, Unit};
use crate::time::UnixTime;

/// No sender signs one delivery with more keys than this.
pub(crate) const MAX_SIGNATURES: usize = 32;
/// No signature header is longer than this.
pub(crate) const MAX_HEADER_BYTES: usize = 8 * 1024;
/// No id that is signed in a header is longer than this.
const MAX_ID_BYTES: usize = 256;

/// What a delivery says of itself.
pub(crate) struct Claim<'d> {
    pub(crate) tags: Vec<ReceivedTag>,
    /// The id, where the scheme signs one in a header.
    pub(crate) id: Option<&'d str>,
    pub(crate) signed_at: Option<UnixTime>,
    /// The signed content, in pieces.
    pub(crate) content: Vec<&'d [u8]>,
}

impl<'d> Claim<'d> {
    pub(crate) fn read(scheme: &Scheme, signature: &Signature, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        let headers = Headers::of(scheme, signature, delivery)?;
        let (tag_header, tag_text) = headers.signature;
        let id = headers.id.map(|(header, text)| parse_id(header, text)).transpose()?;
        let timestamp = match signature.timestamp {
            None => None,
            Some(Timestamp { place: Place::Header(_), unit }) => {
                headers.timestamp.map(|(header, text)| (header, text, unit))
            }
            Some(Timestamp { place: Place::Item(label), unit }) => {
                Some((tag_header, single_item(signature.form, label, tag_header, tag_text)?, unit))
            }
        };
        let signed_at = timestamp.map(|(place, text, unit)| parse_timestamp(place, text, unit)).transpose()?;
        let tags = parse_tags(signature, tag_header, tag_text)?;
        let part = |part: &Part| match part {
            Part::Id => id.unwrap_or_default().as_bytes(),
            Part::Timestamp => timestamp.map_or("", |(_, text, _)| text).as_bytes(),
            Part::Text(text) => text.as_bytes(),
            Part::Body => delivery.body(),
        };
        Ok(Self { tags, id, signed_at, content: signature.content.iter().map(part).collect() })
    }
}

/// The headers that a signature scheme reads, each with its name, all of one family.
struct Headers<'d> {
    signature: (&'static str, &'d str),
    id: Option<(&'static str, &'d str)>,
    timestamp: Option<(&'static str, &'d str)>,
}

impl<'d> Headers<'d> {
    fn of(scheme: &Scheme, signature: &Signature, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        let id = match scheme.id {
            Id::Header(header) => Some(header),
            _ => None,
        };
        let timestamp = match signature.timestamp {
            Some(Timestamp { place: Place::Header(header), .. }) => Some(header),
            _ => None,
        };
        let wanted: Vec<Header> = [id, timestamp, Some(signature.header)].into_iter().flatten().collect();
        let family = delivery.family(&wanted)?;
        let read = |header: Header| {
            let name = header.get(family).copied().unwrap_or_default();
            printable(delivery, name).map(|text| (name, text))
        };
        Ok(Self {
            signature: read(signature.header)?,
            id: id.map(read).transpose()?,
            timestamp: timestamp.map(read).transpose()?,
        })
    }
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

/// Plain digits only, so that one instant has one text: the text is what was signed.
fn parse_timestamp(place: &'static str, text: &str, unit: Unit) -> Result<UnixTime, Rejection> {
    let (lengths, expected) = match unit {
        Unit::Seconds => (10..=11, "the seconds since 1970 in ten or eleven digits"),
        Unit::Milliseconds => (13..=14, "the milliseconds since 1970 in thirteen or fourteen digits"),
    };
    let is_plain =
        lengths.contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if is_plain { text.parse().ok() } else { None };
    let number = number.ok_or(Rejection::MalformedTimestamp { place, expected })?;
    Ok(match unit {
        Unit::Seconds => UnixTime::from_secs(number),
        Unit::Milliseconds => UnixTime::from_millis(number),
    })
}

fn parse_tags(signature: &Signature, header: &'static str, text: &str) -> Result<Vec<ReceivedTag>, Rejection> {
    let candidates: Vec<(&Tag, &str)> = match signature.form {
        Form::Whole => signature.tags.iter().filter_map(|kind| Some((kind, text.strip_prefix(kind.label)?))).collect(),
        Form::Items { between, within } => {
            check_items(header, text, between)?;
            let kinds_of = |label, value| {
                signature.tags.iter().filter(move |kind| kind.label == label).map(move |kind| (kind, value))
            };
            items(text, between, within).flat_map(|(label, value)| kinds_of(label, value)).collect()
        }
    };
    if candidates.is_empty() {
        return Err(Rejection::UnsupportedSignature {
            problem: "the signature header holds no signature of the version that this scheme uses",
        });
    }
    let tags: Vec<_> = candidates
        .into_iter()
        .filter_map(|(kind, encoded)| ReceivedTag::decode(kind.algorithm, kind.encoding, encoded.as_bytes()))
        .collect();
    if tags.is_empty() {
        return Err(Rejection::MalformedHeader {
            header,
            problem: "no signature in it is complete and in the encoding of this scheme",
        });
    }
    Ok(tags)
}

/// Labelled items; what has no label is passed over.
fn items(text: &str, between: char, within: char) -> impl Iterator<Item = (&str, &str)> {
    text.split(between).filter_map(move |item| item.split_once(within))
}

/// Bounds the work before any of it is done, and refuses what two joined headers look like.
fn check_items(header: &'static str, text: &str, between: char) -> Result<(), Rejection> {
    // The timestamp may be an item too.
    let most_separators = MAX_SIGNATURES;
    if text.len() > MAX_HEADER_BYTES || text.matches(between).count() > most_separators {
        return Err(Rejection::TooManySignatures { header });
    }
    if text.contains(", ") {
        return Err(Rejection::MalformedHeader {
            header,
            problem: "it holds a comma and a space, which is what a doubled header leaves",
        });
    }
    Ok(())
}

/// The value of an item that must stand in the header once.
fn single_item<'d>(form: Form, label: &'static str, header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    let Form::Items { between, within } = form else {
        return Err(malformed("it has no items, so it holds no timestamp"));
    };
    check_items(header, text, between)?;
    let mut values = items(text, between, within).filter(|(candidate, _)| *candidate == label).map(|(_, value)| value);
    let value = values.next().ok_or_else(|| malformed("it holds no timestamp"))?;
    if values.next().is_some() {
        return Err(malformed("it holds two timestamps, so it is open which one was signed"));
    }
    Ok(value)
}
