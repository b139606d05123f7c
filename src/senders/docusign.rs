//! Docusign: document signing.

use super::common::{base64, over_body, signed};
use crate::scheme::{Scheme, Signature, TagPlace};

/// Each of the account's keys signs in its own header, numbered from one. An account may have 100 keys.
///
/// <https://developers.docusign.com/platform/webhooks/connect/validate/>
pub const DOCUSIGN: Scheme = Scheme {
    name: "docusign",
    title: "Docusign Connect",
    docs: "https://developers.docusign.com/platform/webhooks/connect/validate/",
    kind: &["/event"],
    ..signed(Signature {
        place: TagPlace::NumberedHeader(&["x-docusign-signature-*"]),
        ..over_body(&["x-docusign-signature-1"], &[base64("")])
    })
};
