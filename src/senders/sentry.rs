//! Sentry: error tracking.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The key is the integration's client secret. The resource and a time are in unsigned headers.
///
/// <https://docs.sentry.io/organization/integrations/integration-platform/webhooks/>
pub const SENTRY: Scheme = Scheme {
    name: "sentry",
    title: "Sentry",
    docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    kind: &["/action"],
    unsigned: Unsigned { id: &["request-id"], kind: &["sentry-hook-resource"] },
    ..signed(over_body(&["sentry-hook-signature"], &[hex("")]))
};
