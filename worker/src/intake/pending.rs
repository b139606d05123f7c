//! Deliveries that wait for their short bodies, each under a ticket.

use crate::limits::{MAX_PENDING_BODIES, PENDING_BODY_GRACE_MILLIS};

/// Deliveries whose short bodies JavaScript is reading. Times are in milliseconds.
#[derive(Debug)]
pub(super) struct PendingBodies<T> {
    last_ticket: u32,
    entries: Vec<Entry<T>>,
}

#[derive(Debug)]
struct Entry<T> {
    ticket: u32,
    /// After this time the body does not arrive any more.
    expires_at: f64,
    delivery: T,
}

impl<T> PendingBodies<T> {
    /// An empty set.
    pub(super) const fn new() -> Self {
        Self { last_ticket: 0, entries: Vec::new() }
    }

    /// A ticket for one more delivery, or `None` if [`MAX_PENDING_BODIES`] are pending. Expired deliveries are dropped
    /// first: when a sender disconnects, the platform forgets the request and never calls back.
    pub(super) fn reserve(&mut self, now: f64) -> Option<u32> {
        self.entries.retain(|entry| now <= entry.expires_at);
        if self.entries.len() >= MAX_PENDING_BODIES {
            return None;
        }
        self.last_ticket = self.last_ticket.wrapping_add(1);
        Some(self.last_ticket)
    }

    /// Keeps a delivery under its ticket until its body has arrived, or until the time limit and a grace period are over.
    pub(super) fn insert(&mut self, ticket: u32, now: f64, timeout: f64, delivery: T) {
        self.entries.push(Entry { ticket, expires_at: now + timeout + PENDING_BODY_GRACE_MILLIS, delivery });
    }

    /// Removes the delivery with this ticket and returns it, unless it has expired.
    pub(super) fn take(&mut self, ticket: u32) -> Option<T> {
        let index = self.entries.iter().position(|entry| entry.ticket == ticket)?;
        Some(self.entries.swap_remove(index).delivery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_returns_its_delivery_once() {
        let mut pending = PendingBodies::new();
        let tickets = ["one", "two", "three"].map(|delivery| {
            let ticket = pending.reserve(0.0).expect("a ticket is free");
            pending.insert(ticket, 0.0, 10.0, delivery);
            ticket
        });
        let [one, two, three] = tickets;
        assert_eq!(pending.take(two), Some("two"));
        assert_eq!(pending.take(two), None);
        assert_eq!(pending.take(three), Some("three"));
        assert_eq!(pending.take(one), Some("one"));
    }

    #[test]
    fn expired_deliveries_free_their_tickets() {
        let mut pending = PendingBodies::new();
        for number in 0..MAX_PENDING_BODIES {
            let ticket = pending.reserve(0.0).expect("a ticket is free");
            pending.insert(ticket, 0.0, 10.0, number);
        }
        assert_eq!(pending.reserve(10.0 + PENDING_BODY_GRACE_MILLIS), None);
        let ticket = pending.reserve(11.0 + PENDING_BODY_GRACE_MILLIS).expect("expired deliveries were dropped");
        assert_eq!(pending.take(ticket), None, "nothing was inserted under the new ticket");
        assert_eq!(pending.take(1), None, "the first delivery has expired");
    }
}
