//! Microsoft: change notifications of Graph.

use super::common::{asked, shared};
use crate::scheme::{Answer, Id, Scheme, SharedToken};

/// Nothing is signed: the `clientState` that the subscription was made with comes back. Only that of the first
/// notification is compared: where subscriptions share an address, compare the others too.
/// A notification says which resource changed, and says the same when it changes again.
/// A new address is asked, by anybody, to send back a token.
///
/// <https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks>
pub const MICROSOFT_GRAPH: Scheme = Scheme {
    name: "microsoft-graph",
    title: "Microsoft Graph",
    docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
    id: Id::ChangeNotice,
    kind: &["/value/0/changeType", "/value/0/lifecycleEvent"],
    handshakes: &[asked(&[], "validationToken", Answer::Token)],
    ..shared(SharedToken::Body("/value/0/clientState"))
};
