//! ConfigCat: feature flags.

use super::common::{base64, signed, with_time_header};
use crate::scheme::{Confirmed, Form, Id, Part, Scheme, Signature, Unit};

/// The header lists a signature for each of the webhook's keys. `configcat_whsk_` is part of a key's text. The id is new for
/// each request, so a retry has a different id. Nothing separates the signed parts, and the body is the customer's template:
/// the id ends where its 32 hexadecimal digits end.
///
/// <https://configcat.com/docs/advanced/notifications-webhooks/#verifying-webhook-requests>
pub const CONFIGCAT: Scheme = Scheme {
    name: "configcat",
    title: "ConfigCat",
    docs: "https://configcat.com/docs/advanced/notifications-webhooks/#verifying-webhook-requests",
    confirmed: Confirmed::Vector,
    id: Id::Header(&["x-configcat-webhook-id"]),
    ..signed(Signature {
        form: Form::List { between: "," },
        ..with_time_header(
            &["x-configcat-webhook-signature-v1"],
            &["x-configcat-webhook-timestamp"],
            Unit::Seconds,
            &[base64("")],
            &[Part::Id, Part::Timestamp, Part::Body],
        )
    })
};
