//! The rules for signatures: the body, the id and the timestamp must be signed wherever they are read, and no byte may
//! move from one signed value to the next.

use super::flaw::{Flaw, flaw};
use super::text::{are_equal, are_numbered, are_pointers, is_header, is_one_of};
use crate::scheme::algorithm::{Algorithm, Encoding};
use crate::scheme::definition::Scheme;
use crate::scheme::event::{Format, Id};
use crate::scheme::location::Pointer;
use crate::scheme::signature::{Form, Part, Place, Signature, Spelling, Tag, TagPlace, Timestamp};

pub(super) const fn check_signature(scheme: &Scheme, signature: &Signature) -> Result<(), Flaw> {
    if let Err(flaw) = check_place(scheme, signature) {
        return Err(flaw);
    }
    if count(signature.content, &Part::Payload) == 1
        && !matches!(scheme.payload, Format::JsonOrField(_) | Format::JsonOrGzip)
    {
        return flaw("signature.content", "the payload is the body unless the format wraps it: write \"body\"");
    }
    if let Err(flaw) = check_methods(scheme, signature.content) {
        return Err(flaw);
    }
    if let Err(flaw) = check_tags(scheme, signature.tags, signature.content) {
        return Err(flaw);
    }
    if let Err(flaw) = check_timestamp(signature) {
        return Err(flaw);
    }
    check_id(scheme, signature)
}

/// Whether this member of the body is signed.
pub(super) const fn signs_member(signature: &Signature, pointer: Pointer) -> bool {
    if signature.covers_body() {
        return true;
    }
    let mut rest = signature.content;
    while let [part, tail @ ..] = rest {
        match part {
            Part::Member(member) if are_equal(member, pointer) => return true,
            Part::Members(names) if is_one_of(names, pointer) => return true,
            _ => {}
        }
        rest = tail;
    }
    false
}

const fn check_place(scheme: &Scheme, signature: &Signature) -> Result<(), Flaw> {
    let content = signature.content;
    let bodies = count(content, &Part::Body)
        .saturating_add(count(content, &Part::Payload))
        .saturating_add(count(content, &Part::SortedForm));
    match signature.place {
        TagPlace::Header(header) | TagPlace::AnyHeader(header) => {
            if !is_header(header) {
                return flaw("signature.place", "its header must have a name in lower case");
            }
            if bodies != 1 {
                return flaw("signature.content", "it must contain the body exactly once");
            }
            Ok(())
        }
        TagPlace::RepeatedHeader(header) | TagPlace::NumberedHeader(header) => {
            let is_numbered = matches!(signature.place, TagPlace::NumberedHeader(_));
            if !(if is_numbered { are_numbered(header) } else { is_header(header) }) {
                return flaw(
                    "signature.place",
                    "its header must have a name in lower case, which ends with -* for numbered headers only",
                );
            }
            // The values are joined with a comma and split at each comma, so nothing but signatures may be in them.
            if !matches!(signature.form, Form::Whole) {
                return flaw("signature.form", "a header that may be repeated or numbered must hold whole signatures");
            }
            if bodies != 1 {
                return flaw("signature.content", "it must contain the body exactly once");
            }
            Ok(())
        }
        TagPlace::Body(pointers) => {
            if !are_pointers(pointers) {
                return flaw("signature.place", "it must point at a member of the body");
            }
            if !matches!(scheme.payload, Format::Json | Format::Form) {
                return flaw("payload", "a signature inside the body can be in JSON or in a form only");
            }
            if bodies != 0 || !has_members(content) {
                return flaw("signature.content", "a signature inside the body can cover only members of the body");
            }
            if has_adjacent_members(content, signature.timestamp) {
                return flaw(
                    "signature.content",
                    "put a fixed text between two members, or bytes could move from one to the other",
                );
            }
            Ok(())
        }
    }
}

/// A delivery by `GET` has no body, so its URL must be signed, and with it an empty form.
const fn check_methods(scheme: &Scheme, content: &[Part]) -> Result<(), Flaw> {
    if scheme.takes_get()
        && (count(content, &Part::Url(Spelling::Exact)) != 1 || count(content, &Part::SortedForm) != 1)
    {
        return flaw("methods", "the parameters of a delivery by GET are in its URL: sign \"url\" and \"sorted-form\"");
    }
    Ok(())
}

const fn check_tags(scheme: &Scheme, tags: &[Tag], content: &[Part]) -> Result<(), Flaw> {
    if tags.is_empty() {
        return flaw("signature.tags", "it must list at least one kind of signature");
    }
    let signs_secret = count(content, &Part::Secret) == 1;
    let mut rest = tags;
    while let [tag, tail @ ..] = rest {
        if matches!(tag.algorithm, Algorithm::Sha256 | Algorithm::Sha1) != signs_secret {
            return flaw(
                "signature.content",
                "the secret must be part of the content for a plain digest, and must not be for any other algorithm",
            );
        }
        if matches!(tag.encoding, Encoding::Base64Der) && !matches!(tag.algorithm, Algorithm::EcdsaP256) {
            return flaw("signature.tags", "only signatures of ecdsa-p256 are written in DER");
        }
        if !scheme.key.supports(tag.algorithm) {
            return flaw("key", "this key format has no keys for one of the algorithms");
        }
        rest = tail;
    }
    Ok(())
}

