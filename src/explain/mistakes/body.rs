//! Alterations of the body by frameworks, proxies and editors, and how to undo them.

use alloc::format;
use alloc::vec::Vec;

use super::charset::{BIG_ENDIAN, LATIN_1, LITTLE_ENDIAN, WINDOWS_1252, decode, encode, encode_utf16};
use super::form::{self, Style};
use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};

/// An alteration, and how to undo it.
struct Alteration {
    code: HintCode,
    /// The form in which the body was signed.
    signed: &'static str,
    /// The form in which the body arrived.
    arrived: &'static str,
    /// Restores the signed body. `None` if the body was certainly not altered like this.
    undo: fn(&[u8]) -> Option<Vec<u8>>,
}

const ALTERATIONS: &[Alteration] = &[
    alteration(HintCode::FinalNewline, "with a line feed at its end", "without one", |body| append(body, b"\n")),
    alteration(HintCode::FinalNewline, "with CR LF at its end", "without it", |body| append(body, b"\r\n")),
    alteration(HintCode::FinalNewline, "without CR LF at its end", "with it", |body| remove_end(body, b"\r\n")),
    alteration(HintCode::FinalNewline, "without a line feed at its end", "with one", |body| remove_end(body, b"\n")),
    alteration(HintCode::WhiteSpace, "without white space around it", "with white space", |body| {
        Some(body.trim_ascii().to_vec())
    }),
    alteration(HintCode::LineEndings, "with LF line ends", "with CR LF", |body| convert_line_ends(body, b"\n")),
    alteration(HintCode::LineEndings, "with CR LF line ends", "with LF", |body| convert_line_ends(body, b"\r\n")),
    alteration(HintCode::ByteOrderMark, "without a byte order mark", "with one", |body| {
        body.strip_prefix(BYTE_ORDER_MARK).map(Into::into)
    }),
    alteration(HintCode::ByteOrderMark, "with a byte order mark", "without one", |body| append(BYTE_ORDER_MARK, body)),
    alteration(HintCode::Charset, "in UTF-8", "decoded as Latin-1 and encoded again", |body| encode(body, LATIN_1)),
    alteration(HintCode::Charset, "in UTF-8", "decoded as Windows-1252 and encoded again", |body| {
        encode(body, WINDOWS_1252)
    }),
    alteration(HintCode::Charset, "in UTF-8", "in Latin-1", |body| Some(decode(body, LATIN_1))),
    alteration(HintCode::Charset, "in UTF-8", "in Windows-1252", |body| Some(decode(body, WINDOWS_1252))),
    alteration(HintCode::Charset, UTF_16, "in UTF-8", |body| encode_utf16(body, LITTLE_ENDIAN, "")),
    alteration(HintCode::Charset, UTF_16, "in UTF-8", |body| encode_utf16(body, LITTLE_ENDIAN, "\u{feff}")),
    alteration(HintCode::Charset, UTF_16, "in UTF-8", |body| encode_utf16(body, BIG_ENDIAN, "")),
    alteration(HintCode::Charset, UTF_16, "in UTF-8", |body| encode_utf16(body, BIG_ENDIAN, "\u{feff}")),
    alteration(HintCode::PercentEncoding, "as a form", "decoded, or encoded in another way", |body| {
        form::print(body, &Style { kept: "*-._", space: "+" })
    }),
    alteration(HintCode::PercentEncoding, "as a form", "decoded, or encoded in another way", |body| {
        form::print(body, &Style { kept: "-._~", space: "+" })
    }),
    alteration(HintCode::PercentEncoding, "as a form", "decoded, or encoded in another way", |body| {
        form::print(body, &Style { kept: "-._~", space: "%20" })
    }),
    alteration(HintCode::PercentEncoding, "as a form", "decoded, or encoded in another way", |body| {
        form::print(body, &Style { kept: "-_.!~*'()", space: "%20" })
    }),
    alteration(HintCode::PercentEncoding, "as text", "parsed as a form", form::parsed_text),
];

const UTF_16: &str = "in UTF-16";

const fn alteration(
    code: HintCode,
    signed: &'static str,
    arrived: &'static str,
    undo: fn(&[u8]) -> Option<Vec<u8>>,
) -> Alteration {
    Alteration { code, signed, arrived, undo }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Undoes the alterations one by one.
pub(super) fn altered_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let body = attempt.delivery.body();
    ALTERATIONS.iter().find_map(|Alteration { code, signed, arrived, undo }| {
        if !attempt.budget.spend(body.len()) {
            return None;
        }
        let original = undo(body).filter(|original| original != body)?;
        attempt.is_signed(&original).then(|| Hint {
            code: *code,
            message: format!(
                "the body was signed {signed} and arrived {arrived}: pass the bytes of the request as received, before any decoder, editor or log changes them"
            ),
        })
    })
}

/// Recognizes a body that has certainly or probably been replaced, which cannot be undone.
pub(in crate::explain) fn suspicious_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let body = attempt.delivery.body();
    if !attempt.signs_body() {
        return None;
    }
    let (code, message) = if body.is_empty() || body == b"[object Object]" {
        (
            HintCode::BodyMissing,
            "no body was passed: if the request had one, a framework may have read or parsed it first; pass its bytes",
        )
    } else if body.windows(3).any(|bytes| bytes == b"\xef\xbf\xbd") {
        (
            HintCode::LossyDecoding,
            "the body contains U+FFFD, which replaces bytes that are not UTF-8: it may have been decoded lossily; pass the bytes as received",
        )
    } else {
        return None;
    };
    Some(Hint { code, message: message.into() })
}

#[expect(clippy::unnecessary_wraps, reason = "all alterations have one type")]
fn append(body: &[u8], end: &[u8]) -> Option<Vec<u8>> {
    Some([body, end].concat())
}

fn remove_end(body: &[u8], end: &[u8]) -> Option<Vec<u8>> {
    body.strip_suffix(end).map(Into::into)
}

#[expect(clippy::unnecessary_wraps, reason = "all alterations have one type")]
fn convert_line_ends(body: &[u8], line_end: &[u8]) -> Option<Vec<u8>> {
    let mut converted = Vec::new();
    let mut rest = body;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'\r' if tail.first() == Some(&b'\n') => {}
            b'\n' => converted.extend_from_slice(line_end),
            other => converted.push(*other),
        }
        rest = tail;
    }
    Some(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_converted_in_both_directions() {
        assert_eq!(convert_line_ends(b"a\r\nb\rc\n\r\n", b"\n").as_deref(), Some(&b"a\nb\rc\n\n"[..]));
        assert_eq!(convert_line_ends(b"a\nb\r\n", b"\r\n").as_deref(), Some(&b"a\r\nb\r\n"[..]));
    }
}
