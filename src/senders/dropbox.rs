//! Dropbox: file storage.

use super::common::{hex, over_body, signed};
use crate::scheme::{Id, Scheme};

/// The key is the app secret. The body names accounts that changed, and no type: it
/// is the same each time.
///
/// <https://www.dropbox.com/developers/reference/webhooks>
pub const DROPBOX: Scheme = Scheme {
    name: "dropbox",
    title: "Dropbox",
    docs: "https://www.dropbox.com/developers/reference/webhooks",
    id: Id::ChangeNotice,
    ..signed(over_body(&["x-dropbox-signature"], &[hex("")]))
};
