//! The parts of a delivery that its signature is about, parsed strictly. In: a delivery and the layout in its scheme. Out:
//! the signatures, the id, the timestamp and the message that they should be over. Nothing here is verified yet.
//!
//! # How signature headers are laid out
//!
//! Senders use three layouts, and no published grammar covers more than one of them. So the parser is written here, and the
//! scheme says which layout applies ([`Form`]) and which separators.
//!
//! - *Whole*: one signature, after a label that may be empty. GitHub sends `sha256=<hex>`, Shopify `<base64>`.
//! - *Items*: pairs of a label and a value. Stripe sends `t=<seconds>,v1=<hex>,v1=<hex>`, Standard Webhooks
//!   `v1,<base64> v1a,<base64>`. A sender signs with each of its active secrets during a rotation, so a label may occur
//!   several times. Items with unknown labels are skipped: senders add new versions next to old ones.
//! - *List*: signatures without labels, and for some senders the timestamp first: `<seconds>,<hex>`.
//!
//! The signatures may be in one header, in several headers, or in a member of a JSON body.
//!
//! # Which inputs are rejected, and why
//!
//! A lenient parser lets an attacker choose between two readings of one input. So each input has one reading or none:
//!
//! - A header that was received twice, because it is open which one counts, unless the sender documents that it sends one for
//!   each of its keys. HTTP libraries join such headers with a comma and
//!   a space. So a list whose separator is not `, ` must not contain that pair, an id must not contain a comma, and a list of
//!   items must not contain two timestamps.
//! - An empty header, and a header with bytes outside printable ASCII. Runtimes replace such bytes, and two different
//!   values become equal.
//! - Empty items, items without a label in a list of pairs, and anything in a list of signatures that is not one. With items
//!   separated by spaces, an unlabelled word is allowed: Standard Webhooks reserves them for future versions.
//! - More than 32 items or 8 KiB, before any of them is decoded. Forged lists would otherwise cost an HMAC each.
//! - An id with a dot, comma or space. The id is signed next to other values with dots between them, and a dot inside it
//!   would let bytes move from one value to the next under the same signature.
//! - A timestamp in any form other than plain digits of the right length (or RFC 3339). The verifier signs the text and
//!   compares the number, so one number must have one text.
//! - A signature that is not in canonical form or not of its algorithm's length. If no other signature remains, the header
//!   is malformed.
//! - In a body, a second item next to the signed one, and a signed member that contains the text after it. Both would let
//!   unsigned bytes through.
//!
//! The order of the checks matters: everything is bounded first, then split, then decoded.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ambiguity::check_members;
use crate::content::{MemberValues, SignedValues, signed_messages};
use crate::delivery::Delivery;
use crate::envelope;
use crate::error::{JsonPart, Rejection};
use crate::form::{self, Fields};
use crate::hash::Message;
use crate::json::{self, Value};
use crate::key::ReceivedSignature;
use crate::limits::{
    MAX_HEADER_BYTES, MAX_ID_BYTES, MAX_NUMBERED_HEADERS, MAX_SIGNATURES, MAX_UNAUTHENTICATED_BODY_BYTES,
    MAX_UNAUTHENTICATED_FORM_BYTES,
};
use crate::scheme::{Form, Format, Id, Place, Pointer, Scheme, Signature, Tag, TagPlace, Timestamp, Unit};
use crate::text::split::{split, split_once};
use crate::time::UnixTime;

/// The parsed parts of a delivery, before verification.
pub(crate) struct Claim<'d> {
    pub(crate) signatures: Vec<ReceivedSignature>,
    /// The header or the member of the body that holds the first signature.
    pub(crate) place: &'static str,
    /// The id, if the scheme signs one in a header.
    pub(crate) id: Option<&'d str>,
    /// The timestamp. `None` if the scheme signs none, or signs one inside the body.
    pub(crate) signed_at: Option<UnixTime>,
    pub(crate) values: SignedValues<'d>,
    pub(crate) members: MemberValues<'d>,
    /// The signed message, once for each spelling of the URL that may have been signed.
    pub(crate) messages: Vec<Message<'d>>,
}

