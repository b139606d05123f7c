//! What Flexprice's events are about.
//!
//! Deliveries used to hold what the API answers ("full bodies"); since August 2026 most hold a selection of it.
//!
//! <https://github.com/flexprice/flexprice/blob/main/internal/api/dto/webhook_outbound.go>

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use crate::open_enum::open_enum;
use crate::payload::{Decimal, Integer, Metadata, Raw, RawObject, Timestamp};

/// Someone who is billed.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Customer {
    /// The customer's id.
    pub id: String,
    /// The id that the customer has with whoever bills.
    pub external_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its address for mail.
    pub email: Option<String>,
    /// The first line of its address.
    pub address_line1: Option<String>,
    /// The second line of its address.
    pub address_line2: Option<String>,
    /// The city.
    pub address_city: Option<String>,
    /// The state.
    pub address_state: Option<String>,
    /// The postal code.
    pub address_postal_code: Option<String>,
    /// The country, as ISO 3166 has it.
    pub address_country: Option<String>,
    /// Its time zone.
    pub timezone: Option<String>,
    /// What was noted about it.
    pub metadata: Option<Metadata>,
    /// What it is called in other systems. Full bodies only.
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

/// What a customer subscribed to.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Subscription {
    /// The subscription's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The plan's id.
    pub plan_id: Option<String>,
    /// The key to find it by.
    pub lookup_key: Option<String>,
    /// How it stands.
    pub subscription_status: Option<SubscriptionStatus>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// When it starts.
    pub start_date: Option<Timestamp>,
    /// When it ends.
    pub end_date: Option<Timestamp>,
    /// When the current period started.
    pub current_period_start: Option<Timestamp>,
    /// When the current period ends.
    pub current_period_end: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// When it is going to be cancelled.
    pub cancel_at: Option<Timestamp>,
    /// Whether it ends with the current period.
    pub cancel_at_period_end: Option<bool>,
    /// When the trial starts.
    pub trial_start: Option<Timestamp>,
    /// When the trial ends.
    pub trial_end: Option<Timestamp>,
    /// Whether it is billed again and again, such as `RECURRING`.
    pub billing_cadence: Option<String>,
    /// The unit of the billing period, such as `MONTHLY`.
    pub billing_period: Option<String>,
    /// How many units a billing period has.
    pub billing_period_count: Option<Integer>,
    /// Whether it is paused.
    pub pause_status: Option<PauseStatus>,
    /// How it stands to other subscriptions.
    pub subscription_type: Option<SubscriptionType>,
    /// The id of the subscription that it belongs to.
    pub parent_subscription_id: Option<String>,
    /// What was noted about it.
    pub metadata: Option<Metadata>,
    /// The customer.
    pub customer: Option<Customer>,
}

open_enum! {
    /// How a subscription stands.
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
    /// How a subscription stands to others.
    pub enum SubscriptionType {
        Standalone = "standalone",
        Parent = "parent",
        Inherited = "inherited",
    }
}

/// A time within a subscription.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Phase {
    /// The phase's id.
    pub id: String,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// When it starts.
    pub start_date: Option<Timestamp>,
    /// When it ends.
    pub end_date: Option<Timestamp>,
}

/// A payment.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Payment {
    /// The payment's id.
    pub id: String,
    /// What is paid, such as `INVOICE`.
    pub destination_type: Option<String>,
    /// The id of what is paid.
    pub destination_id: Option<String>,
    /// How it is paid, such as `CARD`.
    pub payment_method_type: Option<String>,
    /// How much.
    pub amount: Option<Decimal>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// How it stands.
    pub payment_status: Option<PaymentStatus>,
    /// Who handles it, such as `stripe`.
    pub payment_gateway: Option<String>,
    /// The number of the invoice that is paid.
    pub invoice_number: Option<String>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// When it succeeded.
    pub succeeded_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// When it was paid back.
    pub refunded_at: Option<Timestamp>,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
}

