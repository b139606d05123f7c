//! Verifies one delivery and prints its event.

use std::time::SystemTime;

use countersign::senders::STRIPE;
use countersign::{Delivery, Signer, UnixTime, Verifier};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Two secrets during a rotation: deliveries signed with either are accepted.
    let verifier = Verifier::new(&STRIPE, ["whsec_new", "whsec_old"])?;

    // In a test, a signer produces the headers that the sender would send.
    let body = br#"{"id":"evt_1","type":"invoice.paid"}"#;
    let now = UnixTime::from_secs(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
    let headers = Signer::new(&STRIPE, "whsec_old")?.sign("", body, now);

    // `headers` may also be a reference to an `http::HeaderMap`. The crate reads no clock, so pass the time.
    let verified = verifier.verify(Delivery::new(&headers, body), now)?;
    let event = verified.decode()?;

    println!("{} {}, signed with key {}", event.kind.unwrap_or_default(), event.id, event.key);
    Ok(())
}
