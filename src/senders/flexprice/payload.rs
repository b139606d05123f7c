//! The bodies of Flexprice's deliveries.
//!
//! <https://github.com/flexprice/flexprice/tree/main/internal/webhook/dto>

use alloc::boxed::Box;
use alloc::string::String;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use typeshare_annotation::typeshare;

use super::entity::{
    AlertState, CheckoutSession, CreditNote, Customer, Entitlement, Feature, Payment, Phase, RejectionReason,
    Subscription, Transaction, UsageEvent, Wallet, WalletAlert,
};
use super::event_type::{EventType, Shape};
use super::invoice::Invoice;
use crate::open_enum::open_enum;
use crate::payload::{Decimal, Raw, Timestamp, read_as};

/// The body of a delivery.
///
/// Two kinds of deliveries of a self-hosted Flexprice, and all deliveries before August 2025, have no event type. The shape of such a
/// body is recognized by its members.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Payload {
    /// For `checkout.session.*`.
    CheckoutSession(CheckoutSessionEvent),
    /// For `credit_note.*`.
    CreditNote(CreditNoteEvent),
    /// For `customer.*`.
    Customer(CustomerEvent),
    /// For `entitlement.*` except `entitlement.grant.exhausted`.
    Entitlement(EntitlementEvent),
    /// For `entitlement.grant.exhausted`. Deliveries of a self-hosted Flexprice do not name the type.
    EntitlementGrantAlert(EntitlementGrantAlert),
    /// For `feature.*` except `feature.wallet_balance.alert`.
    Feature(FeatureEvent),
    /// For `feature.wallet_balance.alert`.
    FeatureAlert(FeatureAlert),
    /// For `invoice.*`.
    Invoice(Box<InvoiceEvent>),
    /// For `payment.*`.
    Payment(PaymentEvent),
    /// For `subscription.phase.*`.
    Phase(PhaseEvent),
    /// For `event.rejected`.
    Rejected(RejectedEvent),
    /// For `subscription.spend.*`, `subscription.line_item_spend.*` and `subscription.group_spend.*`. Deliveries of a self-hosted Flexprice do not name the type.
    SpendAlert(SpendAlert),
    /// Other `subscription.*`.
    Subscription(SubscriptionEvent),
    /// For `wallet.transaction.created`.
    Transaction(TransactionEvent),
    /// For `wallet.transaction.updated`.
    TransactionUpdate(TransactionUpdate),
    /// Other `wallet.*`.
    Wallet(WalletEvent),
    /// An unknown shape.
    Other(Unknown),
}

/// A body with an unknown shape.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Unknown {
    /// The event type.
    #[serde(skip_serializing)]
    pub event_type: Option<EventType>,
    /// The whole body.
    pub body: Raw,
}

impl Payload {
    /// The event type, if the body has it. [`Event::kind`](crate::Event::kind) is its text.
    #[must_use]
    pub fn event_type(&self) -> Option<&EventType> {
        match self {
            Self::CheckoutSession(CheckoutSessionEvent { event_type, .. })
            | Self::CreditNote(CreditNoteEvent { event_type, .. })
            | Self::Customer(CustomerEvent { event_type, .. })
            | Self::Entitlement(EntitlementEvent { event_type, .. })
            | Self::EntitlementGrantAlert(EntitlementGrantAlert { event_type, .. })
            | Self::Feature(FeatureEvent { event_type, .. })
            | Self::FeatureAlert(FeatureAlert { event_type, .. })
            | Self::Payment(PaymentEvent { event_type, .. })
            | Self::Phase(PhaseEvent { event_type, .. })
            | Self::Rejected(RejectedEvent { event_type, .. })
            | Self::SpendAlert(SpendAlert { event_type, .. })
            | Self::Subscription(SubscriptionEvent { event_type, .. })
            | Self::Transaction(TransactionEvent { event_type, .. })
            | Self::TransactionUpdate(TransactionUpdate { event_type, .. })
            | Self::Wallet(WalletEvent { event_type, .. })
            | Self::Other(Unknown { event_type, .. }) => event_type.as_ref(),
            Self::Invoice(event) => event.event_type.as_ref(),
        }
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Raw::deserialize(deserializer)?;
        let members: Members = read_as(&body)?;
        match members.shape() {
            Some(Shape::CheckoutSessionEvent) => read_as(&body).map(Self::CheckoutSession),
            Some(Shape::CreditNoteEvent) => read_as(&body).map(Self::CreditNote),
            Some(Shape::CustomerEvent) => read_as(&body).map(Self::Customer),
            Some(Shape::EntitlementEvent) => read_as(&body).map(Self::Entitlement),
            Some(Shape::EntitlementGrantAlert) => read_as(&body).map(Self::EntitlementGrantAlert),
            Some(Shape::FeatureEvent) => read_as(&body).map(Self::Feature),
            Some(Shape::FeatureAlert) => read_as(&body).map(Self::FeatureAlert),
            Some(Shape::InvoiceEvent) => read_as(&body).map(Self::Invoice),
            Some(Shape::PaymentEvent) => read_as(&body).map(Self::Payment),
            Some(Shape::PhaseEvent) => read_as(&body).map(Self::Phase),
            Some(Shape::RejectedEvent) => read_as(&body).map(Self::Rejected),
            Some(Shape::SpendAlert) => read_as(&body).map(Self::SpendAlert),
            Some(Shape::SubscriptionEvent) => read_as(&body).map(Self::Subscription),
            Some(Shape::TransactionEvent) => read_as(&body).map(Self::Transaction),
            Some(Shape::TransactionUpdate) => read_as(&body).map(Self::TransactionUpdate),
            Some(Shape::WalletEvent) => read_as(&body).map(Self::Wallet),
            None => Ok(Self::Other(Unknown { event_type: members.event_type, body })),
        }
    }
}

