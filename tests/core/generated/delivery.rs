//! Deliveries, signed without the library's own signer. In: a description and the values of a delivery. Out: the signed
//! content, its signature, the request, and what the library says about it.

use std::collections::BTreeMap;

use countersign::{Delivery, Rejection, UnixTime, Verifier};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

use crate::description::{Description, ID, Part, TIME, TYPE, TimePlace, Unit};
use crate::random::Random;

pub(crate) const SECRET: &str = "a secret of the generator";
pub(crate) const NOW: u64 = 1_700_000_000;
/// A day before, which is outside every tolerance here.
pub(crate) const STALE: u64 = NOW - 86_400;

/// The values of a delivery that can be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) id: String,
    pub(crate) time: String,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
    /// The texts of the members that the body has, if its members are signed one by one.
    pub(crate) members: BTreeMap<&'static str, String>,
}

/// What the library says about a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Event {
        id: String,
        kind: Option<String>,
        signed_at: Option<u64>,
    },
    /// Authentic, but without an id.
    Undecodable,
    Rejected(&'static str),
}

pub(crate) fn time_text(unit: Unit, seconds: u64) -> String {
    match unit {
        Unit::Seconds => seconds.to_string(),
        Unit::Milliseconds => (seconds * 1000).to_string(),
        Unit::Rfc3339 => UnixTime::from_secs(seconds).to_rfc3339(),
    }
}

/// The bytes of each part of the content.
pub(crate) fn parts_of(description: &Description, values: &Values) -> Vec<Vec<u8>> {
    description.content.iter().map(|part| bytes_of(description, part, values)).collect()
}

fn bytes_of(description: &Description, part: &Part, values: &Values) -> Vec<u8> {
    let in_body = |name: &str| {
        let body: Value = serde_json::from_slice(&values.body).ok()?;
        body.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let member = |name: &str| {
        if description.is_inside { values.members.get(name).cloned() } else { in_body(name) }
    };
    match part {
        Part::Text(text) => text.as_bytes().to_vec(),
        Part::Id => values.id.clone().into(),
        Part::Time => values.time.clone().into(),
        Part::Body => values.body.clone(),
        Part::Form => sorted_form(&values.body),
        Part::Method => values.method.clone().into(),
        Part::Url(_) => values.url.clone().into(),
        Part::Secret => SECRET.into(),
        Part::Member(name, _) => member(name).unwrap_or_default().into(),
        Part::Lines(names) => {
            let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", member(name)?)));
            lines.collect::<String>().into()
        }
    }
}

/// The names and values of a form, decoded, sorted, without duplicates, joined.
fn sorted_form(body: &[u8]) -> Vec<u8> {
    let mut fields = fields(body);
    fields.sort();
    fields.dedup();
    fields.into_iter().flat_map(|(name, value)| [name, value].concat()).collect()
}

/// The names and values of a form, decoded.
pub(crate) fn fields(body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decode = |text: &[u8]| -> Vec<u8> {
        let mut decoded = Vec::new();
        let mut rest = text;
        while let Some((first, tail)) = rest.split_first() {
            match (first, tail) {
                (b'%', [high, low, after @ ..]) => {
                    let digits = [*high, *low];
                    decoded.push(u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap());
                    rest = after;
                    continue;
                }
                (b'+', _) => decoded.push(b' '),
                (other, _) => decoded.push(*other),
            }
            rest = tail;
        }
        decoded
    };
    let fields = body.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
    fields
        .map(|field| {
            let at = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            (decode(&field[..at]), decode(field.get(at + 1..).unwrap_or_default()))
        })
        .collect()
}

/// The body that a form with these fields has.
pub(crate) fn form_of(fields: &[(&[u8], &[u8])]) -> Vec<u8> {
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect::<Vec<_>>()
        .join("&")
        .into()
}

/// Bytes as a form writes them, with an escape for each.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| ["%".into(), hex(&[*byte])]).collect()
}

/// What an event is, apart from the time at which it was signed: the bytes that its id must distinguish.
pub(crate) fn identity(description: &Description, values: &Values) -> Vec<u8> {
    if description.has(|part| *part == Part::Body) {
        return values.body.clone();
    }
    let mut untimed = Values { time: "\u{1}".into(), ..values.clone() };
    if description.has_time_in_body() {
        untimed.members.insert(TIME, "\u{1}".into());
    }
    parts_of(description, &untimed).concat()
}

