//! Microsoft: change notifications of Graph.

use super::common::{asked_in_query, shared};
use crate::scheme::{Id, Scheme, SharedToken};

/// Nothing is signed: each notification of a delivery carries the `clientState` that was set when its subscription was created,
/// and each must be one of the secrets. A notification says which resource changed, and the next change sends the same body. The handshake of a new address is unsigned and asks for its
/// token back.
///
/// <https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks>
pub const MICROSOFT_GRAPH: Scheme = Scheme {
    name: "microsoft-graph",
    title: "Microsoft Graph",
    docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
    id: Id::ChangeNotice,
    kind: &["/value/0/changeType", "/value/0/lifecycleEvent"],
    handshakes: &[asked_in_query("validationToken"), asked_in_query("validationtoken")],
    ..shared(SharedToken::Body("/value/*/clientState"))
};
