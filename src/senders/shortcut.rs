//! Shortcut: issue tracking.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Id, Scheme};

/// For webhooks with a secret. A delivery may carry several actions; its type is that of the first.
///
/// <https://help.shortcut.com/hc/en-us/articles/34734717380756>
pub const SHORTCUT: Scheme = Scheme {
    name: "shortcut",
    title: "Shortcut",
    docs: "https://help.shortcut.com/hc/en-us/articles/34734717380756",
    confirmed: Confirmed::Oracle,
    id: Id::BodyOrDigest("/id"),
    kind: &["/actions/0/action"],
    ..signed(over_body(&["payload-signature"], &[hex("")]))
};
