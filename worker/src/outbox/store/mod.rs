//! The tables of one object, and every SQL statement on them, sorted by concern.

mod bodies;
mod dead_letters;
mod events;
mod handed_over;
mod leases;
mod retention;
mod sending;
mod tables;

pub(super) use sending::PendingRow;
pub(super) use tables::Store;
