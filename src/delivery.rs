//! An HTTP request as it arrived: headers, body, and where needed method and URL. Nothing in it is trusted.
//!
//! In: header pairs from any HTTP library. Out: single header values, looked up by name, with duplicates rejected.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::ptr;

use crate::error::Rejection;
use crate::limits::MAX_NUMBERED_HEADERS;
use crate::scheme::Header;
use crate::url;

/// A received HTTP request, not yet verified. Pass it to [`Verifier::verify`](crate::Verifier::verify).
///
/// Header names are compared case-insensitively. The body must be the bytes as received: a body that was parsed and
/// serialized again no longer matches its signature.
///
/// `Debug` prints the names of the headers and the length of the body. Header values and the body may hold secrets, so
/// it does not print them.
#[derive(Clone)]
pub struct Delivery<'d> {
    headers: Vec<(&'d str, &'d [u8])>,
    body: &'d [u8],
    method: Option<&'d str>,
    url: Option<&'d str>,
    arrived_at: Option<&'d str>,
}

/// The name and the value of one header, borrowed for `'d`.
///
/// It is implemented for the two kinds of pairs that maps and lists of headers yield when they are borrowed:
/// `(&Name, &Value)` and `&(Name, Value)`. The name is text, and the value is bytes or text.
pub trait HeaderPair<'d> {
    /// The name, in any case, and the bytes of the value.
    fn into_pair(self) -> (&'d str, &'d [u8]);
}

impl<'d, N, V> HeaderPair<'d> for (&'d N, &'d V)
where
    N: AsRef<str> + ?Sized,
    V: AsRef<[u8]> + ?Sized,
{
    fn into_pair(self) -> (&'d str, &'d [u8]) {
        (self.0.as_ref(), self.1.as_ref())
    }
}

impl<'d, N, V> HeaderPair<'d> for &'d (N, V)
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    fn into_pair(self) -> (&'d str, &'d [u8]) {
        (self.0.as_ref(), self.1.as_ref())
    }
}

impl<'d> Delivery<'d> {
    /// A delivery with these headers, in any order, and this body.
    ///
    /// `headers` is anything that yields pairs of a name and a value: `&http::HeaderMap`, `&Vec<(String, String)>` (as
    /// [`Signer::sign`](crate::Signer::sign) returns it), `&BTreeMap<String, String>`, or an array of literals. A header
    /// that was received twice is passed as two pairs.
    ///
    /// ```
    /// use countersign::Delivery;
    ///
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert("stripe-signature", http::HeaderValue::from_static("t=1700000000,v1=5257a869"));
    /// let delivery = Delivery::new(&headers, b"{}");
    ///
    /// let same = Delivery::new([("Stripe-Signature", "t=1700000000,v1=5257a869")], b"{}");
    /// ```
    pub fn new<H>(headers: H, body: &'d [u8]) -> Self
    where
        H: IntoIterator,
        H::Item: HeaderPair<'d>,
    {
        let headers = headers.into_iter().map(HeaderPair::into_pair).collect();
        Self { headers, body, method: None, url: None, arrived_at: None }
    }

    /// A delivery without headers, for senders that sign inside the body and for handshakes in the query.
    ///
    /// ```
    /// use countersign::Delivery;
    ///
    /// let handshake = Delivery::without_headers(b"").url("/hooks?validationToken=abc");
    /// ```
    #[must_use]
    pub const fn without_headers(body: &'d [u8]) -> Self {
        Self { headers: Vec::new(), body, method: None, url: None, arrived_at: None }
    }

    /// Adds the request's method, for schemes that [sign it](crate::Scheme::signs_method).
    #[must_use]
    pub fn method(self, method: &'d str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// Adds the URL as it was registered with the sender, for schemes that [sign it](crate::Scheme::signs_url).
    ///
    /// Behind a proxy this URL differs from the one in the request. Pass the registered URL for Twilio in any case: its
    /// signature does not show where the URL ends and the form begins.
    #[must_use]
    pub fn url(self, url: &'d str) -> Self {
        Self { url: Some(url), ..self }
    }

    /// Adds the URL of the request itself, if [`url`](Self::url) is the one that was registered. Only its query is read, and
    /// only for a sender that adds parameters to the registered URL (Twilio): the parameters of a delivery by `GET`, and the
    /// digest of a JSON body.
    ///
    /// ```
    /// use countersign::Delivery;
    ///
    /// let registered = "https://example.com/voice";
    /// let delivery = Delivery::without_headers(b"").url(registered).arrived_at("http://10.0.0.7/voice?CallSid=CA1");
    /// ```
    #[must_use]
    pub fn arrived_at(self, url: &'d str) -> Self {
        Self { arrived_at: Some(url), ..self }
    }

    /// The same request with another body.
    pub(crate) fn with_body(self, body: &'d [u8]) -> Self {
        Self { body, ..self }
    }

    pub(crate) const fn requested_method(&self) -> Option<&'d str> {
        self.method
    }

    pub(crate) const fn requested_url(&self) -> Option<&'d str> {
        self.url
    }

