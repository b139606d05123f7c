//! Acuity Scheduling: appointments.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Format, Id, Scheme};

/// The key is the API key of the account's main administrator. The body is a form whose field `action` is the type. Moving an
/// appointment twice sends the same body twice, so the id does not identify an event.
///
/// <https://developers.acuityscheduling.com/docs/webhooks>
pub const ACUITY: Scheme = Scheme {
    name: "acuity",
    title: "Acuity Scheduling",
    docs: "https://developers.acuityscheduling.com/docs/webhooks",
    confirmed: Confirmed::Oracle,
    id: Id::ChangeNotice,
    payload: Format::Form,
    ..signed(over_body(&["x-acuity-signature"], &[base64("")]))
};
