//! PagerDuty: incidents.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Form, Id, Scheme, Signature};

/// Version 3. The header lists a signature for each secret during a rotation.
///
/// <https://developer.pagerduty.com/docs/verifying-signatures>
pub const PAGERDUTY: Scheme = Scheme {
    name: "pagerduty",
    title: "PagerDuty",
    docs: "https://developer.pagerduty.com/docs/verifying-signatures",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/event/id"),
    kind: &["/event/event_type"],
    ..signed(Signature {
        form: Form::Items { between: ",", within: "=" },
        ..over_body(&["x-pagerduty-signature"], &[hex("v1")])
    })
};
