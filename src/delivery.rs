//! What arrived, before anything is known about it.

use alloc::vec::Vec;

use crate::error::Rejection;
use crate::scheme::Header;

/// One HTTP request as it arrived: untrusted. Only [`Verifier::verify`](crate::Verifier::verify) makes more of it.
///
/// Header names are compared without regard to case. The body is the bytes off the wire, before any decoding:
/// a body that was parsed and printed again is another body.
#[derive(Clone, Debug)]
pub struct Delivery<'d> {
    headers: Vec<(&'d str, &'d [u8])>,
    body: &'d [u8],
}

impl<'d> Delivery<'d> {
    /// A delivery of these headers (name and value, in any order) and this body.
    pub fn new(headers: impl IntoIterator<Item = (&'d str, &'d [u8])>, body: &'d [u8]) -> Self {
        Self { headers: headers.into_iter().collect(), body }
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

    fn values(&self, name: &'static str) -> impl Iterator<Item = &'d [u8]> {
        self.headers.iter().filter(move |(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Which family of header names the sender used: the first for which every one of `headers` arrived. Families
    /// are never mixed, since each was signed as a whole.
    pub(crate) fn family(&self, headers: &[Header]) -> Result<usize, Rejection> {
        let arrived = |name: &'static str| self.values(name).next().is_some();
        let families = headers.first().map_or(0, |header| header.len());
        let complete =
            |family: &usize| headers.iter().all(|names| names.get(*family).is_some_and(|name| arrived(name)));
        if let Some(family) = (0..families).find(complete) {
            return Ok(family);
        }
        // Name what is missing from the family that the sender began, else from the usual one.
        let begun = |family: &usize| headers.iter().any(|names| names.get(*family).is_some_and(|name| arrived(name)));
        let family = (0..families).find(begun).unwrap_or(0);
        let missing = headers.iter().filter_map(|names| names.get(family)).find(|name| !arrived(name));
        Err(Rejection::MissingHeader { header: missing.copied().unwrap_or_default() })
    }
}
