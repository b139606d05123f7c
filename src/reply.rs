//! An HTTP response to send, as [`Verifier::answer`](crate::Verifier::answer) and
//! [`Verifier::handshake`](crate::Verifier::handshake) return it.

use alloc::string::String;
use alloc::vec::Vec;

/// A response to send. Send it with `x-content-type-options: nosniff`, because part of it may be the sender's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The value of the `content-type` header. Empty without a body: then leave the header out.
    pub content_type: &'static str,
    /// Further headers: names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body. It is empty with status 204.
    pub body: String,
    /// The URL to request before replying, if a handshake asks for that. Its host is one that the scheme lists. Do not
    /// follow redirects.
    pub visit: Option<String>,
    /// The secret that a handshake hands over, which is the key of later deliveries. Show it to the operator and to no one
    /// else.
    pub secret: Option<String>,
}

impl Reply {
    /// A response with a body and nothing else.
    pub(crate) const fn new(status: u16, content_type: &'static str, body: String) -> Self {
        Self { status, content_type, headers: Vec::new(), body, visit: None, secret: None }
    }
}
