//! Figma: design.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed: each body carries the passcode that was set when the webhook was created.
///
/// <https://developers.figma.com/docs/rest-api/webhooks-security/>
pub const FIGMA: Scheme = Scheme {
    name: "figma",
    title: "Figma",
    docs: "https://developers.figma.com/docs/rest-api/webhooks-security/",
    kind: &["/event_type"],
    ..shared(SharedToken::Body("/passcode"))
};
