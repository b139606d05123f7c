//! Auth0: identity.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// The secret is the whole value that the stream's settings give for the `Authorization` header.
///
/// <https://auth0.com/docs/customize/log-streams/custom-log-streams>
pub const AUTH0: Scheme = Scheme {
    name: "auth0",
    title: "Auth0 (custom log streams)",
    docs: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
    kind: &["/0/data/type"],
    ..shared(SharedToken::Header(&["authorization"]))
};
