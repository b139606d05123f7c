//! The outbox: Durable Objects that store each event before the sender is answered, and send it to the queue afterwards.
//!
//! The events are distributed over 16 objects by their key, which consists of the source and the event's id. An object
//! stores an event in one transaction: the key, the message, and the alarm that sends it. A duplicate finds the key and
//! changes nothing. The alarm sends pending events in batches until the queue has accepted them. If an alarm is lost, the next
//! request to the object sets it again, and a Cron Trigger makes one every five minutes. If the queue rejects a
//! batch, or its answer is lost, a message arrives late or twice, and is never lost. The consumer detects duplicates: it
//! asks the same object whether the event was acted on.
//!
//! [`client`] is the Worker's side and [`protocol`] what both sides exchange. An [`object`] answers requests, keeps its
//! rows in a [`store`] and sends them with [`drain`].

mod client;
mod drain;
mod log;
mod object;
mod protocol;
mod store;

pub(crate) use client::{
    BINDING, accept, acquire_lease, count, dead_letters, discard, is_bound, keep_handed_over, list, mark_done, redrive,
    redrive_all, release_lease, replay, reserve_body, show, store_dead_letter, take_handed_over, visit_all,
};
pub(crate) use protocol::{
    Bypassed, Counts, DeadLetter, EventDetails, EventQuery, EventRecord, HandedOver, Lease, Position, ReplayOutcome,
    StoreOutcome,
};
