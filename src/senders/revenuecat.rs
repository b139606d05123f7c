//! RevenueCat: in-app subscriptions. A webhook sends a fixed header, and can be configured to sign as well.

use super::common::{TIME_DOT_BODY, hex, in_items, shared, signed};
use crate::scheme::{Id, Scheme, SharedToken, Unit};

/// For webhooks with a signing secret. Each attempt has a signature of its own, and the event keeps its id.
///
/// <https://www.revenuecat.com/docs/integrations/webhooks>
pub const REVENUECAT: Scheme = Scheme {
    name: "revenuecat",
    title: "RevenueCat",
    docs: "https://www.revenuecat.com/docs/integrations/webhooks",
    id: Id::BodyOrDigest("/event/id"),
    kind: &["/event/type"],
    ..signed(in_items(&["x-revenuecat-webhook-signature"], "t", Unit::Seconds, &[hex("v1")], TIME_DOT_BODY))
};

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
