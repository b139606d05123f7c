//! DocuSeal: document signing.

use super::common::{TIME_DOT_BODY, hex, over_body, signed};
use crate::scheme::{Form, Place, Scheme, Signature, Timestamp, Unit};

/// The header is `<time>.<hex>`. `whsec_` is part of the secret's text.
///
/// <https://www.docuseal.com/docs/api#webhooks>
pub const DOCUSEAL: Scheme = Scheme {
    name: "docuseal",
    title: "DocuSeal",
    docs: "https://www.docuseal.com/docs/api#webhooks",
    kind: &["/event_type"],
    ..signed(Signature {
        form: Form::List { between: "." },
        content: TIME_DOT_BODY,
        timestamp: Some(Timestamp { place: Place::First, unit: Unit::Seconds }),
        ..over_body(&["x-docuseal-signature"], &[hex("")])
    })
};
