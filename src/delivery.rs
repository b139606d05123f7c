//! What arrived, before anything is known about it.

use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::ptr;

use crate::error::Rejection;
use crate::scheme::Header;

/// One HTTP request as it arrived: untrusted. Only [`Verifier::verify`](crate::Verifier::verify) makes more of it.
///
/// Header names are compared without regard to case. The body is the bytes off the wire, before any decoding:
/// a body that was parsed and printed again is another body.
///
/// `Debug` shows the names of the headers and the length of the body: their contents may be secrets.
#[derive(Clone)]
pub struct Delivery<'d> {
    headers: Vec<(&'d str, &'d [u8])>,
    body: &'d [u8],
    method: Option<&'d str>,
    url: Option<&'d str>,
}

impl<'d> Delivery<'d> {
    /// A delivery of these headers (name and value, in any order) and this body.
    pub fn new(headers: impl IntoIterator<Item = (&'d str, &'d [u8])>, body: &'d [u8]) -> Self {
        Self { headers: headers.into_iter().collect(), body, method: None, url: None }
    }

    /// The request's method, for schemes that sign it.
    #[must_use]
    pub fn method(self, method: &'d str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// The URL that the sender was given, for schemes that sign it. Behind a proxy it is another than the request's.
    #[must_use]
    pub fn url(self, url: &'d str) -> Self {
        Self { url: Some(url), ..self }
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

    pub(crate) const fn body(&self) -> &'d [u8] {
        self.body
    }

    /// The value of a header that may be absent, but not doubled.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&'d [u8]>, Rejection> {
        let mut values = self.values(name);
        let value = values.next();
        if values.next().is_some() {
            return Err(Rejection::MalformedHeader {
                header: name,
                problem: "it arrived twice, so it is open which one counts",
            });
        }
        Ok(value)
    }

    /// Whether a header arrived, once or more.
    pub(crate) fn has(&self, name: &'static str) -> bool {
        self.values(name).next().is_some()
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &'d [u8]> {
        // Where only the scheme's own names cross, they are the very same texts, which need no comparing.
        let is_meant = move |own: &str| ptr::eq(own, name) || own.eq_ignore_ascii_case(name);
        self.headers.iter().filter(move |(own, _)| is_meant(own)).map(|(_, value)| *value)
    }

    /// Which family of header names the sender used: the first for which every one of `headers` arrived. Families
    /// are never mixed, since each was signed as a whole.
    pub(crate) fn family(&self, headers: &[Header]) -> Result<usize, Rejection> {
        if headers.iter().all(|names| names.is_empty()) {
            return Ok(0);
        }
        let families = headers.iter().map(|names| names.len()).max().unwrap_or(0);
        // What is missing from the family that the sender began, else from the usual one.
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

impl Debug for Delivery<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Delivery")
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
