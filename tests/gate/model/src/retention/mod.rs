//! Retention: dead letters, redriving, and the purging of old rows.
//!
//! The model begins with an event that was acknowledged to its sender: its row is pending, or it went to the queue around
//! the outbox and has no row. One event is enough, because the outbox purges each key by itself.
//!
//! A message that fails too often goes to the queue of dead letters and is then buried: stored as a letter, unless the
//! outbox knows that the event is done. An operator redrives a letter, which makes the row pending again unless the event is done, or discards
//! the letter.
//! Copies of a message arise when the queue redelivers, and each can be acted on or become a letter of its own.
//!
//! A period is longer than the time for which the outbox keeps what it knows. After a period, what was fresh is old. The
//! outbox purges a row that is old, if its event was sent and is neither pending, nor parked, nor dead; and it forgets that
//! the event is done. Before it forgets that, it discards the letters of the event, because nothing else would stop the
//! consumer from acting on one that is redriven later.
//!
//! The model assumes that no message stays on a queue for a whole period (a queue keeps it for four days at most), and
//! that acting and recording `done` are one transaction (the handling model covers crashes between them). It leaves out
//! bodies and histories, which are purged with their rows or before, and replays of an event that was acted on, which the
//! operator wants to be a further effect under a key of its own. It ends at the promise of the retention: a delivery that
//! the sender repeats after its row was purged is a new event.

mod transitions;

use stateright::{Model, Property, Representative};

use crate::check::Explore;

/// The retention that is checked, and the bounds.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// How the outbox is broken.
    pub flaw: Option<Flaw>,
    /// The number of faults: copies, messages that fail, parked rows, discarded letters.
    pub faults: u8,
    /// The number of periods that pass.
    pub periods: u8,
}

/// A way in which the retention is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It purges old rows that are pending: those that were sent before and redriven.
    PurgesPending,
    /// It purges old rows that are parked.
    PurgesParked,
    /// It purges old rows whose event is dead.
    PurgesDead,
    /// It purges old dead letters.
    PurgesLetters,
    /// It buries a message of an event that is done.
    BuriesCopiesOfDone,
    /// It keeps the letters of an event when it forgets that the event is done.
    KeepsLettersOfDone,
    /// It redrives the letter of an event that is done. The consumer would not act on it, unless the outbox forgets in the
    /// meantime that the event is done.
    RedrivesDone,
    /// It forgets at once that an event is done.
    ForgetsDoneAtOnce,
    /// The consumer does not look whether the event is done before it acts.
    IgnoresDone,
}

/// An event that was acknowledged, and everything that the outbox and the queues have of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The state of its row.
    pub row: Row,
    /// How long ago its row was sent. `None` if the row was never sent.
    pub sent: Option<Age>,
    /// The messages on the queue. At most three.
    pub messages: u8,
    /// The messages that failed too often and are not buried yet.
    pub failed: u8,
    /// The dead letters that are fresh.
    pub letters: u8,
    /// The dead letters that are old.
    pub old_letters: u8,
    /// How long ago the outbox recorded that the event was acted on. `None` if it does not know.
    pub done: Option<Age>,
    /// The number of times that the event was acted on. The model does not count beyond two.
    pub effects: u8,
    /// Whether an operator has discarded a letter of the event.
    pub discarded: bool,
    /// Whether the event went to the queue around the outbox.
    pub bypassed: bool,
    /// Whether a message was buried although the outbox knew that the event is done.
    pub buried_needlessly: bool,
    /// The number of faults that may still happen.
    pub faults: u8,
    /// The number of periods that may still pass.
    pub periods: u8,
}

/// Whether something is older than the outbox keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Age {
    /// It is not.
    Fresh,
    /// It is.
    Old,
}

/// The state of the row of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// The outbox has no row.
    Absent,
    /// To be sent.
    Pending,
    /// Waits for an operator.
    Parked,
    /// Sent to the queue.
    Queued,
    /// Acted on.
    Acted,
    /// A message is a dead letter.
    Dead,
    /// An operator has discarded it.
    Discarded,
}

