//! The gate as a state machine, small enough that every order of its steps, faults and crashes can be tried.
//!
//! A [`State`] is what Worker, outbox, queue and consumer hold at one moment. A [`Step`] is what they do by themselves,
//! a [`Fault`] and a [`Crash`] what befalls them; how many of these there are is bounded, and so is the model. What the
//! real code does between two moments at which a crash makes a difference is one step: so are the three tries to reach
//! the outbox, as what they can come to is a success or one of [`Left`].
//!
//! That something happens eventually is checked where nothing goes on by itself any more ([`State::is_at_rest`]): the
//! checker's own `eventually` misses counter-examples where ways meet.
//!
//! The model takes for granted what the platform promises: a transaction of a Durable Object happens wholly or not at
//! all, and is on disk before anything that follows from it leaves the object; an object does one thing at a time
//! between two waits; an alarm that was cut off goes off again; a queue loses nothing that it accepted. It also takes
//! for granted that verification tells genuine from forged, which other tests are for. It leaves out time (pauses,
//! late alarms, keys that are forgotten after days), the limits of a batch, other shards, which share nothing with this
//! one, and bodies: a second body under the same key is the same event here.

mod bag;
mod check;
mod faults;
mod state;
mod steps;

use stateright::{Model, Property};

pub use bag::{Bag, Stage};
pub use faults::{Crash, Fault, Left};
pub use state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
pub use steps::Step;

/// The gate that is checked: how it is built, and what may befall it.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// How a request becomes a message.
    pub intake: Intake,
    /// How a message becomes an effect.
    pub consumer: Consumer,
    /// Whether signatures are checked.
    pub verifies: bool,
    /// How many events there are to send. One more exists that only an attacker sends.
    pub events: usize,
    /// How often something may crash.
    pub crashes: u8,
    /// How often something may go wrong without a crash.
    pub faults: u8,
}

/// How a request becomes a message on the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// The event is stored together with the alarm that sends it; straight to the queue where that fails. The gate does this.
    Outbox,
    /// The key is marked, then the message is sent.
    MarkThenSend,
    /// The message is sent, then the key is marked.
    SendThenMark,
}

/// How a message becomes an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumer {
    /// Acts on every message.
    Ungated,
    /// Asks whether the key was acted on, acts, says so.
    TwoSteps,
    /// As in two steps; and whoever is acted upon tells copies by the key.
    IdempotentEffect,
    /// Acts and says so in one transaction, which finds that it was done before.
    OneTransaction,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Something goes on by itself.
    Step(Step),
    /// Something goes wrong.
    Fault(Fault),
    /// Something crashes.
    Crash(Crash),
}

/// Every acknowledged event has its effect when all is at rest, unless it is among the dead letters.
pub const NOTHING_LOST: &str = "I1 nothing lost";
/// No event has its effect twice.
pub const ACTS_ONCE: &str = "I2 acts once";
/// What is acknowledged is stored: in the outbox, on the queue, among the dead letters, or acted on.
pub const STORED_FIRST: &str = "I3 stored first";
/// Nothing that is not authentic is stored or queued.
pub const NOTHING_FORGED: &str = "I4 nothing forged";
/// Every event is told to its sender and acted on although all that may befall the gate has befallen it.
pub const SURVIVED: &str = "survived everything";
/// A message is on the queue twice.
pub const DOUBLED: &str = "doubled on the queue";

impl Model for Gate {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let genuine = std::iter::repeat_n(Event::new(true), self.events);
        let events = std::iter::once(Event::new(false)).chain(genuine).collect();
        vec![State { events, outbox: Outbox::default(), crashes: self.crashes, faults: self.faults }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.steps(actions);
        if state.faults > 0 {
            self.faults(state, actions);
        }
        if state.crashes > 0 {
            state.crashes(actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Step(step) => self.step(&mut state, step)?,
            Action::Fault(fault) => {
                state.faults = state.faults.checked_sub(1)?;
                self.go_wrong(&mut state, fault)?;
            }
            Action::Crash(crash) => {
                state.crashes = state.crashes.checked_sub(1)?;
                state.crash(crash)?;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(NOTHING_LOST, |_, state: &State| {
                !state.events.iter().any(Event::is_owed) || !state.is_at_rest()
            }),
            Property::always(ACTS_ONCE, |_, state: &State| state.events.iter().all(|event| event.effects <= 1)),
            Property::always(STORED_FIRST, |_, state: &State| {
                state.events.iter().all(|event| !event.acknowledged || event.is_somewhere())
            }),
            Property::always(NOTHING_FORGED, |_, state: &State| {
                state.events.iter().all(|event| event.genuine || !event.is_somewhere())
            }),
            Property::sometimes(SURVIVED, |_, state: &State| state.has_survived()),
            Property::sometimes(DOUBLED, |_, state: &State| state.events.iter().any(|event| event.messages.len() > 1)),
        ]
    }
}
