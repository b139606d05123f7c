//! Supabase: authentication hooks.

use super::standard::{HEADERS, signed_by_specification};
use crate::scheme::{Confirmed, Scheme};

/// Signs as Standard Webhooks specifies. The dashboard shows the secret as `v1,whsec_...`, which is read too.
///
/// <https://supabase.com/docs/guides/auth/auth-hooks>
pub const SUPABASE: Scheme = Scheme {
    name: "supabase",
    title: "Supabase (Auth hooks)",
    docs: "https://supabase.com/docs/guides/auth/auth-hooks",
    confirmed: Confirmed::Oracle,
    kind: &[],
    ..signed_by_specification(HEADERS)
};