/// A transition of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The gate or an operator goes on.
    Step(Step),
    /// A fault happens, or time passes.
    Fault(Fault),
}

/// A step of the gate or of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The alarm sends the pending row.
    Send,
    /// The consumer takes a message, and acts unless the event is done.
    Handle,
    /// The consumer of the dead-letter queue buries a message.
    Bury,
    /// An operator redrives a fresh or an old letter.
    Redrive(Age),
    /// An operator replays the parked row.
    Replay,
    /// The outbox purges what is old.
    Purge,
}

/// A fault, or time that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The queue delivers a message once more.
    Copy,
    /// A message has failed too often and goes to the queue of dead letters.
    Fail,
    /// The queue rejects the row in company too often.
    Park,
    /// An operator discards a letter.
    Discard,
    /// A period passes.
    PassPeriod,
}

// Threat model: I1, F17.
/// An event that was neither acted on nor discarded is stored: in the outbox, on a queue or as a letter.
pub const OWED_IS_STORED: &str = "an owed event is never purged";
// Threat model: I1, F17.
/// The row of such an event is not purged, so the API shows it.
pub const OWED_IS_LISTED: &str = "the row of an owed event is never purged";
// Threat model: I1.
/// At rest, after every letter was redriven and every parked row replayed, the event was acted on or discarded.
pub const NOTHING_LOST: &str = "nothing is lost";
// Threat model: I2, F25.
/// The event is acted on once.
pub const ACTS_ONCE: &str = "acts once";
// Threat model: F25.
/// No message is buried if the outbox knows that the event is done.
pub const BURIED_FOR_CAUSE: &str = "no copy of a done event is buried";
/// The event was acted on, and the outbox has purged everything it knew.
pub const FORGOTTEN: &str = "everything is purged in the end";

const STEPS: [Step; 7] = [
    Step::Send,
    Step::Handle,
    Step::Bury,
    Step::Redrive(Age::Fresh),
    Step::Redrive(Age::Old),
    Step::Replay,
    Step::Purge,
];

const FAULTS: [Fault; 5] = [Fault::Copy, Fault::Fail, Fault::Park, Fault::Discard, Fault::PassPeriod];

impl Model for Retention {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let stored = State {
            row: Row::Pending,
            sent: None,
            messages: 0,
            failed: 0,
            letters: 0,
            old_letters: 0,
            done: None,
            effects: 0,
            discarded: false,
            bypassed: false,
            buried_needlessly: false,
            faults: self.faults,
            periods: self.periods,
        };
        vec![stored, State { row: Row::Absent, messages: 1, bypassed: true, ..stored }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let all = STEPS.map(Action::Step).into_iter().chain(FAULTS.map(Action::Fault));
        actions.extend(all.filter(|action| self.next_state(state, *action).is_some()));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = *last;
        match action {
            Action::Step(step) => self.take_step(&mut state, step)?,
            Action::Fault(Fault::PassPeriod) => state.pass_period()?,
            Action::Fault(fault) => {
                state.faults = state.faults.checked_sub(1)?;
                state.cause_fault(fault)?;
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(OWED_IS_STORED, |_, state: &State| !state.is_owed() || state.is_stored()),
            Property::always(OWED_IS_LISTED, |_, state: &State| {
                !state.is_owed() || state.bypassed || state.row != Row::Absent
            }),
            Property::always(NOTHING_LOST, |model: &Self, state: &State| {
                !state.is_owed() || !model.is_at_rest(state, |action| matches!(action, Action::Step(_)))
            }),
            Property::always(ACTS_ONCE, |_, state: &State| state.effects <= 1),
            Property::always(BURIED_FOR_CAUSE, |_, state: &State| !state.buried_needlessly),
            Property::sometimes(FORGOTTEN, |_, state: &State| {
                state.effects == 1 && state.faults == 0 && state.done.is_none() && !state.is_stored()
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
