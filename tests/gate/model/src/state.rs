//! What there is at one moment.

use stateright::Representative;

use crate::bag::{Bag, Stage};

/// Everything, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The events and what has become of each.
    pub events: Vec<Event>,
    /// What the outbox holds besides its rows.
    pub outbox: Outbox,
    /// How many crashes may still happen.
    pub crashes: u8,
    /// How many faults may still happen.
    pub faults: u8,
}

/// An event on its way. All its copies have one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each may hold without the others")]
pub struct Event {
    /// Whether its sender signed it. What is not genuine is sent by an attacker.
    pub genuine: bool,
    /// What its sender knows.
    pub sender: Sender,
    /// The requests that the Worker is busy with.
    pub requests: Bag<Request>,
    /// The row of its key in the outbox.
    pub row: Row,
    /// Its messages on the queue and at the consumer.
    pub messages: Bag<Message>,
    /// Whether the outbox knows that its key was acted on.
    pub done: bool,
    /// How often it was acted on. More than twice is told as twice.
    pub effects: u8,
    /// Whether a message of it is among the dead letters.
    pub is_dead_letter: bool,
    /// Whether the gate has answered 202, heard or not.
    pub acknowledged: bool,
}

/// What a sender knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// It has no 202 yet and tries again.
    Trying,
    /// It has its 202.
    Told,
    /// It tries no more.
    GaveUp,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Request {
    /// Read, and taken for genuine.
    Verified,
    /// To be sent to the queue by the Worker itself.
    Unsent,
    /// Sent, and its key is to be marked.
    Unmarked,
    /// To be answered with 202.
    Stored,
}

/// The row of a key in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// There is none.
    Absent,
    /// With a message that is to be sent.
    Pending,
    /// As pending, and in the batch that is being sent.
    InBatch,
    /// Without a message: the key alone.
    Key,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// On the queue.
    Waiting,
    /// At the consumer, and not acted on before as far as it knows.
    Checked,
    /// Acted on, and that is to be said.
    Acted,
    /// To be acknowledged to the queue.
    Settled,
}

/// What the outbox holds besides its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Outbox {
    /// Whether an alarm is set. On disk, like the rows.
    pub alarm: bool,
    /// Whether the queue refused the last batch. In memory.
    pub refused: bool,
    /// How far the alarm's work is. In memory.
    pub drain: Drain,
}

/// How far the alarm's work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Drain {
    /// No alarm is at work.
    #[default]
    Idle,
    /// The batch was read.
    Sending,
    /// The queue accepted the batch.
    Sent,
}

impl Stage for Request {
    const ALL: [Self; 4] = [Self::Verified, Self::Unsent, Self::Unmarked, Self::Stored];
}

impl Stage for Message {
    const ALL: [Self; 4] = [Self::Waiting, Self::Checked, Self::Acted, Self::Settled];
}

impl Event {
    pub(crate) const fn new(genuine: bool) -> Self {
        Self {
            genuine,
            sender: Sender::Trying,
            requests: Bag::EMPTY,
            row: Row::Absent,
            messages: Bag::EMPTY,
            done: false,
            effects: 0,
            is_dead_letter: false,
            acknowledged: false,
        }
    }

    /// Whether something holds it, or it was acted on. A key without a message does not hold it.
    #[must_use]
    pub fn is_somewhere(&self) -> bool {
        matches!(self.row, Row::Pending | Row::InBatch)
            || !self.messages.is_empty()
            || self.is_dead_letter
            || self.effects > 0
    }

    /// Whether it was acknowledged and has yet to be acted on, or to be looked for among the dead letters.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.acknowledged && self.effects == 0 && !self.is_dead_letter
    }
}

impl State {
    /// Whether nothing goes on by itself any more. No way within the bounds is endless, so everything comes to rest, and
    /// what holds then holds in the end.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        let mut steps = Vec::new();
        self.steps(&mut steps);
        steps.is_empty()
    }

    /// Whether all that may befall it has, and still every event is told to its sender and acted on.
    #[must_use]
    pub fn has_survived(&self) -> bool {
        let mut sent = self.events.iter().filter(|event| event.genuine);
        self.crashes == 0
            && self.faults == 0
            && sent.all(|event| event.sender == Sender::Told && event.effects > 0)
            && self.is_at_rest()
    }

    pub(crate) fn event(&mut self, number: usize) -> Option<&mut Event> {
        self.events.get_mut(number)
    }

    pub(crate) fn has_row(&self, row: Row) -> bool {
        self.events.iter().any(|event| event.row == row)
    }

    /// Makes every row that is the one the other.
    pub(crate) fn turn_rows(&mut self, from: Row, to: Row) {
        for event in self.events.iter_mut().filter(|event| event.row == from) {
            event.row = to;
        }
    }
}

/// Events differ in nothing but their number, and no step looks at numbers: what can happen after one order of events
/// can happen after every other.
impl Representative for State {
    fn representative(&self) -> Self {
        let mut sorted = self.clone();
        sorted.events.sort_unstable();
        sorted
    }
}
