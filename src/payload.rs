//! What the payload types of all senders share: the values that JSON has and Rust's own types say too little of.
//!
//! The types follow one rule. A genuine delivery should not fail to decode because its sender left something out, so
//! only what a body cannot be understood without is required: the thing it is about, and that thing's id. Members that
//! are missing or `null` are `None`, members that are not known are passed over, and texts from an open list stay
//! texts. What a sender does not fix stays JSON.
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

/// A decimal number as text, such as `"100.50"`: nothing is rounded.
pub type Decimal = String;

/// A whole number. One that does not fit is an error, never another number.
pub type Integer = i64;

/// A time in RFC 3339, as it is written: senders differ in the digits of the second and in `Z` or `+00:00`.
pub type Timestamp = String;

/// Names and texts that the sender's customer chose.
pub type Metadata = BTreeMap<String, String>;

/// JSON as it is written, of any kind. Unlike a tree of values it keeps every digit of a number.
pub type Raw = Box<RawValue>;

/// JSON as it is written: an object.
pub type RawObject = Raw;

/// JSON as it is written: a number or a text, where the sender's page does not say which.
pub type RawScalar = Raw;

/// Reads a body as one type, after a first look has told which. The text is read anew, because what serde keeps in
/// between would round large numbers.
pub(crate) fn read_as<T: DeserializeOwned, E: Error>(body: &RawValue) -> Result<T, E> {
    serde_json::from_str(body.get()).map_err(E::custom)
}
