//! Handling: the messages of one event at the consumer, its lease, and every answer of the handler.
//!
//! The model begins with messages on the queue and ends when each was acknowledged or is a dead letter. One event is
//! enough, because leases and `done` belong to one key and events share nothing here.
//!
//! The consumer takes a message and asks the outbox for the lease. If the event is done, it only acknowledges the message.
//! If another call holds the lease, the message waits. Otherwise the consumer calls the handler, which answers in one of
//! these ways:
//!
//! - 2xx: it has acted. The consumer reports that, which ends the lease, and acknowledges the message.
//! - Another status, or a redirect: it has not acted. The consumer releases the lease, and the message waits again.
//! - It acts and hangs up. The consumer cannot know that it acted, and does the same.
//! - No answer in time: it may still be acting. The lease is kept until it ends.
//!
//! An answer other than 2xx uses up the bound of faults, as do crashes of the consumer, redelivered messages, dead letters
//! and a clock that steps back. The release of a lease and the report can fail.
//!
//! The model assumes that a lease outlasts the call that took it, from the lease to the report (60 s against 30 s for the
//! handler), and that a handler without an answer stops acting before the lease ends. A clock that steps back puts the end
//! of a lease far into the future. The gate must then shorten the lease to its usual length. It must not end it at once,
//! because the call may be in progress.
//!
//! The model leaves out pauses between attempts, bodies in R2 (a failure to read one is like another status), and the
//! number of attempts after which a message becomes a dead letter: it may become one at any time.

mod transitions;

use stateright::{Model, Property, Representative};

use crate::bag::Bag;
use crate::state::Message;

/// The consumer that is checked, and the bounds.
#[derive(Clone, Copy, Debug)]
pub struct Handling {
    /// How the consumer is broken.
    pub flaw: Option<Flaw>,
    /// Whether the handler detects duplicates by the key.
    pub handler_uses_key: bool,
    /// The number of messages on the queue at first. Two are the result of a batch that was sent twice.
    pub messages: u8,
    /// The number of faults.
    pub faults: u8,
}

/// A way in which the consumer is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It follows redirects, and takes the 200 of the page they lead to for the handler's.
    FollowsRedirects,
    /// It acts although another call holds the lease.
    IgnoresLease,
    /// It releases the lease if the handler gives no answer.
    ReleasesLeaseWithoutAnswer,
    /// It acts although the event is done.
    IgnoresDone,
    /// The outbox does not record that the event is done.
    NeverRecordsDone,
    /// It waits for the end of a lease that a clock that stepped back has put far into the future.
    TrustsClock,
    /// It ends such a lease at once.
    EndsFarLease,
}

/// The messages of an event, its lease, and what the handler has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct State {
    /// The messages. One that is [`Message::Checked`] has the lease, and its call of the handler is in progress.
    pub messages: Bag<Message>,
    /// The lease of the event.
    pub lease: Lease,
    /// Whether the outbox knows that the event was acted on.
    pub done: bool,
    /// Whether the consumer has reported that, even if the outbox did not record it.
    pub reported: bool,
    /// Whether the handler was called after that.
    pub called_again: bool,
    /// Whether the handler is still acting for a caller that does not wait any more.
    pub acts_late: bool,
    /// The number of effects. The model does not count beyond two.
    pub effects: u8,
    /// Whether a message is a dead letter.
    pub is_dead_letter: bool,
    /// The number of faults that may still happen.
    pub faults: u8,
}

/// The lease of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lease {
    /// No call holds it.
    Free,
    /// A call holds it, or held it and did not release it.
    Held,
    /// Like held, and its end is further in the future than the length of a lease.
    Far,
}

/// A transition of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The consumer, the handler or the lease goes on.
    Step(Step),
    /// A fault happens.
    Fault(Fault),
}

/// A step without a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The consumer takes a message, asks for the lease, and calls the handler if it gets the lease.
    Take,
    /// The handler acts and answers 2xx.
    Answer,
    /// The consumer reports to the outbox that the handler has acted.
    Report,
    /// The consumer acknowledges a message.
    Acknowledge,
    /// The handler acts for a caller that does not wait any more.
    ActLate,
    /// The lease ends by itself.
    EndLease,
    /// The outbox shortens a lease whose end is too far in the future.
    ShortenLease,
}

