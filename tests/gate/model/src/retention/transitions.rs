//! Steps and faults of retention: how rows, letters and `done` change.

use super::{Age, Fault, Flaw, Retention, Row, State, Step};

impl Retention {
    fn has(self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    pub(super) fn take_step(self, state: &mut State, step: Step) -> Option<()> {
        match step {
            Step::Send => {
                state.move_row(Row::Pending, Row::Queued)?;
                state.sent = Some(Age::Fresh);
                state.add_message()
            }
            Step::Handle => {
                state.messages = state.messages.checked_sub(1)?;
                if state.done.is_none() || self.has(Flaw::IgnoresDone) {
                    self.act(state);
                }
                Some(())
            }
            Step::Bury => self.bury(state),
            Step::Redrive(age) => {
                let letters = if age == Age::Old { &mut state.old_letters } else { &mut state.letters };
                *letters = letters.checked_sub(1)?;
                let is_known_done = state.done.is_some() && !self.has(Flaw::RedrivesDone);
                if state.row != Row::Acted && !is_known_done {
                    state.row = Row::Pending;
                }
                Some(())
            }
            Step::Replay => state.move_row(Row::Parked, Row::Pending),
            Step::Purge => {
                let before = *state;
                self.purge(state);
                // Purging nothing would be an endless path.
                (*state != before).then_some(())
            }
        }
    }

    fn act(self, state: &mut State) {
        state.effects = state.effects.saturating_add(1).min(2);
        state.done = (!self.has(Flaw::ForgetsDoneAtOnce)).then_some(Age::Fresh);
        if state.row != Row::Absent {
            state.row = Row::Acted;
            // An event that was acted on was on the queue.
            state.sent = state.sent.or(Some(Age::Fresh));
        }
    }

    fn bury(self, state: &mut State) -> Option<()> {
        state.failed = state.failed.checked_sub(1)?;
        if state.done.is_some() {
            if !self.has(Flaw::BuriesCopiesOfDone) {
                return Some(());
            }
            state.buried_needlessly = true;
        }
        state.letters = state.letters.saturating_add(1);
        if matches!(state.row, Row::Pending | Row::Queued) {
            state.row = Row::Dead;
        }
        Some(())
    }

    fn purge(self, state: &mut State) {
        let is_kept = match state.row {
            Row::Pending => !self.has(Flaw::PurgesPending),
            Row::Parked => !self.has(Flaw::PurgesParked),
            Row::Dead => !self.has(Flaw::PurgesDead),
            Row::Absent | Row::Queued | Row::Acted | Row::Discarded => false,
        };
        if state.sent == Some(Age::Old) && !is_kept {
            state.row = Row::Absent;
            state.sent = None;
        }
        if state.done == Some(Age::Old) {
            if !self.has(Flaw::KeepsLettersOfDone) {
                state.letters = 0;
                state.old_letters = 0;
            }
            state.done = None;
        }
        if self.has(Flaw::PurgesLetters) {
            state.old_letters = 0;
        }
    }
}

impl State {
    /// Whether the gate still has to bring the event to the handler.
    #[must_use]
    pub const fn is_owed(&self) -> bool {
        self.effects == 0 && !self.discarded
    }

    /// Whether the message of the event is stored somewhere. The row of a dead event has it only in its letter.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        let counts = [self.messages, self.failed, self.letters, self.old_letters];
        matches!(self.row, Row::Pending | Row::Parked) || !matches!(counts, [0, 0, 0, 0])
    }

    fn move_row(&mut self, from: Row, to: Row) -> Option<()> {
        if self.row != from {
            return None;
        }
        self.row = to;
        Some(())
    }

    fn add_message(&mut self) -> Option<()> {
        self.messages = self.messages.checked_add(1)?;
        Some(())
    }

    pub(super) fn cause_fault(&mut self, fault: Fault) -> Option<()> {
        match fault {
            Fault::Copy if self.messages == 0 => None,
            Fault::Copy => self.add_message(),
            Fault::Fail => {
                self.messages = self.messages.checked_sub(1)?;
                self.failed = self.failed.checked_add(1)?;
                Some(())
            }
            Fault::Park => self.move_row(Row::Pending, Row::Parked),
            Fault::Discard => {
                self.letters = self.letters.checked_sub(1)?;
                self.discarded = true;
                if self.row == Row::Dead {
                    self.row = Row::Discarded;
                }
                Some(())
            }
            Fault::PassPeriod => None,
        }
    }

    /// No message stays on a queue for a whole period.
    pub(super) fn pass_period(&mut self) -> Option<()> {
        self.periods = self.periods.checked_sub(1)?;
        if self.messages > 0 || self.failed > 0 {
            return None;
        }
        self.sent = self.sent.map(|_| Age::Old);
        self.done = self.done.map(|_| Age::Old);
        self.old_letters = self.old_letters.checked_add(self.letters)?;
        self.letters = 0;
        Some(())
    }
}
