//! Taking a delivery in: who may knock, bounded reading, verification, and the outbox. A success is answered only when
//! the event is stored: in the outbox, or on the queue where the outbox fails.

use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use countersign::{DecodeError, Delivery, Event, Rejection, UnixTime, Verified};
use futures_util::future::{Either, select};
use js_sys::Date as JsDate;
use wasm_bindgen::JsValue;
use worker::{Date, Delay, Env, MessageBuilder, QueueContentType, Request};

use crate::body::{self, Body, BodyError};
use crate::faults::reach;
use crate::handshake;
use crate::log::{Level, Line, cut};
use crate::message::{COMFORTABLE_BYTES, MAX_BYTES, Message};
use crate::outbox::{self, Outcome};
use crate::reply::Reply;
use crate::settings::{self, Settings};
use crate::sources::{self, Source, SourceError};
use crate::{bodies, metrics};

/// The binding of the queue that events go to.
pub(crate) const QUEUE: &str = "EVENTS";
/// The longest value of a header that is looked at: the longest that any scheme takes.
const MAX_HEADER_BYTES: usize = 8 * 1024;
/// The longest body that is read where there is no bucket for long ones. It is refused after it was verified.
const MAX_BYTES_WITHOUT_BUCKET: usize = 1 << 20;
/// How long the queue may take where the outbox fails.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);

/// Takes in one delivery for a source and says what to answer. It writes one line about it, and counts it.
pub(crate) async fn take_in(name: &str, request: Request, env: &Env) -> Reply {
    let started = Date::now().as_millis();
    let mut line = Line { at: "gate", source: cut(name), ..Line::default() };
    let source = match sources::find(name, env) {
        Ok(source) => source,
        // Whoever tries names should fill neither the log nor the metrics.
        Err(SourceError::Unknown) => return Reply::NotFound,
        Err(SourceError::Misconfigured(problem)) => {
            line.outcome = "misconfigured";
            line.message = Some(problem);
            line.write(Level::Error);
            metrics::delivery(name, line.outcome, Duration::ZERO);
            return Reply::Misconfigured;
        }
    };
    let reply = decide(name, &source, request, env, &mut line).await;
    reach("K7", env).await;
    line.write(reply.level());
    let took = Date::now().as_millis().saturating_sub(started);
    metrics::delivery(name, line.outcome, Duration::from_millis(took));
    reply
}

/// The whole way of a delivery. What is learned on it goes onto the line.
async fn decide(name: &str, source: &Source, request: Request, env: &Env, line: &mut Line) -> Reply {
    let settings = match settings::load(env) {
        Ok(settings) => settings,
        Err(problem) => {
            line.outcome = "misconfigured";
            line.message = Some(problem);
            return Reply::Misconfigured;
        }
    };
    if let Some(refusal) = admit(source, &request, line) {
        return refusal;
    }
    let body = match read_body(&request, env, &settings, line).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    reach("K1", env).await;
    // The clock is read once, when the body is complete: it stands still while nothing arrives.
    let now = Date::now().as_millis();
    let Some(headers) = headers_for(source, &request) else {
        line.outcome = "rejected";
        line.code = Some("malformed_header");
        line.message = Some(format!("a header is longer than {MAX_HEADER_BYTES} bytes"));
        return Reply::NotAuthentic;
    };
    let url = request.inner().url();
    let url = source.signed_url(url.split_once('?').map(|(_, query)| query)).unwrap_or(url);
    let delivery = Delivery::new(headers.iter().map(|(name, value)| (*name, value.as_bytes())), &body.bytes);
    let delivery = delivery.method("POST").url(&url);
    match handshake::answer(source, delivery.clone(), UnixTime::from_millis(now)).await {
        Ok(None) => {}
        Ok(Some(answered)) => {
            line.outcome = answered.outcome;
            line.message = answered.message;
            return answered.reply;
        }
        Err(rejection) => return refuse(name, &rejection, line),
    }
    let verified = match source.verifier.verify(delivery, UnixTime::from_millis(now)) {
        Ok(verified) => verified,
        Err(rejection) => return refuse(name, &rejection, line),
    };
    note_skew(name, &verified, now);
    let event = match verified.decode() {
        Ok(event) => event,
        Err(error) => return give_up(&error, line),
    };
    let key = key_name(source, &verified);
    line.id = Some(cut(&event.id));
    line.kind = event.kind.as_deref().map(cut);
    line.key = Some(key.to_owned());
    line.bytes = Some(body.bytes.len());
    if !source.wants(event.kind.as_deref()) {
        line.outcome = "filtered";
        return Reply::Filtered { id: event.id };
    }
    reach("K2", env).await;
    let message = Message::new(&event, name, key, rfc3339(now), signed_time(&event));
    match place_body(message, &body, env, line).await {
        Ok(message) => store(message, &body, env, line).await,
        Err(refusal) => refusal,
    }
}

