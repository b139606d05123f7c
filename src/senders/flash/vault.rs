//! What Flash Vault's deliveries say.
//!
//! <https://docs.paywithflash.com>

use alloc::string::String;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Integer, Timestamp};

open_enum! {
    /// What happened.
    pub enum EventType {
        SubscriptionActivated = "subscription.activated",
        SubscriptionRenewed = "subscription.renewed",
        SubscriptionPastDue = "subscription.past_due",
        SubscriptionCanceled = "subscription.canceled",
        SubscriptionExpired = "subscription.expired",
    }
}

/// A delivery's body. It has no id: what tells an event from another is the subscription, the type, and what the type
/// adds to the data.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Payload {
    /// What happened.
    pub event: EventType,
    /// When it happened, which the signed time of the attempt is not.
    pub timestamp: Option<Timestamp>,
    /// What it happened to.
    pub data: Subscription,
}

/// A subscription, and what became of it.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// The account's id.
    pub account_id: Option<String>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The service's id.
    pub service_id: Option<String>,
    /// The plan's id.
    pub plan_id: Option<String>,
    /// The subscriber's id.
    pub subscriber_id: Option<String>,
    /// The subscription's id with whoever sells it.
    pub external_ref: Option<String>,
    /// Of `subscription.activated`: when.
    pub activated_at: Option<Timestamp>,
    /// Of `subscription.renewed`: the invoice's id.
    pub invoice_id: Option<String>,
    /// Of `subscription.renewed`: how much, in the currency's smallest unit.
    pub amount: Option<Integer>,
    /// Of `subscription.renewed`: the currency.
    pub currency: Option<String>,
    /// Of `subscription.renewed`: the payment's id.
    pub payment_id: Option<String>,
    /// Of `subscription.renewed`: the number of the period that is paid.
    pub period_number: Option<Integer>,
    /// Of `subscription.renewed`: when.
    pub paid_at: Option<Timestamp>,
    /// Of `subscription.past_due`: how many payments were tried.
    pub attempt_number: Option<Integer>,
    /// Of `subscription.past_due`: when the first of them failed.
    pub first_failed_at: Option<Timestamp>,
    /// Of `subscription.canceled`: when.
    pub canceled_at: Option<Timestamp>,
    /// Of `subscription.canceled`: why.
    pub reason: Option<String>,
    /// Of `subscription.expired`: when.
    pub expired_at: Option<Timestamp>,
}
