//! Checks the gate within other bounds: `cargo run -p countersign-model --example explore -- <events> <crashes> <faults>`.

use std::env::args;
use std::error::Error;

use countersign_model::{Consumer, Explore, Gate, Intake};
use stateright::Checker;

const USAGE: &str = "give three numbers up to 255: the events, the crashes and the faults";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().collect();
    let [_program, events, crashes, faults] = arguments.as_slice() else { return Err(USAGE.into()) };
    let bound = |text: &str| text.parse::<u8>().map_err(|_| format!("`{text}`: {USAGE}"));
    let (events, crashes, faults) = (bound(events)?, bound(crashes)?, bound(faults)?);
    let gate = Gate {
        intake: Intake::Outbox,
        consumer: Consumer::OneTransaction,
        verifies: true,
        flaw: None,
        events: events.into(),
        crashes,
        faults,
    };
    gate.check().assert_properties();
    Ok(())
}