/// Whether this sender may be listened to at all, before anything is read.
pub(crate) fn admit(source: &Source, request: &Request, line: &mut Line) -> Option<Reply> {
    if !source.networks.is_empty() {
        let address = request.headers().get("cf-connecting-ip").ok().flatten();
        let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        if !address.is_some_and(|address| source.networks.iter().any(|network| network.contains(address))) {
            line.outcome = "rejected";
            line.code = Some("address_not_allowed");
            line.message = Some(address.map_or_else(|| "no address".into(), |address| address.to_string()));
            return Some(Reply::NotAuthentic);
        }
    }
    let bucket = source.bucket.as_ref()?;
    let after_seconds = bucket.take(Date::now().as_millis()).err()?;
    line.outcome = "too_many";
    Some(Reply::TooMany { after_seconds })
}

async fn read_body(request: &Request, env: &Env, settings: &Settings, line: &mut Line) -> Result<Body, Reply> {
    let max_bytes = if bodies::has_bucket(env) {
        settings.max_body_bytes
    } else {
        settings.max_body_bytes.min(MAX_BYTES_WITHOUT_BUCKET)
    };
    let error = match body::read(request.inner(), max_bytes, settings).await {
        Ok(body) => return Ok(body),
        Err(error) => error,
    };
    let (outcome, reply) = match error {
        BodyError::Truncated => ("broken_off", Reply::BadRequest),
        BodyError::TooLarge => ("too_large", Reply::TooLarge),
        BodyError::TooSlow => ("too_slow", Reply::TooSlow),
        BodyError::NoRoom => ("no_room", Reply::CannotStore),
    };
    line.outcome = outcome;
    Err(reply)
}

/// The headers that the scheme reads, and no others; none, if one is longer than any may be.
fn headers_for(source: &Source, request: &Request) -> Option<Vec<(&'static str, String)>> {
    let value = |name| request.headers().get(name).ok().flatten().map(|value| (name, value));
    let headers: Vec<_> = source.verifier.scheme().headers().into_iter().filter_map(value).collect();
    headers.iter().all(|(_, value)| value.len() <= MAX_HEADER_BYTES).then_some(headers)
}

fn refuse(name: &str, rejection: &Rejection, line: &mut Line) -> Reply {
    line.outcome = "rejected";
    line.code = Some(rejection.code());
    line.message = Some(rejection.message());
    // Both are genuine, so their time is the sender's.
    match *rejection {
        Rejection::Stale { age, .. } => metrics::skew(name, i64::try_from(age).unwrap_or(i64::MAX)),
        Rejection::Premature { ahead, .. } => {
            metrics::skew(name, i64::try_from(ahead).unwrap_or(i64::MAX).saturating_neg());
        }
        _ => {}
    }
    Reply::NotAuthentic
}

fn give_up(error: &DecodeError, line: &mut Line) -> Reply {
    line.outcome = "unreadable";
    line.code = Some(error.code());
    line.message = Some(error.message());
    Reply::Unreadable
}

