//! Snyk: vulnerability scanning.

use super::common::{hex, over_body, signed};
use crate::scheme::{Scheme, Unsigned};

/// The event's type is in an unsigned header.
///
/// <https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/validation-and-versioning-of-payloads>
pub const SNYK: Scheme = Scheme {
    name: "snyk",
    title: "Snyk",
    docs: "https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/validation-and-versioning-of-payloads",
    unsigned: Unsigned { id: &["x-snyk-transport-id"], kind: &["x-snyk-event"] },
    ..signed(over_body(&["x-hub-signature"], &[hex("sha256=")]))
};
