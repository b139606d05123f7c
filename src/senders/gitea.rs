//! Gitea and Forgejo: code hosting.

use super::common::{hex, over_body, signed};
use crate::scheme::{Format, Scheme, Unsigned};

/// The event's type is in an unsigned header.
///
/// <https://docs.gitea.com/usage/webhooks>
pub const GITEA: Scheme = Scheme {
    name: "gitea",
    title: "Gitea, Forgejo",
    docs: "https://docs.gitea.com/usage/webhooks",
    payload: Format::JsonOrForm,
    unsigned: Unsigned { id: Some("x-gitea-delivery"), kind: Some("x-gitea-event") },
    ..signed(over_body(&["x-gitea-signature"], &[hex("")]))
};
