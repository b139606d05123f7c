//! The objects in Flexprice's events.
//!
//! Deliveries used to contain the API's complete objects ("full bodies"); since August 2026 most contain a selection of their
//! members.
//!
//! <https://github.com/flexprice/flexprice/tree/main/internal/webhook/dto>

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Decimal, Integer, Metadata, Raw, RawObject, Timestamp};

/// A customer.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Customer {
    /// The customer's id.
    pub id: String,
    /// The customer's id in the biller's system.
    pub external_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The first line of the address.
    pub address_line1: Option<String>,
    /// The second line of the address.
    pub address_line2: Option<String>,
    /// The city.
    pub address_city: Option<String>,
    /// The state.
    pub address_state: Option<String>,
    /// The postal code.
    pub address_postal_code: Option<String>,
    /// The country (ISO 3166).
    pub address_country: Option<String>,
    /// The time zone.
    pub timezone: Option<String>,
    /// Metadata.
    pub metadata: Option<Metadata>,
    /// The ids in other systems. Full bodies only.
    pub integrations: Option<Vec<RawObject>>,
    /// The tenant's id. Full bodies only.
    pub tenant_id: Option<String>,
    /// The environment's id.
    pub environment_id: Option<String>,
    /// The state of the record itself, such as `published`. Full bodies only.
    pub status: Option<String>,
    /// When it was created. Full bodies only.
    pub created_at: Option<Timestamp>,
    /// When it was changed. Full bodies only.
    pub updated_at: Option<Timestamp>,
    /// Who created it. Full bodies only.
    pub created_by: Option<String>,
    /// Who changed it. Full bodies only.
    pub updated_by: Option<String>,
}

/// A subscription.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subscription {
    /// The subscription's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The plan's id.
    pub plan_id: Option<String>,
    /// The lookup key.
    pub lookup_key: Option<String>,
    /// The status.
    pub subscription_status: Option<SubscriptionStatus>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// The start time.
    pub start_date: Option<Timestamp>,
    /// The end time.
    pub end_date: Option<Timestamp>,
    /// When the current period started.
    pub current_period_start: Option<Timestamp>,
    /// When the current period ends.
    pub current_period_end: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// The time of a scheduled cancellation.
    pub cancel_at: Option<Timestamp>,
    /// Whether it ends with the current period.
    pub cancel_at_period_end: Option<bool>,
    /// When the trial starts.
    pub trial_start: Option<Timestamp>,
    /// When the trial ends.
    pub trial_end: Option<Timestamp>,
    /// The billing cadence, such as `RECURRING`.
    pub billing_cadence: Option<String>,
    /// The unit of the billing period, such as `MONTHLY`.
    pub billing_period: Option<String>,
    /// The number of units in a billing period.
    pub billing_period_count: Option<Integer>,
    /// Whether it is paused.
    pub pause_status: Option<PauseStatus>,
    /// The relation to other subscriptions.
    pub subscription_type: Option<SubscriptionType>,
    /// The id of the parent subscription.
    pub parent_subscription_id: Option<String>,
    /// Metadata.
    pub metadata: Option<Metadata>,
    /// The customer.
    pub customer: Option<Customer>,
}

open_enum! {
    /// The status of a subscription.
    pub enum SubscriptionStatus {
        Active = "active",
        Cancelled = "cancelled",
        Draft = "draft",
        Incomplete = "incomplete",
        Paused = "paused",
        Trialing = "trialing",
    }
}

open_enum! {
    /// Whether a subscription is paused.
    pub enum PauseStatus {
        None = "none",
        Active = "active",
        Scheduled = "scheduled",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

open_enum! {
    /// The relation of a subscription to others.
    pub enum SubscriptionType {
        Standalone = "standalone",
        Parent = "parent",
        Inherited = "inherited",
        DelegatedInvoicing = "delegated_invoicing",
        GroupedInvoicing = "grouped_invoicing",
    }
}

/// A phase of a subscription.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Phase {
    /// The phase's id.
    pub id: String,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The start time.
    pub start_date: Option<Timestamp>,
    /// The end time.
    pub end_date: Option<Timestamp>,
}

/// A payment.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Payment {
    /// The payment's id.
    pub id: String,
    /// The kind of object that is paid, such as `INVOICE`.
    pub destination_type: Option<String>,
    /// The id of the object that is paid.
    pub destination_id: Option<String>,
    /// The payment method, such as `CARD`.
    pub payment_method_type: Option<String>,
    /// The amount.
    pub amount: Option<Decimal>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// The status.
    pub payment_status: Option<PaymentStatus>,
    /// The payment gateway, such as `stripe`.
    pub payment_gateway: Option<String>,
    /// The number of the invoice that is paid.
    pub invoice_number: Option<String>,
    /// The reason of a failure.
    pub error_message: Option<String>,
    /// When it succeeded.
    pub succeeded_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// When it was refunded.
    pub refunded_at: Option<Timestamp>,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
}

