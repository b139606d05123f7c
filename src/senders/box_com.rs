//! Box: file storage.

use super::common::{BODY_TIME, base64, signed, with_time_header};
use crate::scheme::{Confirmed, Id, Scheme, Signature, TagPlace, Unit, Unsigned};
use crate::time::Tolerance;

/// An application has two keys, and each of them signs. One matching signature is enough, so either key can be replaced.
///
/// <https://developer.box.com/guides/webhooks/v2/signatures-v2/>
pub const BOX: Scheme = Scheme {
    name: "box",
    title: "Box",
    docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance { past: 600, future: 300 },
    id: Id::BodyOrDigest("/id"),
    kind: &["/trigger"],
    unsigned: Unsigned { id: &["box-delivery-id"], kind: &[] },
    ..signed(Signature {
        place: TagPlace::AnyHeader(&["box-signature-primary", "box-signature-secondary"]),
        ..with_time_header(
            &["box-signature-primary"],
            &["box-delivery-timestamp"],
            Unit::Rfc3339,
            &[base64("")],
            BODY_TIME,
        )
    })
};