const fn check_timestamp(signature: &Signature) -> Result<(), Flaw> {
    let signs_time = count(signature.content, &Part::Timestamp) == 1;
    let Some(Timestamp { place, .. }) = signature.timestamp else {
        return if signs_time {
            flaw("signature.timestamp", "a timestamp that is signed must be read")
        } else {
            Ok(())
        };
    };
    match place {
        Place::Body(pointer) => {
            return if !signs_time && signs_member(signature, pointer) {
                Ok(())
            } else {
                flaw("signature.timestamp", "a timestamp in the body must be signed as part of the body only")
            };
        }
        Place::Header(header) if !is_header(header) || header.len() != families(signature) => {
            return flaw("signature.timestamp", "its header must have one name, in lower case, in each header family");
        }
        Place::Item(_) if !matches!(signature.form, Form::Items { .. }) => {
            return flaw("signature.timestamp", "it can be an item only if the form is \"items\"");
        }
        Place::First if !matches!(signature.form, Form::List { .. }) => {
            return flaw("signature.timestamp", "it can be first only if the form is \"list\"");
        }
        _ => {}
    }
    if signs_time { Ok(()) } else { flaw("signature.timestamp", "a timestamp that is read must be signed") }
}

const fn check_id(scheme: &Scheme, signature: &Signature) -> Result<(), Flaw> {
    let signs_id = count(signature.content, &Part::Id) == 1;
    match scheme.id {
        Id::Header(header) if !signs_id || !is_header(header) || header.len() != families(signature) => {
            flaw("id", "an id from a header must be signed, and have one name in each header family")
        }
        Id::Body(_) | Id::BodyOrDigest(_) | Id::Digest | Id::ChangeNotice if signs_id => {
            flaw("id", "an id that is signed must be read from its header")
        }
        Id::Body(pointer) | Id::BodyOrDigest(pointer) if !signs_member(signature, pointer) => {
            flaw("id", "an id from the body must be signed")
        }
        _ if signs_id && !is_id_delimited(signature.content) => flaw(
            "signature.content",
            "put the timestamp, or a text with a dot, comma or space, on both sides of the id, or bytes could move into it",
        ),
        _ => Ok(()),
    }
}

/// The number of header families.
const fn families(signature: &Signature) -> usize {
    match signature.place {
        TagPlace::Header(header) | TagPlace::RepeatedHeader(header) | TagPlace::NumberedHeader(header) => header.len(),
        TagPlace::AnyHeader(_) | TagPlace::Body(_) => 1,
    }
}

const fn has_members(content: &[Part]) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if matches!(part, Part::Member(_) | Part::Members(_)) {
            return true;
        }
        rest = tail;
    }
    false
}

/// How many parts of the content are of the same kind as `wanted`.
const fn count(content: &[Part], wanted: &Part) -> usize {
    let mut number: usize = 0;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if is_same_kind(part, wanted) {
            number = number.saturating_add(1);
        }
        rest = tail;
    }
    number
}

const fn is_same_kind(part: &Part, other: &Part) -> bool {
    matches!(
        (part, other),
        (Part::Id, Part::Id)
            | (Part::Timestamp, Part::Timestamp)
            | (Part::Body, Part::Body)
            | (Part::Payload, Part::Payload)
            | (Part::SortedForm, Part::SortedForm)
            | (Part::Secret, Part::Secret)
            | (Part::Url(_), Part::Url(_))
    )
}

/// Whether the parts on both sides of the id end it unambiguously: a timestamp, which has a fixed form, or a fixed text
/// with a byte that no id contains. If the id follows the content's first part, any fixed text is enough there.
const fn is_id_delimited(content: &[Part]) -> bool {
    let mut ends_before_id = true;
    let mut is_first = true;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if matches!(part, Part::Id) {
            return ends_before_id && matches!(tail, [next, ..] if is_delimiter(next));
        }
        ends_before_id = is_delimiter(part) || (is_first && matches!(part, Part::Text(_)));
        is_first = false;
        rest = tail;
    }
    true
}

const fn is_delimiter(part: &Part) -> bool {
    match part {
        Part::Timestamp => true,
        Part::Text(text) => {
            let mut rest = text.as_bytes();
            while let [byte, tail @ ..] = rest {
                if matches!(byte, b'.' | b',' | b' ') {
                    return true;
                }
                rest = tail;
            }
            false
        }
        _ => false,
    }
}

/// Whether two members follow each other without a text in between, so that bytes could move from one to the other. A
/// timestamp may follow a member directly: a byte that moves makes it fail its tolerance.
const fn has_adjacent_members(content: &[Part], timestamp: Option<Timestamp>) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        if let (Part::Member(one), [Part::Member(other), ..]) = (part, tail) {
            let has_timestamp = match timestamp {
                Some(Timestamp { place: Place::Body(time), .. }) => are_equal(time, one) || are_equal(time, other),
                _ => false,
            };
            if !has_timestamp {
                return true;
            }
        }
        rest = tail;
    }
    false
}
