//! The requests that the Worker sends to an object of the outbox, and the answers, all as JSON.
//!
//! While a new version is rolled out, a new Worker calls old objects and the reverse. So the names in JSON never change: a
//! type that is called differently in Rust keeps its name through `rename`. A request that an object does not know is an
//! error, which the Worker handles like any other.

use std::fmt::{self, Debug, Formatter};

use serde::{Deserialize, Serialize};

use crate::effect::Effect;

/// A request to an object.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OutboxRequest {
    /// Stores an event. `digest` is the SHA-256 of its body, `message` is its JSON. Answer: [`StoreOutcome`].
    Accept { key: String, digest: String, message: String },
    /// Announces a body that is about to be stored in R2, so that it is deleted if its event does not follow. Answer:
    /// whether it may be stored now.
    #[serde(rename = "reserve")]
    ReserveBody { object: String },
    /// Asks for the lease of an event. The caller gives a name of its own, so that it can ask again if the answer is lost.
    /// An event that bypassed the outbox is given too, and stored. Answer: [`Lease`].
    #[serde(rename = "begin")]
    AcquireLease {
        effect: Effect,
        caller: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bypassed: Option<Bypassed>,
    },
    /// Reports that the consumer acted on an event, which ends its lease.
    #[serde(rename = "finish")]
    MarkDone(Effect),
    /// Reports that the consumer could not act on an event, which ends its lease.
    #[serde(rename = "abandon")]
    ReleaseLease(Effect),
    /// Stores a message that failed too often. Answer: null if it is stored, and `true` if it need not be, because the
    /// consumer acted on its event before.
    #[serde(rename = "bury")]
    StoreDeadLetter(DeadLetter),
    /// Lists events, newest first. Answer: a list of [`EventRecord`].
    List(EventQuery),
    /// Asks for one event. Answer: [`EventDetails`], or null.
    Show { key: String },
    /// Sends an event again. Answer: [`ReplayOutcome`].
    Replay { key: String },
    /// Lists dead letters, newest first. Answer: a list of [`DeadLetter`].
    #[serde(rename = "listdead")]
    ListDeadLetters { before: Option<Position>, limit: u32 },
    /// Sends a dead letter to the queue again. Answer: whether it exists.
    Redrive { id: String },
    /// Sends the dead letters of one source, or of all, to the queue again. Answer: their number.
    RedriveAll { source: Option<String> },
    /// Deletes a dead letter. Answer: whether it existed.
    Discard { id: String },
    /// Counts what is waiting. Answer: [`Counts`].
    Count,
    /// Keeps a secret that the sender of a source has handed over.
    KeepHandedOver { source: String, secret: HandedOver },
    /// Asks for the secrets of a source, newest first, and deletes them. Answer: a list of [`HandedOver`].
    TakeHandedOver { source: String },
}

/// The result of storing an event.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoreOutcome {
    /// The event is stored now.
    New,
    /// The event was stored before.
    Duplicate,
    /// An event with the same key and another body was stored before.
    Conflict,
}

/// Whether the consumer may act on an event.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Lease {
    /// The caller may act until the lease ends. Attempts are counted from one.
    #[serde(rename = "act")]
    Granted { attempt: u32 },
    /// Another caller holds the lease for at most this many milliseconds.
    #[serde(rename = "wait")]
    HeldByAnother { millis: u64 },
    /// The event was acted on before.
    Done,
    /// The event bypassed the outbox, which has another body under its key. Only a caller that gave the event gets this.
    Conflict,
}

/// An event that went to the queue directly, because the outbox failed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Bypassed {
    /// The SHA-256 of its body.
    pub(crate) digest: String,
    /// The queue message as JSON.
    pub(crate) message: String,
}

/// A message that the queue gave up, because it failed too often.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct DeadLetter {
    /// The number of the object that stores it, a dot, and the queue's id of the message.
    pub(crate) id: String,
    /// The event that it is about, if the message can be read.
    pub(crate) effect: Option<Effect>,
    /// The SHA-256 of its body, if the message can be read. Older Workers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
    /// The message as JSON.
    pub(crate) message: String,
    /// When the gate stored it, in milliseconds since 1970.
    pub(crate) at: i64,
}

/// A secret that a sender has handed over, for the operator.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct HandedOver {
    /// When it arrived, in milliseconds since 1970.
    pub(crate) at: i64,
    /// The address from which it came, if the platform says so.
    pub(crate) address: Option<String>,
    pub(crate) secret: String,
}

/// Prints everything but the secret.
impl Debug for HandedOver {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandedOver").field("at", &self.at).field("address", &self.address).finish_non_exhaustive()
    }
}

/// A position in a list that is ordered by time, then by name.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Position {
    pub(crate) at: i64,
    pub(crate) name: String,
}

/// Which events to list. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct EventQuery {
    pub(crate) source: Option<String>,
    /// A type, or the beginning of one followed by `*`.
    pub(crate) kind: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) since: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) before: Option<Position>,
    pub(crate) limit: u32,
}

/// An event in the outbox, without its message. Times are in milliseconds since 1970.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct EventRecord {
    pub(crate) key: String,
    pub(crate) source: Option<String>,
    pub(crate) kind: Option<String>,
    /// `pending`, `queued`, `acted`, `parked`, `dead` or `discarded`.
    pub(crate) state: String,
    pub(crate) accepted_at: i64,
    pub(crate) sent_at: Option<i64>,
    pub(crate) acted_at: Option<i64>,
    /// The number of times that the queue rejected it since it became pending.
    pub(crate) failures: u32,
    pub(crate) problem: Option<String>,
    pub(crate) replay: u32,
}

/// Something that happened to an event.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct HistoryEntry {
    pub(crate) at: i64,
    pub(crate) what: String,
    pub(crate) detail: Option<String>,
}

/// An event with its message and its history.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct EventDetails {
    pub(crate) record: EventRecord,
    /// The message, unless it has been deleted.
    pub(crate) message: Option<String>,
    /// The event's history, except for the times in its record.
    pub(crate) history: Vec<HistoryEntry>,
}

/// The result of asking for a replay.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReplayOutcome {
    /// The event will be sent.
    Pending,
    /// The event does not exist.
    Unknown,
    /// The event's body has been deleted.
    #[serde(rename = "forgotten")]
    BodyDeleted,
}

/// How much is waiting.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Counts {
    pub(crate) pending: u64,
    pub(crate) parked: u64,
    pub(crate) dead: u64,
    /// When the oldest pending event was accepted, in milliseconds since 1970.
    pub(crate) oldest: Option<i64>,
}
