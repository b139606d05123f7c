//! Zendesk: customer support.

use super::common::{TIME_BODY, base64, signed, with_time_header};
use crate::scheme::{Scheme, Unit, Unsigned};

/// The body of a webhook that a trigger or an automation calls is defined by the user: an id may be that of a ticket, and a type
/// may be any text.
///
/// <https://developer.zendesk.com/documentation/webhooks/verifying/>
pub const ZENDESK: Scheme = Scheme {
    name: "zendesk",
    title: "Zendesk",
    docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    kind: &["/type"],
    unsigned: Unsigned { id: &["x-zendesk-webhook-invocation-id"], kind: &[] },
    ..signed(with_time_header(
        &["x-zendesk-webhook-signature"],
        &["x-zendesk-webhook-signature-timestamp"],
        Unit::Rfc3339,
        &[base64("")],
        TIME_BODY,
    ))
};
