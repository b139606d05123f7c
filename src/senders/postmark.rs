//! Postmark: transactional email.

use super::common::shared;
use crate::scheme::{Scheme, SharedToken};

/// Nothing is signed: each delivery carries the user name and password of the webhook's settings. The secret is
/// `name:password`.
///
/// <https://postmarkapp.com/developer/webhooks/webhooks-overview>
pub const POSTMARK: Scheme = Scheme {
    name: "postmark",
    title: "Postmark",
    docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    kind: &["/RecordType"],
    ..shared(SharedToken::Basic)
};
