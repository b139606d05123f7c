//! Models of the gate: state machines small enough to try every order of their steps, faults and crashes.
//!
//! Four models share the way in which they are checked ([`Explore`]). Each covers a part of the gate, so that each stays
//! small enough:
//!
//! - Delivery, in this module: Worker, outbox, queue and consumer, for several events, with crashes of each part.
//! - [`sending`]: the rows of one object; rejections alone and in company, parking, lost alarms and a clock that steps back.
//! - [`handling`]: the messages of one event; every answer of the handler, leases, and what the outbox knows as done.
//! - [`retention`]: one event over days; dead letters, redriving and purging.
//!
//! A design of the gate that is broken on purpose is a variant of a model, such as [`Flaw`] or [`handling::Flaw`]. A test
//! shows for each the property that it violates and a path that does.
//!
//! A state of a model is the content of its parts at one moment. They go on by steps, and faults interrupt them. The number
//! of faults is bounded, and with it the model. One step covers everything that the code does between two moments at which
//! a crash makes a difference. A property that must hold eventually is checked in the states in which no further step is
//! possible ([`Explore::is_at_rest`]), because every path ends in one. The checker's own `eventually` misses counterexamples
//! when paths join.
//!
//! # Delivery
//!
//! A [`State`] is the content of Worker, outbox, queue and consumer. They go on by a [`Step`], and a [`Fault`] or a [`Crash`]
//! interrupts them. The three attempts to reach the outbox are one step too, because they end in a success or in one of
//! [`Leftover`].
//!
//! # What do the models assume and leave out?
//!
//! They assume the promises of the platform: a transaction of a Durable Object happens completely or not at all, and is on
//! disk before any message leaves the object; an object does one thing at a time between two waits; an interrupted alarm
//! fires again; a queue loses nothing that it accepted. Only the model of sending has alarms that get lost. They also assume
//! that verification distinguishes authentic deliveries from forged ones, which other tests check.
//!
//! They leave out the size of a batch and every other limit, the other objects (they share nothing with this one), bodies in
//! R2, and the content of messages (here a second body under the same key is the same event). Time has few values: ticks in
//! the model of sending, periods in that of retention, the ends of leases in that of handling, and none here. Faults of two
//! models do not meet: for example no crash happens while a row is parked. Each model's own page says what else it assumes.

mod bag;
mod check;
mod faults;
pub mod handling;
pub mod retention;
pub mod sending;
mod state;
mod steps;

use stateright::{Model, Property};

pub use bag::{Bag, Stage};
pub use check::Explore;
pub use faults::{Crash, Fault, Leftover};
pub use state::{Drain, Event, Message, Outbox, Request, Row, Sender, State};
pub use steps::Step;

/// The gate that is checked: its design, and the bounds of the model.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// How a request becomes a message.
    pub intake: Intake,
    /// How a message becomes an effect.
    pub consumer: Consumer,
    /// Whether the gate verifies signatures.
    pub verifies: bool,
    /// How the gate is broken otherwise.
    pub flaw: Option<Flaw>,
    /// The number of authentic events. An attacker sends one more.
    pub events: usize,
    /// The number of crashes.
    pub crashes: u8,
    /// The number of faults.
    pub faults: u8,
}

/// How a request becomes a message on the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intake {
    /// The outbox stores the event together with the alarm that sends it. If that fails, the Worker sends it to the queue
    /// directly. This is the design of the gate.
    Outbox,
    /// The Worker marks the key, then sends the message.
    MarkThenSend,
    /// The Worker sends the message, then marks the key.
    SendThenMark,
}

/// A way in which a gate with an outbox is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The Worker answers 200 before the object has stored the event.
    AnswersFirst,
    /// The outbox takes a duplicate for a new event.
    TakesDuplicatesAsNew,
    /// The outbox stores an event without setting its alarm.
    SetsNoAlarm,
    /// The outbox takes a batch without an answer for sent.
    TakesNoAnswerAsSent,
    /// The outbox sets no alarm after the queue has failed a batch.
    NoAlarmAfterFailure,
    /// The outbox sends every batch twice.
    SendsTwice,
}

/// How a message becomes an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumer {
    /// Acts on every message.
    Unchecked,
    /// Asks whether the event was acted on, acts, and reports it.
    TwoSteps,
    /// Like two steps, and the handler detects duplicates by the key.
    IdempotentEffect,
    /// Acts and reports it in one transaction, which fails if the event was acted on before.
    OneTransaction,
}

/// A transition of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The system goes on.
    Step(Step),
    /// A fault happens.
    Fault(Fault),
    /// A part crashes.
    Crash(Crash),
}

// Threat model: I1.
/// At rest, every acknowledged event was acted on or is a dead letter.
pub const NOTHING_LOST: &str = "nothing is lost";
// Threat model: I2.
/// No event is acted on twice.
pub const ACTS_ONCE: &str = "acts once";
// Threat model: I3.
/// An acknowledged event is stored: in the outbox, on the queue or as a dead letter; or it was acted on.
pub const STORED_FIRST: &str = "stored before it is acknowledged";
// Threat model: I4.
/// No forged event is stored.
pub const NOTHING_FORGED: &str = "nothing forged is stored";
// Threat model: F1, F2.
/// The outbox takes an event as new at most once.
pub const ACCEPTED_ONCE: &str = "accepted once";
/// Every event is acknowledged and acted on, although all allowed faults and crashes have happened.
pub const SURVIVED: &str = "survives all faults and crashes";
/// The queue holds two messages of one event.
pub const DUPLICATED: &str = "duplicated on the queue";

impl Model for Gate {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let authentic = std::iter::repeat_n(Event::new(true), self.events);
        let events = std::iter::once(Event::new(false)).chain(authentic).collect();
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
            Action::Step(step) => self.take_step(&mut state, step)?,
            Action::Fault(fault) => {
                state.faults = state.faults.checked_sub(1)?;
                self.cause_fault(&mut state, fault)?;
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
                state.events.iter().all(|event| !event.acknowledged || event.is_stored())
            }),
            Property::always(NOTHING_FORGED, |_, state: &State| {
                state.events.iter().all(|event| event.authentic || !event.is_stored())
            }),
            Property::always(ACCEPTED_ONCE, |_, state: &State| {
                state.events.iter().all(|event| !event.is_accepted_again)
            }),
            Property::sometimes(SURVIVED, |_, state: &State| state.has_survived()),
            Property::sometimes(DUPLICATED, |_, state: &State| {
                state.events.iter().any(|event| event.messages.len() > 1)
            }),
        ]
    }
}
