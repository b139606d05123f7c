//! Decides whether a webhook is genuine and fresh, and says what it means.
//!
//! A [`Delivery`] is what arrived: headers and a body, untrusted. A [`Verifier`] holds a sender's [`Scheme`] and its
//! keys and turns a delivery into [`Verified`], or into a [`Rejection`] that says why not. Only a [`Verified`] can be
//! decoded into an [`Event`]. Data flows in this one direction, and the types hold it there.
//!
//! ```
//! use countersign::{Delivery, Signer, UnixTime, Verifier, senders::STRIPE};
//!
//! let body = br#"{"id":"evt_1","type":"invoice.paid"}"#;
//! let now = UnixTime::from_secs(1_700_000_000);
//! let headers = Signer::new(&STRIPE, "whsec_test")?.sign("", body, now);
//!
//! let verifier = Verifier::new(&STRIPE, ["whsec_new", "whsec_test"])?;
//! let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
//! let verified = verifier.verify(Delivery::new(headers, body), now)?;
//! let event = verified.decode()?;
//!
//! assert_eq!(event.id, "evt_1");
//! assert_eq!(event.kind.as_deref(), Some("invoice.paid"));
//! assert_eq!(event.key, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What has not been verified cannot be decoded:
//!
//! ```compile_fail,E0599
//! # use countersign::Delivery;
//! let delivery = Delivery::new([], b"{}");
//! let event = delivery.decode()?; // there is no such method
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! And nobody else can say that something was:
//!
//! ```compile_fail,E0451
//! # use countersign::Verified;
//! fn forge<'d>(genuine: Verified<'d>, other: Verified<'d>) -> Verified<'d> {
//!     Verified { delivery: other.delivery, ..genuine } // its fields are private
//! }
//! ```
//!
//! What the bodies of some senders look like is in [`senders`], and [`payload`] says how to read them.
//! [`Verifier::explain`] says why a delivery was refused and what would have made it pass.
//!
//! The crate has no clock, no randomness and no I/O: the caller says what time it is. It needs `alloc`, not `std`.

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

mod claim;
mod content;
mod delivery;
mod error;
mod event;
mod explain;
mod form;
mod handshake;
mod hash;
mod json;
mod key;
mod limits;
mod open_enum;
pub mod payload;
pub mod scheme;
pub mod senders;
mod signer;
mod text;
mod time;
mod token;
mod url;
mod verifier;

pub use delivery::Delivery;
pub use error::{DecodeError, KeyError, Rejection, SchemeError};
pub use event::{Event, Json, Verified, body_id, check_json};
pub use explain::{Check, CheckName, ExplainContext, Explanation, Hint, HintCode};
pub use handshake::Reply;
pub use hash::{Hash, HostHash};
pub use key::Key;
pub use limits::MAX_DEPTH;
pub use scheme::{Authenticated, Scheme};
pub use signer::{Outgoing, Signer};
pub use time::{Tolerance, UnixTime};
pub use verifier::Verifier;
