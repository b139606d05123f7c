//! What goes wrong: what breaks off ([`Crash`]), and what happens without that ([`Fault`]).

use crate::state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
use crate::{Action, Bag, Gate, Intake};

/// What may happen without a crash. The number is the event's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another copy of the delivery comes: from a sender that does not wait, from the network, or replayed by an attacker.
    Copy(usize),
    /// An attacker sends an event of his own. A gate that verifies answers 401.
    Forge(usize),
    /// The sender gives up.
    GiveUp(usize),
    /// The Worker answers 202, and nobody hears it.
    LoseAnswer(usize),
    /// Every try to reach the outbox fails, as far as the Worker knows.
    FailOutbox(usize, Left),
    /// The queue fails a message that the Worker sends itself; it may have taken it. The Worker answers 503.
    FailQueue {
        /// The event.
        number: usize,
        /// Whether the queue took it.
        taken: bool,
    },
    /// The queue fails a batch; it may have taken some of it, or all.
    FailBatch {
        /// The events whose messages the queue took.
        taken: Vec<usize>,
    },
    /// The queue delivers a message once more, though it was delivered or is being worked on.
    Redeliver(usize),
    /// The consumer cannot go on with a message, or the queue does not learn that it was settled: it comes again.
    Retry(usize, Message),
    /// A message has been tried too often.
    Bury(usize),
}

/// What a try to store an event left behind although the Worker learnt of no success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// The row and the alarm; the answer was lost.
    RowAndAlarm,
    /// The row; setting the alarm failed.
    Row,
}

/// What breaks off. What is on disk and on the queue stays, what is in memory is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The Worker, with one request.
    Request(usize, Request),
    /// The object of the outbox.
    Outbox {
        /// The events whose messages the queue had taken, of a batch that was being sent.
        taken: Vec<usize>,
    },
    /// The consumer, with one message.
    Message(usize, Message),
    /// All of them at once.
    Everything {
        /// The events whose messages the queue had taken, of a batch that was being sent.
        taken: Vec<usize>,
    },
}

impl Gate {
    /// The faults that can happen now.
    pub(crate) fn faults(&self, state: &State, actions: &mut Vec<Action>) {
        let mut can = |fault, may: bool| {
            if may {
                actions.push(Action::Fault(fault));
            }
        };
        for (number, event) in state.events.iter().enumerate() {
            can(Fault::Forge(number), !event.genuine);
            can(Fault::GiveUp(number), event.genuine && event.sender == Sender::Trying);
            // Nothing can be copied before it was sent.
            can(Fault::Copy(number), event.genuine && *event != Event::new(true));
            can(Fault::LoseAnswer(number), event.requests.has(Request::Stored));
            if self.intake == Intake::Outbox {
                let asks = event.requests.has(Request::Verified);
                can(Fault::FailOutbox(number, Left::Nothing), asks);
                can(Fault::FailOutbox(number, Left::RowAndAlarm), asks);
                can(Fault::FailOutbox(number, Left::Row), asks);
            }
            can(Fault::FailQueue { number, taken: false }, event.requests.has(Request::Unsent));
            can(Fault::FailQueue { number, taken: true }, event.requests.has(Request::Unsent));
            can(Fault::Redeliver(number), !event.messages.is_empty());
            can(Fault::Bury(number), event.messages.has(Message::Waiting));
            for stage in event.messages.stages().filter(|stage| *stage != Message::Waiting) {
                can(Fault::Retry(number, stage), true);
            }
        }
        if state.outbox.drain == Drain::Sending {
            for taken in state.parts_of_batch() {
                can(Fault::FailBatch { taken }, true);
            }
        }
    }

