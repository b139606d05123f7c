//! The payload types read every body in `tests/payloads` without losing anything. `tests/package/runtimes` reads the same files in
//! every JavaScript runtime, and `tests/package/packaging` compiles them as TypeScript.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use countersign::senders::{flash, flexprice, resend, stripe, subscribeflow};
use countersign::{DecodeError, Delivery, Scheme, Signer, UnixTime, Verifier};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

type Outcome = Result<(), Box<dyn Error>>;

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[derive(Deserialize)]
struct File {
    scheme: String,
    bodies: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    name: String,
    /// The variant of the Rust type into which it decodes.
    variant: String,
    /// The event types with such a body. They replace `{type}`.
    types: Vec<Option<String>>,
    /// Whether these types are missing from the catalogue.
    #[serde(default)]
    unlisted: bool,
    body: Box<RawValue>,
    /// The body from which the token is made, if it says more than this body.
    signed: Option<Box<RawValue>>,
}

/// One delivery of a sample.
struct Case {
    name: String,
    variant: String,
    kind: Option<String>,
    body: String,
    signed: String,
}

fn file(scheme: &str) -> Result<File, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads").join(scheme).with_extension("json");
    let file: File = serde_json::from_str(&fs::read_to_string(path)?)?;
    assert_eq!(file.scheme, scheme);
    Ok(file)
}

fn cases(scheme: &str) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut cases = Vec::new();
    for Sample { name, variant, types, body, signed, .. } in file(scheme)?.bodies {
        for kind in types {
            let of_type = |text: &RawValue| text.get().replace("{type}", kind.as_deref().unwrap_or_default());
            let (body, signed) = (of_type(&body), of_type(signed.as_ref().unwrap_or(&body)));
            let name = format!("{name}, {}", kind.as_deref().unwrap_or("no type"));
            cases.push(Case { name, variant: variant.clone(), kind, body, signed });
        }
    }
    assert!(!cases.is_empty());
    Ok(cases)
}

/// Signs, verifies and decodes a body.
fn decode<T: DeserializeOwned>(scheme: &str, body: &str) -> Result<Result<T, DecodeError>, Box<dyn Error>> {
    deliver(scheme, body, body)
}

fn deliver<T: DeserializeOwned>(
    scheme: &str,
    body: &str,
    signed: &str,
) -> Result<Result<T, DecodeError>, Box<dyn Error>> {
    let scheme = Scheme::named(scheme)?;
    let now = UnixTime::from_secs(1_700_000_000);
    let headers = Signer::new(scheme, KEY)?.sign("msg_1", signed.as_bytes(), now);
    let verifier = Verifier::new(scheme, [KEY])?;
    Ok(verifier.verify(Delivery::new(&headers, body.as_bytes()), now)?.decode_as())
}

