//! Dropbox: file storage.

use super::common::{hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// The key is the app secret. The body names the accounts that changed and has no type. The next change sends the same body.
///
/// <https://www.dropbox.com/developers/reference/webhooks>
pub const DROPBOX: Scheme = Scheme {
    name: "dropbox",
    title: "Dropbox",
    docs: "https://www.dropbox.com/developers/reference/webhooks",
    id: Id::ChangeNotice,
    ..signed(over_body(&["x-dropbox-signature"], &[hex("")]))
};