/// The members by which shapes are recognized.
#[derive(Deserialize)]
struct Members {
    event_type: Option<EventType>,
    alert_type: Option<IgnoredAny>,
    checkout_session: Option<IgnoredAny>,
    credit_note: Option<IgnoredAny>,
    customer: Option<IgnoredAny>,
    entitlement: Option<IgnoredAny>,
    entitlement_grant_id: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
    feature: Option<IgnoredAny>,
    feature_id: Option<IgnoredAny>,
    invoice: Option<IgnoredAny>,
    payment: Option<IgnoredAny>,
    phase: Option<IgnoredAny>,
    subscription: Option<IgnoredAny>,
    transaction: Option<IgnoredAny>,
    updated_transaction: Option<IgnoredAny>,
    wallet: Option<IgnoredAny>,
}

/// Shapes that need more members come before those that need some of them.
const SHAPES: &[Shape] = &[
    Shape::SpendAlert,
    Shape::SubscriptionEvent,
    Shape::FeatureAlert,
    Shape::FeatureEvent,
    Shape::EntitlementGrantAlert,
    Shape::EntitlementEvent,
    Shape::CheckoutSessionEvent,
    Shape::CreditNoteEvent,
    Shape::CustomerEvent,
    Shape::InvoiceEvent,
    Shape::PaymentEvent,
    Shape::PhaseEvent,
    Shape::RejectedEvent,
    Shape::TransactionEvent,
    Shape::TransactionUpdate,
    Shape::WalletEvent,
];

impl Members {
    /// The shape of the event's type, if the body has its members; otherwise the first shape whose members it has.
    fn shape(&self) -> Option<Shape> {
        let of_type = self.event_type.as_ref().and_then(EventType::shape);
        of_type.filter(|shape| self.fit(*shape)).or_else(|| SHAPES.iter().copied().find(|shape| self.fit(*shape)))
    }

    const fn fit(&self, shape: Shape) -> bool {
        match shape {
            Shape::CheckoutSessionEvent => self.checkout_session.is_some(),
            Shape::CreditNoteEvent => self.credit_note.is_some(),
            Shape::CustomerEvent => self.customer.is_some(),
            Shape::EntitlementEvent => self.entitlement.is_some(),
            Shape::EntitlementGrantAlert => self.entitlement_grant_id.is_some(),
            Shape::FeatureEvent => self.feature.is_some(),
            Shape::FeatureAlert => self.alert_type.is_some() && (self.feature_id.is_some() || self.feature.is_some()),
            Shape::InvoiceEvent => self.invoice.is_some(),
            Shape::PaymentEvent => self.payment.is_some(),
            Shape::PhaseEvent => self.phase.is_some(),
            Shape::RejectedEvent => self.event.is_some(),
            Shape::SpendAlert => self.alert_type.is_some() && self.subscription.is_some(),
            Shape::SubscriptionEvent => self.subscription.is_some(),
            Shape::TransactionEvent => self.transaction.is_some(),
            Shape::TransactionUpdate => self.updated_transaction.is_some(),
            Shape::WalletEvent => self.wallet.is_some(),
        }
    }
}

