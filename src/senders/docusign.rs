//! Docusign: document signing.

use super::common::{base64, over_body, signed};
use crate::scheme::{Scheme, Signature, TagPlace};

/// Each of the account's keys signs in its own header, numbered from one. The first ten are read.
///
/// <https://developers.docusign.com/platform/webhooks/connect/validate/>
pub const DOCUSIGN: Scheme = Scheme {
    name: "docusign",
    title: "Docusign Connect",
    docs: "https://developers.docusign.com/platform/webhooks/connect/validate/",
    kind: &["/event"],
    ..signed(Signature {
        place: TagPlace::AnyHeader(&[
            "x-docusign-signature-1",
            "x-docusign-signature-2",
            "x-docusign-signature-3",
            "x-docusign-signature-4",
            "x-docusign-signature-5",
            "x-docusign-signature-6",
            "x-docusign-signature-7",
            "x-docusign-signature-8",
            "x-docusign-signature-9",
            "x-docusign-signature-10",
        ]),
        ..over_body(&["x-docusign-signature-1"], &[base64("")])
    })
};
