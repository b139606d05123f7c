//! Handshakes: genuine ones are answered as each sender expects, and forged ones give an attacker nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod challenges;
mod descriptions;
mod set_up;
mod subscriptions;
mod support;
mod test_keys;
