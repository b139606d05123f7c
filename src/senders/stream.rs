//! Stream: chat.

use super::common::{hex, over_body, signed};
use crate::scheme::{Confirmed, Format, Part, Scheme, Signature, Unsigned};

/// The key is the API secret. A body may be compressed; the text is signed, not the compressed body.
///
/// <https://getstream.io/chat/docs/node/webhooks_overview/>
pub const STREAM: Scheme = Scheme {
    name: "stream",
    title: "Stream",
    docs: "https://getstream.io/chat/docs/node/webhooks_overview/",
    confirmed: Confirmed::Oracle,
    payload: Format::JsonOrGzip,
    kind: &["/type"],
    unsigned: Unsigned { id: &["x-webhook-id"], kind: &[] },
    ..signed(Signature { content: &[Part::Payload], ..over_body(&["x-signature"], &[hex("")]) })
};