    /// Has a fault happen; none, where it cannot.
    pub(crate) fn go_wrong(&self, state: &mut State, fault: Fault) -> Option<()> {
        match fault {
            Fault::Forge(_) if self.verifies => {}
            Fault::Forge(number) | Fault::Copy(number) => state.event(number)?.requests.put(Request::Verified)?,
            Fault::GiveUp(number) => state.event(number)?.sender = Sender::GaveUp,
            Fault::LoseAnswer(number) => state.event(number)?.answer()?,
            Fault::FailOutbox(number, left) => {
                state.event(number)?.requests.advance(Request::Verified, Request::Unsent)?;
                if left != Left::Nothing {
                    state.store(number)?;
                }
                if left == Left::RowAndAlarm {
                    state.set_alarm();
                }
            }
            Fault::FailQueue { number, taken } => {
                let event = state.event(number)?;
                event.requests.take(Request::Unsent)?;
                if taken {
                    event.messages.put(Message::Waiting)?;
                }
            }
            Fault::FailBatch { taken } => {
                state.break_off_batch(&taken)?;
                state.outbox = Outbox { alarm: true, refused: true, drain: Drain::Idle };
            }
            Fault::Redeliver(number) => state.event(number)?.messages.put(Message::Waiting)?,
            Fault::Retry(number, stage) => state.event(number)?.messages.advance(stage, Message::Waiting)?,
            Fault::Bury(number) => {
                let event = state.event(number)?;
                event.messages.take(Message::Waiting)?;
                event.is_dead_letter = true;
            }
        }
        Some(())
    }
}

impl State {
    /// The crashes that can happen now. What holds nothing in memory has nothing to lose by one.
    pub(crate) fn crashes(&self, actions: &mut Vec<Action>) {
        for (number, event) in self.events.iter().enumerate() {
            let requests = event.requests.stages().map(|stage| Crash::Request(number, stage));
            let at_consumer = event.messages.stages().filter(|stage| *stage != Message::Waiting);
            let messages = at_consumer.map(|stage| Crash::Message(number, stage));
            actions.extend(requests.chain(messages).map(Action::Crash));
        }
        for taken in self.parts_of_batch() {
            if self.outbox.drain != Drain::Idle || self.outbox.refused {
                actions.push(Action::Crash(Crash::Outbox { taken: taken.clone() }));
            }
            actions.push(Action::Crash(Crash::Everything { taken }));
        }
    }

    pub(crate) fn crash(&mut self, crash: Crash) -> Option<()> {
        match crash {
            Crash::Request(number, stage) => self.event(number)?.requests.take(stage)?,
            Crash::Outbox { taken } => self.restart_outbox(&taken)?,
            Crash::Message(number, stage) => self.event(number)?.messages.advance(stage, Message::Waiting)?,
            Crash::Everything { taken } => {
                self.restart_outbox(&taken)?;
                for event in &mut self.events {
                    event.requests = Bag::EMPTY;
                    event.messages.reset(Message::Waiting)?;
                }
            }
        }
        Some(())
    }

    /// An alarm that was cut off goes off again.
    fn restart_outbox(&mut self, taken: &[usize]) -> Option<()> {
        let Outbox { alarm, drain, .. } = self.outbox;
        self.break_off_batch(taken)?;
        self.outbox = Outbox { alarm: alarm || drain != Drain::Idle, refused: false, drain: Drain::Idle };
        Some(())
    }

    fn break_off_batch(&mut self, taken: &[usize]) -> Option<()> {
        self.queue_batch(|number| taken.contains(&number))?;
        self.turn_rows(Row::InBatch, Row::Pending);
        Some(())
    }

    /// What the queue may have taken of the batch that is being sent, unknown to the outbox: every part of it.
    fn parts_of_batch(&self) -> Vec<Vec<usize>> {
        let is_open = |row| row == Row::InBatch && self.outbox.drain == Drain::Sending;
        let batch = self.events.iter().enumerate().filter(|(_, event)| is_open(event.row));
        batch.fold(vec![Vec::new()], |mut parts, (number, _)| {
            let with = parts.clone().into_iter().map(|part| [part, vec![number]].concat());
            parts.extend(with.collect::<Vec<_>>());
            parts
        })
    }
}
