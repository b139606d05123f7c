//! Verifies a delivery: takes its headers and its body, and returns what the gate has to do. The findings go to the log
//! line.

use countersign::{DecodeError, Delivery, Event, Outcome, Rejection, Scheme, UnixTime, Verified};
use web_sys::Headers;

use super::body::{Body, BodyError};
use super::handshake;
use super::method::Method;
use crate::limits::MAX_HEADER_BYTES;
use crate::message::Message;
use crate::metrics;
use crate::platform::clock;
use crate::platform::hash::RuntimeHash;
use crate::platform::log::{Line, truncate};
use crate::reply::Reply;
use crate::sources::Source;

/// A delivery as it was received, apart from its body.
pub(super) struct Received<'a> {
    pub(super) source_name: &'a str,
    pub(super) source: &'a Source,
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) headers: &'a Headers,
}

/// The decision about a delivery.
pub(super) enum Decision {
    /// Answer it, and nothing else.
    Answer(Reply),
    /// Answer its handshake.
    Handshake(countersign::Reply),
    /// Store its event, with this body.
    Store(Box<Message>, Body),
}

/// Verifies a delivery and decides what to do with it.
pub(super) fn decide(received: &Received<'_>, body: Result<Body, BodyError>, line: &mut Line) -> Decision {
    let Received { source_name, source, method, url, headers } = *received;
    let body = match body {
        Ok(body) => body,
        Err(error) => return Decision::Answer(reject_body(error, line)),
    };
    // The clock is read once, now that the body is complete: it does not advance during a computation.
    let now = clock::now_millis();
    let Some(headers) = read_headers(source.verifier.scheme(), headers) else {
        line.outcome = "rejected";
        line.code = Some("malformed_header");
        line.message = Some(format!("a header is longer than {MAX_HEADER_BYTES} bytes"));
        return Decision::Answer(source.answer(Outcome::Rejected, ""));
    };
    let signed_url = source.terms.signed_url(url);
    let delivery = Delivery::new(headers.iter().map(|(name, value)| (*name, value.as_bytes())), &body.bytes);
    let delivery = delivery.method(method.name()).url(&signed_url).arrived_at(url);
    match handshake::find_answer(source, delivery.clone(), UnixTime::from_millis(now)) {
        Ok(None) if !method.delivers_for(source.verifier.scheme()) => {
            return Decision::Answer(Reply::MethodNotAllowed { allow: "POST" });
        }
        Ok(None) => {}
        Ok(Some(reply)) => return Decision::Handshake(reply),
        Err(rejection) => return Decision::Answer(reject(received, &rejection, line)),
    }
    let verified = match source.verifier.verify_with(delivery, UnixTime::from_millis(now), &RuntimeHash) {
        Ok(verified) => verified,
        Err(rejection) => return Decision::Answer(reject(received, &rejection, line)),
    };
    record_skew(source_name, &verified, now);
    let mut event = match verified.decode() {
        Ok(event) => event,
        Err(error) => return Decision::Answer(reject_unreadable(&error, line)),
    };
    if source.is_distinct {
        // A delivery that the sender retries is then an event of its own too. Acting twice is better than not acting.
        event.id = format!("{}-{now}-{}", event.id, js_sys::Math::random());
    }
    let key_name = source.key_names.get(verified.key()).map_or("", String::as_str);
    line.id = Some(truncate(&event.id));
    line.kind = event.kind.as_deref().map(truncate);
    line.key = Some(key_name.to_owned());
    line.bytes = Some(body.bytes.len());
    if !source.wants_type(event.kind.as_deref()) {
        line.outcome = "filtered";
        return Decision::Answer(source.answer(Outcome::Filtered, &event.id));
    }
    let mut message = Message::new(&event, source_name, key_name, clock::to_rfc3339(now), signed_time(&event));
    if method == Method::Get {
        message.query = event.wrapped_text().map(ToOwned::to_owned);
    }
    Decision::Store(Box::new(message), body)
}

/// The headers that the scheme and its handshakes read; `None` if one of them is too long.
pub(super) fn read_headers(scheme: &Scheme, sent: &Headers) -> Option<Vec<(&'static str, String)>> {
    let mut names = scheme.headers();
    for name in scheme.handshake_headers() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let value_of = |name: &str| sent.get(name).ok().flatten();
    // A name that ends with `*` is every header with a number in that place. Their values are joined, as the runtime joins those
    // of a header that was sent twice.
    let numbered = |prefix: &str| {
        let values: Vec<_> = (1..=100).filter_map(|number| value_of(&format!("{prefix}{number}"))).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let read = |name: &'static str| {
        let value = name.strip_suffix('*').map_or_else(|| value_of(name), numbered);
        value.map(|value| (name, value))
    };
    let headers: Vec<_> = names.into_iter().filter_map(read).collect();
    headers.iter().all(|(_, value)| value.len() <= MAX_HEADER_BYTES).then_some(headers)
}

pub(super) fn reject_body(error: BodyError, line: &mut Line) -> Reply {
    let (outcome, reply) = match error {
        BodyError::Truncated => ("broken_off", Reply::BadRequest),
        BodyError::TooLarge => ("too_large", Reply::TooLarge),
        BodyError::TooSlow => ("too_slow", Reply::TooSlow),
        BodyError::OverBudget => ("no_room", Reply::CannotStore),
    };
    line.outcome = outcome;
    reply
}

fn reject(received: &Received<'_>, rejection: &Rejection, line: &mut Line) -> Reply {
    let Received { source_name, source, .. } = *received;
    line.outcome = "rejected";
    line.code = Some(rejection.code());
    line.message = Some(rejection.message());
    // The signature was valid in both cases, so the timestamp is the sender's own.
    match *rejection {
        Rejection::Stale { age, .. } => metrics::record_skew(source_name, i64::try_from(age).unwrap_or(i64::MAX)),
        Rejection::Premature { ahead, .. } => {
            metrics::record_skew(source_name, i64::try_from(ahead).unwrap_or(i64::MAX).saturating_neg());
        }
        _ => {}
    }
    source.answer(Outcome::Rejected, "")
}

fn reject_unreadable(error: &DecodeError, line: &mut Line) -> Reply {
    line.outcome = "unreadable";
    line.code = Some(error.code());
    line.message = Some(error.message());
    Reply::Unreadable
}

fn record_skew(source_name: &str, verified: &Verified<'_>, now_millis: u64) {
    if let Some(signed_at) = verified.signed_at() {
        let seconds = |millis: u64| i64::try_from(millis / 1000).unwrap_or(i64::MAX);
        metrics::record_skew(source_name, seconds(now_millis).saturating_sub(seconds(signed_at.as_millis())));
    }
}

fn signed_time(event: &Event<'_>) -> Option<String> {
    event.signed_at.map(|time| clock::to_rfc3339(time.as_millis()))
}
