//! The bodies of Flash's deliveries.
//!
//! <https://docs.paywithflash.com/webhooks>

use alloc::string::String;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::RawScalar;

open_enum! {
    /// The event type.
    pub enum EventType {
        UserSignedUp = "user_signed_up",
        RenewalSuccessful = "renewal_successful",
        RenewalFailed = "renewal_failed",
        UserPausedSubscription = "user_paused_subscription",
        UserCancelledSubscription = "user_cancelled_subscription",
    }
}

/// The body of a delivery, the same for every type. It is not signed: only the type and the person, which the token repeats, are
/// authenticated.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Payload {
    /// The event type. One version of the documentation omits it; the token has it too.
    #[serde(rename = "eventType")]
    pub event_type: Option<EventName>,
    /// The person that the event is about.
    pub data: Subscription,
}

/// An event's type, by number and by name.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct EventName {
    /// Its number, as text. Only `"1"`, for `user_signed_up`, is documented.
    pub id: Option<String>,
    /// The name.
    pub name: EventType,
}

/// A person's subscription.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subscription {
    /// The person's public key in hexadecimal.
    pub public_key: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// The person's address.
    pub email: Option<String>,
    /// The person's public key as Nostr writes it.
    pub npub: Option<String>,
    /// The person's id in the seller's system.
    pub external_uuid: Option<String>,
    /// The plan's name.
    pub user_plan: Option<String>,
    /// The plan's id.
    pub user_plan_id: Option<RawScalar>,
    /// When the person signed up; the documentation does not say in which format.
    pub signup_date: Option<String>,
    /// When the next payment is due.
    pub next_payment_date: Option<String>,
    /// For payments: the payment's id.
    pub transaction_id: Option<RawScalar>,
    /// For payments: the amount.
    pub transaction_amount: Option<RawScalar>,
    /// For payments: the currency.
    pub transaction_currency: Option<String>,
    /// For payments: the time.
    pub transaction_date: Option<String>,
}
