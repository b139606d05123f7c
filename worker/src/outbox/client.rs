//! The Worker's side of the outbox: chooses the object for a key, sends it a request, and retries within a time limit.

use std::cell::OnceCell;
use std::pin::pin;

use futures_util::future::try_join_all;
use js_sys::Reflect;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use wasm_bindgen::JsValue;
use worker::{Delay, Env, Error, Method, Request, RequestInit, Result};

use super::protocol::{
    Bypassed, Counts, DeadLetter, EventDetails, EventQuery, EventRecord, HandedOver, Lease, OutboxRequest, Position,
    ReplayOutcome, StoreOutcome,
};
use crate::effect::Effect;
use crate::limits::{OUTBOX_RETRY_PAUSES, OUTBOX_TIMEOUT};
use crate::message::Message;
use crate::platform::timeout::within;

/// The binding of the objects.
pub(crate) const BINDING: &str = "OUTBOX";
/// The number of objects.
const SHARDS: u8 = 16;

thread_local! {
    // Bindings do not change during the life of an isolate.
    static IS_BOUND: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether the outbox is bound.
pub(crate) fn is_bound(env: &Env) -> bool {
    IS_BOUND.with(|known| *known.get_or_init(|| env.durable_object(BINDING).is_ok()))
}

/// Stores an event, or finds that it is stored. `digest` is the SHA-256 of its body. Storing it again changes nothing.
pub(crate) async fn accept(env: &Env, message: &Message, digest: &str) -> Result<StoreOutcome> {
    let key = message.key();
    let message = serde_json::to_string(message)?;
    let request = OutboxRequest::Accept { key: key.clone(), digest: digest.into(), message };
    call_shard(env, shard_of(&key), &request).await
}

/// Announces that the body of the event with this key is about to be stored in R2. Returns whether it may be stored: not
/// while an older object of the same name is being deleted.
pub(crate) async fn reserve_body(env: &Env, key: &str, object: &str) -> Result<bool> {
    call_shard(env, shard_of(key), &OutboxRequest::ReserveBody { object: object.into() }).await
}

/// Asks whether the consumer may act on an event. One that bypassed the outbox is stored by that.
pub(crate) async fn acquire_lease(env: &Env, effect: &Effect, bypassed: Option<Bypassed>) -> Result<Lease> {
    // Random, so that two callers with the same event have different names.
    let caller = js_sys::Math::random().to_string();
    let request = OutboxRequest::AcquireLease { effect: effect.clone(), caller, bypassed };
    call_shard(env, shard_of(&effect.key), &request).await
}

/// Records that the consumer acted on an event.
pub(crate) async fn mark_done(env: &Env, effect: &Effect) -> Result<()> {
    call_shard(env, shard_of(&effect.key), &OutboxRequest::MarkDone(effect.clone())).await
}

/// Gives the lease back without having acted.
pub(crate) async fn release_lease(env: &Env, effect: &Effect) -> Result<()> {
    call_shard(env, shard_of(&effect.key), &OutboxRequest::ReleaseLease(effect.clone())).await
}

/// Stores a message that the queue gave up. The letter's id is the queue's id of the message. Storing it again changes
/// nothing. Returns false if it need not be stored, because the consumer acted on its event before.
pub(crate) async fn store_dead_letter(env: &Env, letter: DeadLetter) -> Result<bool> {
    let shard = shard_of(letter.effect.as_ref().map_or(&letter.id, |effect| &effect.key));
    let letter = DeadLetter { id: format!("{shard}.{}", letter.id), ..letter };
    let was_acted_on: Option<bool> = call_shard(env, shard, &OutboxRequest::StoreDeadLetter(letter)).await?;
    Ok(!was_acted_on.unwrap_or(false))
}

/// Lists events, newest first.
pub(crate) async fn list(env: &Env, query: &EventQuery) -> Result<Vec<EventRecord>> {
    let lists: Vec<Vec<EventRecord>> = call_all(env, &OutboxRequest::List(query.clone())).await?;
    let mut records: Vec<EventRecord> = lists.into_iter().flatten().collect();
    records.sort_by(|one, other| (other.accepted_at, &other.key).cmp(&(one.accepted_at, &one.key)));
    records.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
    Ok(records)
}

/// Reads one event.
pub(crate) async fn show(env: &Env, key: &str) -> Result<Option<EventDetails>> {
    call_shard(env, shard_of(key), &OutboxRequest::Show { key: key.into() }).await
}

/// Sends an event again, so that the consumer acts on it once more.
pub(crate) async fn replay(env: &Env, key: &str) -> Result<ReplayOutcome> {
    call_shard(env, shard_of(key), &OutboxRequest::Replay { key: key.into() }).await
}

/// Lists dead letters, newest first.
pub(crate) async fn dead_letters(env: &Env, before: Option<&Position>, limit: u32) -> Result<Vec<DeadLetter>> {
    let request = OutboxRequest::ListDeadLetters { before: before.cloned(), limit };
    let lists: Vec<Vec<DeadLetter>> = call_all(env, &request).await?;
    let mut letters: Vec<DeadLetter> = lists.into_iter().flatten().collect();
    letters.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    letters.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(letters)
}

/// Sends a dead letter to the queue again. Returns whether it exists.
pub(crate) async fn redrive(env: &Env, id: &str) -> Result<bool> {
    match shard_of_letter(id) {
        Some(shard) => call_shard(env, shard, &OutboxRequest::Redrive { id: id.into() }).await,
        None => Ok(false),
    }
}

/// Sends the dead letters of one source, or of all, to the queue again. Returns their number.
pub(crate) async fn redrive_all(env: &Env, source: Option<&str>) -> Result<u64> {
    let request = OutboxRequest::RedriveAll { source: source.map(Into::into) };
    let redriven: Vec<u64> = call_all(env, &request).await?;
    Ok(redriven.into_iter().fold(0, u64::saturating_add))
}

/// Deletes a dead letter. Returns whether it existed.
pub(crate) async fn discard(env: &Env, id: &str) -> Result<bool> {
    match shard_of_letter(id) {
        Some(shard) => call_shard(env, shard, &OutboxRequest::Discard { id: id.into() }).await,
        None => Ok(false),
    }
}

/// Counts what is waiting in all objects.
pub(crate) async fn count(env: &Env) -> Result<Counts> {
    let counts: Vec<Counts> = call_all(env, &OutboxRequest::Count).await?;
    Ok(counts.into_iter().fold(Counts::default(), |sum, counts| Counts {
        pending: sum.pending.saturating_add(counts.pending),
        parked: sum.parked.saturating_add(counts.parked),
        dead: sum.dead.saturating_add(counts.dead),
        oldest: sum.oldest.into_iter().chain(counts.oldest).min(),
    }))
}

/// Asks one object after the other for its counts, so that each finds out whether events wait and its alarm was lost. An
/// object that fails does not keep the others from being asked. Returns the errors.
pub(crate) async fn visit_all(env: &Env) -> Vec<Error> {
    let mut errors = Vec::new();
    for shard in 0..SHARDS {
        errors.extend(call_shard::<Counts>(env, shard, &OutboxRequest::Count).await.err());
    }
    errors
}

/// Keeps a secret that the sender of a source has handed over, until the operator reads it.
pub(crate) async fn keep_handed_over(env: &Env, source: &str, secret: HandedOver) -> Result<()> {
    call_shard(env, shard_of(source), &OutboxRequest::KeepHandedOver { source: source.into(), secret }).await
}

/// Returns the secrets that the sender of a source has handed over, newest first, and deletes them.
pub(crate) async fn take_handed_over(env: &Env, source: &str) -> Result<Vec<HandedOver>> {
    call_shard(env, shard_of(source), &OutboxRequest::TakeHandedOver { source: source.into() }).await
}

/// Sends one request to every object.
async fn call_all<T: for<'de> Deserialize<'de>>(env: &Env, request: &OutboxRequest) -> Result<Vec<T>> {
    try_join_all((0..SHARDS).map(|shard| call_shard(env, shard, request))).await
}

/// Sends a request to one object. After an error the object may have carried it out all the same.
async fn call_shard<T: for<'de> Deserialize<'de>>(env: &Env, shard: u8, request: &OutboxRequest) -> Result<T> {
    let answer = call_with_timeout(env, shard, serde_json::to_string(request)?).await?;
    Ok(serde_json::from_str(&answer)?)
}

// The functions below exchange text, because the compiler makes a copy of a generic function for each type of answer.

async fn call_with_timeout(env: &Env, shard: u8, request: String) -> Result<String> {
    match within(OUTBOX_TIMEOUT, pin!(call_with_retries(env, shard, &request))).await {
        Ok(answer) => answer,
        Err(timed_out) => Err(timed_out.message("the outbox").into()),
    }
}

/// Tries up to three times, each time with a new stub, because a stub is unusable after an error. An overloaded object is
/// not asked again: that would be additional load.
async fn call_with_retries(env: &Env, shard: u8, request: &str) -> Result<String> {
    let mut pauses = OUTBOX_RETRY_PAUSES.into_iter();
    loop {
        let error = match call_once(env, shard, request).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(pause) = pauses.next().filter(|_| !is_overloaded(&error)) else {
            return Err(error);
        };
        Delay::from(pause).await;
    }
}

async fn call_once(env: &Env, shard: u8, request: &str) -> Result<String> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(JsValue::from_str(request)));
    let request = Request::new_with_init("https://outbox/", &init)?;
    let stub = env.durable_object(BINDING)?.get_by_name(&format!("outbox-{shard}"))?;
    let mut response = stub.fetch_with_request(request).await?;
    match response.status_code() {
        200 => response.text().await,
        status => Err(format!("the outbox answered {status}").into()),
    }
}

/// Whether the platform says that the object is overloaded.
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

/// The object that stores a dead letter.
fn shard_of_letter(id: &str) -> Option<u8> {
    id.split_once('.')?.0.parse().ok().filter(|shard| *shard < SHARDS)
}
