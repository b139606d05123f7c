//! Dropbox: file storage.

use super::common::{asked_in_query, hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// The key is the app secret. The body names the accounts that changed and has no type. The next change sends the same body. The
/// handshake of a new address is unsigned and asks for its challenge back.
///
/// <https://www.dropbox.com/developers/reference/webhooks>
pub const DROPBOX: Scheme = Scheme {
    name: "dropbox",
    title: "Dropbox",
    docs: "https://www.dropbox.com/developers/reference/webhooks",
    id: Id::ChangeNotice,
    handshakes: &[asked_in_query("challenge")],
    ..signed(over_body(&["x-dropbox-signature"], &[hex("")]))
};
