//! Cal.com: scheduling.

use super::common::{hex, over_body, signed};
use crate::scheme::{Format, Scheme};

/// Webhooks with a custom payload template may send forms.
///
/// <https://cal.com/docs/developing/guides/automation/webhooks#verifying-the-authenticity-of-the-received-payload>
pub const CAL_COM: Scheme = Scheme {
    name: "cal-com",
    title: "Cal.com",
    docs: "https://cal.com/docs/developing/guides/automation/webhooks#verifying-the-authenticity-of-the-received-payload",
    payload: Format::JsonOrForm,
    kind: &["/triggerEvent"],
    ..signed(over_body(&["x-cal-signature-256"], &[hex("")]))
};