open_enum! {
    /// The status of a payment, or of an invoice's payment.
    pub enum PaymentStatus {
        Failed = "FAILED",
        Initiated = "INITIATED",
        Overpaid = "OVERPAID",
        PartiallyRefunded = "PARTIALLY_REFUNDED",
        Pending = "PENDING",
        Processing = "PROCESSING",
        Refunded = "REFUNDED",
        Succeeded = "SUCCEEDED",
        Voided = "VOIDED",
    }
}

/// A feature.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Feature {
    /// The feature's id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The lookup key.
    pub lookup_key: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The kind of feature.
    #[serde(rename = "type")]
    pub kind: Option<FeatureType>,
    /// The id of the meter that counts its usage.
    pub meter_id: Option<String>,
    /// The name of one unit of usage.
    pub unit_singular: Option<String>,
    /// The name of several units of usage.
    pub unit_plural: Option<String>,
    /// The id of the group that it belongs to.
    pub group_id: Option<String>,
    /// Metadata.
    pub metadata: Option<Metadata>,
}

open_enum! {
    /// The kinds of features.
    pub enum FeatureType {
        Boolean = "boolean",
        Config = "config",
        Metered = "metered",
        Static = "static",
    }
}

/// An entitlement: a feature that may be used, and its limit.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Entitlement {
    /// The entitlement's id.
    pub id: String,
    /// The kind of object that grants it, such as `PLAN`.
    pub entity_type: Option<String>,
    /// The id of the object that grants it.
    pub entity_id: Option<String>,
    /// The feature's id.
    pub feature_id: Option<String>,
    /// The kind of feature.
    pub feature_type: Option<FeatureType>,
    /// Whether the feature may be used.
    pub is_enabled: Option<bool>,
    /// The usage limit.
    pub usage_limit: Option<Integer>,
    /// The reset period of the usage, such as `MONTHLY`.
    pub usage_reset_period: Option<String>,
    /// Whether usage beyond the limit is allowed.
    pub is_soft_limit: Option<bool>,
    /// The value of a static feature.
    pub static_value: Option<String>,
}

/// A wallet of prepaid credit.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wallet {
    /// The wallet's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// The balance, in the currency.
    pub balance: Option<Decimal>,
    /// The balance, in credits.
    pub credit_balance: Option<Decimal>,
    /// The status.
    pub wallet_status: Option<WalletStatus>,
    /// Whether it is paid before use or after.
    pub wallet_type: Option<WalletType>,
    /// The value of a credit in the currency.
    pub conversion_rate: Option<Decimal>,
}

open_enum! {
    /// The status of a wallet.
    pub enum WalletStatus {
        Active = "active",
        Closed = "closed",
        Frozen = "frozen",
    }
}

open_enum! {
    /// Whether a wallet is paid before use or after.
    pub enum WalletType {
        PrePaid = "PRE_PAID",
        PostPaid = "POST_PAID",
    }
}

/// An alert about a wallet's balance.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WalletAlert {
    /// The alert state.
    pub state: Option<AlertState>,
    /// The alert type, such as `low_ongoing_balance`.
    pub alert_type: Option<String>,
    /// The balance after current usage, in the currency.
    pub current_balance: Option<Decimal>,
    /// The balance after current usage, in credits.
    pub credit_balance: Option<Decimal>,
    /// The thresholds of the alert.
    pub alert_settings: Option<RawObject>,
}

open_enum! {
    /// The states of an alert.
    pub enum AlertState {
        Ok = "ok",
        Info = "info",
        Warning = "warning",
        InAlarm = "in_alarm",
    }
}

