//! Stores a verified event: its body in R2 if it is large, then the event in the outbox, or on the queue if the outbox
//! fails. Returns the answer for the sender.

use countersign::Outcome;
use worker::Env;

use super::body::Body;
use crate::faults::{CrashPoint, pause_at};
use crate::limits::{MAX_ID_OR_TYPE_BYTES, MAX_INLINE_MESSAGE_BYTES, MAX_MESSAGE_BYTES};
use crate::message::{DEDUPE_BY_CONSUMER, Message};
use crate::outbox::{self, StoreOutcome};
use crate::platform::digest::sha256_hex;
use crate::platform::log::{Level, Line, truncate};
use crate::reply::Reply;
use crate::sources::Source;
use crate::{bucket, event_queue};

/// Stores an event of a source with its body.
pub(super) async fn store(source: &Source, message: Message, body: Body, env: &Env, line: &mut Line) -> Reply {
    if message.id.len().max(message.kind.len()) > MAX_ID_OR_TYPE_BYTES {
        line.outcome = "too_large";
        line.message = Some(format!("the event's id or type is longer than {MAX_ID_OR_TYPE_BYTES} bytes"));
        return Reply::TooLarge;
    }
    let digest = sha256_hex(&body.bytes);
    match place_body(message, body, &digest, env, line).await {
        Ok(message) => store_event(source, message, &digest, env, line).await,
        Err(reply) => reply,
    }
}

/// Puts the body into the message, or into R2 if the message would be too large. A body in R2 is not kept in memory.
///
/// # Errors
///
/// The answer for the sender, if the body has no place or R2 fails.
async fn place_body(message: Message, body: Body, digest: &str, env: &Env, line: &mut Line) -> Result<Message, Reply> {
    let length = body.bytes.len();
    let message_bytes = message.max_json_bytes(length);
    let has_bucket = bucket::is_bound(env);
    if message_bytes <= MAX_INLINE_MESSAGE_BYTES || (!has_bucket && message_bytes <= MAX_MESSAGE_BYTES) {
        return Ok(message.with_body(&body.bytes));
    }
    let problem = if !has_bucket {
        Some("the body is too large for a queue message, and no bucket is bound")
    } else if message.max_json_bytes(0) > MAX_INLINE_MESSAGE_BYTES {
        Some("the event's id and type are too long for a queue message")
    } else {
        None
    };
    if let Some(problem) = problem {
        line.outcome = "too_large";
        line.message = Some(problem.into());
        return Err(Reply::TooLarge);
    }
    let key = message.key();
    let object = bucket::object_name(&key, digest);
    // If the outbox fails here and the event is not stored either, the object stays in R2. That is better than losing the
    // event.
    let problem = if matches!(outbox::reserve_body(env, &key, &object).await, Ok(false)) {
        "an older object with the same body is being deleted".into()
    } else {
        // The budget counts the body until R2 has it: JavaScript holds the bytes meanwhile.
        let (bytes, _reservation) = body.into_parts();
        match bucket::put(env, &object, bytes).await {
            Ok(()) => {
                pause_at(CrashPoint::AfterBodyStored, env).await;
                return Ok(message.with_body_in_bucket(object, length));
            }
            Err(error) => error.to_string(),
        }
    };
    line.outcome = "cannot_store";
    line.message = Some(truncate(&problem));
    Err(Reply::CannotStore)
}

async fn store_event(source: &Source, message: Message, digest: &str, env: &Env, line: &mut Line) -> Reply {
    let id = message.id.clone();
    pause_at(CrashPoint::BeforeOutboxRequest, env).await;
    let stored = match outbox::accept(env, &message, digest).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            let problem = Some(truncate(&error.to_string()));
            Line { outcome: "outbox_failed", message: problem, ..line.clone() }.write(Level::Error);
            // The consumer then detects duplicates, by the same key.
            let message = Message { dedupe: Some(DEDUPE_BY_CONSUMER.into()), ..message };
            event_queue::send(env, message).await.map(|()| StoreOutcome::New)
        }
    };
    pause_at(CrashPoint::AfterOutboxAnswer, env).await;
    match stored {
        Ok(StoreOutcome::New) => {
            line.outcome = "accepted";
            source.answer(Outcome::Accepted, &id)
        }
        Ok(StoreOutcome::Duplicate) => {
            line.outcome = "duplicate";
            source.answer(Outcome::Duplicate, &id)
        }
        Ok(StoreOutcome::Conflict) => {
            line.outcome = "key_conflict";
            line.message =
                Some("an event with this id and another body was stored before; the gate keeps that one".into());
            source.answer(Outcome::Duplicate, &id)
        }
        Err(error) => {
            line.outcome = "cannot_store";
            line.message = Some(truncate(&error.to_string()));
            Reply::CannotStore
        }
    }
}
