//! Azure Event Grid: events of Azure, as CloudEvents.

use super::common::{checked, shared};
use crate::scheme::{Answer, Handshake, HandshakeProof, Scheme, SharedToken};

/// Nothing is signed. The secret is the complete value of the `Authorization` header, which the subscription's delivery properties
/// set. For subscriptions with the schema of CloudEvents 1.0, which check a new address with `OPTIONS`.
///
/// <https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema>
pub const EVENT_GRID: Scheme = Scheme {
    name: "azure-event-grid",
    title: "Azure Event Grid (CloudEvents)",
    docs: "https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema",
    kind: &["/type"],
    handshakes: &[Handshake {
        method: Some("OPTIONS"),
        proof: HandshakeProof::Unsigned,
        token: Some("header:webhook-request-origin"),
        ..checked(
            &[("header:webhook-request-origin", Some("eventgrid.azure.net"))],
            Answer::Headers(&[("webhook-allowed-origin", "$token"), ("webhook-allowed-rate", "*")]),
        )
    }],
    ..shared(SharedToken::Header(&["authorization"]))
};
