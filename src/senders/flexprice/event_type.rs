//! Flexprice's event types, and the shapes of their bodies.

use crate::open_enum::open_enum;

open_enum! {
    /// The event types in Flexprice's code, and `invoice.create.drafted`, which its documentation still lists.
    pub enum EventType {
        CheckoutSessionCompleted = "checkout.session.completed",
        CheckoutSessionExpired = "checkout.session.expired",
        CheckoutSessionFailed = "checkout.session.failed",
        CheckoutSessionInitiated = "checkout.session.initiated",
        CreditNoteCreated = "credit_note.created",
        CreditNoteUpdated = "credit_note.updated",
        CustomerCreated = "customer.created",
        CustomerDeleted = "customer.deleted",
        CustomerUpdated = "customer.updated",
        EntitlementCreated = "entitlement.created",
        EntitlementDeleted = "entitlement.deleted",
        EntitlementGrantExhausted = "entitlement.grant.exhausted",
        EntitlementUpdated = "entitlement.updated",
        EventRejected = "event.rejected",
        FeatureCreated = "feature.created",
        FeatureDeleted = "feature.deleted",
        FeatureUpdated = "feature.updated",
        FeatureWalletBalanceAlert = "feature.wallet_balance.alert",
        InvoiceCommunicationTriggered = "invoice.communication.triggered",
        InvoiceCreateDrafted = "invoice.create.drafted",
        InvoicePaymentOverdue = "invoice.payment.overdue",
        InvoiceUpdate = "invoice.update",
        InvoiceUpdateFinalized = "invoice.update.finalized",
        InvoiceUpdatePayment = "invoice.update.payment",
        InvoiceUpdateVoided = "invoice.update.voided",
        PaymentCreated = "payment.created",
        PaymentFailed = "payment.failed",
        PaymentPending = "payment.pending",
        PaymentSuccess = "payment.success",
        PaymentUpdated = "payment.updated",
        SubscriptionActivated = "subscription.activated",
        SubscriptionCancelled = "subscription.cancelled",
        SubscriptionCreated = "subscription.created",
        SubscriptionDraftCreated = "subscription.draft.created",
        SubscriptionGroupSpendThresholdReached = "subscription.group_spend.threshold_reached",
        SubscriptionGroupSpendThresholdRecovered = "subscription.group_spend.threshold_recovered",
        SubscriptionLineItemSpendThresholdReached = "subscription.line_item_spend.threshold_reached",
        SubscriptionLineItemSpendThresholdRecovered = "subscription.line_item_spend.threshold_recovered",
        SubscriptionPaused = "subscription.paused",
        SubscriptionPhaseCreated = "subscription.phase.created",
        SubscriptionPhaseDeleted = "subscription.phase.deleted",
        SubscriptionPhaseUpdated = "subscription.phase.updated",
        SubscriptionPlanChanged = "subscription.plan_changed",
        SubscriptionRenewalDue = "subscription.renewal.due",
        SubscriptionResumed = "subscription.resumed",
        SubscriptionSpendThresholdReached = "subscription.spend.threshold_reached",
        SubscriptionSpendThresholdRecovered = "subscription.spend.threshold_recovered",
        SubscriptionUpdated = "subscription.updated",
        WalletCreated = "wallet.created",
        WalletCreditBalanceDropped = "wallet.credit_balance.dropped",
        WalletCreditBalanceRecovered = "wallet.credit_balance.recovered",
        WalletOngoingBalanceDropped = "wallet.ongoing_balance.dropped",
        WalletOngoingBalanceRecovered = "wallet.ongoing_balance.recovered",
        WalletOngoingBalanceUpdated = "wallet.ongoing_balance.updated",
        WalletTerminated = "wallet.terminated",
        WalletTransactionCreated = "wallet.transaction.created",
        WalletTransactionUpdated = "wallet.transaction.updated",
        WalletUpdated = "wallet.updated",
    }
}

