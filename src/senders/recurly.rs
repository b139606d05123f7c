//! Recurly: subscription billing.

use super::common::{TIME_DOT_BODY, hex, over_body, signed};
use crate::scheme::{Confirmed, Form, Place, Scheme, Signature, Timestamp, Unit};

/// The header is `<time>,<hex>`, with one more signature for each key during a rotation. The id in the body is that of the
/// account or subscription, which many events share.
///
/// <https://docs.recurly.com/recurly-subscriptions/docs/webhooks#signature>
pub const RECURLY: Scheme = Scheme {
    name: "recurly",
    title: "Recurly",
    docs: "https://docs.recurly.com/recurly-subscriptions/docs/webhooks#signature",
    confirmed: Confirmed::Vector,
    kind: &["/event_type"],
    ..signed(Signature {
        form: Form::List { between: "," },
        content: TIME_DOT_BODY,
        timestamp: Some(Timestamp { place: Place::First, unit: Unit::Milliseconds }),
        ..over_body(&["recurly-signature"], &[hex("")])
    })
};
