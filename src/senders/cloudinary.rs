//! Cloudinary: images and video.

use super::common::{signed, with_time_header};
use crate::scheme::{Algorithm, Confirmed, Encoding, Part, Scheme, Tag, Unit};
use crate::time::Tolerance;

/// A plain digest of body, time and API secret: SHA-1, or SHA-256 if the account is configured so. The documentation sets a
/// tolerance of two hours.
///
/// <https://cloudinary.com/documentation/notification_signatures>
pub const CLOUDINARY: Scheme = Scheme {
    name: "cloudinary",
    title: "Cloudinary",
    docs: "https://cloudinary.com/documentation/notification_signatures",
    confirmed: Confirmed::Oracle,
    tolerance: Tolerance { past: 7200, future: 300 },
    kind: &["/notification_type"],
    ..signed(with_time_header(
        &["x-cld-signature"],
        &["x-cld-timestamp"],
        Unit::Seconds,
        &[
            Tag { label: "", algorithm: Algorithm::Sha1, encoding: Encoding::Hex },
            Tag { label: "", algorithm: Algorithm::Sha256, encoding: Encoding::Hex },
        ],
        &[Part::Body, Part::Timestamp, Part::Secret],
    ))
};
