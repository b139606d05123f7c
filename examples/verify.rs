//! Verifying a delivery with the crate.

use std::time::SystemTime;

use countersign::senders::STRIPE;
use countersign::{Delivery, Signer, UnixTime, Verifier};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let verifier = Verifier::new(&STRIPE, ["whsec_new", "whsec_old"])?;

    // A signer makes deliveries like the sender's, for your tests.
    let body = br#"{"id":"evt_1","type":"invoice.paid"}"#;
    let now = UnixTime::from_secs(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
    let headers = Signer::new(&STRIPE, "whsec_old")?.sign("", body, now);

    // The core has no clock and knows no HTTP library: it takes names and values, bytes, and the time.
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let verified = verifier.verify(Delivery::new(headers, body), now)?;
    let event = verified.decode()?;

    println!("{} {}, signed with key {}", event.kind.unwrap_or_default(), event.id, event.key);
    Ok(())
}
