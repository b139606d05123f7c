//! The outbox: Durable Objects that store an event before it is answered, and hand it to the queue afterwards.
//!
//! Events are spread over [`SHARDS`] objects by their key, the source and the id. Storing is one transaction: the key,
//! the message, and the alarm that sends it. A copy finds the key and changes nothing. The alarm sends what is pending
//! in batches, as often as it takes: a queue that refuses, or an answer that is lost, makes a message late or double, but
//! never lost. Double ones are told by the consumer, which asks the same object whether the key was acted on.
//!
//! This file is what the Worker asks and how; [`object`] answers, [`store`] keeps, [`drain`] sends.

mod drain;
mod object;
mod store;

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Reflect;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasm_bindgen::JsValue;
use worker::{Delay, Env, Error, Method, Request, RequestInit, Result};

use crate::digest::sha256;
use crate::message::Message;

/// The binding of the objects.
const BINDING: &str = "OUTBOX";
/// How many objects share the events.
const SHARDS: u8 = 16;
/// How long an object may take, with all tries. Some senders wait no longer than five seconds, and the queue is tried
/// after it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of an event.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// It is stored now.
    New,
    /// It was stored before.
    Duplicate,
    /// Another body was stored under its key before.
    Conflict,
}

/// Whether the consumer may act on a message.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Turn {
    /// Nobody has acted on it yet: it is this one's turn, for a while, for the how manieth time.
    Act { attempt: u32 },
    /// Somebody else is at it.
    Wait,
    /// It was acted on.
    Done,
}

/// An event as far as the consumer acts on it: once for its key, and once more for each replay.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Effect {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) replay: u32,
}

impl Effect {
    /// What the effect is remembered by.
    pub(crate) fn name(&self) -> String {
        match self.replay {
            0 => self.key.clone(),
            replay => format!("{} replay {replay}", self.key),
        }
    }
}

/// What the Worker asks of an object. A new Worker may ask an old object and the other way round while a version is
/// rolled out: a question that is not known is an error, which is answered for like any other.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ask {
    /// Store this event.
    Accept { key: String, digest: String, message: String },
    /// An object of this name is about to be put; if no event of its name follows, delete it. The answer is whether it
    /// may be put now.
    Reserve { object: String },
    /// May this be acted on?
    Begin(Effect),
    /// This was acted on.
    Finish(Effect),
    /// This could not be acted on.
    Abandon(Effect),
}

/// Stores an event, or finds that it is stored. Doing it twice is doing it once.
pub(crate) async fn accept(env: &Env, message: &Message, body: &[u8]) -> Result<Outcome> {
    let key = message.key();
    let ask = Ask::Accept { key: key.clone(), digest: sha256(body), message: serde_json::to_string(message)? };
    ask_shard(env, shard_of(&key), &ask).await
}

/// Notes that a body is about to be put into R2 for the event of a key. Not now, if an older one is being deleted.
pub(crate) async fn reserve(env: &Env, key: &str, object: &str) -> Result<bool> {
    ask_shard(env, shard_of(key), &Ask::Reserve { object: object.into() }).await
}

/// Whether the consumer may act.
pub(crate) async fn begin(env: &Env, effect: &Effect) -> Result<Turn> {
    ask_shard(env, shard_of(&effect.key), &Ask::Begin(effect.clone())).await
}

/// Remembers that the consumer has acted.
pub(crate) async fn finish(env: &Env, effect: &Effect) -> Result<()> {
    ask_shard(env, shard_of(&effect.key), &Ask::Finish(effect.clone())).await
}

/// Gives the turn back.
pub(crate) async fn abandon(env: &Env, effect: &Effect) -> Result<()> {
    ask_shard(env, shard_of(&effect.key), &Ask::Abandon(effect.clone())).await
}

/// Asks an object, within [`PATIENCE`]. What was asked may have been done although no answer came.
async fn ask_shard<T: for<'de> Deserialize<'de>>(env: &Env, shard: u8, ask: &Ask) -> Result<T> {
    let body = serde_json::to_string(ask)?;
    let asking = pin!(ask_again(env, shard, &body));
    match select(asking, Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(format!("the outbox did not answer within {} s", PATIENCE.as_secs()).into()),
    }
}

/// Asks up to three times. A stub is of no use after an error, so every try gets its own; an object that has too much to
/// do is not asked again.
async fn ask_again<T: for<'de> Deserialize<'de>>(env: &Env, shard: u8, body: &str) -> Result<T> {
    const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match ask_once(env, shard, body).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pauses.next().filter(|_| !is_overloaded(&error)) else {
            return Err(error);
        };
        Delay::from(pause).await;
    }
}

async fn ask_once<T: for<'de> Deserialize<'de>>(env: &Env, shard: u8, body: &str) -> Result<T> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(body)));
    let request = Request::new_with_init("https://outbox/", &init)?;
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("outbox-{shard}"))?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => response.json().await,
        status => Err(format!("the outbox answered {status}").into()),
    }
}

/// What the platform says of an object that has too much to do already.
fn is_overloaded(error: &Error) -> bool {
    match error {
        Error::UnknownJsError { original, .. } => {
            Reflect::get(original, &JsValue::from_str("overloaded")).is_ok_and(|overloaded| overloaded.is_truthy())
        }
        _ => false,
    }
}

fn shard_of(key: &str) -> u8 {
    Sha256::digest(key).first().copied().unwrap_or(0) % SHARDS
}
