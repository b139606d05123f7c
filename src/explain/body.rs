//! What frameworks, proxies and editors do to a body on its way, undone.

use alloc::string::String;
use alloc::vec::Vec;

use super::Hint;
use crate::encoding::join;
use crate::json::{self, Escapes, Spacing};

/// A larger body is left alone, so that an explanation takes no longer than a person waits.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// How a body was changed, and how to undo it.
struct Change {
    code: &'static str,
    message: &'static str,
    undo: fn(&[u8]) -> Option<Vec<u8>>,
}

const CHANGES: &[Change] = &[
    Change {
        code: "final_newline",
        message: "the body was signed with a line feed at its end, which got lost: pass the raw bytes, without trimming them",
        undo: |body| Some([body, b"\n"].concat()),
    },
    Change {
        code: "final_newline",
        message: "the body was signed with CR LF at its end, which got lost: pass the raw bytes, without trimming them",
        undo: |body| Some([body, b"\r\n"].concat()),
    },
    Change {
        code: "final_newline",
        message: "the body has CR LF at its end that was not signed: an editor, a shell or a log has put it there",
        undo: |body| body.strip_suffix(b"\r\n").map(<[u8]>::to_vec),
    },
    Change {
        code: "final_newline",
        message: "the body has a line feed at its end that was not signed: an editor, a shell or a log has put it there",
        undo: |body| body.strip_suffix(b"\n").map(<[u8]>::to_vec),
    },
    Change {
        code: "white_space",
        message: "the body has white space around it that was not signed: pass the raw bytes",
        undo: |body| Some(body.trim_ascii().to_vec()),
    },
    Change {
        code: "line_endings",
        message: "the body was signed with LF at the end of each line and has CR LF: something on the way reads it as text; pass the raw bytes",
        undo: |body| Some(with_line_feeds(body)),
    },
    Change {
        code: "line_endings",
        message: "the body was signed with CR LF at the end of each line and has LF: something on the way reads it as text; pass the raw bytes",
        undo: |body| Some(with_carriage_returns(&with_line_feeds(body))),
    },
    Change {
        code: "byte_order_mark",
        message: "the body begins with a byte order mark that was not signed: an editor or a text file has put it there",
        undo: |body| body.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec),
    },
    Change {
        code: "byte_order_mark",
        message: "the body was signed with a byte order mark in front, which got lost in decoding: pass the raw bytes",
        undo: |body| Some([BYTE_ORDER_MARK, body].concat()),
    },
    Change {
        code: "charset",
        message: "the body was read as Latin-1 and written as UTF-8: pass the raw bytes, without decoding them",
        undo: |body| narrowed(body, latin1),
    },
    Change {
        code: "charset",
        message: "the body was read as Windows-1252 and written as UTF-8: pass the raw bytes, without decoding them",
        undo: |body| narrowed(body, windows1252),
    },
    Change {
        code: "charset",
        message: "the body was signed in UTF-8 and is in Latin-1: pass the raw bytes, without encoding them again",
        undo: |body| Some(widened(body, latin1)),
    },
    Change {
        code: "charset",
        message: "the body was signed in UTF-8 and is in Windows-1252: pass the raw bytes, without encoding them again",
        undo: |body| Some(widened(body, windows1252)),
    },
];

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The change that a body went through, if it passes when that is undone.
pub(super) fn mistake(body: &[u8], passes: &dyn Fn(&[u8]) -> bool) -> Option<Hint> {
    if body.len() > MAX_BODY_BYTES {
        return None;
    }
    let undone = |change: &&Change| (change.undo)(body).is_some_and(|original| original != body && passes(&original));
    match CHANGES.iter().find(undone) {
        Some(change) => Some(Hint { code: change.code, message: change.message.into() }),
        None => reprinted(body, passes),
    }
}

/// What looks wrong about a body and cannot be undone.
pub(super) fn suspicion(body: &[u8]) -> Option<Hint> {
    let (code, message) = if body.is_empty() || body == b"[object Object]" {
        (
            "body_missing",
            "the body that was passed is none: something has read or parsed it before; pass the raw bytes of the request",
        )
    } else if body.windows(3).any(|bytes| bytes == b"\xef\xbf\xbd") {
        (
            "lossy_decoding",
            "the body holds U+FFFD, which is what decoding leaves of bytes that are no UTF-8: if the sender did not write it, pass the raw bytes",
        )
    } else {
        return None;
    };
    Some(Hint { code, message: message.into() })
}

/// How programs lay out what they print.
const SPACINGS: &[(&str, Spacing)] = &[
    ("without white space", Spacing { indent: None, comma: "", colon: "" }),
    ("with a space after commas and colons", Spacing { indent: None, comma: " ", colon: " " }),
    ("indented by two spaces", Spacing { indent: Some("  "), comma: "", colon: " " }),
    ("indented by four spaces", Spacing { indent: Some("    "), comma: "", colon: " " }),
    ("indented by tabs", Spacing { indent: Some("\t"), comma: "", colon: " " }),
];

