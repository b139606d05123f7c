//! What Flash's deliveries say.
//!
//! <https://docs.paywithflash.com/webhooks>

use alloc::string::String;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::RawScalar;

open_enum! {
    /// What happened.
    pub enum EventType {
        UserSignedUp = "user_signed_up",
        RenewalSuccessful = "renewal_successful",
        RenewalFailed = "renewal_failed",
        UserPausedSubscription = "user_paused_subscription",
        UserCancelledSubscription = "user_cancelled_subscription",
    }
}

/// A delivery's body, the same for every type. Nobody signed it: the token beside it names the type and the person, and
/// the rest could be anyone's.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Payload {
    /// What happened. One copy of the documentation leaves it out; the token names it then.
    #[serde(rename = "eventType")]
    pub event_type: Option<EventName>,
    /// Whom it happened to.
    pub data: Subscription,
}

/// An event's type, by number and by name.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct EventName {
    /// Its number, as text. Only `"1"`, for `user_signed_up`, is documented.
    pub id: Option<String>,
    /// Its name.
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
    /// The person's id with whoever sells the subscription.
    pub external_uuid: Option<String>,
    /// The plan's name.
    pub user_plan: Option<String>,
    /// The plan's id.
    pub user_plan_id: Option<RawScalar>,
    /// When the person signed up; the documentation does not say how it is written.
    pub signup_date: Option<String>,
    /// When the next payment is due.
    pub next_payment_date: Option<String>,
    /// Of payments: the payment's id.
    pub transaction_id: Option<RawScalar>,
    /// Of payments: how much.
    pub transaction_amount: Option<RawScalar>,
    /// Of payments: of which currency.
    pub transaction_currency: Option<String>,
    /// Of payments: when.
    pub transaction_date: Option<String>,
}
