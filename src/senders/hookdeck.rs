//! Hookdeck: event gateway.

use super::common::{base64, over_body, signed};
use crate::scheme::{Confirmed, Format, Scheme, Signature, TagPlace, Unsigned};

/// The second header is sent while the project's secret is being rotated. The body is that of the original sender.
///
/// <https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification>
pub const HOOKDECK: Scheme = Scheme {
    name: "hookdeck",
    title: "Hookdeck",
    docs: "https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification",
    confirmed: Confirmed::Oracle,
    payload: Format::JsonOrForm,
    unsigned: Unsigned { id: &["x-hookdeck-eventid"], kind: &[] },
    ..signed(Signature {
        place: TagPlace::AnyHeader(&["x-hookdeck-signature", "x-hookdeck-signature-2"]),
        ..over_body(&["x-hookdeck-signature"], &[base64("")])
    })
};