/// A fault. The fields `released` and `recorded` say whether the request to the outbox succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are explained above, and `acts` by each fault")]
pub enum Fault {
    /// The handler answers with a status other than 2xx.
    Status { released: bool },
    /// The handler answers with a redirect.
    Redirect { released: bool },
    /// The handler acts and hangs up.
    HangUp { released: bool },
    /// The handler does not answer in time, and may act later.
    NoAnswer { acts: bool },
    /// The consumer's report fails, as far as it knows.
    FailReport { recorded: bool },
    /// The consumer crashes during a call, and the handler may act later.
    CrashInCall { acts: bool },
    /// The consumer crashes with a message at this stage, which is not a call.
    Crash(Message),
    /// The queue delivers a message once more.
    Redeliver,
    /// A message has failed too often and becomes a dead letter.
    GiveUp,
    /// The clock steps back while a lease is held.
    StepClockBack,
}

// Threat model: I1, F23.
/// At rest, the event was acted on or is a dead letter.
pub const NOTHING_LOST: &str = "nothing is lost";
// Threat model: I2.
/// The event has one effect.
pub const ACTS_ONCE: &str = "acts once";
// Threat model: F23.
/// An event that is reported as done was acted on.
pub const DONE_MEANS_ACTED: &str = "done means acted on";
// Threat model: F16.
/// The handler is called for an event by one caller at a time.
pub const ONE_CALL_AT_A_TIME: &str = "one call at a time";
// Threat model: I2.
/// The handler is not called after the consumer has reported that it acted.
pub const NOT_CALLED_AGAIN: &str = "not called again once it is done";
/// The event is acted on, although all allowed faults have happened.
pub const SURVIVED: &str = "survives all faults";

const STEPS: [Step; 7] =
    [Step::Take, Step::Answer, Step::Report, Step::Acknowledge, Step::ActLate, Step::EndLease, Step::ShortenLease];

const FAULTS: [Fault; 17] = [
    Fault::Status { released: true },
    Fault::Status { released: false },
    Fault::Redirect { released: true },
    Fault::Redirect { released: false },
    Fault::HangUp { released: true },
    Fault::HangUp { released: false },
    Fault::NoAnswer { acts: true },
    Fault::NoAnswer { acts: false },
    Fault::FailReport { recorded: true },
    Fault::FailReport { recorded: false },
    Fault::CrashInCall { acts: true },
    Fault::CrashInCall { acts: false },
    Fault::Crash(Message::Acted),
    Fault::Crash(Message::Settled),
    Fault::Redeliver,
    Fault::GiveUp,
    Fault::StepClockBack,
];

impl Model for Handling {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut messages = Bag::EMPTY;
        let is_possible = (0..self.messages).all(|_| messages.add(Message::Waiting).is_some());
        let state = State {
            messages,
            lease: Lease::Free,
            done: false,
            reported: false,
            called_again: false,
            acts_late: false,
            effects: 0,
            is_dead_letter: false,
            faults: self.faults,
        };
        is_possible.then_some(state).into_iter().collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let all = STEPS.map(Action::Step).into_iter().chain(FAULTS.map(Action::Fault));
        actions.extend(all.filter(|action| self.next_state(state, *action).is_some()));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = *last;
        match action {
            Action::Step(step) => self.take_step(&mut state, step)?,
            Action::Fault(fault) => {
                state.faults = state.faults.checked_sub(1)?;
                self.cause_fault(&mut state, fault)?;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NOTHING_LOST, |model: &Self, state: &State| {
                state.effects > 0 || state.is_dead_letter || !model.rests(state)
            }),
            Property::always(ACTS_ONCE, |_, state: &State| state.effects <= 1),
            Property::always(DONE_MEANS_ACTED, |_, state: &State| state.effects > 0 || !(state.done || state.reported)),
            Property::always(ONE_CALL_AT_A_TIME, |_, state: &State| {
                state.messages.number_at(Message::Checked).saturating_add(u8::from(state.acts_late)) <= 1
            }),
            Property::always(NOT_CALLED_AGAIN, |_, state: &State| !state.called_again),
            Property::sometimes(SURVIVED, |model: &Self, state: &State| {
                state.faults == 0 && state.effects > 0 && model.rests(state)
            }),
        ]
    }
}

/// The checker visits every state.
impl Representative for State {
    fn representative(&self) -> Self {
        *self
    }
}
