//! GitLab: code hosting. A webhook has a secret token, which is sent along, or a signing token, which signs.

use super::common::shared;
use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme, SharedToken, Unsigned};

/// Nothing is signed: whoever has seen one delivery can send another.
///
/// <https://docs.gitlab.com/user/project/integrations/webhooks/>
pub const GITLAB: Scheme = Scheme {
    name: "gitlab",
    title: "GitLab (secret token)",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    kind: &["/object_kind"],
    unsigned: Unsigned { id: Some("x-gitlab-event-uuid"), kind: Some("x-gitlab-event") },
    ..shared(SharedToken::Header(&["x-gitlab-token"]))
};

/// Signed as Standard Webhooks says.
///
/// <https://docs.gitlab.com/user/project/integrations/webhooks/>
pub const GITLAB_SIGNED: Scheme = Scheme {
    name: "gitlab-signed",
    title: "GitLab (signing token)",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    confirmed: Confirmed::Oracle,
    kind: &["/object_kind"],
    unsigned: Unsigned { id: None, kind: Some("x-gitlab-event") },
    ..signed_by_specification(HEADERS)
};
