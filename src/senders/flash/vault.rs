//! The bodies of Flash Vault's deliveries.
//!
//! <https://docs.paywithflash.com>

use alloc::string::String;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Integer, Timestamp};

open_enum! {
    /// The event type.
    pub enum EventType {
        SubscriptionActivated = "subscription.activated",
        SubscriptionRenewed = "subscription.renewed",
        SubscriptionPastDue = "subscription.past_due",
        SubscriptionCanceled = "subscription.canceled",
        SubscriptionExpired = "subscription.expired",
    }
}

/// The body of a delivery. It has no id: the subscription, the type and the data of the type identify an event.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Payload {
    /// The event type.
    pub event: EventType,
    /// When the event happened; the signed time is that of the attempt.
    pub timestamp: Option<Timestamp>,
    /// The subscription that the event is about.
    pub data: Subscription,
}

/// A subscription, with the data of the event type.
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
    /// The subscription's id in the seller's system.
    pub external_ref: Option<String>,
    /// For `subscription.activated`: the time.
    pub activated_at: Option<Timestamp>,
    /// For `subscription.renewed`: the invoice's id.
    pub invoice_id: Option<String>,
    /// For `subscription.renewed`: the amount, in the currency's smallest unit.
    pub amount: Option<Integer>,
    /// For `subscription.renewed`: the currency.
    pub currency: Option<String>,
    /// For `subscription.renewed`: the payment's id.
    pub payment_id: Option<String>,
    /// For `subscription.renewed`: the number of the period that is paid.
    pub period_number: Option<Integer>,
    /// For `subscription.renewed`: the time.
    pub paid_at: Option<Timestamp>,
    /// For `subscription.past_due`: the number of attempted payments.
    pub attempt_number: Option<Integer>,
    /// For `subscription.past_due`: the time of the first failed payment.
    pub first_failed_at: Option<Timestamp>,
    /// For `subscription.canceled`: the time.
    pub canceled_at: Option<Timestamp>,
    /// For `subscription.canceled`: the reason.
    pub reason: Option<String>,
    /// For `subscription.expired`: the time.
    pub expired_at: Option<Timestamp>,
}
