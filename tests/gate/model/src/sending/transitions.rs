//! Steps and faults of sending: how rows, alarm and clock change.

use super::{Action, CLOCK_STEP, Fault, Flaw, MAX_FAILURES, MAX_PAUSE, MAX_REST, Place, Row, Sending, State, Step};

use crate::check::Explore;

impl Sending {
    pub(super) fn rests(&self, state: &State) -> bool {
        self.is_at_rest(state, |action| matches!(action, Action::Step(_)))
    }

    fn has(self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// The pause before a time this number of ticks away. A time further away than the longest pause is an error.
    fn believed(self, ticks: u8) -> u8 {
        if ticks > MAX_PAUSE && !self.has(Flaw::TrustsClock) { 0 } else { ticks }
    }

    /// The rows that are due.
    pub(super) fn due(self, state: &State) -> Vec<usize> {
        let is_due = |row: &Row| matches!(row.place, Place::Pending(wait) if self.believed(wait) == 0);
        state.rows.iter().enumerate().filter(|(_, row)| is_due(row)).map(|(number, _)| number).collect()
    }

    /// Whether the watchdog has to set the alarm: it is lost, or too far away.
    fn needs_watchdog(self, state: &State) -> bool {
        let is_missing = match state.alarm {
            None => true,
            Some(ticks) => ticks > 0 && self.believed(ticks) == 0,
        };
        self.has_watchdog && is_missing && state.has_pending()
    }

    pub(super) fn take_step(self, state: &mut State, step: Step) -> Option<()> {
        match step {
            Step::Store(number) => {
                let row = state.rows.get_mut(number).filter(|row| row.place == Place::Absent)?;
                row.place = Place::Pending(0);
                if !self.has(Flaw::SetsNoAlarm) {
                    state.alarm = Some(0);
                }
                Some(())
            }
            Step::Send => {
                for number in self.fire(state)? {
                    state.rows.get_mut(number)?.be_accepted();
                }
                self.set_next_alarm(state);
                Some(())
            }
            Step::Tick => self.tick(state),
            Step::Watch => {
                state.alarm = self.needs_watchdog(state).then_some(0);
                state.alarm.map(drop)
            }
            Step::Replay(number) if !self.has(Flaw::NoReplay) => {
                let row = state.rows.get_mut(number).filter(|row| row.place == Place::Parked)?;
                *row = Row { place: Place::Pending(0), is_on_queue: row.is_on_queue, ..Row::default() };
                state.alarm = Some(0);
                Some(())
            }
            Step::Replay(_) => None,
        }
    }

    pub(super) fn cause_fault(self, state: &mut State, fault: Fault) -> Option<()> {
        match fault {
            Fault::Reject(rejected) => self.reject(state, &rejected),
            Fault::NoAnswer { accepted } => {
                let due = self.fire(state)?;
                if due.is_empty() {
                    return None;
                }
                for number in due {
                    let row = state.rows.get_mut(number)?;
                    row.is_on_queue |= accepted;
                    if self.has(Flaw::TakesNoAnswerAsSent) {
                        row.place = Place::Queued;
                    }
                }
                state.alarm = Some(1);
                Some(())
            }
            Fault::LoseAlarm if self.flaw.is_some() => None,
            Fault::LoseAlarm => state.alarm.take().map(drop),
            Fault::StepClockBack => {
                for row in &mut state.rows {
                    if let Place::Pending(wait @ 1..) = row.place {
                        row.place = Place::Pending(wait.saturating_add(CLOCK_STEP));
                    }
                }
                let ticks = state.alarm.filter(|ticks| *ticks > 0)?;
                state.alarm = Some(ticks.saturating_add(CLOCK_STEP));
                Some(())
            }
        }
    }

    /// The rows that an alarm sends. `None` if no alarm is due.
    fn fire(self, state: &mut State) -> Option<Vec<usize>> {
        if state.alarm != Some(0) {
            return None;
        }
        let due = self.due(state);
        for number in &due {
            state.rows.get_mut(*number)?.rested = 0;
        }
        state.alarm = None;
        Some(due)
    }

    fn reject(self, state: &mut State, rejected: &[usize]) -> Option<()> {
        let due = self.fire(state)?;
        let (is_lone, is_queue) = (due.len() == 1, due.len() == rejected.len());
        for number in due {
            let row = state.rows.get_mut(number)?;
            if !rejected.contains(&number) {
                row.be_accepted();
            } else if is_lone {
                row.place = Place::Pending(pause_after(row.lone_failures));
                row.lone_failures = row.lone_failures.saturating_add(1).min(2);
                if self.has(Flaw::CountsLoneRejections) {
                    row.failures = row.failures.saturating_add(1);
                }
            } else if is_queue && !self.has(Flaw::BlamesRowsForQueue) {
                row.place = Place::Pending(1);
            } else {
                row.place = Place::Pending(pause_after(row.failures));
                row.failures = row.failures.saturating_add(1);
                if !is_queue {
                    row.rejected_in_company = row.rejected_in_company.saturating_add(1);
                }
                if row.failures >= MAX_FAILURES {
                    row.place = Place::Parked;
                }
            }
        }
        if !self.has(Flaw::NoAlarmAfterRejection) {
            self.set_next_alarm(state);
        }
        Some(())
    }

    /// Sets the alarm for the pending row that is due first. Without pending rows only old rows remain to purge.
    fn set_next_alarm(self, state: &mut State) {
        state.alarm = state.waits().map(|wait| self.believed(wait)).min();
    }

    fn tick(self, state: &mut State) -> Option<()> {
        let waits = state.alarm.is_some_and(|ticks| ticks > 0) || state.waits().any(|wait| wait > 0);
        if state.alarm == Some(0) || self.needs_watchdog(state) || !waits {
            return None;
        }
        state.alarm = state.alarm.map(|ticks| ticks.saturating_sub(1));
        for row in &mut state.rows {
            if let Place::Pending(wait) = row.place {
                row.place = Place::Pending(wait.saturating_sub(1));
                row.rested = row.rested.saturating_add(1).min(MAX_REST.saturating_add(1));
            }
        }
        Some(())
    }
}

impl State {
    /// The ticks that the pending rows wait.
    fn waits(&self) -> impl Iterator<Item = u8> {
        self.rows.iter().filter_map(|row| if let Place::Pending(wait) = row.place { Some(wait) } else { None })
    }

    fn has_pending(&self) -> bool {
        self.waits().next().is_some()
    }
}

impl Row {
    fn be_accepted(&mut self) {
        *self = Self { place: Place::Queued, is_on_queue: true, ..Self::default() };
    }
}

/// The pause after a row has failed: it doubles up to the longest pause.
fn pause_after(failures: u8) -> u8 {
    failures.saturating_add(1).min(MAX_PAUSE)
}

/// Every part of a list.
pub(super) fn parts(list: &[usize]) -> Vec<Vec<usize>> {
    list.iter().fold(vec![Vec::new()], |mut parts, number| {
        let extended: Vec<_> = parts.iter().map(|part| [part.as_slice(), &[*number]].concat()).collect();
        parts.extend(extended);
        parts
    })
}
