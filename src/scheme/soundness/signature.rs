//! The rules for signatures: the body, the id, the type and the timestamp must be signed wherever they are read, and no byte
//! may move from one signed value to the next. docs/soundness.md explains each rule with the attack that it stops.

use super::flaw::{Flaw, flaw};
use super::text::{are_equal, are_numbered, are_pointers, is_header, is_one_of};
use crate::limits::MAX_SIGNED_MEMBERS;
use crate::scheme::algorithm::{Algorithm, Encoding};
use crate::scheme::definition::Scheme;
use crate::scheme::event::{Format, Id};
use crate::scheme::key_format::KeyFormat;
use crate::scheme::location::Pointer;
use crate::scheme::reading::is_time;
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
    if let Err(flaw) = check_content(signature, scheme.payload) {
        return Err(flaw);
    }
    if let Err(flaw) = check_tags(scheme, signature) {
        return Err(flaw);
    }
    if let Err(flaw) = check_timestamp(signature, scheme.payload) {
        return Err(flaw);
    }
    if let Err(flaw) = check_id(scheme, signature) {
        return Err(flaw);
    }
    check_type(scheme, signature)
}

/// Whether this member of the body is signed. A signed form has no members: a text that is both a form and JSON could be
/// written differently under the same signature.
pub(super) const fn signs_member(signature: &Signature, pointer: Pointer) -> bool {
    let mut rest = signature.content;
    while let [part, tail @ ..] = rest {
        match part {
            Part::Body | Part::Payload => return true,
            Part::Member(member) | Part::FreeMember(member) if are_equal(member, pointer) => return true,
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
            if count_members(content) != 0 {
                return flaw(
                    "signature.content",
                    "a signature in a header covers the whole body, so it cannot also name members of the body",
                );
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
            if bodies != 0 || count_members(content) == 0 {
                return flaw("signature.content", "a signature inside the body can cover only members of the body");
            }
            if count_members(content) > MAX_SIGNED_MEMBERS {
                return flaw("signature.content", "it may name 24 members of the body at most");
            }
            if !signs_more_than_time(content, signature.timestamp_pointer()) {
                return flaw("signature.content", "it covers only a timestamp, so every event would have the same id");
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

const fn check_content(signature: &Signature, payload: Format) -> Result<(), Flaw> {
    const FIELD: &str = "signature.content";
    let content = signature.content;
    if count(content, &Part::Method) > 1 || count(content, &Part::Url(Spelling::Exact)) > 1 {
        return flaw(FIELD, "it may contain the method and the URL once each");
    }
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        match part {
            Part::Text(text) if text.is_empty() => {
                return flaw(FIELD, "an empty text separates nothing: remove it or write a separator");
            }
            Part::Members(names) if has_line_feed(names) => {
                return flaw(FIELD, "the name of a member that is signed as lines cannot contain a line feed");
            }
            _ => {}
        }
        rest = tail;
    }
    if signature.reading(payload).is_some() {
        return Ok(());
    }
    if count_members(content) > 1 {
        return flaw(FIELD, "put a fixed text between two members, or bytes could move from one to the other");
    }
    if count(content, &Part::Id) > 0 {
        return flaw(
            FIELD,
            "put a text with a dot, comma or space between the id and the body, or bytes could move from one to the other",
        );
    }
    flaw(FIELD, "put a fixed text between the parts, or bytes could move from one to the next (see docs/soundness.md)")
}

const fn check_tags(scheme: &Scheme, signature: &Signature) -> Result<(), Flaw> {
    let Signature { tags, content, .. } = signature;
    if tags.is_empty() {
        return flaw("signature.tags", "it must list at least one kind of signature");
    }
    let signs_secret = count(content, &Part::Secret) == 1;
    let is_provable = matches!(scheme.payload, Format::Json) && count(content, &Part::Body) == 1;
    if signature.is_extendable() && !is_provable {
        return flaw(
            "signature.content",
            "a plain digest with the secret in front can be continued without it: the secret must be last, or the body must be JSON",
        );
    }
    let mut shared = None;
    let mut rest = *tags;
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
        if tag.algorithm.is_symmetric() && !signs_secret {
            match shared {
                Some(other) if !is_same_hmac(tag.algorithm, other) => {
                    return flaw("signature.tags", "one secret makes signatures of one HMAC algorithm only");
                }
                _ => shared = Some(tag.algorithm),
            }
        }
        if shared.is_some() && has_ed25519(tags) && matches!(scheme.key, KeyFormat::Hex | KeyFormat::Base64) {
            return flaw("key", "in this key format a secret cannot be distinguished from an Ed25519 key");
        }
        rest = tail;
    }
    Ok(())
}

const fn is_same_hmac(one: Algorithm, other: Algorithm) -> bool {
    matches!(
        (one, other),
        (Algorithm::HmacSha256, Algorithm::HmacSha256)
            | (Algorithm::HmacSha1, Algorithm::HmacSha1)
            | (Algorithm::HmacSha512, Algorithm::HmacSha512)
    )
}

const fn has_ed25519(tags: &[Tag]) -> bool {
    let mut rest = tags;
    while let [tag, tail @ ..] = rest {
        if matches!(tag.algorithm, Algorithm::Ed25519) {
            return true;
        }
        rest = tail;
    }
    false
}

const fn check_timestamp(signature: &Signature, payload: Format) -> Result<(), Flaw> {
    let signs_time = count(signature.content, &Part::Timestamp) == 1;
    let Some(Timestamp { place, .. }) = signature.timestamp else {
        return if signs_time {
            flaw("signature.timestamp", "a timestamp that is signed must be read")
        } else {
            Ok(())
        };
    };
    match place {
        Place::Body(_) if matches!(payload, Format::Form) && signature.covers_body() => {
            return flaw("signature.timestamp", "a timestamp in a form is read only if the signature names its fields");
        }
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
            flaw("id", "an id from the body must be signed, and a signed form has no members")
        }
        Id::Body(pointer) | Id::BodyOrDigest(pointer) if is_time(pointer, signature.timestamp_pointer()) => {
            flaw("id", "the timestamp does not identify an event")
        }
        _ => Ok(()),
    }
}

const fn check_type(scheme: &Scheme, signature: &Signature) -> Result<(), Flaw> {
    let mut rest = scheme.kind;
    while let [pointer, tail @ ..] = rest {
        if !signs_member(signature, pointer) {
            return flaw("type", "a type from the body must be signed, and a signed form has no members");
        }
        rest = tail;
    }
    Ok(())
}

/// The number of header families.
const fn families(signature: &Signature) -> usize {
    match signature.place {
        TagPlace::Header(header) | TagPlace::RepeatedHeader(header) | TagPlace::NumberedHeader(header) => header.len(),
        TagPlace::AnyHeader(_) | TagPlace::Body(_) => 1,
    }
}

/// The number of members that are signed one by one.
const fn count_members(content: &[Part]) -> usize {
    let mut number: usize = 0;
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        number = number.saturating_add(match part {
            Part::Member(_) | Part::FreeMember(_) => 1,
            Part::Members(names) => names.len(),
            _ => 0,
        });
        rest = tail;
    }
    number
}

/// Whether a member other than the timestamp is signed.
const fn signs_more_than_time(content: &[Part], time: Option<Pointer>) -> bool {
    let mut rest = content;
    while let [part, tail @ ..] = rest {
        let signs_more = match part {
            Part::Member(pointer) | Part::FreeMember(pointer) => !is_time(pointer, time),
            Part::Members(names) => match time {
                Some(time) if is_one_of(names, time) => names.len() > 1,
                _ => !names.is_empty(),
            },
            _ => false,
        };
        if signs_more {
            return true;
        }
        rest = tail;
    }
    false
}

const fn has_line_feed(names: &[&str]) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        let mut bytes = name.as_bytes();
        while let [byte, others @ ..] = bytes {
            if *byte == b'\n' {
                return true;
            }
            bytes = others;
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
            | (Part::Method, Part::Method)
            | (Part::Url(_), Part::Url(_))
    )
}
