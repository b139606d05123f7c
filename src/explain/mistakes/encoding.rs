//! Bodies that arrive in an encoding or inside an event, because a platform or a line of code put them there. In: the body as it
//! arrived. Out: the body inside, which the signature then proves.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::charset::{BIG_ENDIAN, LITTLE_ENDIAN, decode_utf16};
use crate::explain::attempt::Attempt;
use crate::explain::explanation::{Hint, HintCode};
use crate::form::percent_decode;
use crate::json::{self, Value};
use crate::limits::{MAX_ENCODINGS, MAX_REPRINTED_BODY_BYTES};
use crate::text::{base64, gzip, hex};

/// An encoding, and how to undo it.
struct Encoding {
    code: HintCode,
    /// Completes "the body arrived ...".
    arrived: &'static str,
    correction: &'static str,
    /// The bodies inside. None if the body is certainly not in this encoding.
    decode: fn(&[u8]) -> Option<Vec<u8>>,
}

const ENCODINGS: &[Encoding] = &[
    encoding(
        HintCode::InsideEvent,
        "inside an event of API Gateway, Lambda or a queue",
        "pass the `body` of the event, decoded from base64 if `isBase64Encoded` is true",
        body_of_event,
    ),
    encoding(
        HintCode::Base64,
        "in base64",
        "decode it first; API Gateway and Lambda set `isBase64Encoded`",
        from_base64,
    ),
    encoding(HintCode::Gzip, "compressed with gzip", "decompress it first", gzip::inflate),
    encoding(
        HintCode::Quoted,
        "as a JSON string",
        "pass the text itself, without JSON.stringify and without the quotation marks of a log",
        from_json_string,
    ),
    encoding(
        HintCode::Quoted,
        "in quotation marks",
        "pass the bytes themselves, not their printed form (in Python, not `str` of `bytes`)",
        from_python,
    ),
    encoding(HintCode::Quoted, "in quotation marks", "pass it without them", from_quotes),
    encoding(
        HintCode::ByteList,
        "as a list of its bytes",
        "pass the Buffer or Uint8Array itself, without JSON.stringify or String",
        from_byte_list,
    ),
    encoding(HintCode::Hexadecimal, "in hexadecimal", "decode it first", from_hex),
    encoding(HintCode::PercentEncoding, "percent-encoded", "decode it first", |body| from_percent(body, b"+")),
    encoding(HintCode::PercentEncoding, "percent-encoded", "decode it first", |body| from_percent(body, b"%2B")),
    encoding(HintCode::Charset, "in UTF-16", "pass it in UTF-8", |body| decode_utf16(body, LITTLE_ENDIAN)),
    encoding(HintCode::Charset, "in UTF-16", "pass it in UTF-8", |body| decode_utf16(body, BIG_ENDIAN)),
];

const fn encoding(
    code: HintCode,
    arrived: &'static str,
    correction: &'static str,
    decode: fn(&[u8]) -> Option<Vec<u8>>,
) -> Encoding {
    Encoding { code, arrived, correction, decode }
}

/// Undoes the encodings, also one inside the other.
pub(super) fn encoded_body(attempt: &Attempt<'_>) -> Option<Hint> {
    let (code, arrived, correction) = decode(attempt, attempt.delivery.body(), MAX_ENCODINGS)?;
    Some(Hint {
        code,
        message: format!("the body was signed without any encoding and arrived {arrived}: {correction}"),
    })
}

/// The outermost encoding, the description of all encodings, and how to correct them.
fn decode(attempt: &Attempt<'_>, body: &[u8], depth: usize) -> Option<(HintCode, String, String)> {
    let depth = depth.checked_sub(1)?;
    ENCODINGS.iter().find_map(|Encoding { code, arrived, correction, decode: undo }| {
        if !attempt.budget.spend(body.len()) {
            return None;
        }
        let inside = undo(body).filter(|inside| inside != body)?;
        // What was inflated is longer.
        if !attempt.budget.spend(inside.len().saturating_sub(body.len())) {
            return None;
        }
        if attempt.is_signed(&inside) {
            return Some((*code, (*arrived).into(), (*correction).into()));
        }
        let (_, inner, then) = decode(attempt, &inside, depth)?;
        Some((*code, format!("{arrived}, {inner}"), format!("{correction}; then {then}")))
    })
}

