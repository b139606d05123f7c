//! What a sender wants to hear: the HTTP response to an accepted, a duplicate, a filtered and a rejected delivery.

/// The responses that a sender understands, one for each outcome of a delivery.
///
/// [`Verifier::answer`](crate::Verifier::answer) writes them. A sender that expects something else than
/// [`Answers::DEFAULT`] has its own: Xero refuses a body, and Twilio requires XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The delivery is genuine and its event is stored or acted on.
    pub accepted: Response,
    /// The event was accepted before.
    pub duplicate: Response,
    /// The delivery is genuine, and the receiver does not want events of its type.
    pub filtered: Response,
    /// The delivery is not genuine, or not recent.
    pub rejected: Response,
}

/// An HTTP response: status, content type and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status: 200 to 299 for a success, 400 to 599 for a rejection. It is never 410, which makes some senders give
    /// up the endpoint.
    pub status: u16,
    /// The value of the `content-type` header. Empty without a body.
    pub content_type: &'static str,
    /// The body. In a body of type `application/json`, `$id` is replaced by the event's id as a JSON string, quotation
    /// marks included.
    pub body: &'static str,
}

impl Answers {
    /// 200 with a JSON object of the event's id and the outcome, and 401 with one that does not say why.
    pub const DEFAULT: Self = Self {
        accepted: Response::json(200, r#"{"id":$id,"status":"accepted"}"#),
        duplicate: Response::json(200, r#"{"id":$id,"status":"duplicate"}"#),
        filtered: Response::json(200, r#"{"id":$id,"status":"filtered"}"#),
        rejected: Response::json(401, r#"{"error":"not authentic"}"#),
    };

    /// One response for every success, and the default for a rejection.
    #[must_use]
    pub const fn success(response: Response) -> Self {
        Self { accepted: response, duplicate: response, filtered: response, ..Self::DEFAULT }
    }
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, content_type: "", body: "" }
    }

    /// A response with a JSON body.
    #[must_use]
    pub const fn json(status: u16, body: &'static str) -> Self {
        Self { status, content_type: "application/json", body }
    }
}
