//! Sending: the rows of one object, what the queue rejects, parking, the alarm and the clock.
//!
//! The model begins when the object stores a row and ends when the queue has accepted its message. An alarm reads the rows
//! that are due and sends them as one batch. The queue answers in one of these ways:
//!
//! - It accepts all rows.
//! - It rejects some rows and accepts others. Those that it rejected have failed in company. Each is due again after a
//!   pause, and is parked after [`MAX_FAILURES`] such failures, until an operator replays it.
//! - It rejects all rows of a batch of several. The fault is the queue's, and the rows are due again after a pause.
//! - It rejects a row that is alone in its batch. That is counted apart and never parks the row.
//! - It gives no answer, and has accepted the batch or not. The rows are sent again.
//!
//! Time passes in ticks. A row and the alarm wait a number of ticks by the clock of the object, and a clock that steps back
//! by [`CLOCK_STEP`] makes both wait longer. No pause is longer than [`MAX_PAUSE`], so a time that is further away is an
//! error: such a row is due now, and such an alarm is set again. An alarm can get lost. A watchdog (any request that reaches
//! the object) sets it again while rows are pending.
//!
//! The model assumes that the watchdog and an alarm that is due run before the next tick, and that no row is stored while
//! a batch is on its way (the delivery model covers that). Its counts are the gate's with smaller numbers: a row is parked
//! after 2 failures instead of 14, and the longest pause has 2 ticks. It leaves out crashes (the delivery model covers
//! them), the size of a batch, and the exponential pause of a queue that rejects everything: a new row ends that pause.

mod transitions;

use stateright::{Model, Property, Representative};

/// The number of failures in company after which a row is parked.
pub const MAX_FAILURES: u8 = 2;
/// The longest pause of a row, in ticks.
pub const MAX_PAUSE: u8 = 2;
/// The longest time without an attempt, in ticks: the longest pause, after the pause of a queue that gave no answer.
pub const MAX_REST: u8 = 3;
/// The number of ticks by which the clock steps back. It is longer than the longest pause.
pub const CLOCK_STEP: u8 = 3;

/// The sending of the outbox that is checked, and the bounds.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// How the outbox is broken. In a broken outbox no alarm gets lost, so that a counterexample shows the flaw.
    pub flaw: Option<Flaw>,
    /// Whether a watchdog sets the alarm again.
    pub has_watchdog: bool,
    /// The number of rows.
    pub rows: usize,
    /// The number of faults.
    pub faults: u8,
}

/// A way in which the sending is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It counts rejections of a lone row and rejections in company together.
    CountsLoneRejections,
    /// It parks rows when the queue rejects a whole batch.
    BlamesRowsForQueue,
    /// It sets no alarm after a rejection.
    NoAlarmAfterRejection,
    /// It takes a batch without an answer for sent.
    TakesNoAnswerAsSent,
    /// It stores the row without setting the alarm.
    SetsNoAlarm,
    /// It believes a time that is too far in the future.
    TrustsClock,
    /// An operator cannot replay a parked row.
    NoReplay,
}

/// The rows of an object, its alarm, and the number of faults that may still happen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The rows.
    pub rows: Vec<Row>,
    /// The ticks until the alarm fires. `None` without an alarm.
    pub alarm: Option<u8>,
    /// The number of faults that may still happen.
    pub faults: u8,
}

/// A row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// The state of the row.
    pub place: Place,
    /// The failures as the outbox counts them.
    pub failures: u8,
    /// The rejections while the row was alone, up to 2. The pause depends on them.
    pub lone_failures: u8,
    /// The true number of rejections in company since the row was stored or replayed.
    pub rejected_in_company: u8,
    /// Whether the queue has accepted the message, even if the outbox does not know it.
    pub is_on_queue: bool,
    /// The ticks for which the row has been pending without an attempt to send it.
    pub rested: u8,
}

