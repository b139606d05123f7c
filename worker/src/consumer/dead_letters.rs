//! Consumes the dead-letter queue: stores every message that failed too often, until an operator redrives or discards it.
//! A copy of an event that the consumer acted on is not stored.

use worker::wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, RawMessage};

use super::redelivery;
use crate::faults::{CrashPoint, pause_at};
use crate::message::{Message, describe, to_json};
use crate::outbox::{self, DeadLetter};
use crate::platform::clock;
use crate::platform::log::{Level, Line, truncate};

/// Consumes a batch. A message is acknowledged when it is stored, even if it cannot be read.
pub(crate) async fn consume(batch: &MessageBatch<JsValue>, env: &Env) {
    for raw in batch.raw_iter() {
        let json = to_json(&raw.body());
        let line = Line { at: "dead_letters", queue_id: Some(raw.id()), ..describe(json.as_deref()) };
        match store(&raw, json, env).await {
            Ok(is_stored) => {
                pause_at(CrashPoint::AfterDeadLetterStored, env).await;
                if is_stored {
                    Line { outcome: "kept", ..line }.write(Level::Error);
                } else {
                    Line { outcome: "not_needed", ..line }.write(Level::Info);
                }
                raw.ack();
            }
            Err(error) => {
                let message = Some(truncate(&error.to_string()));
                Line { outcome: "failed", message, ..line }.write(Level::Error);
                redelivery::retry_after(&raw, redelivery::pause_by_age(&raw));
            }
        }
    }
}

/// Stores a message with this content. Returns false if it need not be stored: the consumer acted on its event before.
async fn store(raw: &RawMessage, json: Option<String>, env: &Env) -> worker::Result<bool> {
    let json = json.unwrap_or_else(|| "null".into());
    let message: Option<Message> = serde_json::from_str(&json).ok();
    let letter = DeadLetter {
        id: raw.id(),
        effect: message.as_ref().map(Message::effect),
        digest: message.as_ref().and_then(Message::digest),
        message: json,
        at: i64::try_from(clock::now_millis()).unwrap_or(i64::MAX),
    };
    outbox::store_dead_letter(env, letter).await
}
