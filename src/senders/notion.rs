//! Notion: notes.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// The key is the verification token, which Notion posts when the subscription is created.
///
/// <https://developers.notion.com/reference/webhooks>
pub const NOTION: Scheme = Scheme {
    name: "notion",
    title: "Notion",
    docs: "https://developers.notion.com/reference/webhooks",
    confirmed: Confirmed::Vector,
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    ..signed(over_body(&["x-notion-signature"], &[hex("sha256=")]))
};
