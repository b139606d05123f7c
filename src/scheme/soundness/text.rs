//! Checks of names, pointers and URL patterns that run at compile time. They use `while let` on slices because
//! iterators and `==` on strings are not available in constants.

use crate::scheme::location::{Header, Pointer, UrlPattern};
use crate::scheme::reading::are_equal as are_equal_bytes;

/// Whether a name consists of lower-case letters, digits and hyphens, and is not empty.
pub(super) const fn is_slug(name: &str) -> bool {
    is_slug_of(name.as_bytes())
}

const fn is_slug_of(name: &[u8]) -> bool {
    let mut rest = name;
    while let [byte, tail @ ..] = rest {
        if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-') {
            return false;
        }
        rest = tail;
    }
    !name.is_empty()
}

/// Whether a header has at least one name, all of them in lower case.
pub(super) const fn is_header(names: Header) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if !is_slug(name) {
            return false;
        }
        rest = tail;
    }
    !names.is_empty()
}

/// Whether a text consists of printable ASCII characters, so that it can be the value of a header.
pub(super) const fn is_visible(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        if !matches!(byte, b' '..=b'~') {
            return false;
        }
        rest = tail;
    }
    true
}

/// Whether each name ends with `-*`, with the rest of a header's name before it. There must be at least one.
pub(super) const fn are_numbered(names: Header) -> bool {
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        let [prefix @ .., b'-', b'*'] = name.as_bytes() else { return false };
        if !is_slug_of(prefix) {
            return false;
        }
        rest = tail;
    }
    !names.is_empty()
}

/// Whether these are the methods by which senders deliver.
pub(super) const fn are_methods(methods: &[&str]) -> bool {
    match methods {
        [post] => are_equal(post, "POST"),
        [post, get] => are_equal(post, "POST") && are_equal(get, "GET"),
        _ => false,
    }
}

/// Whether there is at least one pointer, and none is empty.
pub(super) const fn are_pointers(pointers: &[Pointer]) -> bool {
    let mut rest = pointers;
    while let [pointer, tail @ ..] = rest {
        if pointer.is_empty() {
            return false;
        }
        rest = tail;
    }
    !pointers.is_empty()
}

/// Whether two texts are equal.
pub(super) const fn are_equal(one: &str, other: &str) -> bool {
    are_equal_bytes(one.as_bytes(), other.as_bytes())
}

/// Whether a pointer leads to one of these members of the body.
pub(super) const fn is_one_of(names: &[&str], pointer: Pointer) -> bool {
    let [b'/', wanted @ ..] = pointer.as_bytes() else { return false };
    let mut rest = names;
    while let [name, tail @ ..] = rest {
        if are_equal_bytes(name.as_bytes(), wanted) {
            return true;
        }
        rest = tail;
    }
    false
}

/// Whether only the owner of one domain can publish URLs that match these patterns.
pub(super) const fn are_pinned(patterns: &[UrlPattern]) -> bool {
    let mut rest = patterns;
    while let [pattern, tail @ ..] = rest {
        if !is_pinned(pattern) {
            return false;
        }
        rest = tail;
    }
    !patterns.is_empty()
}

/// Whether a pattern begins with `https://` and a host whose last two labels have no wildcard.
const fn is_pinned(pattern: UrlPattern) -> bool {
    let [b'h', b't', b't', b'p', b's', b':', b'/', b'/', host @ ..] = pattern.as_bytes() else { return false };
    let mut rest = host;
    let mut fixed_labels: usize = 1;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'/' => return fixed_labels > 1,
            b'*' => fixed_labels = 0,
            b'.' => fixed_labels = fixed_labels.saturating_add(1),
            b'a'..=b'z' | b'0'..=b'9' | b'-' => {}
            _ => return false,
        }
        rest = tail;
    }
    false
}
