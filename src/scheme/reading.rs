//! How signed content is read back into its parts. In: the parts of a description. Out: the way in which each part can be
//! found again in the signed bytes, or `None` if the same bytes could be cut in two ways.
//!
//! An attacker who has a signed delivery may send it again with its bytes distributed differently: the end of the id in the
//! body, the end of one member in the next. The signature stays valid. So a description is sound only if each part has one
//! beginning and one end: [`Signature::reading`] finds them from the front and from the back, and one part may be open, which
//! is what remains between the two. docs/soundness.md explains the rules.

use super::event::Format;
use super::location::Pointer;
use super::signature::{Part, Place, Signature, Timestamp};

/// How the parts of signed content are found again in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The parts before this index are found from the front, and the parts after it from the back.
    Around(usize),
    /// All parts but the URL and the form are found from the front and from the back. It is not known where the URL ends.
    AroundUrlAndForm,
    /// The body begins at the first `{` or `[` that is not in a text. The parts after it are found from the back, and those in front of it around
    /// the part with this index.
    AtBracket(usize),
}

impl Signature {
    /// How the content is read back, if there is only one way. `payload` is the format of the body.
    #[inline(never)]
    pub(crate) const fn reading(&self, payload: Format) -> Option<Reading> {
        let time = self.timestamp_pointer();
        let (open, back) = open_parts(self.content, time);
        if is_single(self.content, open, back) {
            return Some(Reading::Around(open));
        }
        if is_url_and_form(self.content, open, back) {
            return Some(Reading::AroundUrlAndForm);
        }
        if !matches!(payload, Format::Json) {
            return None;
        }
        // All parts after the body are found from the back, so the last open part is the body.
        let Some((up_to_body, _)) = self.content.split_at_checked(back) else { return None };
        let [before @ .., Part::Body] = up_to_body else { return None };
        let (open, back) = open_parts(before, time);
        if !is_single(before, open, back) {
            return None;
        }
        Some(Reading::AtBracket(open))
    }

    /// The pointer to the timestamp, if it is in the body.
    pub(crate) const fn timestamp_pointer(&self) -> Option<Pointer> {
        match self.timestamp {
            Some(Timestamp { place: Place::Body(pointer), .. }) => Some(pointer),
            _ => None,
        }
    }

    /// Whether a plain digest could be continued by someone without the secret, because the secret is not the last part of
    /// the content. Such a digest proves a body only if the padding between the two pieces cannot be part of it.
    pub(crate) const fn is_extendable(&self) -> bool {
        let mut rest = self.content;
        while let [part, tail @ ..] = rest {
            if matches!(part, Part::Secret) {
                return !tail.is_empty();
            }
            rest = tail;
        }
        false
    }
}

/// Whether a byte may be part of a URL (RFC 3986).
pub(crate) const fn is_in_url(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// Whether a byte opens a JSON object or array.
pub(crate) const fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'{' | b'[')
}

/// The index of the first part that is not found from the front, and the number of parts up to the last that is not found
/// from the back.
const fn open_parts(content: &[Part], time: Option<Pointer>) -> (usize, usize) {
    let mut front = content;
    while let [part, tail @ ..] = front {
        let next = if let [Part::Text(text), ..] = tail { text.as_bytes() } else { &[] };
        let is_ended = match (part, next) {
            (Part::Method, _) if matches!(tail, [Part::Url(_), ..]) => true,
            (Part::Method, [byte, ..]) => !byte.is_ascii_alphabetic(),
            (Part::Url(_), [byte, ..]) => !is_in_url(*byte),
            _ => is_separated(part, next, time),
        };
        if !is_ended {
            break;
        }
        front = tail;
    }
    let mut back = content;
    while let [head @ .., part] = back {
        let previous = if let [.., Part::Text(text)] = head { text.as_bytes() } else { &[] };
        let is_begun = match (part, previous) {
            (Part::Method, [.., byte]) => !byte.is_ascii_alphabetic(),
            (Part::Url(_), [.., byte]) => !is_in_url(*byte),
            _ => is_separated(part, previous, time),
        };
        if !is_begun {
            break;
        }
        back = head;
    }
    (content.len().saturating_sub(front.len()), back.len())
}

/// Whether a part ends, or begins, at a fixed text, or needs none. A timestamp needs none: its form says where it ends. With
/// a digit of the next part it would be after the year 2286, which is outside every tolerance.
/// Verification rejects an id or a member that contains the text.
const fn is_separated(part: &Part, text: &[u8], time: Option<Pointer>) -> bool {
    match part {
        Part::Text(_) | Part::Secret | Part::Timestamp => true,
        Part::Id => has_byte_outside_ids(text),
        Part::Member(pointer) => !text.is_empty() || is_time(pointer, time),
        _ => false,
    }
}

/// Whether at most one part is open.
const fn is_single(content: &[Part], open: usize, back: usize) -> bool {
    back <= open.saturating_add(1) && open <= content.len()
}

/// Whether the open parts are the URL and a form, with nothing but texts between them. The names and values of a form are
/// joined without separators in any case. So the id is a digest of all of them, and no reading can change it.
const fn is_url_and_form(content: &[Part], open: usize, back: usize) -> bool {
    let Some((up_to_back, _)) = content.split_at_checked(back) else { return false };
    let Some((_, mut rest)) = up_to_back.split_at_checked(open) else { return false };
    while let [part, tail @ ..] = rest {
        if !matches!(part, Part::Url(_) | Part::Text(_) | Part::SortedForm) {
            return false;
        }
        rest = tail;
    }
    true
}

/// Whether a text has a byte that no id contains.
const fn has_byte_outside_ids(text: &[u8]) -> bool {
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        if matches!(byte, b'.' | b',' | b' ') {
            return true;
        }
        rest = tail;
    }
    false
}

/// Whether a pointer is the one to the timestamp.
pub(super) const fn is_time(pointer: Pointer, time: Option<Pointer>) -> bool {
    match time {
        Some(time) => are_equal(pointer.as_bytes(), time.as_bytes()),
        None => false,
    }
}

/// Whether two texts are equal. `==` on slices is not available in constants.
pub(super) const fn are_equal(one: &[u8], other: &[u8]) -> bool {
    let (mut left, mut right) = (one, other);
    while let ([a, left_tail @ ..], [b, right_tail @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        (left, right) = (left_tail, right_tail);
    }
    left.is_empty() && right.is_empty()
}
