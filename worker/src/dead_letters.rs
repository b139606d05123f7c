//! The consumer of the dead-letter queue: it keeps every message that the queue has given up, until somebody decides.

use worker::wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, RawMessage};

use crate::faults::reach;
use crate::log::{Level, Line, cut};
use crate::message::{Message, json_of};
use crate::{clock, outbox, redelivery};

/// Takes in a batch. A message is acknowledged when it is kept, whatever it is.
pub(crate) async fn consume(batch: &MessageBatch<JsValue>, env: &Env) {
    for raw in batch.raw_iter() {
        let line = Line { at: "dead_letters", id: Some(raw.id()), ..Line::default() };
        match keep(&raw, env).await {
            Ok(source) => {
                reach("K14", env).await;
                Line { outcome: "kept", source: source.map_or_else(String::new, |text| cut(&text)), ..line }
                    .write(Level::Error);
                raw.ack();
            }
            Err(error) => {
                let message = Some(cut(&error.to_string()));
                Line { outcome: "failed", message, ..line }.write(Level::Error);
                redelivery::give_back(&raw, redelivery::pause_of(&raw));
            }
        }
    }
}

/// Keeps a message, and says which source it came from, where it can be read.
async fn keep(raw: &RawMessage, env: &Env) -> worker::Result<Option<String>> {
    let json = json_of(&raw.body()).unwrap_or_else(|| "null".into());
    let message: Option<Message> = serde_json::from_str(&json).ok();
    let effect = message.as_ref().map(Message::effect);
    let at = i64::try_from(clock::now_millis()).unwrap_or(i64::MAX);
    outbox::bury(env, &raw.id(), effect, json, at).await?;
    Ok(message.map(|message| message.source_name().to_owned()))
}
