//! Verifies webhooks (authentic, recent, not altered) and parses the event.
//!
//! A [`Delivery`] is an HTTP request as it arrived: headers and a body, untrusted. A [`Verifier`] knows one sender's
//! [`Scheme`] (how that sender signs) and your secrets or public keys. [`Verifier::verify`] checks the signature first and
//! the timestamp second. It returns a [`Verified`] or a [`Rejection`] that names the check that failed. Only a
//! [`Verified`] can be decoded into an [`Event`], so unverified data cannot be used by mistake.
//!
//! ```
//! use countersign::{Delivery, Signer, UnixTime, Verifier, senders::STRIPE};
//!
//! // In a test, a signer produces the headers that the sender would send.
//! let body = br#"{"id":"evt_1","type":"invoice.paid"}"#;
//! let now = UnixTime::from_secs(1_700_000_000);
//! let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", body, now);
//!
//! let verifier = Verifier::new(&STRIPE, ["whsec_new", "whsec_test"])?;
//! let verified = verifier.verify(Delivery::new(&headers, body), now)?;
//! let event = verified.decode()?;
//!
//! assert_eq!(event.id, "evt_1");
//! assert_eq!(event.kind.as_deref(), Some("invoice.paid"));
//! assert_eq!(event.key, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A delivery that was not verified cannot be decoded:
//!
//! ```compile_fail,E0599
//! # use countersign::Delivery;
//! let delivery = Delivery::without_headers(b"{}");
//! let event = delivery.decode()?; // error: `Delivery` has no such method
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Code outside this crate cannot construct a [`Verified`]:
//!
//! ```compile_fail,E0451
//! # use countersign::Verified;
//! fn forge<'d>(genuine: Verified<'d>, other: Verified<'d>) -> Verified<'d> {
//!     Verified { delivery: other.delivery, ..genuine } // error: its fields are private
//! }
//! ```
//!
//! # Modules
//!
//! - [`senders`] has a constant for each supported sender, and types for the bodies of some.
//! - [`scheme`] has the vocabulary that these constants are written in. [`Scheme::from_json`] reads the description of any
//!   other sender from JSON.
//! - [`payload`] parses verified bodies into types.
//!
//! [`Verifier::handshake`] answers the requests by which senders check a new address. [`Verifier::explain`] says why a
//! delivery was rejected and which change would have made it pass.
//!
//! The crate uses no clock, no randomness and no I/O: the caller passes the time. It needs `alloc` but not `std`.

#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test that panics is a test that fails"
    )
)]

extern crate alloc;

mod ambiguity;
mod answer;
#[doc(hidden)]
pub mod bindings;
mod claim;
mod content;
mod delivery;
mod envelope;
mod error;
mod event;
mod explain;
mod form;
mod handshake;
mod hash;
mod json;
mod key;
mod limits;
mod multipart;
mod open_enum;
pub mod payload;
mod reply;
pub mod scheme;
pub mod senders;
mod signer;
mod text;
mod time;
mod token;
mod url;
mod verifier;

pub use answer::Outcome;
pub use delivery::{Delivery, HeaderPair};
pub use error::{DecodeError, JsonPart, KeyError, Rejection, SchemeError};
pub use event::{Event, Json, Verified};
pub use explain::{Check, CheckName, ExplainContext, Explanation, Hint, HintCode};
pub use hash::{Hash, HostHash};
pub use key::Key;
pub use limits::MAX_DEPTH;
pub use reply::Reply;
pub use scheme::{Authenticated, Scheme};
pub use signer::{Outgoing, Signer};
pub use time::{Tolerance, UnixTime};
pub use verifier::Verifier;
