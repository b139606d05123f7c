//! Steps and faults of handling: how messages, lease and `done` change.

use super::{Action, Fault, Flaw, Handling, Lease, State, Step};
use crate::check::Explore;
use crate::state::Message;

impl Handling {
    pub(super) fn rests(self, state: &State) -> bool {
        self.is_at_rest(state, |action| matches!(action, Action::Step(_)))
    }

    pub(super) fn take_step(self, state: &mut State, step: Step) -> Option<()> {
        match step {
            Step::Take => self.take(state),
            Step::Answer => {
                self.act(state);
                state.messages.advance(Message::Checked, Message::Acted)
            }
            Step::Report => {
                self.record_done(state);
                state.messages.advance(Message::Acted, Message::Settled)
            }
            Step::Acknowledge => state.messages.remove(Message::Settled),
            Step::ActLate => {
                self.act(state);
                replace(&mut state.acts_late, true, false)
            }
            // The lease outlasts the call that took it.
            Step::EndLease if state.has_call() => None,
            Step::EndLease => replace(&mut state.lease, Lease::Held, Lease::Free),
            Step::ShortenLease => match self.flaw {
                Some(Flaw::TrustsClock) => None,
                Some(Flaw::EndsFarLease) => replace(&mut state.lease, Lease::Far, Lease::Free),
                _ => replace(&mut state.lease, Lease::Far, Lease::Held),
            },
        }
    }

    fn take(self, state: &mut State) -> Option<()> {
        if state.done && self.flaw != Some(Flaw::IgnoresDone) {
            return state.messages.advance(Message::Waiting, Message::Settled);
        }
        if state.lease != Lease::Free && self.flaw != Some(Flaw::IgnoresLease) {
            return None;
        }
        state.lease = Lease::Held;
        state.called_again |= state.reported;
        state.messages.advance(Message::Waiting, Message::Checked)
    }

    const fn act(self, state: &mut State) {
        if !self.handler_uses_key || state.effects == 0 {
            state.effects = if state.effects == 0 { 1 } else { 2 };
        }
    }

    fn record_done(self, state: &mut State) {
        state.done = self.flaw != Some(Flaw::NeverRecordsDone);
        state.reported = true;
        state.lease = Lease::Free;
    }

    pub(super) fn cause_fault(self, state: &mut State, fault: Fault) -> Option<()> {
        match fault {
            Fault::Redirect { .. } if self.flaw == Some(Flaw::FollowsRedirects) => {
                state.messages.advance(Message::Checked, Message::Acted)
            }
            Fault::Status { released } | Fault::Redirect { released } => state.fail_call(released),
            Fault::HangUp { released } => {
                self.act(state);
                state.fail_call(released)
            }
            Fault::NoAnswer { acts } => {
                state.acts_late |= acts;
                state.fail_call(self.flaw == Some(Flaw::ReleasesLeaseWithoutAnswer))
            }
            Fault::FailReport { recorded } => {
                if recorded {
                    self.record_done(state);
                }
                state.messages.advance(Message::Acted, Message::Waiting)
            }
            Fault::CrashInCall { acts } => {
                state.acts_late |= acts;
                state.fail_call(false)
            }
            Fault::Crash(stage) => state.messages.advance(stage, Message::Waiting),
            Fault::Redeliver if state.messages.is_empty() => None,
            Fault::Redeliver => state.messages.add(Message::Waiting),
            Fault::GiveUp => {
                state.is_dead_letter = true;
                state.messages.remove(Message::Waiting)
            }
            Fault::StepClockBack => replace(&mut state.lease, Lease::Held, Lease::Far),
        }
    }
}

impl State {
    /// Whether a call is in progress, from its lease to its report.
    fn has_call(&self) -> bool {
        self.acts_late || self.messages.has(Message::Checked) || self.messages.has(Message::Acted)
    }

    /// Puts the message of a call back on the queue.
    fn fail_call(&mut self, is_released: bool) -> Option<()> {
        if is_released {
            self.lease = Lease::Free;
        }
        self.messages.advance(Message::Checked, Message::Waiting)
    }
}

/// Changes a value. `None` if it is not `from`.
fn replace<T: Copy + PartialEq>(value: &mut T, from: T, to: T) -> Option<()> {
    if *value != from {
        return None;
    }
    *value = to;
    Some(())
}
