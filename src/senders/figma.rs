//! Figma: design.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed: the passcode that the webhook was made with comes back in every body.
///
/// <https://developers.figma.com/docs/rest-api/webhooks-security/>
pub const FIGMA: Scheme = Scheme {
    name: "figma",
    title: "Figma",
    docs: "https://developers.figma.com/docs/rest-api/webhooks-security/",
    kind: &["/event_type"],
    ..shared(SharedToken::Body("/passcode"))
};
