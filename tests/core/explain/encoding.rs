//! Bodies that arrive in an encoding, in an event or in another character set. The encoders are those of other libraries, or are written
//! here.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use countersign::scheme::Format;
use countersign::senders;
use miniz_oxide::deflate::compress_to_vec;
use serde_json::json;

use crate::cases::Failure;
use crate::support::{assert_hint_for_each_sender, codes, explain_body, sender_bodies};

/// Asserts the hint for a body that was compressed. Some senders sign the text, and their scheme decompresses it.
fn assert_hint_if_compressed(code: &str, words: &str, encode: impl Fn(Vec<u8>) -> Vec<u8>) -> Result<(), Failure> {
    let (mut tried, mut decompressed) = (0, 0);
    for (scheme, body) in sender_bodies()? {
        let received = encode(gzip(body.as_bytes()));
        let explanation = explain_body(scheme, body.as_bytes(), &received)?;
        if scheme.payload == Format::JsonOrGzip {
            decompressed += 1;
            continue;
        }
        assert_eq!(codes(&explanation), [code], "{}: {explanation:?}", scheme.name);
        assert!(explanation.hints[0].message.contains(words), "{explanation:?}");
        tried += 1;
    }
    assert!(tried > 50 && decompressed < 5, "{tried} {decompressed}");
    Ok(())
}

/// Asserts the hint for a body that was signed as it is and arrived encoded.
fn assert_hint(code: &str, words: &str, encode: impl Fn(&str) -> Vec<u8>) -> Result<(), Failure> {
    assert_hint_for_each_sender(code, words, |body| (body.as_bytes().to_vec(), encode(body)))
}

/// A gzip member with its header, without a checksum, which a reader may ignore.
pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(0).to_le_bytes();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &compress_to_vec(body, 6), &[0; 4], &length].concat()
}

fn event(body: &str, is_base64: bool) -> Vec<u8> {
    let request = json!({ "http": { "method": "POST", "path": "/hook" } });
    let event = json!({ "version": "2.0", "requestContext": request, "body": body, "isBase64Encoded": is_base64 });
    event.to_string().into_bytes()
}

#[test]
fn a_body_in_base64_is_recognized() -> Result<(), Failure> {
    assert_hint("base64", "isBase64Encoded", |body| BASE64_STANDARD.encode(body).into_bytes())?;
    assert_hint("base64", "decode it first", |body| BASE64_URL_SAFE_NO_PAD.encode(body).into_bytes())?;
    // Ruby's Base64.encode64 breaks lines, and browsers write data: URLs.
    assert_hint("base64", "in base64", |body| {
        let encoded = BASE64_STANDARD.encode(body);
        let lines: Vec<&[u8]> = encoded.as_bytes().chunks(60).collect();
        [lines.join(&b'\n'), b"\n".to_vec()].concat()
    })?;
    assert_hint("base64", "in base64", |body| {
        ["data:application/json;base64,", &BASE64_STANDARD.encode(body)].concat().into_bytes()
    })
}

#[test]
fn a_body_inside_an_event_of_a_platform_is_recognized() -> Result<(), Failure> {
    assert_hint("inside_event", "pass the `body` of the event", |body| event(body, false))?;
    assert_hint("inside_event", "inside an event of API Gateway, Lambda or a queue, in base64", |body| {
        event(&BASE64_STANDARD.encode(body), true)
    })?;
    assert_hint_if_compressed("inside_event", "in base64, compressed with gzip", |compressed| {
        event(&BASE64_STANDARD.encode(compressed), true)
    })?;
    assert_hint("inside_event", "a queue", |body| json!({ "Records": [{ "body": body }] }).to_string().into_bytes())?;
    assert_hint("inside_event", "in base64", |body| {
        let message = json!({ "data": BASE64_STANDARD.encode(body), "messageId": "1" });
        json!({ "message": message, "subscription": "s" }).to_string().into_bytes()
    })
}

#[test]
fn a_compressed_body_is_recognized() -> Result<(), Failure> {
    assert_hint_if_compressed("gzip", "decompress it first", |compressed| compressed)?;
    assert_hint_if_compressed("base64", "in base64, compressed with gzip", |compressed| {
        BASE64_STANDARD.encode(compressed).into_bytes()
    })?;
    // Made by Python's gzip.
    let compressed = BASE64_STANDARD
        .decode("H4sIAAAAAAACA6tWykxRslJKLSuJN1TSUSqpLEgFcjPzyvIzk1P1ChKBsjpKefklINHkxLTDK5VqAWO4R5gzAAAA")
        .map_err(|error| error.to_string())?;
    let body = "{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"note\":\"caf\u{e9}\"}";
    assert_eq!(codes(&explain_body(&senders::GITHUB, body.as_bytes(), &compressed)?), ["gzip"]);
    Ok(())
}

#[test]
fn a_body_as_a_json_string_is_recognized() -> Result<(), Failure> {
    let quoted = |body: &str| json!(body).to_string();
    assert_hint("quoted", "without JSON.stringify", |body| quoted(body).into_bytes())?;
    assert_hint("quoted", "as a JSON string, as a JSON string", |body| quoted(&quoted(body)).into_bytes())?;
    // A copy from a log has lost the quotation marks around it.
    assert_hint("quoted", "quotation marks of a log", |body| {
        let quoted = quoted(body);
        quoted.as_bytes()[1..quoted.len() - 1].to_vec()
    })
}

