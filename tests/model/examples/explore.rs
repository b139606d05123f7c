//! Checks the gate within other bounds: `cargo run -p countersign-model --example explore -- <events> <crashes> <faults>`.

use std::env::args;
use std::error::Error;

use countersign_model::{Consumer, Gate, Intake};
use stateright::Checker;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bounds = args().skip(1).map(|bound| bound.parse::<u8>());
    let mut next = || bounds.next().ok_or("say how many events, crashes and faults");
    let (events, crashes, faults) = (next()??, next()??, next()??);
    let gate = Gate {
        intake: Intake::Outbox,
        consumer: Consumer::OneTransaction,
        verifies: true,
        events: events.into(),
        crashes,
        faults,
    };
    gate.check().assert_properties();
    Ok(())
}