impl<'d> Claim<'d> {
    pub(crate) fn read(scheme: &Scheme, signature: &Signature, delivery: &Delivery<'d>) -> Result<Self, Rejection> {
        check_request(signature, delivery)?;
        let id_header = match scheme.id {
            Id::Header(header) => header,
            _ => &[],
        };
        let timestamp_header = signature.timestamp_header().unwrap_or_default();
        let signature_header = match signature.place {
            TagPlace::Header(header) | TagPlace::RepeatedHeader(header) | TagPlace::NumberedHeader(header) => header,
            TagPlace::AnyHeader(_) | TagPlace::Body(_) => &[],
        };
        let family = delivery.family(&[id_header, timestamp_header, signature_header])?;
        let (texts, members) = signature_texts(scheme, signature, delivery, signature_header.get(family).copied())?;
        let id = match id_header.get(family) {
            Some(header) => Some(parse_id(header, printable_header(delivery, header)?)?),
            None => None,
        };
        check_lists(signature, &texts)?;
        let (timestamp, signed_at) = match signature.timestamp {
            None | Some(Timestamp { place: Place::Body(_), .. }) => ("", None),
            Some(Timestamp { place, unit }) => {
                let (place, text) = match (place, timestamp_header.get(family), texts.first()) {
                    (Place::Header(_), Some(header), _) => (*header, printable_header(delivery, header)?),
                    (_, _, Some((header, Cow::Borrowed(text)))) => {
                        (*header, timestamp_in_list(signature, header, text)?)
                    }
                    _ => return Err(Rejection::MalformedTimestamp { place: "timestamp", expected: "present" }),
                };
                (text, Some(parse_timestamp(place, text, unit)?))
            }
        };
        let signatures = parse_signatures(signature, &texts)?;
        let values = SignedValues {
            id: id.unwrap_or_default(),
            timestamp,
            method: delivery.requested_method().unwrap_or_default(),
            url: delivery.signed_url(signature.signs_form()),
            body: delivery.body(),
            payload: if signature.signs_payload() { envelope::open(scheme.payload, delivery.body()) } else { None },
        };
        let messages = signed_messages(signature.content, &values, &members);
        let place = texts.first().map_or("", |(place, _)| *place);
        Ok(Self { signatures, place, id, signed_at, values, members, messages })
    }
}

/// Checks that the caller passed the method and the URL if the scheme signs them.
fn check_request(signature: &Signature, delivery: &Delivery<'_>) -> Result<(), Rejection> {
    let missing = |problem| Err(Rejection::UnsupportedSignature { problem });
    if signature.signs_url() && delivery.requested_url().is_none() {
        return missing("this sender signs the URL: pass it with the delivery, as it was registered with the sender");
    }
    if signature.signs_method() && delivery.requested_method().is_none() {
        return missing("this sender signs the request's method: pass it with the delivery");
    }
    Ok(())
}

/// A text with signatures, and the header or the member of the body that holds it.
type SignatureText<'d> = (&'static str, Cow<'d, str>);

/// The texts with signatures, and the values of the body's members if those are signed one by one.
fn signature_texts<'d>(
    scheme: &Scheme,
    signature: &Signature,
    delivery: &Delivery<'d>,
    header: Option<&'static str>,
) -> Result<(Vec<SignatureText<'d>>, MemberValues<'d>), Rejection> {
    let text = |name| printable_header(delivery, name).map(|text| (name, Cow::Borrowed(text)));
    match signature.place {
        TagPlace::Header(_) => Ok((Vec::from([text(header.unwrap_or_default())?]), MemberValues::default())),
        TagPlace::AnyHeader(headers) => {
            let mut texts = Vec::new();
            for name in headers.iter().filter(|name| !matches!(delivery.header(name), Ok(None))) {
                texts.push(text(name)?);
            }
            match (texts.is_empty(), headers.first()) {
                (true, Some(header)) => Err(Rejection::MissingHeader { header }),
                _ => Ok((texts, MemberValues::default())),
            }
        }
        TagPlace::RepeatedHeader(_) | TagPlace::NumberedHeader(_) => {
            let texts = repeated_texts(delivery, header.unwrap_or_default())?;
            Ok((texts, MemberValues::default()))
        }
        TagPlace::Body(pointers) => signatures_in_body(scheme, signature, delivery.body(), pointers),
    }
}

