//! CircleCI: continuous integration.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Form, Id, Scheme, Signature, Unsigned};

/// The header is a list that may hold several versions; so far there is only `v1`.
///
/// <https://circleci.com/docs/outbound-webhooks/#validate-webhooks>
pub const CIRCLECI: Scheme = Scheme {
    name: "circleci",
    title: "CircleCI",
    docs: "https://circleci.com/docs/outbound-webhooks/#validate-webhooks",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    unsigned: Unsigned { id: &[], kind: &["circleci-event-type"] },
    ..signed(Signature {
        form: Form::Items { between: ",", within: "=" },
        ..over_body(&["circleci-signature"], &[hex("v1")])
    })
};
