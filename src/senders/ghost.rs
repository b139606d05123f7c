//! Ghost: publishing.

use super::common::{BODY_TIME, hex, in_items, signed};
use crate::scheme::{Confirmed, Form, Scheme, Signature, Unit};

/// The header is `sha256=<hex>, t=<time>`, and the time follows the body in the signed content. The body has the current and the
/// previous state, and since 2025 the type of the event.
///
/// <https://ghost.org/docs/webhooks/>
pub const GHOST: Scheme = Scheme {
    name: "ghost",
    title: "Ghost",
    docs: "https://ghost.org/docs/webhooks/",
    confirmed: Confirmed::Vector,
    kind: &["/event"],
    ..signed(Signature {
        form: Form::Items { between: ", ", within: "=" },
        ..in_items(&["x-ghost-signature"], "t", Unit::Milliseconds, &[hex("sha256")], BODY_TIME)
    })
};
