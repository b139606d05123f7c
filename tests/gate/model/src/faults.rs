//! Crashes, which interrupt a part ([`Crash`]), and faults, which do not ([`Fault`]).

use crate::state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
use crate::{Action, Bag, Flaw, Gate, Intake};

/// A fault without a crash. The number is the event's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A duplicate delivery arrives: from a sender that does not wait, from the network, or replayed by an attacker.
    Duplicate(usize),
    /// An attacker sends a forged event. A gate that verifies answers 401.
    Forge(usize),
    /// The sender stops retrying.
    GiveUp(usize),
    /// The Worker answers 200, and the answer is lost.
    LoseAnswer(usize),
    /// Every attempt to reach the outbox fails, as far as the Worker knows.
    FailOutbox(usize, Leftover),
    /// The queue fails a message that the Worker sends itself, although it may have accepted it. The Worker answers 503.
    FailQueue {
        /// The event.
        number: usize,
        /// Whether the queue accepted the message.
        accepted: bool,
    },
    /// The queue fails a batch, although it may have accepted a part of it, or all.
    FailBatch {
        /// The events whose messages the queue accepted.
        accepted: Vec<usize>,
    },
    /// The queue delivers a message once more, although it was delivered or is being processed.
    Redeliver(usize),
    /// The consumer fails on a message, or its acknowledgement is lost. The queue redelivers it.
    Retry(usize, Message),
    /// A message has failed too often and becomes a dead letter.
    GiveUpMessage(usize),
}

/// The rows and alarms that a failed attempt to store an event left in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// Nothing.
    Nothing,
    /// The row and the alarm, because only the answer was lost.
    RowAndAlarm,
    /// The row, because setting the alarm failed.
    Row,
}

/// A crash. The content of disk and queue remains, and the content of memory is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The Worker crashes during a request.
    Request(usize, Request),
    /// The object of the outbox crashes.
    Outbox {
        /// The events of the batch in progress whose messages the queue had accepted.
        accepted: Vec<usize>,
    },
    /// The consumer crashes with a message.
    Message(usize, Message),
    /// All of them crash at once.
    Everything {
        /// The events of the batch in progress whose messages the queue had accepted.
        accepted: Vec<usize>,
    },
}

impl Gate {
    /// Adds the faults that are possible now.
    pub(crate) fn faults(&self, state: &State, actions: &mut Vec<Action>) {
        let mut add_if = |is_possible: bool, fault| {
            if is_possible {
                actions.push(Action::Fault(fault));
            }
        };
        for (number, event) in state.events.iter().enumerate() {
            add_if(!event.authentic, Fault::Forge(number));
            add_if(event.authentic && event.sender == Sender::Trying, Fault::GiveUp(number));
            // A delivery cannot be duplicated before it was sent.
            add_if(event.authentic && *event != Event::new(true), Fault::Duplicate(number));
            add_if(event.requests.has(Request::Stored), Fault::LoseAnswer(number));
            if self.intake == Intake::Outbox {
                let asks = event.requests.has(Request::Verified);
                add_if(asks, Fault::FailOutbox(number, Leftover::Nothing));
                add_if(asks, Fault::FailOutbox(number, Leftover::RowAndAlarm));
                add_if(asks, Fault::FailOutbox(number, Leftover::Row));
            }
            let sends = event.requests.has(Request::Unsent);
            add_if(sends, Fault::FailQueue { number, accepted: false });
            add_if(sends, Fault::FailQueue { number, accepted: true });
            add_if(!event.messages.is_empty(), Fault::Redeliver(number));
            add_if(event.messages.has(Message::Waiting), Fault::GiveUpMessage(number));
            for stage in event.messages.stages().filter(|stage| *stage != Message::Waiting) {
                add_if(true, Fault::Retry(number, stage));
            }
        }
        if state.outbox.drain == Drain::Sending {
            for accepted in state.parts_of_batch() {
                add_if(true, Fault::FailBatch { accepted });
            }
        }
    }

