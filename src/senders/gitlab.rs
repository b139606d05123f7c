//! GitLab: code hosting. A webhook has a secret token, which each delivery carries, or a signing token, which signs.

use super::common::shared;
use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme, SharedToken, Unsigned};

/// Nothing is signed: an attacker who has seen one delivery can send any other.
///
/// <https://docs.gitlab.com/user/project/integrations/webhooks/>
pub const GITLAB: Scheme = Scheme {
    name: "gitlab",
    title: "GitLab (secret token)",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    kind: &["/object_kind"],
    unsigned: Unsigned { id: &["x-gitlab-event-uuid"], kind: &["x-gitlab-event"] },
    ..shared(SharedToken::Header(&["x-gitlab-token"]))
};

/// Signs as Standard Webhooks specifies.
///
/// <https://docs.gitlab.com/user/project/integrations/webhooks/>
pub const GITLAB_SIGNED: Scheme = Scheme {
    name: "gitlab-signed",
    title: "GitLab (signing token)",
    docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    confirmed: Confirmed::Oracle,
    kind: &["/object_kind"],
    unsigned: Unsigned { id: &[], kind: &["x-gitlab-event"] },
    ..signed_by_specification(HEADERS)
};
