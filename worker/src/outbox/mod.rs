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

use std::cell::OnceCell;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select, try_join_all};
use js_sys::Reflect;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasm_bindgen::JsValue;
use worker::{Delay, Env, Error, Method, Request, RequestInit, Result};

use crate::message::Message;

/// The binding of the queue that events go to.
pub(crate) const QUEUE: &str = "EVENTS";
/// The binding of the objects.
pub(crate) const BINDING: &str = "OUTBOX";
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
    /// Nobody has acted on it yet: it is the caller's turn, for a while. Attempts are counted from one.
    Act { attempt: u32 },
    /// Somebody else has the turn, for so many milliseconds at most.
    Wait { millis: u64 },
    /// It was acted on.
    Done,
}

/// An event as far as the consumer acts on it: once for its key, and once more for each replay.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Effect {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) replay: u32,
    /// The object in R2 that holds the body, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) object: Option<String>,
}

impl Effect {
    /// What the effect is remembered by. A key begins with a slash, so no id makes one event's name that of a replay of
    /// another.
    pub(crate) fn name(&self) -> String {
        match self.replay {
            0 => self.key.clone(),
            replay => format!("replay {replay} {}", self.key),
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
    /// May this be acted on? Whoever asks gives itself a name: its answer may be lost, and it asks again.
    Begin { effect: Effect, caller: String },
    /// This was acted on.
    Finish(Effect),
    /// This could not be acted on.
    Abandon(Effect),
    /// Keep this message, which the queue has given up.
    Bury(DeadLetter),
    /// Which events are there, newest first?
    List(Query),
    /// What is there to know about this event?
    Show { key: String },
    /// Send this event once more.
    Replay { key: String },
    /// Which messages has the queue given up, newest first?
    ListDead { before: Option<Position>, limit: u32 },
    /// Send this dead letter again.
    Redrive { id: String },
    /// Send all dead letters again, of one source or of all.
    RedriveAll { source: Option<String> },
    /// Throw this dead letter away.
    Discard { id: String },
    /// How much is waiting?
    Count,
}

/// A message that the queue has given up.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct DeadLetter {
    /// The number of the object that keeps it, and the queue's id of it.
    pub(crate) id: String,
    /// The event that it is about, where that can be read.
    pub(crate) effect: Option<Effect>,
    /// The message as JSON.
    pub(crate) message: String,
    /// When it was given up, in milliseconds since 1970.
    pub(crate) at: i64,
}

/// A place in a list that is ordered by time and then by name.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Position {
    pub(crate) at: i64,
    pub(crate) name: String,
}

/// What events are asked for. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Query {
    pub(crate) source: Option<String>,
    /// A type, or its beginning and `*`.
    pub(crate) kind: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) before: Option<Position>,
    pub(crate) limit: u32,
}

/// What the outbox knows of an event. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) source: Option<String>,
    pub(crate) kind: Option<String>,
    /// `pending`, `queued`, `acted`, `parked`, `dead` or `discarded`.
    pub(crate) state: String,
    pub(crate) accepted_at: i64,
    pub(crate) sent_at: Option<i64>,
    pub(crate) acted_at: Option<i64>,
    pub(crate) failures: u32,
    pub(crate) problem: Option<String>,
    pub(crate) replay: u32,
}

/// Something that happened to an event.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Happening {
    pub(crate) at: i64,
    pub(crate) what: String,
    pub(crate) detail: Option<String>,
}

/// An event with all that is known of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Story {
    pub(crate) record: Record,
    /// The message, unless it was forgotten already.
    pub(crate) message: Option<String>,
    /// What happened to it beyond what the record says.
    pub(crate) history: Vec<Happening>,
}

/// What became of the wish for a replay.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Replayed {
    /// It will be sent.
    Pending,
    /// There is no such event.
    Unknown,
    /// Its body was forgotten already.
    Forgotten,
}

/// How much is waiting.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Counts {
    pub(crate) pending: u64,
    pub(crate) parked: u64,
    pub(crate) dead: u64,
    /// When the oldest event that is pending was accepted.
    pub(crate) oldest: Option<i64>,
}

