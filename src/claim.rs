//! What a signed delivery says of itself: the tags it carries, its id, its time, and the content they were made
//! over. Parsed strictly by a scheme; nothing here is believed yet.

use alloc::vec::Vec;

use crate::delivery::Delivery;
use crate::error::Rejection;
use crate::key::ReceivedTag;
use crate::scheme::{Form, Id, Part, Place, Scheme, Signature, Tag, Timestamp, Unit};
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
        let id_header = match scheme.id {
            Id::Header(header) => header,
            _ => &[],
        };
        let time_header = signature.timestamp_header().unwrap_or_default();
        let family = delivery.family(&[id_header, time_header, signature.header])?;
        let tag_header = signature.header.get(family).copied().unwrap_or_default();
        let tag_text = printable(delivery, tag_header)?;
        let id = match id_header.get(family) {
            Some(header) => Some(parse_id(header, printable(delivery, header)?)?),
            None => None,
        };
        let (time_text, signed_at) = match signature.timestamp {
            None => ("", None),
            Some(Timestamp { place, unit }) => {
                let (place, text) = match (place, time_header.get(family)) {
                    (Place::Item(label), _) => (tag_header, single_item(signature.form, label, tag_header, tag_text)?),
                    (Place::Header(_), header) => {
                        let header = header.copied().unwrap_or_default();
                        (header, printable(delivery, header)?)
                    }
                };
                (text, Some(parse_timestamp(place, text, unit)?))
            }
        };
        let tags = parse_tags(signature, tag_header, tag_text)?;
        let content = signed_content(signature.content, id.unwrap_or_default(), time_text, delivery.body());
        Ok(Self { tags, id, signed_at, content })
    }
}

/// The signed content, in pieces: what sender and receiver have to agree on to the byte.
pub(crate) fn signed_content<'d>(parts: &[Part], id: &'d str, time: &'d str, body: &'d [u8]) -> Vec<&'d [u8]> {
    let mut content = Vec::with_capacity(parts.len());
    for part in parts {
        content.push(match part {
            Part::Id => id.as_bytes(),
            Part::Timestamp => time.as_bytes(),
            Part::Text(text) => text.as_bytes(),
            Part::Body => body,
        });
    }
    content
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
    let mut tags = Vec::new();
    let mut is_supported = false;
    let mut read = |kind: &Tag, encoded: &str| {
        is_supported = true;
        tags.extend(ReceivedTag::decode(kind.algorithm, kind.encoding, encoded));
    };
    match signature.form {
        Form::Whole => {
            for kind in signature.tags {
                if let Some(encoded) = text.strip_prefix(kind.label) {
                    read(kind, encoded);
                }
            }
        }
        Form::Items { between, within } => {
            let spare = usize::from(matches!(signature.timestamp, Some(Timestamp { place: Place::Item(_), .. })));
            check_items(header, text, between, within, MAX_SIGNATURES.saturating_add(spare))?;
            for (label, value) in text.split(between).filter_map(|item| item.split_once(within)) {
                for kind in signature.tags {
                    if kind.label == label {
                        read(kind, value);
                    }
                }
            }
        }
    }
    if !is_supported {
        return Err(Rejection::UnsupportedSignature {
            problem: "the signature header holds no signature of the version that this scheme uses",
        });
    }
    if tags.is_empty() {
        return Err(Rejection::MalformedHeader {
            header,
            problem: "no signature in it is complete and in the encoding of this scheme",
        });
    }
    Ok(tags)
}

/// Bounds the work before any of it is done, and refuses what is no list or looks like two joined headers.
fn check_items(header: &'static str, text: &str, between: char, within: char, most: usize) -> Result<(), Rejection> {
    let malformed = |problem| Err(Rejection::MalformedHeader { header, problem });
    let separators = text.chars().filter(|character| *character == between).count();
    if text.len() > MAX_HEADER_BYTES || separators >= most {
        return Err(Rejection::TooManySignatures { header });
    }
    if text.split(',').any(|piece| piece.starts_with(' ')) {
        return malformed("it holds a comma and a space, which is what a doubled header leaves");
    }
    for item in text.split(between) {
        // Words of versions to come may look like anything (Standard Webhooks); pairs are pairs.
        let is_item = if between == ' ' { !item.is_empty() } else { item.split_once(within).is_some() };
        if !is_item {
            return malformed("something in its list is no item: it is empty or has no label");
        }
    }
    Ok(())
}

/// The value of an item that must stand in the header once.
fn single_item<'d>(form: Form, label: &'static str, header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    let Form::Items { between, within } = form else {
        return Err(malformed("it has no items, so it holds no timestamp"));
    };
    check_items(header, text, between, within, MAX_SIGNATURES.saturating_add(1))?;
    let mut found = None;
    for (candidate, value) in text.split(between).filter_map(|item| item.split_once(within)) {
        if candidate == label && found.replace(value).is_some() {
            return Err(malformed("it holds two timestamps, so it is open which one was signed"));
        }
    }
    found.ok_or_else(|| malformed("it holds no timestamp"))
}