/// The state of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The row is not stored yet.
    #[default]
    Absent,
    /// The row waits this number of ticks to be sent.
    Pending(u8),
    /// The row waits for an operator.
    Parked,
    /// The outbox takes the row for sent.
    Queued,
}

/// A transition of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The outbox, the queue or an operator goes on.
    Step(Step),
    /// A fault happens.
    Fault(Fault),
}

/// A step without a fault. The number is the row's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The object stores a row and sets its alarm.
    Store(usize),
    /// The alarm fires, and the queue accepts every row that is due.
    Send,
    /// A tick of the clock passes.
    Tick,
    /// The watchdog sets the alarm.
    Watch,
    /// An operator replays a parked row.
    Replay(usize),
}

/// A fault. It replaces [`Step::Send`], except for the last two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The queue rejects these rows, and accepts the others that are due.
    Reject(Vec<usize>),
    /// The queue gives no answer.
    NoAnswer {
        /// Whether it has accepted the batch.
        accepted: bool,
    },
    /// The alarm never fires.
    LoseAlarm,
    /// The clock steps back.
    StepClockBack,
}

// Threat model: I1, F4.
/// At rest, no row is pending or parked.
pub const NOTHING_RESTS: &str = "no row rests for ever";
// Threat model: F4.
/// A row is parked only after [`MAX_FAILURES`] rejections in company.
pub const PARKED_FOR_CAUSE: &str = "a row is parked only after rejections in company";
// Threat model: I1, F5.
/// A row that the outbox takes for sent is on the queue.
pub const SENT_MEANS_QUEUED: &str = "sent means accepted by the queue";
// Threat model: F4, F10.
/// A pending row is sent again within [`MAX_REST`].
pub const RETRIED_IN_TIME: &str = "no row rests for too long";
/// A row was parked.
pub const PARKED: &str = "a row is parked";
/// All rows are sent, although all allowed faults have happened.
pub const SURVIVED: &str = "survives all faults";

impl Model for Sending {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { rows: vec![Row::default(); self.rows], alarm: None, faults: self.faults }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let numbers = 0..state.rows.len();
        let of_rows = numbers.flat_map(|number| [Step::Store(number), Step::Replay(number)]);
        let steps = of_rows.chain([Step::Send, Step::Tick, Step::Watch]).map(Action::Step);
        let others = [
            Fault::NoAnswer { accepted: true },
            Fault::NoAnswer { accepted: false },
            Fault::LoseAlarm,
            Fault::StepClockBack,
        ];
        let rejections =
            transitions::parts(&self.due(state)).into_iter().filter(|part| !part.is_empty()).map(Fault::Reject);
        let all = steps.chain(rejections.chain(others).map(Action::Fault));
        actions.extend(all.filter(|action| self.next_state(state, action.clone()).is_some()));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
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
            Property::always(NOTHING_RESTS, |model: &Self, state: &State| {
                state.rows.iter().all(|row| row.place == Place::Queued) || !model.rests(state)
            }),
            Property::always(PARKED_FOR_CAUSE, |_, state: &State| {
                state.rows.iter().all(|row| row.place != Place::Parked || row.rejected_in_company >= MAX_FAILURES)
            }),
            Property::always(SENT_MEANS_QUEUED, |_, state: &State| {
                state.rows.iter().all(|row| row.place != Place::Queued || row.is_on_queue)
            }),
            Property::always(RETRIED_IN_TIME, |_, state: &State| state.rows.iter().all(|row| row.rested <= MAX_REST)),
            Property::sometimes(PARKED, |_, state: &State| state.rows.iter().any(|row| row.place == Place::Parked)),
            Property::sometimes(SURVIVED, |model: &Self, state: &State| {
                state.faults == 0 && state.rows.iter().all(|row| row.place == Place::Queued) && model.rests(state)
            }),
        ]
    }
}

/// Rows differ only in their number, and no step depends on a number.
impl Representative for State {
    fn representative(&self) -> Self {
        let mut sorted = self.clone();
        sorted.rows.sort_unstable();
        sorted
    }
}
