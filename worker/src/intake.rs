//! Taking a delivery in: bounded reading, verification, and the outbox. A success is answered only when the event is
//! stored: in the outbox, or on the queue where the outbox fails.

use countersign::{Delivery, Event, Rejection, UnixTime, Verified};
use js_sys::Date as JsDate;
use wasm_bindgen::JsValue;
use worker::{Date, Env, MessageBuilder, QueueContentType, Request};

use crate::body::{self, BodyError};
use crate::handshake;
use crate::log::{Level, Line, cut};
use crate::message::Message;
use crate::outbox::{self, Outcome};
use crate::reply::Reply;
use crate::sources::{self, Source, SourceError};

/// The binding of the queue that events go to.
pub(crate) const QUEUE: &str = "EVENTS";

/// Takes in one delivery for a source and says what to answer.
pub(crate) async fn take_in(name: &str, request: Request, env: &Env) -> Reply {
    let line = |outcome| Line { at: "gate", outcome, source: cut(name), ..Line::default() };
    let source = match sources::find(name, env) {
        Ok(source) => source,
        Err(SourceError::Unknown) => return Reply::NotFound,
        Err(SourceError::Misconfigured(problem)) => {
            Line { message: Some(problem), ..line("misconfigured") }.write(Level::Error);
            return Reply::Misconfigured;
        }
    };
    let body = match body::read(request.inner()).await {
        Ok(body) => body,
        Err(BodyError::Truncated) => return Reply::BadRequest,
        Err(BodyError::TooLarge) => {
            line("too_large").write(Level::Warning);
            return Reply::TooLarge;
        }
    };
    // The clock is read once, when the body is complete: it stands still while nothing arrives.
    let now = Date::now().as_millis();
    let headers = headers_for(&source, &request);
    let url = request.inner().url();
    let delivery = Delivery::new(headers.iter().map(|(name, value)| (*name, value.as_bytes())), &body);
    let reject = |rejection: Rejection| {
        let message = Some(rejection.message());
        Line { code: Some(rejection.code()), message, ..line("rejected") }.write(Level::Warning);
        Reply::NotAuthentic
    };
    match handshake::answer(&source, delivery.clone().url(&url), UnixTime::from_millis(now)).await {
        Ok(None) => {}
        Ok(Some(answered)) => {
            let level = if answered.message.is_some() { Level::Error } else { Level::Info };
            Line { message: answered.message, ..line(answered.outcome) }.write(level);
            return answered.reply;
        }
        Err(rejection) => return reject(rejection),
    }
    let verified = match source.verifier.verify(delivery, UnixTime::from_millis(now)) {
        Ok(verified) => verified,
        Err(rejection) => return reject(rejection),
    };
    let event = match verified.decode() {
        Ok(event) => event,
        Err(error) => {
            let message = Some(error.message());
            Line { code: Some(error.code()), message, ..line("unreadable") }.write(Level::Warning);
            return Reply::Unreadable;
        }
    };
    let key = key_name(&source, &verified);
    let line = |outcome| Line {
        id: Some(cut(&event.id)),
        kind: event.kind.as_deref().map(cut),
        key: Some(key),
        bytes: Some(body.len()),
        ..line(outcome)
    };
    let Ok(message) = Message::new(&event, name, key, rfc3339(now), signed_time(&event)) else {
        line("too_large").write(Level::Warning);
        return Reply::TooLarge;
    };
    let stored = match outbox::accept(env, &message, &body).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            Line { message: Some(cut(&error.to_string())), ..line("outbox_failed") }.write(Level::Error);
            // Straight to the queue then: the consumer tells copies apart by the same key.
            let message = Message { dedupe: Some("consumer".into()), ..message };
            enqueue(message, env).await.map(|()| Outcome::New)
        }
    };
    match stored {
        Ok(Outcome::New) => {
            line("accepted").write(Level::Info);
            Reply::Accepted { id: event.id }
        }
        Ok(Outcome::Duplicate) => {
            line("duplicate").write(Level::Info);
            Reply::Duplicate { id: event.id }
        }
        Ok(Outcome::Conflict) => {
            let message = Some("another body came under this id before; the first one counts".into());
            Line { message, ..line("key_conflict") }.write(Level::Warning);
            Reply::Duplicate { id: event.id }
        }
        Err(error) => {
            Line { message: Some(cut(&error.to_string())), ..line("cannot_store") }.write(Level::Error);
            Reply::CannotStore
        }
    }
}

/// The headers that the scheme reads, and no others.
fn headers_for(source: &Source, request: &Request) -> Vec<(&'static str, String)> {
    let value = |name| request.headers().get(name).ok().flatten().map(|value| (name, value));
    source.verifier.scheme().headers().into_iter().filter_map(value).collect()
}

fn key_name<'s>(source: &'s Source, verified: &Verified<'_>) -> &'s str {
    source.key_names.get(verified.key()).map_or("", String::as_str)
}

fn signed_time(event: &Event<'_>) -> Option<String> {
    event.signed_at.map(|time| rfc3339(time.as_millis()))
}

fn rfc3339(millis: u64) -> String {
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
    env.queue(QUEUE)?.send(message).await
}
