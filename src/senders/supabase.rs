//! Supabase: authentication hooks.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Answers, Confirmed, Response, Scheme};

/// Signs as Standard Webhooks specifies. The dashboard shows the secret as `v1,whsec_...`, which is read too. A hook reads the
/// answer, which must be JSON; hooks for tokens and passwords expect a decision in it, which is left to the receiver.
///
/// <https://supabase.com/docs/guides/auth/auth-hooks>
pub const SUPABASE: Scheme = Scheme {
    name: "supabase",
    title: "Supabase (Auth hooks)",
    docs: "https://supabase.com/docs/guides/auth/auth-hooks",
    confirmed: Confirmed::Oracle,
    kind: &[],
    answers: Answers::success(Response::json(200, "{}")),
    ..signed_by_specification(HEADERS)
};
