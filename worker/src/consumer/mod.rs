//! Consumes the queue: takes batches of messages, acts on each event once, and acknowledges it or has it redelivered.
//!
//! Acting means calling the [`handler`] and writing a log line. The queue delivers each message at least once, so the
//! consumer asks the outbox for a lease before it acts and reports when it has acted.

pub(crate) mod dead_letters;
mod handler;
pub(crate) mod redelivery;

use std::time::Duration;

use wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt};

use self::handler::HandlerError;
use crate::bucket;
use crate::effect::Effect;
use crate::faults::{CrashPoint, pause_at};
use crate::message::{Message, describe, to_json};
use crate::outbox::{self, Bypassed, Lease};
use crate::platform::log::{Level, Line, truncate};

/// Why a message goes back to the queue, and after which pause if that is known.
struct Failure {
    problem: String,
    pause: Option<Duration>,
}

impl<E: ToString> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { problem: error.to_string(), pause: None }
    }
}

/// Consumes a batch. Each message succeeds or fails by itself, so that an unreadable one does not block the others. A
/// message that fails too often becomes a dead letter.
pub(crate) async fn consume(batch: &MessageBatch<JsValue>, env: &Env) {
    for raw in batch.raw_iter() {
        let json = to_json(&raw.body());
        match process(json.as_deref(), env).await {
            Ok(()) => {
                pause_at(CrashPoint::BeforeAcknowledgement, env).await;
                raw.ack();
            }
            Err(Failure { problem, pause }) => {
                let line = Line { at: "consumer", outcome: "failed", ..describe(json.as_deref()) };
                Line { message: Some(truncate(&problem)), queue_id: Some(raw.id()), ..line }.write(Level::Error);
                redelivery::retry_after(&raw, pause.unwrap_or_else(|| redelivery::pause_by_age(&raw)));
            }
        }
    }
}

/// Acts on the event of a message, given as JSON, unless that was done before.
async fn process(json: Option<&str>, env: &Env) -> Result<(), Failure> {
    let message = parse(json)?;
    let effect = message.effect();
    pause_at(CrashPoint::BeforeLease, env).await;
    let attempt = match outbox::acquire_lease(env, &effect, bypassed(&message, json)).await? {
        Lease::Done => return Ok(()),
        Lease::Conflict => {
            let problem = "the event bypassed the outbox, and another body with this id was stored before; the gate keeps that one";
            let line = Line { at: "consumer", outcome: "key_conflict", ..describe(json) };
            Line { message: Some(problem.into()), ..line }.write(Level::Warning);
            return Ok(());
        }
        Lease::HeldByAnother { millis } => {
            let pause = Duration::from_millis(millis).saturating_add(Duration::from_secs(1));
            let problem = "another invocation holds the lease of this event".into();
            return Err(Failure { problem, pause: Some(pause) });
        }
        Lease::Granted { attempt } => attempt,
    };
    pause_at(CrashPoint::AfterLease, env).await;
    if let Err(error) = act(&message, &effect, env).await {
        let problem = match error {
            HandlerError::Failed(problem) => {
                // If this fails too, the lease ends by itself.
                let _ = outbox::release_lease(env, &effect).await;
                problem
            }
            // The handler may still be acting, so the lease is kept until it ends.
            HandlerError::NoAnswer(problem) => problem,
        };
        return Err(Failure { problem, pause: Some(redelivery::pause_by_attempt(attempt)) });
    }
    pause_at(CrashPoint::AfterHandler, env).await;
    Ok(outbox::mark_done(env, &effect).await?)
}

/// The event of a message if it bypassed the outbox. The outbox stores it then, so that it is in the API.
fn bypassed(message: &Message, json: Option<&str>) -> Option<Bypassed> {
    let message_json = json.filter(|_| message.bypassed_outbox())?.to_owned();
    Some(Bypassed { digest: message.digest()?, message: message_json })
}

/// Parses a queue message, if this version of the Worker knows its version.
fn parse(json: Option<&str>) -> Result<Message, String> {
    let json = json.ok_or("the message is not JSON")?;
    let message: Message = serde_json::from_str(json).map_err(|error| error.to_string())?;
    message.check()?;
    Ok(message)
}

/// Acts on an event: reads its body, calls the handler and writes the log line.
async fn act(message: &Message, effect: &Effect, env: &Env) -> Result<(), HandlerError> {
    let body = match &message.dataref {
        None => message.body().unwrap_or_default(),
        Some(object) => bucket::get(env, object)
            .await
            .map_err(|error| HandlerError::Failed(format!("the body cannot be read from R2: {error}")))?,
    };
    handler::call(message, effect, &body, env).await?;
    log_event(message, body.len());
    Ok(())
}

fn log_event(message: &Message, bytes: usize) {
    Line {
        at: "consumer",
        outcome: "event",
        source: truncate(message.source_name()),
        id: Some(truncate(&message.id)),
        kind: Some(truncate(&message.kind)),
        key: Some(message.keyid.clone()),
        authenticated: Some(message.authenticated.clone()),
        received: Some(message.time.clone()),
        bytes: Some(bytes),
        message: message.bypassed_outbox().then(|| "the event bypassed the outbox".into()),
        ..Line::default()
    }
    .write(Level::Info);
}
