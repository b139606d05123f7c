//! The rules for answers: a success tells the sender that its event is safe, a rejection tells it to try again, and neither
//! holds anything that the sender could break out of.

use super::flaw::{Flaw, flaw};
use super::text::{are_equal, is_visible};
use crate::limits::MAX_ANSWER_BYTES;
use crate::scheme::answers::{Answers, Response};

pub(super) const fn check_answers(answers: &Answers) -> Result<(), Flaw> {
    let mut successes: &[(&'static str, Response)] = &[
        ("answers.accepted", answers.accepted),
        ("answers.duplicate", answers.duplicate),
        ("answers.filtered", answers.filtered),
    ];
    while let [(field, response), tail @ ..] = successes {
        if !matches!(response.status, 200..=299) {
            return flaw(field, "its status must be 200 to 299, or the sender sends the event again");
        }
        if let Err(flaw) = check_response(field, response) {
            return Err(flaw);
        }
        successes = tail;
    }
    let Response { status, .. } = answers.rejected;
    if status == 410 || !matches!(status, 400..=599) {
        return flaw(
            "answers.rejected",
            "its status must be 400 to 599, and not 410, at which some senders give up the endpoint",
        );
    }
    check_response("answers.rejected", &answers.rejected)
}

const fn check_response(field: &'static str, response: &Response) -> Result<(), Flaw> {
    let Response { status, content_type, body } = response;
    if body.is_empty() != content_type.is_empty() {
        return flaw(field, "a body needs a contentType, and a contentType needs a body");
    }
    if matches!(status, 204 | 205) && !body.is_empty() {
        return flaw(field, "a response with status 204 or 205 has no body");
    }
    if body.len() > MAX_ANSWER_BYTES || content_type.len() > MAX_ANSWER_BYTES {
        return flaw(field, "it must have at most 1024 bytes");
    }
    if !is_visible(content_type) {
        return flaw(field, "its contentType must be printable ASCII characters");
    }
    if has_control_character(body) {
        return flaw(field, "its body must not contain control characters other than line feeds");
    }
    if has_misplaced_id(body, are_equal(content_type, "application/json")) {
        return flaw(field, "$id must be outside of quotation marks, in a body of type application/json");
    }
    Ok(())
}

const fn has_control_character(body: &str) -> bool {
    let mut rest = body.as_bytes();
    while let [byte, tail @ ..] = rest {
        if byte.is_ascii_control() && *byte != b'\n' {
            return true;
        }
        rest = tail;
    }
    false
}

/// Whether the body has `$id` where the id's JSON string would not be a value.
const fn has_misplaced_id(body: &str, is_json: bool) -> bool {
    let mut is_in_string = false;
    let mut rest = body.as_bytes();
    while let [byte, tail @ ..] = rest {
        match (byte, tail) {
            (b'\\', [_, after @ ..]) if is_in_string => {
                rest = after;
                continue;
            }
            (b'"', _) => is_in_string = !is_in_string,
            (b'$', [b'i', b'd', ..]) if is_in_string || !is_json => return true,
            _ => {}
        }
        rest = tail;
    }
    false
}