fn note_skew(name: &str, verified: &Verified<'_>, now_millis: u64) {
    if let Some(signed_at) = verified.signed_at() {
        let seconds = |millis: u64| i64::try_from(millis / 1000).unwrap_or(i64::MAX);
        metrics::skew(name, seconds(now_millis).saturating_sub(seconds(signed_at.as_millis())));
    }
}

/// The message with its body: in it, or in R2 where it is too long.
async fn place_body(message: Message, body: &Body, env: &Env, line: &mut Line) -> Result<Message, Reply> {
    let size = message.largest_size(body.bytes.len());
    let has_bucket = bodies::has_bucket(env);
    if size <= COMFORTABLE_BYTES || (!has_bucket && size <= MAX_BYTES) {
        return Ok(message.holding(&body.bytes));
    }
    if !has_bucket {
        line.outcome = "too_large";
        line.message = Some("there is no bucket for bodies that are too long for a queue message".into());
        return Err(Reply::TooLarge);
    }
    let key = message.key();
    let object = bodies::object_name(&key, &body.bytes);
    let problem = match outbox::reserve(env, &key, &object).await {
        Ok(false) => "an older copy of the body is being deleted".into(),
        // Without the outbox nobody deletes the object should the event not be stored: better that than losing it.
        Ok(true) | Err(_) => match bodies::put(env, &object, body.bytes.clone()).await {
            Ok(()) => {
                reach("K3", env).await;
                return Ok(message.pointing_to(object, body.bytes.len()));
            }
            Err(error) => error.to_string(),
        },
    };
    line.outcome = "cannot_store";
    line.message = Some(cut(&problem));
    Err(Reply::CannotStore)
}

async fn store(message: Message, body: &Body, env: &Env, line: &mut Line) -> Reply {
    let id = message.id.clone();
    reach("K4", env).await;
    let stored = match outbox::accept(env, &message, &body.bytes).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            let message_of_error = Some(cut(&error.to_string()));
            let failed = Line { outcome: "outbox_failed", message: message_of_error, ..line.clone() };
            failed.write(Level::Error);
            // Straight to the queue then: the consumer tells copies apart by the same key.
            enqueue(Message { dedupe: Some("consumer".into()), ..message }, env).await.map(|()| Outcome::New)
        }
    };
    reach("K6", env).await;
    match stored {
        Ok(Outcome::New) => {
            line.outcome = "accepted";
            Reply::Accepted { id }
        }
        Ok(Outcome::Duplicate) => {
            line.outcome = "duplicate";
            Reply::Duplicate { id }
        }
        Ok(Outcome::Conflict) => {
            line.outcome = "key_conflict";
            line.message = Some("another body came under this id before; the first one counts".into());
            Reply::Duplicate { id }
        }
        Err(error) => {
            line.outcome = "cannot_store";
            line.message = Some(cut(&error.to_string()));
            Reply::CannotStore
        }
    }
}

fn key_name<'s>(source: &'s Source, verified: &Verified<'_>) -> &'s str {
    source.key_names.get(verified.key()).map_or("", String::as_str)
}

fn signed_time(event: &Event<'_>) -> Option<String> {
    event.signed_at.map(|time| rfc3339(time.as_millis()))
}

/// A time in milliseconds since 1970 as text.
pub(crate) fn rfc3339(millis: u64) -> String {
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "a Date counts milliseconds in floating point, and fourteen digits fit exactly"
    )]
    let date = JsDate::new(&JsValue::from_f64(millis as f64));
    date.to_iso_string().into()
}

async fn enqueue(message: Message, env: &Env) -> worker::Result<()> {
    let message = MessageBuilder::new(message).content_type(QueueContentType::Json).build();
    let queue = env.queue(QUEUE)?;
    let sending = pin!(queue.send(message));
    match select(sending, Delay::from(QUEUE_PATIENCE)).await {
        Either::Left((sent, _)) => sent,
        Either::Right(_) => Err(format!("the queue did not answer within {} s", QUEUE_PATIENCE.as_secs()).into()),
    }
}