open_enum! {
    /// How a payment, or the payment of an invoice, stands.
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

/// An invoice. `invoice.communication.triggered` has the trimmed form, other events the full one.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Invoice {
    /// The invoice's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The number on the invoice.
    pub invoice_number: Option<String>,
    /// What it is for.
    pub invoice_type: Option<InvoiceType>,
    /// How it stands.
    pub invoice_status: Option<InvoiceStatus>,
    /// How its payment stands.
    pub payment_status: Option<PaymentStatus>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// How much is to be paid.
    pub amount_due: Option<Decimal>,
    /// How much was paid.
    pub amount_paid: Option<Decimal>,
    /// How much is left to be paid.
    pub amount_remaining: Option<Decimal>,
    /// How much was paid too much. Full bodies only.
    pub overpaid_amount: Option<Decimal>,
    /// The sum before taxes and discounts.
    pub subtotal: Option<Decimal>,
    /// The sum.
    pub total: Option<Decimal>,
    /// The discounts. Full bodies only.
    pub total_discount: Option<Decimal>,
    /// The taxes. Full bodies only.
    pub total_tax: Option<Decimal>,
    /// What was paid from a wallet. Full bodies only.
    pub total_prepaid_credits_applied: Option<Decimal>,
    /// The credit notes that lower it. Full bodies only.
    pub adjustment_amount: Option<Decimal>,
    /// How much was paid back. Full bodies only.
    pub refunded_amount: Option<Decimal>,
    /// When it is due.
    pub due_date: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
    /// When it was finalized.
    pub finalized_at: Option<Timestamp>,
    /// When the billed period starts.
    pub period_start: Option<Timestamp>,
    /// When the billed period ends.
    pub period_end: Option<Timestamp>,
    /// Where it is as a PDF.
    pub invoice_pdf_url: Option<String>,
    /// Why it was made.
    pub billing_reason: Option<String>,
    /// Which of the subscription's invoices it is. Full bodies only.
    pub billing_sequence: Option<Integer>,
    /// The version of the record. Full bodies only.
    pub version: Option<Integer>,
    /// What keeps it from being made twice. Full bodies only.
    pub idempotency_key: Option<String>,
    /// Whether someone changed it by hand. Full bodies only.
    pub is_manually_edited: Option<bool>,
    /// The subscription.
    pub subscription: Option<Subscription>,
    /// The customer.
    pub customer: Option<Customer>,
    /// What is billed.
    pub line_items: Option<Vec<InvoiceLineItem>>,
    /// The taxes that apply. Full bodies only.
    pub taxes: Option<Vec<RawObject>>,
    /// The coupons that apply. Full bodies only.
    pub coupon_applications: Option<Vec<RawObject>>,
    /// What was noted about it.
    pub metadata: Option<Metadata>,
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

open_enum! {
    /// What an invoice is for.
    pub enum InvoiceType {
        Credit = "CREDIT",
        OneOff = "ONE_OFF",
        Subscription = "SUBSCRIPTION",
    }
}

open_enum! {
    /// How an invoice stands.
    pub enum InvoiceStatus {
        Draft = "DRAFT",
        Finalized = "FINALIZED",
        Skipped = "SKIPPED",
        Voided = "VOIDED",
    }
}

/// What is billed on one line of an invoice.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct InvoiceLineItem {
    /// The line's id.
    pub id: String,
    /// The price's id.
    pub price_id: Option<String>,
    /// What it is called.
    pub display_name: Option<String>,
    /// What its plan is called.
    pub plan_display_name: Option<String>,
    /// How much it costs.
    pub amount: Option<Decimal>,
    /// How many there are.
    pub quantity: Option<Decimal>,
    /// When the billed period starts.
    pub period_start: Option<Timestamp>,
    /// When the billed period ends.
    pub period_end: Option<Timestamp>,
}

/// Something that can be used.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Feature {
    /// The feature's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The key to find it by.
    pub lookup_key: Option<String>,
    /// What kind of feature it is.
    #[serde(rename = "type")]
    pub kind: Option<FeatureType>,
    /// The id of the meter that counts its use.
    pub meter_id: Option<String>,
}

open_enum! {
    /// What kind of feature something is.
    pub enum FeatureType {
        Boolean = "boolean",
        Config = "config",
        Metered = "metered",
        Static = "static",
    }
}

/// What may be used, and how much of it.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Entitlement {
    /// The entitlement's id.
    pub id: String,
    /// What it comes with, such as `PLAN`.
    pub entity_type: Option<String>,
    /// The id of what it comes with.
    pub entity_id: Option<String>,
    /// The feature's id.
    pub feature_id: Option<String>,
    /// What kind of feature it is.
    pub feature_type: Option<FeatureType>,
    /// Whether the feature may be used.
    pub is_enabled: Option<bool>,
    /// How much of it may be used.
    pub usage_limit: Option<Integer>,
    /// After which time usage counts from zero, such as `MONTHLY`.
    pub usage_reset_period: Option<String>,
    /// Whether more than the limit may be used.
    pub is_soft_limit: Option<bool>,
}