/// The shapes of bodies. Each has a struct of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// `checkout_session`.
    CheckoutSessionEvent,
    /// `credit_note`.
    CreditNoteEvent,
    /// `customer`.
    CustomerEvent,
    /// `entitlement`.
    EntitlementEvent,
    /// The members of an alert, and the id of a grant.
    EntitlementGrantAlert,
    /// `feature`.
    FeatureEvent,
    /// The members of an alert, and the ids of a feature and a wallet.
    FeatureAlert,
    /// `invoice`.
    InvoiceEvent,
    /// `payment`.
    PaymentEvent,
    /// `phase`.
    PhaseEvent,
    /// `event`, and the reason of its rejection.
    RejectedEvent,
    /// `subscription`, and the members of an alert.
    SpendAlert,
    /// `subscription`.
    SubscriptionEvent,
    /// `transaction`.
    TransactionEvent,
    /// `updated_transaction`.
    TransactionUpdate,
    /// `wallet`, with or without an alert.
    WalletEvent,
}

impl EventType {
    /// The shape of this type's bodies; `None` for an unknown type.
    #[must_use]
    pub const fn shape(&self) -> Option<Shape> {
        Some(match self {
            Self::CheckoutSessionCompleted
            | Self::CheckoutSessionExpired
            | Self::CheckoutSessionFailed
            | Self::CheckoutSessionInitiated => Shape::CheckoutSessionEvent,
            Self::CreditNoteCreated | Self::CreditNoteUpdated => Shape::CreditNoteEvent,
            Self::CustomerCreated | Self::CustomerDeleted | Self::CustomerUpdated => Shape::CustomerEvent,
            Self::EntitlementCreated | Self::EntitlementDeleted | Self::EntitlementUpdated => Shape::EntitlementEvent,
            Self::EntitlementGrantExhausted => Shape::EntitlementGrantAlert,
            Self::EventRejected => Shape::RejectedEvent,
            Self::FeatureCreated | Self::FeatureDeleted | Self::FeatureUpdated => Shape::FeatureEvent,
            Self::FeatureWalletBalanceAlert => Shape::FeatureAlert,
            Self::InvoiceCommunicationTriggered
            | Self::InvoiceCreateDrafted
            | Self::InvoicePaymentOverdue
            | Self::InvoiceUpdate
            | Self::InvoiceUpdateFinalized
            | Self::InvoiceUpdatePayment
            | Self::InvoiceUpdateVoided => Shape::InvoiceEvent,
            Self::PaymentCreated
            | Self::PaymentFailed
            | Self::PaymentPending
            | Self::PaymentSuccess
            | Self::PaymentUpdated => Shape::PaymentEvent,
            Self::SubscriptionActivated
            | Self::SubscriptionCancelled
            | Self::SubscriptionCreated
            | Self::SubscriptionDraftCreated
            | Self::SubscriptionPaused
            | Self::SubscriptionPlanChanged
            | Self::SubscriptionRenewalDue
            | Self::SubscriptionResumed
            | Self::SubscriptionUpdated => Shape::SubscriptionEvent,
            Self::SubscriptionGroupSpendThresholdReached
            | Self::SubscriptionGroupSpendThresholdRecovered
            | Self::SubscriptionLineItemSpendThresholdReached
            | Self::SubscriptionLineItemSpendThresholdRecovered
            | Self::SubscriptionSpendThresholdReached
            | Self::SubscriptionSpendThresholdRecovered => Shape::SpendAlert,
            Self::SubscriptionPhaseCreated | Self::SubscriptionPhaseDeleted | Self::SubscriptionPhaseUpdated => {
                Shape::PhaseEvent
            }
            Self::WalletCreated
            | Self::WalletCreditBalanceDropped
            | Self::WalletCreditBalanceRecovered
            | Self::WalletOngoingBalanceDropped
            | Self::WalletOngoingBalanceRecovered
            | Self::WalletOngoingBalanceUpdated
            | Self::WalletTerminated
            | Self::WalletUpdated => Shape::WalletEvent,
            Self::WalletTransactionCreated => Shape::TransactionEvent,
            Self::WalletTransactionUpdated => Shape::TransactionUpdate,
            Self::Other(_) => return None,
        })
    }
}
