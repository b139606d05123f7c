//! The steps by which Worker, outbox, queue and consumer go on without a fault.

use crate::state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
use crate::{Action, Consumer, Flaw, Gate, Intake};

/// A step of Worker, outbox, queue or consumer. The number is the event's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The sender sends the event, and the Worker verifies it. This is the first attempt, or a retry because no request is
    /// in progress and none was answered with 200.
    Send(usize),
    /// The Worker asks the object of this key to store the event, or does the first step of another intake.
    Ask(usize),
    /// The Worker sends the message itself, and the queue accepts it.
    Enqueue(usize),
    /// The Worker marks the key after it has sent the message, or has the event stored after it has answered.
    MarkKey(usize),
    /// The Worker answers 200, and the sender receives the answer.
    Answer(usize),
    /// The alarm fires and reads the pending rows.
    FireAlarm,
    /// The queue accepts the batch.
    SendBatch,
    /// The outbox deletes the messages of the batch, keeps their keys, and reads the rows that are pending now. Without
    /// pending rows it sets the next alarm.
    MarkSent,
    /// The consumer takes a message and asks whether its event was acted on.
    Take(usize),
    /// The consumer acts.
    Act(usize),
    /// The consumer reports that it has acted.
    MarkDone(usize),
    /// The consumer acknowledges the message to the queue.
    Settle(usize),
}

impl Gate {
    /// Takes a step. `None` if the step is not possible.
    pub(crate) fn take_step(&self, state: &mut State, step: Step) -> Option<()> {
        match step {
            Step::Send(number) => state.event(number)?.requests.add(Request::Verified)?,
            Step::Ask(number) => {
                let next = self.ask(state, number)?;
                state.event(number)?.requests.advance(Request::Verified, next)?;
            }
            Step::Enqueue(number) => {
                let next = if self.intake == Intake::SendThenMark { Request::Unmarked } else { Request::Stored };
                let event = state.event(number)?;
                event.requests.advance(Request::Unsent, next)?;
                event.messages.add(Message::Waiting)?;
            }
            Step::MarkKey(number) if self.intake == Intake::Outbox => {
                state.event(number)?.requests.remove(Request::Unmarked)?;
                self.store(state, number)?;
                self.set_alarm(state);
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
                    event.sender = Sender::Acknowledged;
                }
            }
            Step::FireAlarm => {
                state.outbox.alarm = false;
                state.read_batch();
            }
            Step::SendBatch => {
                state.queue_batch(|_| true)?;
                if self.flaw == Some(Flaw::SendsTwice) {
                    state.queue_batch(|_| true)?;
                }
                state.outbox.drain = Drain::Sent;
            }
            Step::MarkSent => {
                state.replace_rows(Row::InBatch, Row::Key);
                if state.has_row(Row::Pending) {
                    state.read_batch();
                } else {
                    state.outbox = Outbox { alarm: true, rejected: false, drain: Drain::Idle };
                }
            }
            Step::Take(number) => self.take_message(state.event(number)?)?,
            Step::Act(number) => self.act(state.event(number)?)?,
            Step::MarkDone(number) => {
                let event = state.event(number)?;
                event.messages.advance(Message::Acted, Message::Settled)?;
                event.done = true;
            }
            Step::Settle(number) => state.event(number)?.messages.remove(Message::Settled)?,
        }
        Some(())
    }

    /// Asks the object of a key. Returns what the Worker does next.
    fn ask(&self, state: &mut State, number: usize) -> Option<Request> {
        if self.flaw == Some(Flaw::AnswersFirst) {
            let event = state.event(number)?;
            event.acknowledged = true;
            event.sender = Sender::Acknowledged;
            return Some(Request::Unmarked);
        }
        if self.intake == Intake::Outbox {
            self.store(state, number)?;
            self.set_alarm(state);
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

    /// Stores the row of an event, unless its key has one.
    pub(crate) fn store(&self, state: &mut State, number: usize) -> Option<()> {
        let event = state.event(number)?;
        if event.row == Row::Absent {
            event.row = Row::Pending;
        } else if self.flaw == Some(Flaw::TakesDuplicatesAsNew) {
            event.row = Row::Pending;
            event.is_accepted_again = true;
        }
        Some(())
    }

    /// Sets the alarm in the transaction of the row. While the queue rejects batches, an alarm is set or running already.
    pub(crate) fn set_alarm(&self, state: &mut State) {
        if !state.outbox.rejected && self.flaw != Some(Flaw::SetsNoAlarm) {
            state.outbox.alarm = true;
        }
    }

    fn take_message(&self, event: &mut Event) -> Option<()> {
        let is_known_done = event.done && self.consumer != Consumer::Unchecked;
        event.messages.advance(Message::Waiting, if is_known_done { Message::Settled } else { Message::Checked })
    }

    fn act(&self, event: &mut Event) -> Option<()> {
        let (acts, next) = match self.consumer {
            Consumer::Unchecked => (true, Message::Settled),
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
    /// Answers a request with 200.
    pub(crate) fn answer(&mut self) -> Option<()> {
        self.requests.remove(Request::Stored)?;
        self.acknowledged = true;
        Some(())
    }
}

impl State {
    /// Adds the steps that are possible now.
    pub(crate) fn steps(&self, actions: &mut Vec<Action>) {
        let mut add_if = |is_possible: bool, step| {
            if is_possible {
                actions.push(Action::Step(step));
            }
        };
        for (number, event) in self.events.iter().enumerate() {
            let Event { requests, messages, .. } = event;
            let may_send = event.authentic && event.sender == Sender::Trying && requests.is_empty();
            add_if(may_send, Step::Send(number));
            add_if(requests.has(Request::Verified), Step::Ask(number));
            add_if(requests.has(Request::Unsent), Step::Enqueue(number));
            add_if(requests.has(Request::Unmarked), Step::MarkKey(number));
            add_if(requests.has(Request::Stored), Step::Answer(number));
            add_if(messages.has(Message::Waiting), Step::Take(number));
            add_if(messages.has(Message::Checked), Step::Act(number));
            add_if(messages.has(Message::Acted), Step::MarkDone(number));
            add_if(messages.has(Message::Settled), Step::Settle(number));
        }
        let Outbox { alarm, drain, .. } = self.outbox;
        // Without pending rows the alarm sets the next one, which changes nothing.
        add_if(alarm && drain == Drain::Idle && self.has_row(Row::Pending), Step::FireAlarm);
        add_if(drain == Drain::Sending, Step::SendBatch);
        add_if(drain == Drain::Sent, Step::MarkSent);
    }

    fn read_batch(&mut self) {
        self.replace_rows(Row::Pending, Row::InBatch);
        self.outbox.drain = Drain::Sending;
    }

    /// Puts messages of the batch on the queue: those whose event's number the predicate accepts.
    pub(crate) fn queue_batch(&mut self, is_accepted: impl Fn(usize) -> bool) -> Option<()> {
        for (number, event) in self.events.iter_mut().enumerate() {
            if event.row == Row::InBatch && is_accepted(number) {
                event.messages.add(Message::Waiting)?;
            }
        }
        Some(())
    }
}
