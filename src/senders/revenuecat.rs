//! RevenueCat: in-app subscriptions.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed. The secret is the complete value of the `Authorization` header in the webhook's settings.
///
/// <https://www.revenuecat.com/docs/integrations/webhooks>
pub const REVENUECAT_TOKEN: Scheme = Scheme {
    name: "revenuecat-token",
    title: "RevenueCat (Authorization header)",
    docs: "https://www.revenuecat.com/docs/integrations/webhooks",
    kind: &["/event/type"],
    ..shared(SharedToken::Header(&["authorization"]))
};