/// The signature of some content, in hexadecimal.
pub(crate) fn sign(description: &Description, content: &[u8]) -> String {
    fn hmac<M: Mac + KeyInit>(content: &[u8]) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(content);
        mac.finalize().into_bytes().to_vec()
    }
    hex(&match *description.algorithms.last().unwrap() {
        "sha256" => Sha256::digest(content).to_vec(),
        "hmac-sha512" => hmac::<Hmac<Sha512>>(content),
        _ => hmac::<Hmac<Sha256>>(content),
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

/// The request: headers and body. Members of the body are written in one of the ways that JSON allows.
pub(crate) fn request(
    description: &Description,
    values: &Values,
    signature: &str,
    random: &mut Random,
) -> (Vec<(&'static str, String)>, Vec<u8>) {
    let mut headers = Vec::new();
    if description.has(|part| *part == Part::Id) || matches!(description.id, crate::description::IdPlace::Header) {
        headers.push((ID, values.id.clone()));
    }
    let label = description.label();
    let time = &values.time;
    let tag = match description.time {
        Some((TimePlace::Item, _)) => format!("t={time},{label}={signature}"),
        Some((TimePlace::First, _)) => format!("{time},{signature}"),
        _ => format!("{label}{signature}"),
    };
    if matches!(description.time, Some((TimePlace::Header, _))) {
        headers.push((TIME, time.clone()));
    }
    if !description.is_inside {
        headers.push(("sig", tag));
        return (headers, values.body.clone());
    }
    if description.payload == "form" {
        let mut members: Vec<String> =
            values.members.iter().map(|(name, text)| format!("{name}={}", escaped(text.as_bytes()))).collect();
        members.push(format!("sig={tag}"));
        members.push(format!("unsigned={}", random.below(1000)));
        random.shuffle(&mut members);
        let form = members.join("&");
        let form = if random.percent(50) { form.replace("%20", "+").replace("%78", "x") } else { form };
        return (headers, form.into());
    }
    let mut members: Vec<String> =
        values.members.iter().map(|(name, text)| format!("\"{name}\":{}", spelled(text, random))).collect();
    members.push(format!("\"sig\":{}", Value::from(tag)));
    if random.percent(50) {
        // A member that is never signed.
        members.push(format!("\"unsigned\":{}", random.below(1000)));
    }
    random.shuffle(&mut members);
    (headers, format!("{{{}}}", members.join(",")).into())
}

/// A JSON value whose text is this one: a string, a number, or something else that has no text.
fn spelled(text: &str, random: &mut Random) -> String {
    let is_number = !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if (is_number || text == "true") && random.percent(50) {
        return text.into();
    }
    let string = Value::from(text).to_string();
    if random.percent(20) { string.replacen('x', "\\u0078", 1) } else { string }
}

/// Verifies and decodes a request at a time.
pub(crate) fn deliver(
    verifier: &Verifier,
    values: &Values,
    headers: &[(&'static str, String)],
    body: &[u8],
    now: u64,
) -> Outcome {
    let delivery = Delivery::new(headers, body).method(&values.method).url(&values.url);
    match verifier.verify(delivery, UnixTime::from_secs(now)) {
        Ok(verified) => match verified.decode() {
            Ok(event) => {
                Outcome::Event { id: event.id, kind: event.kind, signed_at: event.signed_at.map(UnixTime::as_secs) }
            }
            Err(_) => Outcome::Undecodable,
        },
        Err(rejection) => Outcome::Rejected(Rejection::code(&rejection)),
    }
}

/// A JSON body with some of the usual members.
pub(crate) fn json_body(id: &str, kind: &str, time: &str, rest: &str) -> Vec<u8> {
    let [id, kind, time, rest] = [id, kind, time, rest].map(Value::from);
    format!(r#"{{"{ID}":{id},"x":{{"{ID}":{rest}}},"{TYPE}":{kind},"{TIME}":{time},"a":"qw"}}"#).into()
}
