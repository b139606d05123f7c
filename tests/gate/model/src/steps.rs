//! What goes on by itself.

use crate::state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
use crate::{Action, Consumer, Gate, Intake};

/// What Worker, outbox, queue and consumer do. The number is the event's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The sender sends the event: for the first time, or again, as no attempt of it is under way and none was answered with
    /// 202. The Worker verifies it.
    Send(usize),
    /// The Worker asks the object of this key: to store the event, or what it does first in another intake.
    Ask(usize),
    /// The Worker sends the message itself, and the queue accepts it.
    Enqueue(usize),
    /// The Worker has the key marked, after it has sent the message.
    MarkKey(usize),
    /// The Worker answers 202, and the sender hears it.
    Answer(usize),
    /// The alarm goes off and reads what is pending.
    GoOff,
    /// The queue accepts the batch.
    SendBatch,
    /// The outbox takes away the messages of the batch, keeps the keys, and reads what is pending now. Where nothing is, the
    /// alarm sets itself again.
    MarkSent,
    /// The consumer takes a message and asks whether its key was acted on.
    Take(usize),
    /// The consumer acts.
    Act(usize),
    /// The consumer says that it has acted.
    MarkDone(usize),
    /// The consumer acknowledges the message to the queue.
    Settle(usize),
}

impl Gate {
    /// Takes a step; none, where it cannot be taken.
    pub(crate) fn step(&self, state: &mut State, step: Step) -> Option<()> {
        match step {
            Step::Send(number) => state.event(number)?.requests.put(Request::Verified)?,
            Step::Ask(number) => {
                let next = self.ask(state, number)?;
                state.event(number)?.requests.advance(Request::Verified, next)?;
            }
            Step::Enqueue(number) => {
                let next = if self.intake == Intake::SendThenMark { Request::Unmarked } else { Request::Stored };
                let event = state.event(number)?;
                event.requests.advance(Request::Unsent, next)?;
                event.messages.put(Message::Waiting)?;
            }
            Step::MarkKey(number) => {
                let event = state.event(number)?;
                event.requests.advance(Request::Unmarked, Request::Stored)?;
                event.row = Row::Key;
            }
            Step::Answer(number) => {
                let event = state.event(number)?;
                event.answer()?;
                if event.sender == Sender::Trying {
                    event.sender = Sender::Told;
                }
            }
            Step::GoOff => {
                state.outbox.alarm = false;
                state.read_batch();
            }
            Step::SendBatch => {
                state.queue_batch(|_| true)?;
                state.outbox.drain = Drain::Sent;
            }
            Step::MarkSent => {
                state.turn_rows(Row::InBatch, Row::Key);
                if state.has_row(Row::Pending) {
                    state.read_batch();
                } else {
                    state.outbox = Outbox { alarm: true, refused: false, drain: Drain::Idle };
                }
            }
            Step::Take(number) => self.take(state.event(number)?)?,
            Step::Act(number) => self.act(state.event(number)?)?,
            Step::MarkDone(number) => {
                let event = state.event(number)?;
                event.messages.advance(Message::Acted, Message::Settled)?;
                event.done = true;
            }
            Step::Settle(number) => state.event(number)?.messages.take(Message::Settled)?,
        }
        Some(())
    }

    /// Asks the object of a key, and says what the Worker does next.
    fn ask(&self, state: &mut State, number: usize) -> Option<Request> {
        if self.intake == Intake::Outbox {
            state.store(number)?;
            state.set_alarm();
            return Some(Request::Stored);
        }
        let event = state.event(number)?;
        if event.row == Row::Key {
            return Some(Request::Stored);
        }
        if self.intake == Intake::MarkThenSend {
            event.row = Row::Key;
        }
        Some(Request::Unsent)
    }

    fn take(&self, event: &mut Event) -> Option<()> {
        let was_done = event.done && self.consumer != Consumer::Ungated;
        event.messages.advance(Message::Waiting, if was_done { Message::Settled } else { Message::Checked })
    }

    fn act(&self, event: &mut Event) -> Option<()> {
        let (acts, next) = match self.consumer {
            Consumer::Ungated => (true, Message::Settled),
            Consumer::TwoSteps => (true, Message::Acted),
            Consumer::IdempotentEffect => (event.effects == 0, Message::Acted),
            Consumer::OneTransaction => (!event.done, Message::Settled),
        };
        event.messages.advance(Message::Checked, next)?;
        if acts {
            event.effects = event.effects.saturating_add(1).min(2);
        }
        if self.consumer == Consumer::OneTransaction {
            event.done = true;
        }
        Some(())
    }
}

impl Event {
    /// Answers a request with 202.
    pub(crate) fn answer(&mut self) -> Option<()> {
        self.requests.take(Request::Stored)?;
        self.acknowledged = true;
        Some(())
    }
}

impl State {
    /// The steps that can be taken now.
    pub(crate) fn steps(&self, actions: &mut Vec<Action>) {
        let mut can = |step, may: bool| {
            if may {
                actions.push(Action::Step(step));
            }
        };
        for (number, event) in self.events.iter().enumerate() {
            let Event { requests, messages, .. } = event;
            can(Step::Send(number), event.genuine && event.sender == Sender::Trying && requests.is_empty());
            can(Step::Ask(number), requests.has(Request::Verified));
            can(Step::Enqueue(number), requests.has(Request::Unsent));
            can(Step::MarkKey(number), requests.has(Request::Unmarked));
            can(Step::Answer(number), requests.has(Request::Stored));
            can(Step::Take(number), messages.has(Message::Waiting));
            can(Step::Act(number), messages.has(Message::Checked));
            can(Step::MarkDone(number), messages.has(Message::Acted));
            can(Step::Settle(number), messages.has(Message::Settled));
        }
        let Outbox { alarm, drain, .. } = self.outbox;
        // With nothing pending the alarm sets itself again, which changes nothing.
        can(Step::GoOff, alarm && drain == Drain::Idle && self.has_row(Row::Pending));
        can(Step::SendBatch, drain == Drain::Sending);
        can(Step::MarkSent, drain == Drain::Sent);
    }

    /// Stores the row of an event, unless it is stored.
    pub(crate) fn store(&mut self, number: usize) -> Option<()> {
        let event = self.event(number)?;
        if event.row == Row::Absent {
            event.row = Row::Pending;
        }
        Some(())
    }

    /// Sets the alarm, in the transaction of the row. While the queue refuses, it is set or at work.
    pub(crate) const fn set_alarm(&mut self) {
        if !self.outbox.refused {
            self.outbox.alarm = true;
        }
    }

    fn read_batch(&mut self) {
        self.turn_rows(Row::Pending, Row::InBatch);
        self.outbox.drain = Drain::Sending;
    }

    /// Puts messages of the batch on the queue: those of the events whose number is wanted.
    pub(crate) fn queue_batch(&mut self, is_wanted: impl Fn(usize) -> bool) -> Option<()> {
        for (number, event) in self.events.iter_mut().enumerate() {
            if event.row == Row::InBatch && is_wanted(number) {
                event.messages.put(Message::Waiting)?;
            }
        }
        Some(())
    }
}
