//! Nylas: email, calendar and contacts.

use super::common::{asked_in_query, hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// For version 3. The key is the `webhook_secret` of the destination. The handshake of a new address is unsigned and asks for its
/// challenge back.
///
/// <https://developer.nylas.com/docs/v3/notifications/>
pub const NYLAS: Scheme = Scheme {
    name: "nylas",
    title: "Nylas",
    docs: "https://developer.nylas.com/docs/v3/notifications/",
    id: Id::BodyOrDigest("/id"),
    kind: &["/type"],
    handshakes: &[asked_in_query("challenge")],
    ..signed(over_body(&["x-nylas-signature"], &[hex("")]))
};
