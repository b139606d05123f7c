//! HubSpot: customer relations. Three versions of its signature are in use; a header names the version.

use super::common::{base64, over_body, signed, with_time_header};
use crate::scheme::{Algorithm, Confirmed, Encoding, Part, Scheme, Signature, Spelling, Tag, Unit};

/// The method and the URL are signed too. A delivery is a batch; its type is that of the first event.
///
/// <https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation>
pub const HUBSPOT: Scheme = Scheme {
    name: "hubspot",
    title: "HubSpot (v3)",
    docs: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    confirmed: Confirmed::Oracle,
    kind: &["/0/subscriptionType"],
    ..signed(with_time_header(
        &["x-hubspot-signature-v3"],
        &["x-hubspot-request-timestamp"],
        Unit::Milliseconds,
        &[base64("")],
        &[Part::Method, Part::Url(Spelling::PartlyDecoded), Part::Body, Part::Timestamp],
    ))
};

/// A plain digest of client secret and body. Such a digest can be continued without the secret, so a body that is not
/// strict JSON is rejected.
///
/// <https://developers.hubspot.com/docs/faq/v1-request-validation>
pub const HUBSPOT_V1: Scheme = Scheme {
    name: "hubspot-v1",
    title: "HubSpot (v1)",
    docs: "https://developers.hubspot.com/docs/faq/v1-request-validation",
    confirmed: Confirmed::Vector,
    kind: &["/0/subscriptionType"],
    ..signed(Signature { content: &[Part::Secret, Part::Body], ..over_body(&["x-hubspot-signature"], &[PLAIN_DIGEST]) })
};

/// A plain digest of client secret, method, URL and body. As with v1, a body that is not strict JSON is rejected.
///
/// <https://developers.hubspot.com/docs/faq/v2-request-validation>
pub const HUBSPOT_V2: Scheme = Scheme {
    name: "hubspot-v2",
    title: "HubSpot (v2)",
    docs: "https://developers.hubspot.com/docs/faq/v2-request-validation",
    confirmed: Confirmed::Vector,
    ..signed(Signature {
        content: &[Part::Secret, Part::Method, Part::Url(Spelling::Exact), Part::Body],
        ..over_body(&["x-hubspot-signature"], &[PLAIN_DIGEST])
    })
};

const PLAIN_DIGEST: Tag = Tag { label: "", algorithm: Algorithm::Sha256, encoding: Encoding::Hex };