fn text_of(body: &[u8]) -> Option<&str> {
    core::str::from_utf8(body).ok()
}

/// The places of the body in the events of platforms: API Gateway, Lambda and most others; SQS; Google Pub/Sub.
const PLACES: &[&str] = &["/body", "/rawBody", "/Records/0/body", "/message/data"];

fn body_of_event(body: &[u8]) -> Option<Vec<u8>> {
    let found = json::read(body, PLACES).ok()?.found;
    let text = found.into_iter().flatten().find_map(Value::text)?;
    Some(text.into_owned().into_bytes())
}

/// Base64 in either alphabet, with or without padding and line breaks, also in a `data:` URL.
fn from_base64(body: &[u8]) -> Option<Vec<u8>> {
    let text = text_of(body)?;
    let encoded = text.rsplit_once(',').map_or(text, |(_, encoded)| encoded);
    let encoded: String = encoded.split_ascii_whitespace().collect();
    let encoded = encoded.trim_end_matches('=');
    base64::decode_unpadded(encoded).or_else(|| base64::decode_url(encoded))
}

/// Hexadecimal, also with the prefixes that databases write.
fn from_hex(body: &[u8]) -> Option<Vec<u8>> {
    let text = text_of(body)?.trim_ascii();
    let digits = text.strip_prefix("\\x").or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    hex::decode(&digits.to_ascii_lowercase())
}

/// The text of a JSON string, also of one that has lost its quotation marks.
fn from_json_string(body: &[u8]) -> Option<Vec<u8>> {
    let mark: &[u8] = if body.trim_ascii_start().first() == Some(&b'"') { b"" } else { b"\"" };
    let list = [b"[", mark, body, mark, b"]"].concat();
    let found = json::read(&list, &["/0"]).ok()?.found;
    let text = found.into_iter().flatten().find_map(Value::text)?;
    Some(text.into_owned().into_bytes())
}

/// The text between two equal quotation marks.
fn from_quotes(body: &[u8]) -> Option<Vec<u8>> {
    match body.trim_ascii() {
        [first @ (b'\'' | b'"' | b'`'), inner @ .., last] if first == last => Some(inner.into()),
        _ => None,
    }
}

/// The bytes that Python prints as `b'...'`.
fn from_python(body: &[u8]) -> Option<Vec<u8>> {
    let inner = from_quotes(body.trim_ascii().strip_prefix(b"b")?)?;
    let mut bytes = Vec::new();
    let mut rest = inner.as_slice();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let mut byte = *byte;
        if byte == b'\\' {
            let [letter, tail @ ..] = rest else { return None };
            rest = tail;
            byte = match letter {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'x' => {
                    let (digits, tail) = rest.split_at_checked(2)?;
                    rest = tail;
                    *hex::decode(text_of(digits)?)?.first()?
                }
                other => *other,
            };
        }
        bytes.push(byte);
    }
    Some(bytes)
}

/// The bytes in a list of numbers: `{"type":"Buffer","data":[123,125]}`, `{"0":123,"1":125}`, `[123,125]` or `123,125`.
fn from_byte_list(body: &[u8]) -> Option<Vec<u8>> {
    let text = text_of(body)?.trim_ascii();
    let list = text.split_once('[').map_or(text, |(_, list)| list);
    let list = list.trim_start_matches('{').trim_end_matches([']', '}']);
    let numbers =
        list.split(',').map(|item| item.rsplit_once(':').map_or(item, |(_, number)| number).trim_ascii().parse());
    numbers.collect::<Result<_, _>>().ok()
}

/// Percent-encoded text, in which a plus sign is a space (`plus` is `+`) or a plus sign (`%2B`).
fn from_percent(body: &[u8], plus: &[u8]) -> Option<Vec<u8>> {
    if body.len() > MAX_REPRINTED_BODY_BYTES {
        return None;
    }
    let mut text = Vec::new();
    for byte in body {
        text.extend_from_slice(if *byte == b'+' { plus } else { core::slice::from_ref(byte) });
    }
    percent_decode(text_of(&text)?).map(String::into_bytes)
}