#[test]
fn a_body_in_quotation_marks_is_recognized() -> Result<(), Failure> {
    for mark in ["'", "`"] {
        assert_hint("quoted", "in quotation marks", |body| [mark, body, mark].concat().into_bytes())?;
    }
    // As Python prints bytes.
    assert_hint("quoted", "in Python", |body| {
        let mut printed = String::from("b'");
        for byte in body.bytes() {
            match byte {
                b'\\' | b'\'' => printed.extend(['\\', char::from(byte)]),
                b'\n' => printed.push_str("\\n"),
                b'\r' => printed.push_str("\\r"),
                b'\t' => printed.push_str("\\t"),
                b' '..=b'~' => printed.push(char::from(byte)),
                _ => printed.extend([format!("\\x{byte:02x}")]),
            }
        }
        [printed.as_str(), "'"].concat().into_bytes()
    })
}

#[test]
fn a_body_as_a_list_of_its_bytes_is_recognized() -> Result<(), Failure> {
    let numbers = |body: &str| body.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>();
    assert_hint("byte_list", "Buffer", |body| {
        [r#"{"type":"Buffer","data":["#, &numbers(body).join(","), "]}"].concat().into_bytes()
    })?;
    assert_hint("byte_list", "Uint8Array", |body| {
        let members: Vec<_> =
            numbers(body).iter().enumerate().map(|(index, byte)| format!("\"{index}\":{byte}")).collect();
        ["{", &members.join(","), "}"].concat().into_bytes()
    })?;
    assert_hint("byte_list", "String", |body| numbers(body).join(",").into_bytes())?;
    assert_hint("byte_list", "a list", |body| ["[", &numbers(body).join(", "), "]"].concat().into_bytes())
}

#[test]
fn a_body_in_hexadecimal_is_recognized() -> Result<(), Failure> {
    let hex = |body: &str| body.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_hint("hexadecimal", "decode it first", |body| hex(body).into_bytes())?;
    assert_hint("hexadecimal", "in hexadecimal", |body| ["\\x", &hex(body).to_uppercase()].concat().into_bytes())
}

#[test]
fn a_body_in_utf16_is_recognized_in_both_directions() -> Result<(), Failure> {
    let encode = |body: &str, mark: &str, to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [mark, body].concat().encode_utf16().flat_map(to_bytes).collect()
    };
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        for mark in ["", "\u{feff}"] {
            assert_hint("charset", "arrived in UTF-16", |body| encode(body, mark, to_bytes))?;
            assert_hint_for_each_sender("charset", "signed in UTF-16", |body| {
                (encode(body, mark, to_bytes), body.as_bytes().to_vec())
            })?;
        }
    }
    Ok(())
}

/// Percent-encodes everything but letters, digits and the characters that are kept.
fn percent(text: &str, kept: &str, space: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match char::from(byte) {
            ' ' => encoded.push_str(space),
            letter if letter.is_ascii_alphanumeric() || kept.contains(letter) => encoded.push(letter),
            _ => encoded.extend([format!("%{byte:02X}")]),
        }
    }
    encoded
}

#[test]
fn a_percent_encoded_body_is_recognized() -> Result<(), Failure> {
    assert_hint("percent_encoding", "decode it first", |body| percent(body, "-_.!~*'()", "%20").into_bytes())?;
    assert_hint("percent_encoding", "decode it first", |body| percent(body, "-_.~", "+").into_bytes())?;
    // A plus sign remains one where a space is `%20`.
    assert_hint_for_each_sender("percent_encoding", "decode it first", |body| {
        let body = [body, "+"].concat();
        (body.as_bytes().to_vec(), percent(&body, "+,:-_.!~*'()", "%20").into_bytes())
    })
}

#[test]
fn a_form_that_was_decoded_or_encoded_again_is_recognized() -> Result<(), Failure> {
    let fields = [("text", "a b+c*'(d)!"), ("user", "Zo\u{eb} & ~co"), ("empty", "")];
    let write = |kept: &str, space: &str| {
        let field = |(name, value): &(&str, &str)| [name, "=", &percent(value, kept, space)].concat();
        fields.iter().map(field).collect::<Vec<_>>().join("&")
    };
    // Browsers; Python and Ruby; RFC 3986; JavaScript's encodeURIComponent.
    let styles = [write("*-._", "+"), write("-._~", "+"), write("-._~", "%20"), write("-_.!~*'()", "%20")];
    let parsed = "{\"text\":\"a b+c*'(d)!\",\"user\":\"Zo\u{eb} & ~co\",\"empty\":\"\"}";
    for scheme in [&senders::SLACK, &senders::GITHUB, &senders::STRIPE, &senders::STANDARD] {
        for signed in &styles {
            for received in styles.iter().map(String::as_str).filter(|style| style != signed).chain([parsed]) {
                let explanation = explain_body(scheme, signed.as_bytes(), received.as_bytes())?;
                assert_eq!(
                    codes(&explanation),
                    ["percent_encoding"],
                    "{}: {signed} {received}: {explanation:?}",
                    scheme.name
                );
            }
        }
        // A form without characters that need encoding was decoded.
        let explanation = explain_body(scheme, b"text=a%20b&url=https%3A%2F%2Fx", b"text=a b&url=https://x")?;
        assert_eq!(codes(&explanation), ["percent_encoding"]);
    }
    // A parser of forms takes JSON for the name of an empty field.
    assert_hint("percent_encoding", "parsed as a form", |body| json!({ body: "" }).to_string().into_bytes())
}
