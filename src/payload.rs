//! Value types that the payload types of all senders share.
//!
//! The payload types follow one rule: a genuine delivery must not fail to decode because its sender left something out or added
//! something. So only the object that the event is about and its id are required. Missing members and `null` are `None`,
//! unknown members are ignored, an unknown value of an enum is kept as its text, and members without a fixed shape stay JSON.
//!
//! ```
//! use countersign::senders::{FLEXPRICE, flexprice};
//! # use countersign::{Delivery, Signer, UnixTime, Verifier};
//! # let body = br#"{"event_type":"invoice.update.finalized","invoice":{"id":"inv_1","total":"100.50"}}"#;
//! # let now = UnixTime::from_secs(1_700_000_000);
//! # let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
//! # let headers = Signer::new(&FLEXPRICE, key)?.sign("msg_1", body, now);
//! # let delivery = Delivery::new(&headers, body);
//! # let verifier = Verifier::new(&FLEXPRICE, [key])?;
//! let verified = verifier.verify(delivery, now)?;
//! match verified.decode_as::<flexprice::Payload>()? {
//!     flexprice::Payload::Invoice(event) => assert_eq!(event.invoice.total.as_deref(), Some("100.50")),
//!     other => println!("nothing to do for {:?}", other.event_type()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::de::{DeserializeOwned, Error};
use serde_json::value::RawValue;

/// A decimal number as text, such as `"100.50"`, so that it is not rounded.
pub type Decimal = String;

/// An integer. A number that does not fit is an error; it is never rounded.
pub type Integer = i64;

/// A time in RFC 3339 as text: senders differ in the digits of the second and in `Z` or `+00:00`.
pub type Timestamp = String;

/// Names and texts chosen by the sender's customer.
pub type Metadata = BTreeMap<String, String>;

/// Any JSON value as text. Unlike a tree of values it keeps every digit of a number.
pub type Raw = Box<RawValue>;

/// A JSON object as text.
pub type RawObject = Raw;

/// A JSON number or string as text: the sender's page does not say which.
pub type RawScalar = Raw;

/// Reads a body as one type, after a first pass has determined which. The text is parsed a second time, because serde's
/// intermediate representation would round large numbers.
pub(crate) fn read_as<T: DeserializeOwned, E: Error>(body: &RawValue) -> Result<T, E> {
    serde_json::from_str(body.get()).map_err(E::custom)
}
