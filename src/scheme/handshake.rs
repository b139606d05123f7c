//! Handshakes: requests by which a sender checks a new address, and the URL at which a delivery's key is published.

use super::location::{Pointer, UrlPattern};

/// A request by which a sender checks that an address is ready for deliveries, and the expected response.
///
/// A place starts with `/` or does not. `/challenge` is a JSON pointer into the body of a signed delivery, which is
/// verified before it is answered. `challenge` is a parameter in the query of a request without a body, which is unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The conditions that distinguish it from a delivery: places and the text required there. `None` requires that
    /// nothing is there.
    pub when: &'static [(&'static str, Option<&'static str>)],
    /// The place of a verify token: a secret that the receiver chose for handshakes only.
    pub verify_token: Option<&'static str>,
    /// The place of the challenge: the text to answer with. `None` if the handshake has no challenge.
    pub token: Option<&'static str>,
    /// The expected response.
    pub answer: Answer,
}

impl Handshake {
    /// Whether the request is a signed delivery, not a query.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        let place = match (self.token, self.when) {
            (Some(place), _) => place,
            (None, [(place, _), ..]) => *place,
            (None, []) => "",
        };
        matches!(place.as_bytes(), [b'/', ..])
    }
}

/// The response that a sender expects to a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The challenge as plain text, or status 204 for a handshake without a challenge.
    Token,
    /// A JSON template. `$token` is replaced by the challenge and `$tag` by its signature, made like the first kind in
    /// the scheme's `tags`. Such a challenge may contain only letters, digits, `-` and `_`.
    Json(&'static str),
    /// A request to the URL in the challenge, which must match one of these patterns.
    Visit(&'static [UrlPattern]),
}

impl Answer {
    /// Whether the answer contains a signature of the challenge.
    pub(crate) const fn signs_challenge(&self) -> bool {
        let Self::Json(template) = self else { return false };
        let mut rest = template.as_bytes();
        while let [_, tail @ ..] = rest {
            if matches!(rest, [b'$', b't', b'a', b'g', ..]) {
                return true;
            }
            rest = tail;
        }
        false
    }
}

/// Where a delivery names the URL of the key that it was signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUrl {
    /// The member of the body with the URL. It is read before the delivery is verified.
    pub at: Pointer,
    /// The patterns of which the URL must match one.
    pub like: &'static [UrlPattern],
}