thread_local! {
    // Bindings do not change while an isolate lives.
    static IS_BOUND: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether there is an outbox at all.
pub(crate) fn is_bound(env: &Env) -> bool {
    IS_BOUND.with(|known| *known.get_or_init(|| env.durable_object(BINDING).is_ok()))
}

/// Stores an event, or finds that it is stored: the message, and the SHA-256 of its body. Doing it twice is doing it once.
pub(crate) async fn accept(env: &Env, message: &Message, digest: &str) -> Result<Outcome> {
    let key = message.key();
    let ask = Ask::Accept { key: key.clone(), digest: digest.into(), message: serde_json::to_string(message)? };
    ask_shard(env, shard_of(&key), &ask).await
}

/// Notes that a body is about to be put into R2 for the event of a key. Not now, if an older one is being deleted.
pub(crate) async fn reserve(env: &Env, key: &str, object: &str) -> Result<bool> {
    ask_shard(env, shard_of(key), &Ask::Reserve { object: object.into() }).await
}

/// Whether the consumer may act.
pub(crate) async fn begin(env: &Env, effect: &Effect) -> Result<Turn> {
    // Long enough for no two that are at one event to have the same.
    let caller = js_sys::Math::random().to_string();
    ask_shard(env, shard_of(&effect.key), &Ask::Begin { effect: effect.clone(), caller }).await
}

/// Remembers that the consumer has acted.
pub(crate) async fn finish(env: &Env, effect: &Effect) -> Result<()> {
    ask_shard(env, shard_of(&effect.key), &Ask::Finish(effect.clone())).await
}

/// Gives the turn back.
pub(crate) async fn abandon(env: &Env, effect: &Effect) -> Result<()> {
    ask_shard(env, shard_of(&effect.key), &Ask::Abandon(effect.clone())).await
}

/// Keeps a message that the queue has given up. Doing it twice is doing it once.
pub(crate) async fn bury(env: &Env, queue_id: &str, effect: Option<Effect>, message: String, at: i64) -> Result<()> {
    let shard = shard_of(effect.as_ref().map_or(queue_id, |effect| effect.key.as_str()));
    let letter = DeadLetter { id: format!("{shard}.{queue_id}"), effect, message, at };
    ask_shard(env, shard, &Ask::Bury(letter)).await
}

/// The events that are asked for, newest first.
pub(crate) async fn list(env: &Env, query: &Query) -> Result<Vec<Record>> {
    let found: Vec<Vec<Record>> = ask_all(env, &Ask::List(query.clone())).await?;
    let mut records: Vec<Record> = found.into_iter().flatten().collect();
    records.sort_by(|one, other| (other.accepted_at, &other.key).cmp(&(one.accepted_at, &one.key)));
    records.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    Ok(records)
}

/// What is known of an event.
pub(crate) async fn show(env: &Env, key: &str) -> Result<Option<Story>> {
    ask_shard(env, shard_of(key), &Ask::Show { key: key.into() }).await
}

/// Has an event sent once more, to be acted on once more.
pub(crate) async fn replay(env: &Env, key: &str) -> Result<Replayed> {
    ask_shard(env, shard_of(key), &Ask::Replay { key: key.into() }).await
}

/// The messages that the queue has given up, newest first.
pub(crate) async fn dead_letters(env: &Env, before: Option<&Position>, limit: u32) -> Result<Vec<DeadLetter>> {
    let ask = Ask::ListDead { before: before.cloned(), limit };
    let found: Vec<Vec<DeadLetter>> = ask_all(env, &ask).await?;
    let mut letters: Vec<DeadLetter> = found.into_iter().flatten().collect();
    letters.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    letters.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(letters)
}

/// Sends a dead letter again, and says whether there is one of this id.
pub(crate) async fn redrive(env: &Env, id: &str) -> Result<bool> {
    match shard_of_letter(id) {
        Some(shard) => ask_shard(env, shard, &Ask::Redrive { id: id.into() }).await,
        None => Ok(false),
    }
}

/// Sends all dead letters again, of one source or of all, and says how many.
pub(crate) async fn redrive_all(env: &Env, source: Option<&str>) -> Result<u64> {
    let redriven: Vec<u64> = ask_all(env, &Ask::RedriveAll { source: source.map(Into::into) }).await?;
    Ok(redriven.into_iter().fold(0, u64::saturating_add))
}

/// Throws a dead letter away, and says whether there was one of this id.
pub(crate) async fn discard(env: &Env, id: &str) -> Result<bool> {
    match shard_of_letter(id) {
        Some(shard) => ask_shard(env, shard, &Ask::Discard { id: id.into() }).await,
        None => Ok(false),
    }
}

/// How much is waiting in all objects.
pub(crate) async fn count(env: &Env) -> Result<Counts> {
    let counts: Vec<Counts> = ask_all(env, &Ask::Count).await?;
    Ok(counts.into_iter().fold(Counts::default(), |sum, counts| Counts {
        pending: sum.pending.saturating_add(counts.pending),
        parked: sum.parked.saturating_add(counts.parked),
        dead: sum.dead.saturating_add(counts.dead),
        oldest: sum.oldest.into_iter().chain(counts.oldest).min(),
    }))
}

/// Asks every object the same.
async fn ask_all<T: for<'de> Deserialize<'de>>(env: &Env, ask: &Ask) -> Result<Vec<T>> {
    try_join_all((0..SHARDS).map(|shard| ask_shard(env, shard, ask))).await
}

/// Asks an object, within [`PATIENCE`]. What was asked may have been done although no answer came.
async fn ask_shard<T: for<'de> Deserialize<'de>>(env: &Env, shard: u8, ask: &Ask) -> Result<T> {
    let answer = ask_in_time(env, shard, serde_json::to_string(ask)?).await?;
    Ok(serde_json::from_str(&answer)?)
}

// From here on in text: what is generic is compiled once for each type of answer.

async fn ask_in_time(env: &Env, shard: u8, ask: String) -> Result<String> {
    let asking = pin!(ask_again(env, shard, &ask));
    match select(asking, Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(format!("the outbox did not answer within {} s", PATIENCE.as_secs()).into()),
    }
}

/// Asks up to three times. A stub is of no use after an error, so every try gets its own; an object that has too much to
/// do is not asked again.
async fn ask_again(env: &Env, shard: u8, ask: &str) -> Result<String> {
    const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match ask_once(env, shard, ask).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pauses.next().filter(|_| !is_overloaded(&error)) else {
            return Err(error);
        };
        Delay::from(pause).await;
    }
}

async fn ask_once(env: &Env, shard: u8, ask: &str) -> Result<String> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(ask)));
    let request = Request::new_with_init("https://outbox/", &init)?;
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("outbox-{shard}"))?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => response.text().await,
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

/// The object that keeps a dead letter.
fn shard_of_letter(id: &str) -> Option<u8> {
    id.split_once('.')?.0.parse().ok().filter(|shard| *shard < SHARDS)
}