/// Credit that was paid for in advance.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wallet {
    /// The wallet's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// What is in it, in the currency.
    pub balance: Option<Decimal>,
    /// What is in it, in credits.
    pub credit_balance: Option<Decimal>,
    /// How it stands.
    pub wallet_status: Option<WalletStatus>,
    /// Whether it is paid before use or after.
    pub wallet_type: Option<WalletType>,
    /// What a credit is worth in the currency.
    pub conversion_rate: Option<Decimal>,
}

open_enum! {
    /// How a wallet stands.
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

/// Why there is word of a wallet's balance.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct WalletAlert {
    /// How serious it is.
    pub state: Option<AlertState>,
    /// What is watched, such as `low_ongoing_balance`.
    pub alert_type: Option<String>,
    /// What is left after what was used since, in the currency.
    pub current_balance: Option<Decimal>,
    /// What is left, in credits.
    pub credit_balance: Option<Decimal>,
}

open_enum! {
    /// How serious an alert is.
    pub enum AlertState {
        Ok = "ok",
        Info = "info",
        Warning = "warning",
        InAlarm = "in_alarm",
    }
}

/// A movement in a wallet.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Transaction {
    /// The transaction's id.
    pub id: String,
    /// The wallet's id.
    pub wallet_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// Which way it goes.
    #[serde(rename = "type")]
    pub kind: Option<TransactionType>,
    /// How much, in the currency.
    pub amount: Option<Decimal>,
    /// How much, in credits.
    pub credit_amount: Option<Decimal>,
    /// What was in the wallet before, in credits.
    pub credit_balance_before: Option<Decimal>,
    /// What was in the wallet after, in credits.
    pub credit_balance_after: Option<Decimal>,
    /// How it stands.
    pub transaction_status: Option<TransactionStatus>,
    /// What it refers to, such as `EXTERNAL`.
    pub reference_type: Option<String>,
    /// Why it was made, such as `FREE_CREDIT_GRANT`.
    pub transaction_reason: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
}

open_enum! {
    /// Which way a transaction goes.
    pub enum TransactionType {
        Credit = "credit",
        Debit = "debit",
    }
}

open_enum! {
    /// How a transaction stands.
    pub enum TransactionStatus {
        Completed = "completed",
        Failed = "failed",
        Pending = "pending",
    }
}

/// A note that lowers an invoice or pays it back.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CreditNote {
    /// The credit note's id.
    pub id: String,
    /// The invoice's id.
    pub invoice_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// How it stands.
    pub credit_note_status: Option<CreditNoteStatus>,
    /// What it does.
    pub credit_note_type: Option<CreditNoteType>,
    /// Why it was made, such as `DUPLICATE`.
    pub reason: Option<String>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// How much.
    pub total_amount: Option<Decimal>,
}

open_enum! {
    /// How a credit note stands.
    pub enum CreditNoteStatus {
        Draft = "DRAFT",
        Finalized = "FINALIZED",
        Voided = "VOIDED",
    }
}

open_enum! {
    /// What a credit note does.
    pub enum CreditNoteType {
        Adjustment = "ADJUSTMENT",
        Refund = "REFUND",
    }
}

/// A checkout.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CheckoutSession {
    /// The session's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// What it is for.
    pub action: Option<CheckoutAction>,
    /// How it stands.
    pub checkout_status: Option<CheckoutStatus>,
    /// Who handles the payment, such as `razorpay`.
    pub payment_provider: Option<String>,
    /// The invoice's id.
    pub checkout_invoice_id: Option<String>,
    /// The payment's id.
    pub checkout_payment_id: Option<String>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// What the customer has to do to pay.
    pub payment_action: Option<Raw>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
}

open_enum! {
    /// How a checkout stands.
    pub enum CheckoutStatus {
        Completed = "completed",
        Expired = "expired",
        Failed = "failed",
        Initiated = "initiated",
        Pending = "pending",
    }
}

open_enum! {
    /// What a checkout is for.
    pub enum CheckoutAction {
        AddAddon = "add_addon",
        CreateSubscription = "create_subscription",
        ModifySubscription = "modify_subscription",
        WalletTopup = "wallet_topup",
    }
}

/// Something that was used, as it was reported.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UsageEvent {
    /// The event's id.
    pub id: String,
    /// What was used.
    pub event_name: Option<String>,
    /// The id that the customer has with whoever bills.
    pub external_customer_id: Option<String>,
    /// What reported it.
    pub source: Option<String>,
    /// What was reported about it.
    pub properties: Option<RawObject>,
    /// When it was used.
    pub timestamp: Option<Timestamp>,
}

open_enum! {
    /// Why something that was used is not billed.
    pub enum RejectionReason {
        NoMeterForEventName = "no_meter_for_event_name",
        NoMatchingMeter = "no_matching_meter",
    }
}