    /// Makes a fault happen. `None` if the fault is not possible.
    pub(crate) fn cause_fault(&self, state: &mut State, fault: Fault) -> Option<()> {
        match fault {
            Fault::Forge(_) if self.verifies => {}
            Fault::Forge(number) | Fault::Duplicate(number) => {
                state.event(number)?.requests.add(Request::Verified)?;
            }
            Fault::GiveUp(number) => state.event(number)?.sender = Sender::GaveUp,
            Fault::LoseAnswer(number) => state.event(number)?.answer()?,
            Fault::FailOutbox(number, leftover) => {
                state.event(number)?.requests.advance(Request::Verified, Request::Unsent)?;
                if leftover != Leftover::Nothing {
                    self.store(state, number)?;
                }
                if leftover == Leftover::RowAndAlarm {
                    self.set_alarm(state);
                }
            }
            Fault::FailQueue { number, accepted } => {
                let event = state.event(number)?;
                event.requests.remove(Request::Unsent)?;
                if accepted {
                    event.messages.add(Message::Waiting)?;
                }
            }
            Fault::FailBatch { accepted } => {
                if self.flaw == Some(Flaw::TakesNoAnswerAsSent) {
                    state.queue_batch(|number| accepted.contains(&number))?;
                    state.replace_rows(Row::InBatch, Row::Key);
                } else {
                    state.interrupt_batch(&accepted)?;
                }
                let alarm = self.flaw != Some(Flaw::NoAlarmAfterFailure);
                state.outbox = Outbox { alarm, rejected: true, drain: Drain::Idle };
            }
            Fault::Redeliver(number) => state.event(number)?.messages.add(Message::Waiting)?,
            Fault::Retry(number, stage) => state.event(number)?.messages.advance(stage, Message::Waiting)?,
            Fault::GiveUpMessage(number) => {
                let event = state.event(number)?;
                event.messages.remove(Message::Waiting)?;
                event.is_dead_letter = true;
            }
        }
        Some(())
    }
}

impl State {
    /// Adds the crashes that are possible now. A crash of a part that holds nothing in memory would change nothing.
    pub(crate) fn crashes(&self, actions: &mut Vec<Action>) {
        for (number, event) in self.events.iter().enumerate() {
            let requests = event.requests.stages().map(|stage| Crash::Request(number, stage));
            let at_consumer = event.messages.stages().filter(|stage| *stage != Message::Waiting);
            let messages = at_consumer.map(|stage| Crash::Message(number, stage));
            actions.extend(requests.chain(messages).map(Action::Crash));
        }
        for accepted in self.parts_of_batch() {
            if self.outbox.drain != Drain::Idle || self.outbox.rejected {
                actions.push(Action::Crash(Crash::Outbox { accepted: accepted.clone() }));
            }
            actions.push(Action::Crash(Crash::Everything { accepted }));
        }
    }

    pub(crate) fn crash(&mut self, crash: Crash) -> Option<()> {
        match crash {
            Crash::Request(number, stage) => self.event(number)?.requests.remove(stage)?,
            Crash::Outbox { accepted } => self.restart_outbox(&accepted)?,
            Crash::Message(number, stage) => self.event(number)?.messages.advance(stage, Message::Waiting)?,
            Crash::Everything { accepted } => {
                self.restart_outbox(&accepted)?;
                for event in &mut self.events {
                    event.requests = Bag::EMPTY;
                    event.messages.reset(Message::Waiting)?;
                }
            }
        }
        Some(())
    }

    /// Restarts the outbox. An interrupted alarm fires again.
    fn restart_outbox(&mut self, accepted: &[usize]) -> Option<()> {
        let Outbox { alarm, drain, .. } = self.outbox;
        self.interrupt_batch(accepted)?;
        self.outbox = Outbox { alarm: alarm || drain != Drain::Idle, rejected: false, drain: Drain::Idle };
        Some(())
    }

    fn interrupt_batch(&mut self, accepted: &[usize]) -> Option<()> {
        self.queue_batch(|number| accepted.contains(&number))?;
        self.replace_rows(Row::InBatch, Row::Pending);
        Some(())
    }

    /// Every part of the batch in progress that the queue may have accepted without the outbox knowing it.
    fn parts_of_batch(&self) -> Vec<Vec<usize>> {
        let is_in_progress = |row| row == Row::InBatch && self.outbox.drain == Drain::Sending;
        let batch = self.events.iter().enumerate().filter(|(_, event)| is_in_progress(event.row));
        batch.fold(vec![Vec::new()], |mut parts, (number, _)| {
            let extended = parts.clone().into_iter().map(|part| [part, vec![number]].concat());
            parts.extend(extended.collect::<Vec<_>>());
            parts
        })
    }
}