/// The signatures in a header that may arrive several times. Runtimes join the values with a comma, and no signature has one.
fn repeated_texts<'d>(delivery: &Delivery<'d>, header: &'static str) -> Result<Vec<SignatureText<'d>>, Rejection> {
    let mut texts = Vec::new();
    for value in delivery.values(header) {
        let items = printable(header, value)?.split(',');
        texts.extend(items.map(|item| (header, Cow::Borrowed(item.trim_matches(' ')))));
        if value.len() > MAX_HEADER_BYTES || texts.len() > MAX_NUMBERED_HEADERS {
            return Err(Rejection::TooManySignatures { header });
        }
    }
    Ok(texts)
}

/// The signatures at these pointers of the body, and the members that they cover.
fn signatures_in_body<'d>(
    scheme: &Scheme,
    signature: &Signature,
    body: &'d [u8],
    places: &'static [Pointer],
) -> Result<(Vec<SignatureText<'d>>, MemberValues<'d>), Rejection> {
    let place = places.first().copied().unwrap_or_default();
    let malformed = |problem| Rejection::MalformedHeader { header: place, problem };
    let mut pointers = MemberValues::pointers(signature.content);
    pointers.extend(places.iter().map(|place| Cow::Borrowed(*place)));
    let members = if matches!(scheme.payload, Format::Form) {
        let wanted: Vec<&str> = pointers.iter().map(Cow::as_ref).collect();
        let fields = read_unverified_form(body, &wanted, place)?;
        MemberValues::of_form(pointers, &fields)
    } else {
        let second_item = second_item(place);
        pointers.extend(second_item.clone().map(Cow::Owned));
        let wanted: Vec<&str> = pointers.iter().map(Cow::as_ref).collect();
        let document = read_unverified_body(body, &wanted, place)?;
        if second_item.is_some() && document.found.last().is_some_and(Option::is_some) {
            return Err(malformed(SECOND_ITEM));
        }
        MemberValues::of(pointers, &document)
    };
    check_members(signature, &members).map_err(malformed)?;
    let texts: Vec<_> = places.iter().filter_map(|place| Some((*place, members.text(place)?))).collect();
    if texts.is_empty() { Err(Rejection::MissingHeader { header: place }) } else { Ok((texts, members)) }
}

/// A proof in the first item of a list says nothing about a second item, so there must not be one: the pointer to it, for a
/// proof at this pointer.
pub(crate) fn second_item(proof: Pointer) -> Option<String> {
    split_once(proof, "/0/").map(|(list, _)| format!("{list}/1"))
}

/// The problem of a body that has a second item.
pub(crate) const SECOND_ITEM: &str = "the body has a second item next to the signed one, and the second is not signed";

/// The fields at these pointers of a form that contains its own proof, at `place`.
fn read_unverified_form<'d>(body: &'d [u8], wanted: &[&str], place: Pointer) -> Result<Fields<'d>, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header: place, problem };
    if body.len() > MAX_UNAUTHENTICATED_FORM_BYTES {
        return Err(malformed("the form that should contain it is longer than 32 megabytes"));
    }
    form::find(body, wanted).ok_or(malformed("the body that should contain it is not a form, or it has a field twice"))
}

/// Parses a body that contains its own proof, at `pointer`. It is read strictly and its size is bounded, because nothing is
/// verified yet.
pub(crate) fn read_unverified_body<'d>(
    body: &'d [u8],
    wanted: &[&str],
    pointer: Pointer,
) -> Result<json::Document<'d>, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header: pointer, problem };
    if body.len() > MAX_UNAUTHENTICATED_BODY_BYTES {
        return Err(malformed("the body that should contain it is longer than one megabyte"));
    }
    json::read(body, wanted).map_err(|cause| Rejection::UnreadableJson { part: JsonPart::Proof(pointer), cause })
}

