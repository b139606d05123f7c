//! Flexprice's invoices.
//!
//! <https://github.com/flexprice/flexprice/tree/main/internal/webhook/dto>

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use typeshare_annotation::typeshare;

use super::entity::{Customer, PaymentStatus, Subscription};
use crate::open_enum::open_enum;
use crate::payload::{Decimal, Integer, Metadata, RawObject, Timestamp};

/// An invoice. `invoice.communication.triggered` has a shortened form, other events the full one.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Invoice {
    /// The invoice's id.
    pub id: String,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The id of the customer who has the subscription, if another customer is billed. Full bodies only.
    pub subscription_customer_id: Option<String>,
    /// The number on the invoice.
    pub invoice_number: Option<String>,
    /// The description. Full bodies only.
    pub description: Option<String>,
    /// The purpose.
    pub invoice_type: Option<InvoiceType>,
    /// The status.
    pub invoice_status: Option<InvoiceStatus>,
    /// The status of the payment.
    pub payment_status: Option<PaymentStatus>,
    /// The currency, in lower case.
    pub currency: Option<String>,
    /// The amount due.
    pub amount_due: Option<Decimal>,
    /// The amount paid.
    pub amount_paid: Option<Decimal>,
    /// The amount remaining.
    pub amount_remaining: Option<Decimal>,
    /// The amount overpaid. Full bodies only.
    pub overpaid_amount: Option<Decimal>,
    /// The subtotal, before taxes and discounts.
    pub subtotal: Option<Decimal>,
    /// The total.
    pub total: Option<Decimal>,
    /// The discounts. Full bodies only.
    pub total_discount: Option<Decimal>,
    /// The taxes. Full bodies only.
    pub total_tax: Option<Decimal>,
    /// The amount paid from a wallet. Full bodies only.
    pub total_prepaid_credits_applied: Option<Decimal>,
    /// The amount of applied credit notes. Full bodies only.
    pub adjustment_amount: Option<Decimal>,
    /// The amount refunded. Full bodies only.
    pub refunded_amount: Option<Decimal>,
    /// The due date.
    pub due_date: Option<Timestamp>,
    /// The date of issue. Full bodies only.
    pub issue_date: Option<Timestamp>,
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
    /// The unit of the billing period, such as `MONTHLY`. Full bodies only.
    pub billing_period: Option<String>,
    /// When its amounts were computed. Full bodies only.
    pub last_computed_at: Option<Timestamp>,
    /// The id of the invoice that replaced it. Full bodies only.
    pub recalculated_invoice_id: Option<String>,
    /// The URL of the PDF.
    pub invoice_pdf_url: Option<String>,
    /// The billing reason.
    pub billing_reason: Option<String>,
    /// The sequence number among the subscription's invoices. Full bodies only.
    pub billing_sequence: Option<Integer>,
    /// The version of the record. Full bodies only.
    pub version: Option<Integer>,
    /// The idempotency key. Full bodies only.
    pub idempotency_key: Option<String>,
    /// Whether it was edited manually. Full bodies only.
    pub is_manually_edited: Option<bool>,
    /// The subscription.
    pub subscription: Option<Subscription>,
    /// The customer.
    pub customer: Option<Customer>,
    /// The line items.
    pub line_items: Option<Vec<InvoiceLineItem>>,
    /// The taxes that apply. Full bodies only.
    pub taxes: Option<Vec<RawObject>>,
    /// The coupons that apply. Full bodies only.
    pub coupon_applications: Option<Vec<RawObject>>,
    /// Metadata.
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
    /// The purpose of an invoice.
    pub enum InvoiceType {
        Credit = "CREDIT",
        OneOff = "ONE_OFF",
        Subscription = "SUBSCRIPTION",
    }
}

open_enum! {
    /// The status of an invoice.
    pub enum InvoiceStatus {
        Draft = "DRAFT",
        Finalized = "FINALIZED",
        Skipped = "SKIPPED",
        Voided = "VOIDED",
    }
}

/// A line item of an invoice.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct InvoiceLineItem {
    /// The line's id.
    pub id: String,
    /// The price's id.
    pub price_id: Option<String>,
    /// The display name.
    pub display_name: Option<String>,
    /// The display name of its plan.
    pub plan_display_name: Option<String>,
    /// The amount.
    pub amount: Option<Decimal>,
    /// The quantity.
    pub quantity: Option<Decimal>,
    /// When the billed period starts.
    pub period_start: Option<Timestamp>,
    /// When the billed period ends.
    pub period_end: Option<Timestamp>,
    /// The invoice's id. Full bodies only.
    pub invoice_id: Option<String>,
    /// The customer's id. Full bodies only.
    pub customer_id: Option<String>,
    /// The subscription's id. Full bodies only.
    pub subscription_id: Option<String>,
    /// The id of the subscription's line item. Full bodies only.
    pub subscription_line_item_id: Option<String>,
    /// The id of the line that this line belongs to. Full bodies only.
    pub parent_line_item_id: Option<String>,
    /// The kind of object that has the price, such as `plan`. Full bodies only.
    pub entity_type: Option<String>,
    /// The id of the object that has the price. Full bodies only.
    pub entity_id: Option<String>,
    /// Whether the price is for a period or for usage. Full bodies only.
    pub price_type: Option<String>,
    /// The id of the meter that counted the usage. Full bodies only.
    pub meter_id: Option<String>,
    /// The display name of the meter. Full bodies only.
    pub meter_display_name: Option<String>,
    /// The id of the unit of its price. Full bodies only.
    pub price_unit_id: Option<String>,
    /// The unit of its price. Full bodies only.
    pub price_unit: Option<String>,
    /// The amount, in the unit of its price. Full bodies only.
    pub price_unit_amount: Option<Decimal>,
    /// The currency, in lower case. Full bodies only.
    pub currency: Option<String>,
    /// The commitment that its usage counts towards. Full bodies only.
    pub commitment_info: Option<RawObject>,
    /// The amount paid from a wallet. Full bodies only.
    pub prepaid_credits_applied: Option<Decimal>,
    /// The discount of the line. Full bodies only.
    pub line_item_discount: Option<Decimal>,
    /// The line's share of the invoice's discount. Full bodies only.
    pub invoice_level_discount: Option<Decimal>,
    /// The quantity after entitlements. Full bodies only.
    pub adjusted_entitlement_quantity: Option<Decimal>,
    /// Metadata. Full bodies only.
    pub metadata: Option<Metadata>,
    /// The environment's id. Full bodies only.
    pub environment_id: Option<String>,
}