/// A transaction in a wallet.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Transaction {
    /// The transaction's id.
    pub id: String,
    /// The wallet's id.
    pub wallet_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The direction.
    #[serde(rename = "type")]
    pub kind: Option<TransactionType>,
    /// The amount, in the currency.
    pub amount: Option<Decimal>,
    /// The amount, in credits.
    pub credit_amount: Option<Decimal>,
    /// The balance before, in credits.
    pub credit_balance_before: Option<Decimal>,
    /// The balance after, in credits.
    pub credit_balance_after: Option<Decimal>,
    /// The status.
    pub transaction_status: Option<TransactionStatus>,
    /// The kind of its reference, such as `EXTERNAL`.
    pub reference_type: Option<String>,
    /// The id of its reference.
    pub reference_id: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// When its credits expire.
    pub expiry_date: Option<Timestamp>,
    /// Metadata.
    pub metadata: Option<Metadata>,
    /// The reason, such as `FREE_CREDIT_GRANT`.
    pub transaction_reason: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
}

open_enum! {
    /// The direction of a transaction.
    pub enum TransactionType {
        Credit = "credit",
        Debit = "debit",
    }
}

open_enum! {
    /// The status of a transaction.
    pub enum TransactionStatus {
        Completed = "completed",
        Failed = "failed",
        Pending = "pending",
    }
}

/// A credit note: an adjustment or a refund of an invoice.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CreditNote {
    /// The credit note's id.
    pub id: String,
    /// The number on the credit note.
    pub credit_note_number: Option<String>,
    /// The invoice's id.
    pub invoice_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The status.
    pub credit_note_status: Option<CreditNoteStatus>,
    /// Whether it adjusts or refunds.
    pub credit_note_type: Option<CreditNoteType>,
    /// The reason, such as `DUPLICATE`.
    pub reason: Option<String>,
    /// The memo.
    pub memo: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// The amount.
    pub total_amount: Option<Decimal>,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
    /// When it was finalized.
    pub finalized_at: Option<Timestamp>,
    /// Metadata.
    pub metadata: Option<Metadata>,
}

open_enum! {
    /// The status of a credit note.
    pub enum CreditNoteStatus {
        Draft = "DRAFT",
        Finalized = "FINALIZED",
        Voided = "VOIDED",
    }
}

open_enum! {
    /// Whether a credit note adjusts or refunds.
    pub enum CreditNoteType {
        Adjustment = "ADJUSTMENT",
        Refund = "REFUND",
    }
}

/// A checkout session.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CheckoutSession {
    /// The session's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The purpose.
    pub action: Option<CheckoutAction>,
    /// The status.
    pub checkout_status: Option<CheckoutStatus>,
    /// The payment gateway, such as `razorpay`.
    pub payment_provider: Option<String>,
    /// The invoice's id.
    pub checkout_invoice_id: Option<String>,
    /// The payment's id.
    pub checkout_payment_id: Option<String>,
    /// The reason of a failure.
    pub failure_reason: Option<String>,
    /// The action by which the customer pays.
    pub payment_action: Option<Raw>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
}

open_enum! {
    /// The status of a checkout session.
    pub enum CheckoutStatus {
        Completed = "completed",
        Expired = "expired",
        Failed = "failed",
        Initiated = "initiated",
        Pending = "pending",
    }
}

open_enum! {
    /// The purpose of a checkout session.
    pub enum CheckoutAction {
        AddAddon = "add_addon",
        CreateSubscription = "create_subscription",
        ModifySubscription = "modify_subscription",
        WalletTopup = "wallet_topup",
    }
}

/// A reported usage event.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UsageEvent {
    /// The event's id.
    pub id: String,
    /// The event's name.
    pub event_name: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The customer's id in the biller's system.
    pub external_customer_id: Option<String>,
    /// The source of the report.
    pub source: Option<String>,
    /// The reported properties.
    pub properties: Option<RawObject>,
    /// The time of the usage.
    pub timestamp: Option<Timestamp>,
}

open_enum! {
    /// The reason why a usage event is not billed.
    pub enum RejectionReason {
        NoMeterForEventName = "no_meter_for_event_name",
        NoMatchingMeter = "no_matching_meter",
    }
}