const PLAIN: Escapes = Escapes { slashes: false, non_ascii: false, ascii: "", upper_case: false };

/// What programs escape: JavaScript and most others; Python; PHP, twice; Go and Ruby on Rails; Gson; .NET.
const ESCAPES: &[(&str, Escapes)] = &[
    ("", PLAIN),
    (", non-ASCII escaped", Escapes { non_ascii: true, ..PLAIN }),
    (", slashes and non-ASCII escaped", Escapes { slashes: true, non_ascii: true, ..PLAIN }),
    (", slashes escaped", Escapes { slashes: true, ..PLAIN }),
    (", < > & escaped", Escapes { ascii: "<>&", ..PLAIN }),
    (", < > & = ' escaped", Escapes { ascii: "<>&='", ..PLAIN }),
    (
        ", non-ASCII and what HTML reserves escaped in upper case",
        Escapes { non_ascii: true, ascii: "<>&'+\"`\u{7f}", upper_case: true, slashes: false },
    ),
];

const ENDINGS: &[(&str, &str)] =
    &[("", ""), (", with a line feed at the end", "\n"), (", with CR LF at the end", "\r\n")];

/// Whether the body is JSON that was parsed and printed again. The order of its members and its numbers are left as
/// they are.
fn reprinted(body: &[u8], passes: &dyn Fn(&[u8]) -> bool) -> Option<Hint> {
    json::read(body, &[]).ok()?;
    let text = core::str::from_utf8(body).ok()?;
    for (layout, spacing) in SPACINGS {
        let mut plain = String::new();
        for (escapes, escaped) in ESCAPES {
            let Some(printed) = json::print(text, *spacing, *escaped, MAX_BODY_BYTES) else { continue };
            // Most bodies have nothing to escape.
            if printed == plain {
                continue;
            }
            for (ending, newline) in ENDINGS {
                if passes(join(&[&printed, newline]).as_bytes()) {
                    let message = join(&[
                        "the body was parsed and printed again: what was signed is printed ",
                        layout,
                        escapes,
                        ending,
                        ". Read the raw bytes before anything parses them, and verify those",
                    ]);
                    return Some(Hint { code: "json_reprinted", message });
                }
            }
            if plain.is_empty() {
                plain = printed;
            }
        }
    }
    None
}

fn with_line_feeds(body: &[u8]) -> Vec<u8> {
    let mut changed = Vec::new();
    let mut rest = body;
    while let [byte, tail @ ..] = rest {
        if *byte != b'\r' || tail.first() != Some(&b'\n') {
            changed.push(*byte);
        }
        rest = tail;
    }
    changed
}

fn with_carriage_returns(body: &[u8]) -> Vec<u8> {
    let mut changed = Vec::new();
    for byte in body {
        if *byte == b'\n' {
            changed.push(b'\r');
        }
        changed.push(*byte);
    }
    changed
}

/// The characters that the bytes from 128 on stand for.
type Charset = fn(u8) -> char;

fn latin1(byte: u8) -> char {
    char::from(byte)
}

/// The bytes that Windows-1252 leaves open stand for control characters, as on the web (WHATWG Encoding).
fn windows1252(byte: u8) -> char {
    const FROM_128: [char; 32] = [
        '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
        '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}',
        '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}',
        '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
    ];
    let index = usize::from(byte).wrapping_sub(128);
    FROM_128.get(index).copied().unwrap_or(char::from(byte))
}

/// The bytes that were taken for characters; `None`, where a character stands for no byte.
fn narrowed(body: &[u8], charset: Charset) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for character in core::str::from_utf8(body).ok()?.chars() {
        bytes.push((0..=u8::MAX).find(|byte| charset(*byte) == character)?);
    }
    Some(bytes)
}

/// The bytes as characters, in UTF-8.
fn widened(body: &[u8], charset: Charset) -> Vec<u8> {
    let mut text = String::new();
    for byte in body {
        text.push(charset(*byte));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_undone_both_ways() {
        let signed = "\u{20ac} \u{e9}t\u{e9} \u{17e}".as_bytes();
        let misread = widened(signed, windows1252);
        assert_ne!(misread, signed);
        assert_eq!(narrowed(&misread, windows1252).as_deref(), Some(signed));
        assert_eq!(narrowed(&widened(signed, latin1), latin1).as_deref(), Some(signed));
        assert_eq!(narrowed(signed, windows1252).map(|bytes| widened(&bytes, windows1252)).as_deref(), Some(signed));
        assert_eq!(narrowed(signed, latin1), None);
        assert_eq!(narrowed(b"\xff", latin1), None);
    }

    #[test]
    fn line_endings_are_undone_both_ways() {
        assert_eq!(with_line_feeds(b"a\r\nb\rc\n\r\n"), b"a\nb\rc\n\n");
        assert_eq!(with_carriage_returns(b"a\nb\n"), b"a\r\nb\r\n");
    }
}