/// The timestamp in a member of the body. Call it only after a key has verified that member: the body was signed as a whole, or
/// it was read strictly to verify its signed members.
pub(crate) fn timestamp_in_body(claim: &Claim<'_>, pointer: Pointer, unit: Unit) -> Result<UnixTime, Rejection> {
    if let Some(text) = claim.members.text(pointer) {
        return parse_timestamp(pointer, &text, unit);
    }
    let document = json::find(claim.values.payload(), &[pointer])
        .map_err(|cause| Rejection::UnreadableJson { part: JsonPart::Timestamp(pointer), cause })?;
    let value = document.found.first().copied().flatten();
    parse_timestamp(pointer, &value.and_then(Value::plain_text).unwrap_or_default(), unit)
}

/// The value of a required header. It must be printable ASCII and not empty.
pub(crate) fn printable_header<'d>(delivery: &Delivery<'d>, name: &'static str) -> Result<&'d str, Rejection> {
    printable(name, delivery.header(name)?.ok_or(Rejection::MissingHeader { header: name })?)
}

fn printable<'d>(name: &'static str, value: &'d [u8]) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header: name, problem };
    if value.is_empty() {
        return Err(malformed("it is empty"));
    }
    if !value.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(malformed("it contains a byte outside printable ASCII"));
    }
    core::str::from_utf8(value).map_err(|_| malformed("it is not text"))
}

fn parse_id<'d>(header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    if text.len() > MAX_ID_BYTES {
        return Err(malformed("an id may be up to 256 bytes"));
    }
    if text.bytes().any(|byte| matches!(byte, b'.' | b',' | b' ')) {
        return Err(malformed(
            "an id must not contain a dot, comma or space; a comma also appears when a duplicate header is joined",
        ));
    }
    Ok(text)
}

