//! The outbox: Durable Objects that store an event before it is answered, and hand it to the queue afterwards.
//!
//! Events are spread over [`SHARDS`] objects by their key, the source and the id. Storing is one transaction: the key,
//! the message, and the alarm that sends it. A copy finds the key and changes nothing. The alarm sends what is pending
//! in batches, as often as it takes: a queue that refuses, or an answer that is lost, makes a message late or double, but
//! never lost. Double ones are told by the consumer, which asks the same object whether the key was acted on.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasm_bindgen::JsValue;
use worker::{
    Date, Delay, DurableObject, Env, Method, QueueContentType, RawMessageBuilder, Request, RequestInit, Response,
    Result, SendMessage, SqlCursor, SqlStorageValue, State, durable_object,
};

use crate::intake::QUEUE;
use crate::log::{Level, Line, cut};
use crate::message::Message;

/// The binding of the objects.
const BINDING: &str = "OUTBOX";
/// How many objects share the events.
const SHARDS: u8 = 16;
/// How long keys are remembered: longer than the three days and some that senders try again.
const RETENTION_MILLIS: i64 = 4 * 24 * 60 * 60 * 1000;
/// A batch of a queue holds 100 messages and 256 000 bytes; some of that is the queue's own.
const BATCH_MESSAGES: i32 = 100;
const BATCH_BYTES: usize = 240_000;
/// How many keys are forgotten at a time.
const PURGE_ROWS: i32 = 1000;
/// How often an idle object looks for keys to forget.
const IDLE: Duration = Duration::from_hours(6);
/// How long a queue may take to answer: it takes milliseconds when it is well.
const PATIENCE: Duration = Duration::from_secs(10);
/// How late an alarm may be before it is set again.
const OVERDUE_MILLIS: u64 = 60_000;
/// The first and the longest pause after a queue has refused.
const FIRST_PAUSE_SECONDS: u64 = 1;
const LONGEST_PAUSE_SECONDS: u64 = 300;

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

/// What the Worker asks of an object.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Ask {
    /// Store this event.
    Accept { key: String, digest: String, message: String },
    /// Was this key acted on?
    IsDone { key: String },
    /// This key was acted on.
    MarkDone { key: String },
}

/// Stores an event, or finds that it is stored. Doing it twice is doing it once.
pub(crate) async fn accept(env: &Env, message: &Message, body: &[u8]) -> Result<Outcome> {
    let key = message.key();
    let digest = hexadecimal(&Sha256::digest(body));
    let ask = Ask::Accept { key: key.clone(), digest, message: serde_json::to_string(message)? };
    ask_shard(env, &key, &ask).await
}

/// Whether the consumer has acted on this key.
pub(crate) async fn is_done(env: &Env, key: &str) -> Result<bool> {
    ask_shard(env, key, &Ask::IsDone { key: key.into() }).await
}

/// Remembers that the consumer has acted on this key.
pub(crate) async fn mark_done(env: &Env, key: &str) -> Result<()> {
    ask_shard(env, key, &Ask::MarkDone { key: key.into() }).await
}

/// Asks the object that holds a key. A stub is of no use after an error, so every try gets its own.
async fn ask_shard<T: for<'de> Deserialize<'de>>(env: &Env, key: &str, ask: &Ask) -> Result<T> {
    const TRIES: usize = 3;
    let objects = env.durable_object(BINDING)?;
    let body = serde_json::to_string(ask)?;
    let name = format!("outbox-{}", shard_of(key));
    let mut last = None;
    for _ in 0..TRIES {
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(JsValue::from_str(&body)));
        let request = Request::new_with_init("https://outbox/", &init)?;
        match objects.get_by_name(&name)?.fetch_with_request(request).await {
            Ok(mut response) if response.status_code() == 200 => return response.json().await,
            Ok(response) => last = Some(format!("the outbox answered {}", response.status_code())),
            Err(error) => last = Some(error.to_string()),
        }
    }
    Err(last.unwrap_or_default().into())
}

