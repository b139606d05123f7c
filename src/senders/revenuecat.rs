//! RevenueCat: in-app subscriptions.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed. The secret is the whole value that the webhook's settings give for the `Authorization` header.
///
/// <https://www.revenuecat.com/docs/integrations/webhooks>
pub const REVENUECAT_TOKEN: Scheme = Scheme {
    name: "revenuecat-token",
    title: "RevenueCat (Authorization header)",
    docs: "https://www.revenuecat.com/docs/integrations/webhooks",
    kind: &["/event/type"],
    ..shared(SharedToken::Header(&["authorization"]))
};
