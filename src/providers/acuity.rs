//! Acuity Scheduling: appointments.

use super::common::{base64, over_body, signed};
use crate::scheme::{Format, Scheme};

/// The body is a form, whose field `action` is the type. The key is the API key of the account's main administrator.
///
/// <https://developers.acuityscheduling.com/docs/webhooks>
pub const ACUITY: Scheme = Scheme {
    name: "acuity",
    title: "Acuity Scheduling",
    docs: "https://developers.acuityscheduling.com/docs/webhooks",
    payload: Format::Form,
    ..signed(over_body(&["x-acuity-signature"], &[base64("")]))
};
