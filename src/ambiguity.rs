//! Whether signed bytes can be distributed over a delivery in a second way. In: the values of a delivery, and the way in
//! which its scheme reads signed content back. Out: nothing, or the value that makes the reading ambiguous.
//!
//! [`Signature::reading`] decides which parts of the content could take bytes from the next one. The checks here reject
//! deliveries in which a part contains the text that ends it, so of several readings of one signed content exactly one is
//! accepted. docs/soundness.md explains the rules and the attacks.

use crate::content::{MemberValues, SignedValues, pointer_to};
use crate::error::Rejection;
use crate::json;
use crate::scheme::{Format, Part, Reading, Scheme, Signature, is_bracket, is_in_url};

/// Checks members that are signed one by one.
pub(crate) fn check_members(signature: &Signature, members: &MemberValues<'_>) -> Result<(), &'static str> {
    let Some(Reading::Around(open)) = signature.reading(Format::Json) else {
        return Err("its members cannot be distinguished");
    };
    let content = signature.content;
    let time = signature.timestamp_pointer();
    let separator = |index: Option<usize>| match index.and_then(|index| content.get(index)) {
        Some(Part::Text(text)) => text.as_bytes(),
        _ => &[],
    };
    for (index, part) in content.iter().enumerate() {
        match part {
            // A timestamp ends by itself, whatever it contains.
            Part::Member(pointer) if Some(*pointer) != time && index != open => {
                let text = members.text(pointer).unwrap_or_default();
                let (joined, separator) = if index < open {
                    let separator = separator(index.checked_add(1));
                    ([text.as_bytes(), separator].concat(), separator)
                } else {
                    let separator = separator(index.checked_sub(1));
                    ([separator, text.as_bytes()].concat(), separator)
                };
                let found = joined.windows(separator.len().max(1)).filter(|window| *window == separator).count();
                if found != 1 {
                    return Err(
                        "a member that it covers contains the separator, so the end of that member is ambiguous",
                    );
                }
            }
            Part::Members(names) if has_ambiguous_lines(names, members, time) => {
                return Err("a member that it covers contains a line feed, so the end of that member is ambiguous");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether bytes could move between members that are signed as lines. Only the first may contain line feeds, and only if
/// the second follows it: then the name of the second, which occurs once, ends the first.
fn has_ambiguous_lines(names: &[&str], members: &MemberValues<'_>, time: Option<&str>) -> bool {
    let text = |name: &str| members.text(&pointer_to(name));
    let is_time = |name: &str| time.is_some_and(|time| pointer_to(name) == time);
    let ends_first =
        names.get(1).is_some_and(|second| text(second).is_some()) && !names.iter().any(|name| is_time(name));
    names.iter().enumerate().any(|(index, name)| {
        (index > 0 || !ends_first) && text(name).is_some_and(|text| text.as_bytes().contains(&b'\n'))
    })
}

/// Checks a delivery whose signature was verified.
pub(crate) fn check_reading(
    scheme: &Scheme,
    signature: &Signature,
    values: &SignedValues<'_>,
) -> Result<(), Rejection> {
    let ambiguous = |problem| Err(Rejection::AmbiguousContent { problem });
    let SignedValues { method, body, .. } = *values;
    let url: &str = if signature.signs_url() { &values.url } else { "" };
    if signature.signs_method() && !is_method_clear(method, url) {
        return ambiguous("the method must consist of letters, and the URL must not begin with one in upper case");
    }
    let is_url_clear = match signature.reading(scheme.payload) {
        None => false,
        // The names and values of a form are joined, too, and the id is a digest of all of them.
        Some(Reading::AroundUrlAndForm) => true,
        Some(Reading::Around(_)) => url.bytes().all(is_in_url),
        Some(Reading::AtBracket(open)) => {
            let open = signature.content.get(open);
            // Behind an id of known length, texts and timestamps end by themselves, and a URL or a method does not.
            let may_be_uuid = open == Some(&Part::Id) && !signature.signs_url() && !signature.signs_method();
            if !is_body_clear(values, may_be_uuid) {
                return ambiguous(if may_be_uuid {
                    "no separator follows the id, so the body must be JSON that begins with { or [, or the id a UUID"
                } else {
                    "no separator precedes the body, so it must be JSON that begins with { or ["
                });
            }
            let ends_at_bracket = matches!(open, Some(Part::Url(_)));
            url.bytes().all(|byte| !is_bracket(byte) && (ends_at_bracket || is_in_url(byte)))
        }
    };
    if !is_url_clear {
        return ambiguous("the URL contains a character such as { or [, which must be percent-encoded");
    }
    if signature.is_extendable() && !body.is_empty() && json::find(body, &[]).is_err() {
        return ambiguous(
            "a plain digest that begins with the secret can be continued, so the body must be strict JSON",
        );
    }
    Ok(())
}

/// Whether the end of the method is unambiguous if the URL follows it.
fn is_method_clear(method: &str, url: &str) -> bool {
    method.bytes().all(|byte| byte.is_ascii_alphabetic()) && !url.as_bytes().first().is_some_and(u8::is_ascii_uppercase)
}

/// Whether the body begins at the first bracket of the content or, if the id may be a UUID and is one, behind the parts that
/// follow it.
fn is_body_clear(values: &SignedValues<'_>, may_be_uuid: bool) -> bool {
    let SignedValues { id, body, .. } = *values;
    match uuid_bytes(id) {
        length if may_be_uuid && length > 0 => length == id.len(),
        _ => body.first().is_none_or(|byte| is_bracket(*byte)) && !id.bytes().any(is_bracket),
    }
}

/// The length of the UUID that an id begins with, or zero. The spellings with and without hyphens differ in the ninth byte.
fn uuid_bytes(id: &str) -> usize {
    let begins_with = |length: usize, has_hyphens: bool| {
        let is_spelled = |(index, byte): (usize, &u8)| match index {
            8 | 13 | 18 | 23 if has_hyphens => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        };
        id.as_bytes().get(..length).is_some_and(|start| start.iter().enumerate().all(is_spelled))
    };
    if begins_with(36, true) {
        36
    } else if begins_with(32, false) {
        32
    } else {
        0
    }
}
