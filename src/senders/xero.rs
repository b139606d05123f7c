//! Xero: accounting.

use super::common::{base64, over_body, signed};
use crate::scheme::{Answers, Response, Scheme};

/// The key is the text of the webhooks key, although it looks like base64. A delivery may carry several events, or none. Xero
/// counts an answer with a body or a cookie as a failure.
///
/// <https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/>
pub const XERO: Scheme = Scheme {
    name: "xero",
    title: "Xero",
    docs: "https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/",
    kind: &["/events/0/eventCategory"],
    answers: Answers { rejected: Response::empty(401), ..Answers::success(Response::empty(200)) },
    ..signed(over_body(&["x-xero-signature"], &[base64("")]))
};