fn parse_timestamp(place: &'static str, text: &str, unit: Unit) -> Result<UnixTime, Rejection> {
    let (lengths, expected) = match unit {
        Unit::Seconds => (10..=11, "seconds since 1970, in ten or eleven digits"),
        Unit::Milliseconds => (13..=14, "milliseconds since 1970, in thirteen or fourteen digits"),
        Unit::Rfc3339 => {
            let expected = "a date and time in RFC 3339, like 2026-01-31T08:00:00Z";
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

/// The text of a timestamp in the same header as the signatures.
fn timestamp_in_list<'d>(signature: &Signature, header: &'static str, text: &'d str) -> Result<&'d str, Rejection> {
    match (signature.form, signature.timestamp) {
        (Form::Items { between, within }, Some(Timestamp { place: Place::Item(label), .. })) => {
            single_item(between, within, label, header, text)
        }
        (Form::List { between }, _) => Ok(split(text, between).next().unwrap_or_default()),
        _ => Err(Rejection::MalformedHeader { header, problem: "it has no items, so it contains no timestamp" }),
    }
}

/// The value of the item with this label. The label must occur exactly once.
fn single_item<'d>(
    between: &str,
    within: &str,
    label: &'static str,
    header: &'static str,
    text: &'d str,
) -> Result<&'d str, Rejection> {
    let malformed = |problem| Rejection::MalformedHeader { header, problem };
    let mut value = None;
    for (candidate, text) in split(text, between).filter_map(|item| split_once(item, within)) {
        if candidate == label && value.replace(text).is_some() {
            return Err(malformed("it contains two timestamps, so it is ambiguous which one was signed"));
        }
    }
    value.ok_or_else(|| malformed("it contains no timestamp"))
}

/// Bounds the length and the number of items in each text, and rejects texts that are not lists.
fn check_lists(signature: &Signature, texts: &[SignatureText<'_>]) -> Result<(), Rejection> {
    let has_timestamp = matches!(signature.timestamp, Some(Timestamp { place: Place::Item(_) | Place::First, .. }));
    let max_items = MAX_SIGNATURES.saturating_add(usize::from(has_timestamp));
    let (between, within) = match signature.form {
        Form::Whole => return Ok(()),
        Form::Items { between, within } => (between, Some(within)),
        Form::List { between } => (between, None),
    };
    texts.iter().try_for_each(|(header, text)| check_list(header, text, between, within, max_items))
}

fn check_list(
    header: &'static str,
    text: &str,
    between: &str,
    within: Option<&str>,
    max_items: usize,
) -> Result<(), Rejection> {
    let malformed = |problem| Err(Rejection::MalformedHeader { header, problem });
    if text.len() > MAX_HEADER_BYTES || split(text, between).count() > max_items {
        return Err(Rejection::TooManySignatures { header });
    }
    if between != ", " && (text.starts_with(' ') || split_once(text, ", ").is_some()) {
        return malformed("it contains a comma and a space, as if two headers had been joined");
    }
    for item in split(text, between) {
        let is_item = match within {
            // Standard Webhooks separates its items with spaces and reserves unlabelled words.
            Some(within) if between != " " => split_once(item, within).is_some(),
            _ => !item.is_empty(),
        };
        if !is_item {
            return malformed("it contains an empty or unlabelled item");
        }
    }
    Ok(())
}

fn parse_signatures(signature: &Signature, texts: &[SignatureText<'_>]) -> Result<Vec<ReceivedSignature>, Rejection> {
    let mut parsed = ParsedSignatures::default();
    for (header, text) in texts {
        match signature.form {
            Form::Whole => {
                let before = parsed.signatures.len();
                parsed.add_labelled(signature.tags, text);
                let is_item = matches!(signature.place, TagPlace::RepeatedHeader(_) | TagPlace::NumberedHeader(_));
                parsed.check_item(is_item.then_some(before), header)?;
            }
            Form::Items { between, within } => {
                for (label, value) in split(text, between).filter_map(|item| split_once(item, within)) {
                    for kind in signature.tags.iter().filter(|kind| kind.label == label) {
                        parsed.add(kind, value);
                    }
                }
            }
            Form::List { between } => {
                let mut items = split(text, between);
                if let Some(Timestamp { place: Place::First, .. }) = signature.timestamp {
                    items.next();
                }
                for item in items {
                    let before = parsed.signatures.len();
                    parsed.add_labelled(signature.tags, item);
                    parsed.check_item(Some(before), header)?;
                }
            }
        }
    }
    if !parsed.has_known_label {
        return Err(Rejection::UnsupportedSignature {
            problem: "the signature header contains no signature of a version that this scheme uses",
        });
    }
    if parsed.signatures.is_empty() {
        return Err(Rejection::MalformedHeader {
            header: texts.first().map_or("", |(header, _)| header),
            problem: "none of its signatures is complete and in the encoding of this scheme",
        });
    }
    Ok(parsed.signatures)
}

/// The signatures that could be decoded, and whether any had a label that the scheme knows.
#[derive(Default)]
struct ParsedSignatures {
    signatures: Vec<ReceivedSignature>,
    has_known_label: bool,
}

impl ParsedSignatures {
    fn add(&mut self, kind: &Tag, encoded: &str) {
        self.has_known_label = true;
        self.signatures.extend(ReceivedSignature::decode(kind.algorithm, kind.encoding, encoded));
    }

    /// Checks that an item of a list was a signature: that there are more than before it. A list without labels has no room for
    /// future versions.
    fn check_item(&self, before: Option<usize>, header: &'static str) -> Result<(), Rejection> {
        if before == Some(self.signatures.len()) {
            return Err(Rejection::MalformedHeader { header, problem: "an item in its list is not a signature" });
        }
        Ok(())
    }

    /// Adds a signature for each kind whose label the text begins with.
    fn add_labelled(&mut self, kinds: &[Tag], text: &str) {
        for kind in kinds {
            if let Some(encoded) = text.strip_prefix(kind.label) {
                self.add(kind, encoded);
            }
        }
    }
}