/// For `checkout.session.*`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CheckoutSessionEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The checkout.
    pub checkout_session: CheckoutSession,
}

/// For `credit_note.*`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CreditNoteEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The credit note.
    pub credit_note: CreditNote,
}

/// For `customer.*`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CustomerEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The customer.
    pub customer: Customer,
}

/// For `entitlement.*` except `entitlement.grant.exhausted`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct EntitlementEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The entitlement.
    pub entitlement: Entitlement,
}

/// For `entitlement.grant.exhausted`. Deliveries of a self-hosted Flexprice do not name the type.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct EntitlementGrantAlert {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The subscription's id.
    pub subscription_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The entitlement's id.
    pub entitlement_id: Option<String>,
    /// The id of the grant.
    pub entitlement_grant_id: String,
    /// The alert type.
    pub alert_type: Option<GrantAlertType>,
    /// The alert state.
    pub alert_status: Option<AlertState>,
    /// The used share of the grant; `1` is all.
    pub usage_ratio: Option<Decimal>,
    /// The time of the check.
    pub triggered_at: Option<Timestamp>,
}

open_enum! {
    /// The alerts about an entitlement's grant.
    pub enum GrantAlertType {
        Exhausted = "entitlement_grant_exhausted",
        Threshold = "entitlement_grant_threshold",
    }
}

/// For `feature.*` except `feature.wallet_balance.alert`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct FeatureEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The feature.
    pub feature: Feature,
}

/// For `feature.wallet_balance.alert`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct FeatureAlert {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The alert type: `feature_wallet_balance`.
    pub alert_type: Option<String>,
    /// The alert state.
    pub alert_status: Option<AlertState>,
    /// The feature's id.
    pub feature_id: Option<String>,
    /// The wallet's id.
    pub wallet_id: Option<String>,
    /// The customer's id.
    pub customer_id: Option<String>,
    /// The balance after current usage, in the currency.
    pub current_balance: Option<Decimal>,
    /// The balance after current usage, in credits.
    pub credit_balance: Option<Decimal>,
}

/// For `invoice.*`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct InvoiceEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The invoice.
    pub invoice: Invoice,
}

/// For `payment.*`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PaymentEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The payment.
    pub payment: Payment,
}

/// For `subscription.phase.*`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PhaseEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The phase.
    pub phase: Phase,
}

/// For `event.rejected`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RejectedEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// Why it is not billed.
    pub reason: Option<RejectionReason>,
    /// The reported event.
    pub event: UsageEvent,
}

/// For `subscription.spend.*`, `subscription.line_item_spend.*` and `subscription.group_spend.*`. Deliveries of a self-hosted Flexprice do not name the type.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SpendAlert {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The subscription.
    pub subscription: Subscription,
    /// The id of the line that the alert is about.
    pub subscription_line_item_id: Option<String>,
    /// The id of the group that the alert is about.
    pub group_id: Option<String>,
    /// The alert type.
    pub alert_type: Option<SpendAlertType>,
    /// The alert state.
    pub alert_status: Option<AlertState>,
    /// The amount spent.
    pub current_spend: Option<Decimal>,
    /// The threshold of the alert.
    pub threshold: Option<Decimal>,
    /// The time of the check.
    pub triggered_at: Option<Timestamp>,
}

open_enum! {
    /// Whose spending is watched.
    pub enum SpendAlertType {
        Subscription = "subscription_spend",
        LineItem = "subscription_line_item_spend",
        Group = "subscription_group_spend",
    }
}

/// Of other `subscription.*`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SubscriptionEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The subscription.
    pub subscription: Subscription,
}

/// For `wallet.transaction.created`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TransactionEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The transaction.
    pub transaction: Transaction,
}

/// For `wallet.transaction.updated`.
#[typeshare]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TransactionUpdate {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The transaction, as it is now.
    pub updated_transaction: Transaction,
}

/// Of other `wallet.*`.
#[typeshare]
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WalletEvent {
    /// The event type.
    pub event_type: Option<EventType>,
    /// The wallet.
    pub wallet: Wallet,
    /// Why there is word of the balance.
    pub alert: Option<WalletAlert>,
}
