//! Auth0: identity.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// The secret is the complete value of the `Authorization` header in the stream's settings. Nothing is signed. A delivery
/// is a list of logs or, in the format of one object, one log; its type is that of the first.
///
/// <https://auth0.com/docs/customize/log-streams/custom-log-streams>
pub const AUTH0: Scheme = Scheme {
    name: "auth0",
    title: "Auth0 (custom log streams)",
    docs: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
    kind: &["/0/data/type", "/data/type"],
    ..shared(SharedToken::Header(&["authorization"]))
};