fn shard_of(key: &str) -> u8 {
    Sha256::digest(key).first().copied().unwrap_or(0) % SHARDS
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One object of the outbox.
#[durable_object]
#[derive(Debug)]
pub struct Outbox {
    state: State,
    env: Env,
    /// When the alarm will go off, as far as this instance knows.
    alarm_at: Cell<Option<u64>>,
    /// How often in a row the queue has refused.
    refusals: Cell<u32>,
}

#[derive(Deserialize)]
struct Pending {
    key: String,
    message: String,
}

impl DurableObject for Outbox {
    fn new(state: State, env: Env) -> Self {
        let outbox = Self { state, env, alarm_at: Cell::new(None), refusals: Cell::new(0) };
        // An error here comes back with the first query, which is answered for.
        let _ = outbox.sql(
            "CREATE TABLE IF NOT EXISTS events (
                key TEXT PRIMARY KEY, digest TEXT NOT NULL, message TEXT, accepted_at INTEGER NOT NULL
            )",
            Vec::new(),
        );
        // A message that is there is pending; sending takes it away and leaves the key.
        let _ = outbox
            .sql("CREATE INDEX IF NOT EXISTS pending ON events (accepted_at) WHERE message IS NOT NULL", Vec::new());
        let _ =
            outbox.sql("CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, done_at INTEGER NOT NULL)", Vec::new());
        outbox
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match request.json().await? {
            Ask::Accept { key, digest, message } => Response::from_json(&self.accept(&key, &digest, message).await?),
            Ask::IsDone { key } => Response::from_json(&self.has("SELECT key FROM done WHERE key = ?", &key)?),
            Ask::MarkDone { key } => {
                self.sql("INSERT OR IGNORE INTO done VALUES (?, ?)", vec![key.into(), now().into()])?;
                Response::from_json(&())
            }
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.alarm_at.set(None);
        let next = match self.drain().await {
            Ok(()) => {
                self.refusals.set(0);
                if let Err(error) = self.purge() {
                    // Keys are kept longer than they need to be then, which harms nobody.
                    let message = Some(cut(&error.to_string()));
                    Line { at: "outbox", outcome: "purge_failed", message, ..Line::default() }.write(Level::Error);
                }
                IDLE
            }
            Err(error) => {
                let pause = self.pause();
                let message = Some(format!("{}; the next try is in {} s", cut(&error.to_string()), pause.as_secs()));
                Line { at: "outbox", outcome: "queue_refused", message, ..Line::default() }.write(Level::Error);
                pause
            }
        };
        // An event that was stored meanwhile has set an earlier alarm.
        if self.alarm_at.get().is_none() {
            self.set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl Outbox {
    async fn accept(&self, key: &str, digest: &str, message: String) -> Result<Outcome> {
        #[derive(Deserialize)]
        struct Stored {
            digest: String,
        }
        let found: Vec<Stored> =
            self.sql("SELECT digest FROM events WHERE key = ?", vec![key.to_owned().into()])?.to_array()?;
        let outcome = match found.first() {
            Some(stored) if stored.digest == digest => Outcome::Duplicate,
            Some(_) => Outcome::Conflict,
            None => {
                let row = vec![key.to_owned().into(), digest.to_owned().into(), message.into(), now().into()];
                self.sql("INSERT INTO events VALUES (?, ?, ?, ?)", row)?;
                Outcome::New
            }
        };
        // Nothing is awaited between the row and the alarm, so both are one transaction. A copy sets the alarm too, should
        // that have failed when the event was stored. While the queue refuses, the alarm is set already.
        if self.refusals.get() == 0 {
            self.set_alarm(Duration::ZERO).await?;
        }
        Ok(outcome)
    }

    /// Sets the alarm, unless it goes off earlier anyway.
    async fn set_alarm(&self, after: Duration) -> Result<()> {
        let now = Date::now().as_millis();
        let at = now.saturating_add(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        // An alarm that should have gone off long ago is not waited for.
        let is_due = |earlier: u64| earlier <= at && earlier >= now.saturating_sub(OVERDUE_MILLIS);
        if self.alarm_at.get().is_some_and(is_due) {
            return Ok(());
        }
        self.alarm_at.set(Some(at));
        let set = self.state.storage().set_alarm(after).await;
        if set.is_err() {
            self.alarm_at.set(None);
        }
        set
    }

    /// Sends what is pending, oldest first.
    async fn drain(&self) -> Result<()> {
        loop {
            let query = "SELECT key, message FROM events WHERE message IS NOT NULL ORDER BY accepted_at LIMIT ?";
            let pending: Vec<Pending> = self.sql(query, vec![BATCH_MESSAGES.into()])?.to_array()?;
            if pending.is_empty() {
                return Ok(());
            }
            let mut bytes = 0_usize;
            let mut keys = Vec::new();
            let mut batch = Vec::new();
            for Pending { key, message } in pending {
                bytes = bytes.saturating_add(message.len());
                if bytes > BATCH_BYTES && !batch.is_empty() {
                    break;
                }
                let message = js_sys::JSON::parse(&message)?;
                batch.push(RawMessageBuilder::new(message).build_with_content_type(QueueContentType::Json));
                keys.push(key);
            }
            self.send(batch).await?;
            let sent = vec![serde_json::to_string(&keys)?.into()];
            self.sql("UPDATE events SET message = NULL WHERE key IN (SELECT value FROM json_each(?))", sent)?;
        }
    }

    /// Sends a batch. A queue that does not answer may have taken it: it is sent again, and the consumer tells.
    async fn send(&self, batch: Vec<SendMessage<JsValue>>) -> Result<()> {
        let queue = self.env.queue(QUEUE)?;
        let sending = pin!(queue.send_raw_batch(batch));
        match select(sending, Delay::from(PATIENCE)).await {
            Either::Left((sent, _)) => sent,
            Either::Right(_) => Err(format!("the queue did not answer within {} s", PATIENCE.as_secs()).into()),
        }
    }

    /// Forgets keys that no sender comes back with.
    fn purge(&self) -> Result<()> {
        let horizon = now().saturating_sub(RETENTION_MILLIS);
        let old = |query| self.sql(query, vec![horizon.into(), PURGE_ROWS.into()]);
        old("DELETE FROM events WHERE key IN
             (SELECT key FROM events WHERE message IS NULL AND accepted_at < ? LIMIT ?)")?;
        old("DELETE FROM done WHERE key IN (SELECT key FROM done WHERE done_at < ? LIMIT ?)")?;
        Ok(())
    }

    /// How long to wait after another refusal: twice as long each time, up to a bound.
    fn pause(&self) -> Duration {
        let refusals = self.refusals.get();
        self.refusals.set(refusals.saturating_add(1));
        let seconds = FIRST_PAUSE_SECONDS.checked_shl(refusals.min(16)).unwrap_or(LONGEST_PAUSE_SECONDS);
        Duration::from_secs(seconds.min(LONGEST_PAUSE_SECONDS))
    }

    fn has(&self, query: &str, key: &str) -> Result<bool> {
        let rows: Vec<serde_json::Value> = self.sql(query, vec![key.to_owned().into()])?.to_array()?;
        Ok(!rows.is_empty())
    }

    fn sql(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<SqlCursor> {
        self.state.storage().sql().exec(query, bindings)
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}
