//! WorkOS: enterprise sign-on.

use super::common::{TIME_DOT_BODY, hex, in_items, signed};
use crate::scheme::{Confirmed, Form, Id, Scheme, Signature, Unit};
use crate::time::Tolerance;

/// A space follows the comma in the header. WorkOS' libraries set a tolerance of three minutes.
///
/// <https://workos.com/docs/events/data-syncing/webhooks>
pub const WORKOS: Scheme = Scheme {
    name: "workos",
    title: "WorkOS",
    docs: "https://workos.com/docs/events/data-syncing/webhooks",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance::symmetric(180),
    id: Id::BodyOrDigest("/id"),
    kind: &["/event"],
    ..signed(Signature {
        form: Form::Items { between: ", ", within: "=" },
        ..in_items(&["workos-signature"], "t", Unit::Milliseconds, &[hex("v1")], TIME_DOT_BODY)
    })
};