/// Checks that every sample of a sender decodes to its variant and type, and has the same members when it is serialized again. A
/// misspelled or missing member of a payload type fails this check.
fn every_sample<T: DeserializeOwned + Serialize>(
    scheme: &str,
    inspect: impl Fn(&T) -> (String, Option<String>),
) -> Outcome {
    for case in cases(scheme)? {
        let payload: T =
            deliver(scheme, &case.body, &case.signed)?.map_err(|error| format!("{}: {error}", case.name))?;
        let (printed, kind) = inspect(&payload);
        let variant = printed.split(['(', ' ']).next().unwrap_or_default();
        assert_eq!(variant, case.variant, "{}", case.name);
        assert!(kind.is_none() || kind == case.kind, "{}: {kind:?}", case.name);
        let again = serde_json::to_value(&payload)?;
        assert_eq!(without_nulls(again), without_nulls(serde_json::from_str(&case.body)?), "{}", case.name);
    }
    Ok(())
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[test]
fn every_body_of_flexprice_is_read_completely() -> Outcome {
    every_sample("flexprice", |payload: &flexprice::Payload| {
        let printed = format!("{payload:?}");
        if let Some(shape) = payload.event_type().and_then(flexprice::EventType::shape) {
            let (_, content) = printed.split_once('(').unwrap_or_default();
            assert!(content.starts_with(&format!("{shape:?} {{")), "{shape:?} is not {printed}");
        }
        (printed, payload.event_type().map(ToString::to_string))
    })?;
    for case in cases("flexprice")? {
        let payload: flexprice::Payload = decode("flexprice", &case.body)??;
        assert_eq!(payload.event_type().map(flexprice::EventType::as_str), case.kind.as_deref(), "{}", case.name);
    }
    Ok(())
}

#[test]
fn flexprice_bodies_are_read_alike_however_they_are_signed() -> Outcome {
    for case in cases("flexprice")? {
        let signed: flexprice::Payload = decode("flexprice", &case.body)??;
        for scheme in ["flexprice-native", "flexprice-native-token"] {
            let native: flexprice::Payload = decode(scheme, &case.body)??;
            assert_eq!(format!("{native:?}"), format!("{signed:?}"), "{}", case.name);
        }
    }
    Ok(())
}

#[test]
fn every_body_of_flash_is_read_completely() -> Outcome {
    every_sample("flash", |payload: &flash::Payload| {
        (format!("{payload:?}"), payload.event_type.as_ref().map(|kind| kind.name.to_string()))
    })
}

#[test]
fn every_body_of_flash_vault_is_read_completely() -> Outcome {
    every_sample("flash-vault", |payload: &flash::vault::Payload| {
        (format!("{payload:?}"), Some(payload.event.to_string()))
    })
}

#[test]
fn every_body_of_subscribeflow_is_read_completely() -> Outcome {
    every_sample("subscribeflow", |payload: &subscribeflow::Payload| {
        (format!("{:?}", payload.data), Some(payload.event_type.to_string()))
    })
}

#[test]
fn every_body_of_resend_is_read_completely() -> Outcome {
    every_sample("resend", |payload: &resend::Payload| {
        (format!("{:?}", payload.data), Some(payload.event_type.to_string()))
    })
}

#[test]
fn every_body_of_stripe_is_read_completely() -> Outcome {
    every_sample("stripe", |payload: &stripe::Payload| {
        let kind = match payload {
            stripe::Payload::Snapshot(event) => Some(event.event_type.to_string()),
            stripe::Payload::Thin(event) => Some(event.event_type.to_string()),
            _ => None,
        };
        (format!("{payload:?}"), kind)
    })
}

/// Checks that a sender's catalogue has `count` types, that each has a sample, and that only samples marked as unlisted have other
/// types.
fn catalogue<T: Debug + for<'t> From<&'t str>>(scheme: &str, count: usize, all: &[T], text: fn(&T) -> &str) -> Outcome {
    catalogue_of(scheme, "", count, all, text)
}

/// Like [`catalogue`], for the samples of one variant; of all variants if it is empty.
fn catalogue_of<T: Debug + for<'t> From<&'t str>>(
    scheme: &str,
    variant: &str,
    count: usize,
    all: &[T],
    text: fn(&T) -> &str,
) -> Outcome {
    let known: BTreeSet<_> = all.iter().map(text).collect();
    assert_eq!((all.len(), known.len()), (count, count), "{scheme}");
    for (kind, name) in all.iter().zip(all.iter().map(text)) {
        assert_eq!(format!("{:?}", T::from(name)), format!("{kind:?}"));
    }
    let file = file(scheme)?;
    let samples = file.bodies.iter().filter(|sample| variant.is_empty() || sample.variant == variant);
    let (unlisted, listed): (Vec<_>, Vec<_>) = samples.partition(|sample| sample.unlisted);
    let types = |samples: Vec<&Sample>| -> BTreeSet<_> {
        samples.into_iter().flat_map(|sample| sample.types.clone()).flatten().collect()
    };
    let listed = types(listed);
    assert_eq!(listed.iter().map(String::as_str).collect::<BTreeSet<_>>(), known, "{scheme}");
    for kind in types(unlisted) {
        assert_eq!(format!("{:?}", T::from(kind.as_str())), format!("Other({kind:?})"));
        assert_eq!(text(&T::from(kind.as_str())), kind);
    }
    Ok(())
}

#[test]
fn every_type_of_a_catalogue_has_a_sample() -> Outcome {
    use flash::vault;
    catalogue("flexprice", 58, flexprice::EventType::ALL, flexprice::EventType::as_str)?;
    catalogue("flash", 5, flash::EventType::ALL, flash::EventType::as_str)?;
    catalogue("flash-vault", 5, vault::EventType::ALL, vault::EventType::as_str)?;
    catalogue("subscribeflow", 10, subscribeflow::EventType::ALL, subscribeflow::EventType::as_str)?;
    catalogue("resend", 37, resend::EventType::ALL, resend::EventType::as_str)?;
    catalogue_of("stripe", "Snapshot", 275, stripe::EventType::ALL, stripe::EventType::as_str)?;
    catalogue_of("stripe", "Thin", 326, stripe::ThinEventType::ALL, stripe::ThinEventType::as_str)
}

#[test]
fn a_type_has_a_shape_only_if_it_is_listed() {
    assert!(flexprice::EventType::ALL.iter().all(|kind| kind.shape().is_some()));
    assert!(resend::EventType::ALL.iter().all(|kind| kind.subject().is_some()));
    assert!(subscribeflow::EventType::ALL.iter().all(|kind| kind.subject().is_some()));
    assert_eq!(flexprice::EventType::from("invoice.shredded").shape(), None);
    assert_eq!(resend::EventType::from("email.framed").subject(), None);
    assert_eq!(subscribeflow::EventType::from("subscriber.cloned").subject(), None);
}

#[test]
fn an_unlisted_type_or_value_is_kept_as_text() -> Outcome {
    let kind: flexprice::EventType = "invoice.shredded".parse()?;
    assert_eq!(kind, flexprice::EventType::Other("invoice.shredded".into()));
    assert_eq!(kind.to_string(), "invoice.shredded");
    // Names are case-sensitive.
    assert_eq!(flexprice::InvoiceStatus::from("draft"), flexprice::InvoiceStatus::Other("draft".into()));

    let body = r#"{"event_type":"invoice.update","invoice":{"id":"inv_1","invoice_status":"SHREDDED","invoice_type":"\u0047IFT"}}"#;
    let flexprice::Payload::Invoice(event) = decode("flexprice", body)?? else { return Err("not an invoice".into()) };
    assert_eq!(event.invoice.invoice_status, Some(flexprice::InvoiceStatus::Other("SHREDDED".into())));
    assert_eq!(event.invoice.invoice_type, Some(flexprice::InvoiceType::Other("GIFT".into())));
    assert!(serde_json::to_string(&event)?.contains(r#""invoice_status":"SHREDDED""#));
    Ok(())
}

#[test]
fn missing_members_are_none_and_unknown_members_are_ignored() -> Outcome {
    let body = r#"{"invoice":{"id":"inv_1","customer_id":null,"colour":{"red":1}},"weather":[]}"#;
    let flexprice::Payload::Invoice(event) = decode("flexprice", body)?? else { return Err("not an invoice".into()) };
    assert_eq!(event.event_type, None);
    assert_eq!(event.invoice.id, "inv_1");
    assert_eq!(event.invoice.customer_id, None);
    assert_eq!(event.invoice.total, None);
    Ok(())
}

#[test]
fn a_body_with_the_wrong_type_is_recognized_by_its_members() -> Outcome {
    // The documentation of `customer.created` shows a customer with the type of a subscription event.
    let body = r#"{"event_type":"subscription.created","customer":{"id":"cust_1"}}"#;
    let payload: flexprice::Payload = decode("flexprice", body)??;
    assert!(matches!(payload, flexprice::Payload::Customer(_)), "{payload:?}");
    Ok(())
}

#[test]
fn subscribeflow_may_call_the_type_event_type() -> Outcome {
    let body = |head: &str| format!(r#"{{"id":"evt_1",{head},"data":{{}}}}"#);
    for head in [
        r#""event_type":"tag.subscribed""#,
        r#""type":"tag.subscribed","event_type":"x""#,
        r#""type":"tag.subscribed""#,
    ] {
        let payload: subscribeflow::Payload = decode("subscribeflow", &body(head))??;
        assert_eq!(payload.event_type, subscribeflow::EventType::TagSubscribed, "{head}");
        assert!(matches!(payload.data, subscribeflow::Data::Subscription(_)));
    }
    let untyped = decode::<subscribeflow::Payload>("subscribeflow", &body(r#""kind":1"#))?;
    assert!(matches!(untyped, Err(DecodeError::NotJson { .. })), "{untyped:?}");
    Ok(())
}

#[test]
fn decimals_and_integers_are_not_rounded() -> Outcome {
    let body = r#"{"event_type":"event.rejected","event":{"id":"e","properties":{"n":123456789012345678901234567890,"d":0.1000000000000000055511151231257827}}}"#;
    let flexprice::Payload::Rejected(event) = decode("flexprice", body)?? else { return Err("not a rejection".into()) };
    let properties = event.event.properties.ok_or("no properties")?;
    assert_eq!(properties.get(), r#"{"n":123456789012345678901234567890,"d":0.1000000000000000055511151231257827}"#);

    let body =
        r#"{"event":"subscription.renewed","data":{"amount":9223372036854775807,"periodNumber":9007199254740993}}"#;
    let payload: flash::vault::Payload = decode("flash-vault", body)??;
    assert_eq!(payload.data.amount, Some(i64::MAX));
    assert_eq!(payload.data.period_number, Some(9_007_199_254_740_993));
    // A number that does not fit is an error.
    let body = r#"{"event":"subscription.renewed","data":{"amount":9223372036854775808}}"#;
    let refused = decode::<flash::vault::Payload>("flash-vault", body)?;
    assert!(matches!(refused, Err(DecodeError::NotJson { .. })), "{refused:?}");

    let body =
        r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"total": 18446744073709551616}}}"#;
    let stripe::Payload::Snapshot(event) = decode("stripe", body)?? else { return Err("not an event".into()) };
    assert_eq!(event.data.object.get(), r#"{"total": 18446744073709551616}"#);
    Ok(())
}

#[test]
fn proto_is_an_ordinary_member_name() -> Outcome {
    let body = r#"{"__proto__":{"invoice":{"id":"no"}},"customer":{"id":"cust_1","metadata":{"__proto__":"text","constructor":"x"}}}"#;
    let flexprice::Payload::Customer(event) = decode("flexprice", body)?? else { return Err("not a customer".into()) };
    let metadata = event.customer.metadata.ok_or("no metadata")?;
    assert_eq!(metadata.get("__proto__").map(String::as_str), Some("text"));
    assert_eq!(metadata.len(), 2);
    Ok(())
}

/// `decode_as` runs the strict reader first, so these bodies are rejected even if the type ignores the member.
#[test]
fn duplicate_members_and_deep_nesting_are_rejected_for_every_payload() -> Outcome {
    fn refused<T: DeserializeOwned + Debug>(sender: &str) -> Outcome {
        let body = cases(sender)?.into_iter().next().ok_or("no case")?.body;
        // The signature does not cover the body, so any body reaches decoding.
        let scheme = "flexprice-native-token";
        let with = |member: &str| body.replacen('{', &format!("{{{member},"), 1);
        let outcome = decode::<T>(scheme, &with(r#""extra":{"a":1,"a":1}"#))?;
        assert!(matches!(outcome, Err(DecodeError::DuplicateKey { .. })), "{sender}: {outcome:?}");
        let nested = |depth: usize| with(&format!(r#""extra":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
        let outcome = decode::<T>(scheme, &nested(64))?;
        assert!(matches!(outcome, Err(DecodeError::TooDeep { .. })), "{sender}: {outcome:?}");
        assert!(decode::<T>(scheme, &nested(63))?.is_ok(), "{sender}: 64 levels are allowed");
        Ok(())
    }
    refused::<flexprice::Payload>("flexprice")?;
    refused::<flash::Payload>("flash")?;
    refused::<flash::vault::Payload>("flash-vault")?;
    refused::<subscribeflow::Payload>("subscribeflow")?;
    refused::<resend::Payload>("resend")?;
    refused::<stripe::Payload>("stripe")
}

#[test]
fn an_error_has_the_offset_of_the_offending_byte() -> Outcome {
    let body = "{\"event_type\":\"invoice.update\",\n \"invoice\":{\"id\":7}}";
    let refused = decode::<flexprice::Payload>("flexprice", body)?;
    let at = body.find('7').ok_or("no 7")?;
    assert_eq!(refused.err(), Some(DecodeError::NotJson { at }));
    Ok(())
}