    /// The URL that the sender signed, which may have added parameters to the registered one.
    pub(crate) fn signed_url(&self, may_be_extended: bool) -> Cow<'d, str> {
        let url = self.url.unwrap_or_default();
        match self.arrived_at {
            Some(arrived_at) if may_be_extended => url::extended(url, arrived_at, self.body.is_empty()),
            _ => Cow::Borrowed(url),
        }
    }

    pub(crate) const fn body(&self) -> &'d [u8] {
        self.body
    }

    /// The value of a header, or `None` if it was not received. A header that was received twice is rejected.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&'d [u8]>, Rejection> {
        let mut values = self.values(name);
        let value = values.next();
        if values.next().is_some() {
            return Err(Rejection::MalformedHeader {
                header: name,
                problem: "it appears twice, so its value is ambiguous",
            });
        }
        Ok(value)
    }

    /// Whether a header was received, once or more often.
    pub(crate) fn has(&self, name: &'static str) -> bool {
        self.values(name).next().is_some()
    }

    /// Every value of a header. A name that ends with `*` is every header with a number in that place.
    pub(crate) fn values(&self, name: &'static str) -> impl Iterator<Item = &'d [u8]> {
        // The npm package passes the scheme's own names, which are equal by their address.
        let is_name = move |received: &str| {
            ptr::eq(received, name) || received.eq_ignore_ascii_case(name) || is_numbered(received, name)
        };
        self.headers.iter().filter(move |(received, _)| is_name(received)).map(|(_, value)| *value)
    }

    /// The index of the header family that the sender used: the first family of which every header was received.
    ///
    /// Families are never mixed, because each set was signed together. If no family is complete, the error names the
    /// first missing header of the family that the sender began, or of the first family if it began none.
    pub(crate) fn family(&self, headers: &[Header]) -> Result<usize, Rejection> {
        if headers.iter().all(|names| names.is_empty()) {
            return Ok(0);
        }
        let families = headers.iter().map(|names| names.len()).max().unwrap_or(0);
        let mut missing = None;
        for family in 0..families {
            let mut has_begun = false;
            let mut first_missing = None;
            for name in headers.iter().filter_map(|names| names.get(family)) {
                if self.has(name) {
                    has_begun = true;
                } else if first_missing.is_none() {
                    first_missing = Some(*name);
                }
            }
            let Some(name) = first_missing else {
                return Ok(family);
            };
            if missing.is_none() || has_begun {
                missing = Some(name);
            }
        }
        Err(Rejection::MissingHeader { header: missing.unwrap_or_default() })
    }
}

/// Whether a header is one of those that a name like `x-signature-*` names: with a number from 1 to 100 in place of the `*`.
fn is_numbered(received: &str, name: &str) -> bool {
    let Some(prefix) = name.strip_suffix('*') else { return false };
    let Some((start, digits)) = received.split_at_checked(prefix.len()) else { return false };
    let is_number = matches!(digits.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    is_number
        && start.eq_ignore_ascii_case(prefix)
        && digits.parse().is_ok_and(|number: usize| number <= MAX_NUMBERED_HEADERS)
}

impl Debug for Delivery<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Delivery")
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
