//! The consumer of the queue: one structured line for every event.

use wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, RawMessage};

use crate::log::{Level, Line, cut};
use crate::message::{Message, VERSION};
use crate::outbox;

/// Takes in a batch. Every message is answered for by itself, so that one that cannot be read holds up no other: it
/// goes back, and after some tries to the dead letters.
pub(crate) async fn consume(batch: &MessageBatch<JsValue>, env: &Env) {
    for raw in batch.raw_iter() {
        match take(&raw, env).await {
            Ok(()) => raw.ack(),
            Err(problem) => {
                let line = Line { at: "consumer", outcome: "failed", id: Some(raw.id()), ..Line::default() };
                Line { message: Some(problem), ..line }.write(Level::Error);
                raw.retry();
            }
        }
    }
}

/// Acts on one message, unless that was done before: a queue delivers at least once.
async fn take(raw: &RawMessage, env: &Env) -> Result<(), String> {
    let message = read(&raw.body())?;
    let key = message.key();
    if outbox::is_done(env, &key).await.map_err(|error| error.to_string())? {
        return Ok(());
    }
    log(&message);
    outbox::mark_done(env, &key).await.map_err(|error| error.to_string())
}

/// The message of a version that this consumer knows, with its body whole.
fn read(body: &JsValue) -> Result<Message, String> {
    let json = js_sys::JSON::stringify(body).map_err(|_| "the message is not JSON")?;
    let message: Message = serde_json::from_str(&String::from(json)).map_err(|error| error.to_string())?;
    if message.envelope != VERSION {
        return Err(format!("envelope {} is not known here: deploy a newer Worker", message.envelope));
    }
    if message.body().is_none() {
        return Err("data_base64 is not base64".into());
    }
    Ok(message)
}

fn log(message: &Message) {
    Line {
        at: "consumer",
        outcome: "event",
        source: cut(message.source.trim_start_matches("/in/")),
        id: Some(cut(&message.id)),
        kind: Some(cut(&message.kind)),
        key: Some(&message.keyid),
        authenticated: Some(&message.authenticated),
        received: Some(&message.time),
        bytes: message.body().map(|body| body.len()),
        ..Line::default()
    }
    .write(Level::Info);
}
