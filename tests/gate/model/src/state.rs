//! The state of the whole system at one moment: events, requests, rows, messages and the outbox.

use stateright::Representative;

use crate::bag::{Bag, Stage};

/// The state of the whole system at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The events. Number 0 is the attacker's.
    pub events: Vec<Event>,
    /// The outbox, apart from its rows.
    pub outbox: Outbox,
    /// The number of crashes that may still happen.
    pub crashes: u8,
    /// The number of faults that may still happen.
    pub faults: u8,
}

/// An event and everything that belongs to it. All its deliveries have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Event {
    /// Whether its sender signed it. An event that is not authentic comes from an attacker.
    pub authentic: bool,
    /// The sender's view.
    pub sender: Sender,
    /// The requests that the Worker is processing.
    pub requests: Bag<Request>,
    /// The row of its key in the outbox.
    pub row: Row,
    /// Its messages on the queue and at the consumer.
    pub messages: Bag<Message>,
    /// Whether the outbox knows that the event was acted on.
    pub done: bool,
    /// The number of times that the event was acted on. The model does not count beyond two.
    pub effects: u8,
    /// Whether a message of the event is a dead letter.
    pub is_dead_letter: bool,
    /// Whether the outbox has taken a duplicate of it for a new event.
    pub is_accepted_again: bool,
    /// Whether the gate has answered 200, even if the answer was lost.
    pub acknowledged: bool,
}

/// The sender's view of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// It has no 200 yet and retries.
    Trying,
    /// It has received a 200.
    Acknowledged,
    /// It has stopped retrying.
    GaveUp,
}

/// The progress of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Request {
    /// Read and verified.
    Verified,
    /// The Worker still has to send the message to the queue itself.
    Unsent,
    /// The Worker has sent the message and still has to mark the key. Or it has answered first ([`Flaw::AnswersFirst`]) and
    /// still has to have the event stored.
    ///
    /// [`Flaw::AnswersFirst`]: crate::Flaw::AnswersFirst
    Unmarked,
    /// The Worker still has to answer 200.
    Stored,
}

/// The row of a key in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// The key has no row.
    Absent,
    /// The row has a message that still has to be sent.
    Pending,
    /// Like pending, and the message is in the batch that is being sent.
    InBatch,
    /// The row has only the key.
    Key,
}

/// The progress of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// On the queue.
    Waiting,
    /// At the consumer, which has found that the event was not acted on.
    Checked,
    /// Acted on. The consumer still has to report it to the outbox.
    Acted,
    /// The consumer still has to acknowledge it to the queue.
    Settled,
}

/// The outbox, apart from its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Outbox {
    /// Whether an alarm is set. On disk, like the rows.
    pub alarm: bool,
    /// Whether the queue rejected the last batch. In memory.
    pub rejected: bool,
    /// The progress of the alarm. In memory.
    pub drain: Drain,
}

/// The progress of the alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Drain {
    /// The alarm is not running.
    #[default]
    Idle,
    /// The alarm has read a batch and is sending it.
    Sending,
    /// The queue has accepted the batch.
    Sent,
}

impl Stage for Request {
    const ALL: [Self; 4] = [Self::Verified, Self::Unsent, Self::Unmarked, Self::Stored];
}

impl Stage for Message {
    const ALL: [Self; 4] = [Self::Waiting, Self::Checked, Self::Acted, Self::Settled];
}

impl Event {
    pub(crate) const fn new(authentic: bool) -> Self {
        Self {
            authentic,
            sender: Sender::Trying,
            requests: Bag::EMPTY,
            row: Row::Absent,
            messages: Bag::EMPTY,
            done: false,
            effects: 0,
            is_dead_letter: false,
            is_accepted_again: false,
            acknowledged: false,
        }
    }

    /// Whether the event is stored somewhere or was acted on. A row with only the key does not store it.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        matches!(self.row, Row::Pending | Row::InBatch)
            || !self.messages.is_empty()
            || self.is_dead_letter
            || self.effects > 0
    }

    /// Whether the event was acknowledged, was not acted on yet and is not a dead letter.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.acknowledged && self.effects == 0 && !self.is_dead_letter
    }
}

impl State {
    /// Whether no step is possible without a fault or a crash. No path within the bounds is endless, so every path ends in
    /// such a state, and what holds in all of them holds eventually.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let mut steps = Vec::new();
        self.steps(&mut steps);
        steps.is_empty()
    }

    /// Whether all allowed crashes and faults have happened, and every event was acknowledged to its sender and acted on.
    #[must_use]
    pub fn has_survived(&self) -> bool {
        let mut sent = self.events.iter().filter(|event| event.authentic);
        self.crashes == 0
            && self.faults == 0
            && sent.all(|event| event.sender == Sender::Acknowledged && event.effects > 0)
            && self.is_at_rest()
    }

    pub(crate) fn event(&mut self, number: usize) -> Option<&mut Event> {
        self.events.get_mut(number)
    }

    pub(crate) fn has_row(&self, row: Row) -> bool {
        self.events.iter().any(|event| event.row == row)
    }

    /// Changes every row that is `from` into `to`.
    pub(crate) fn replace_rows(&mut self, from: Row, to: Row) {
        for event in self.events.iter_mut().filter(|event| event.row == from) {
            event.row = to;
        }
    }
}

/// Events differ only in their number, and no step depends on a number. So states that differ only in the order of their
/// events have the same future, and the checker visits one of them.
impl Representative for State {
    fn representative(&self) -> Self {
        let mut sorted = self.clone();
        sorted.events.sort_unstable();
        sorted
    }
}
