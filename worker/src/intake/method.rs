//! The methods of requests: the name of one goes in, what a source does with it comes out.

use countersign::Scheme;

/// The method of a request that a source receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// A delivery, or a handshake.
    Post,
    /// A handshake without a body, or a delivery whose parameters are in its URL.
    Get,
    /// A handshake without a body.
    Options,
}

impl Method {
    /// The method with this name, if a source receives it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "POST" => Some(Self::Post),
            "GET" => Some(Self::Get),
            "OPTIONS" => Some(Self::Options),
            _ => None,
        }
    }

    /// Whether the sender delivers by this method.
    pub(super) const fn delivers_for(self, scheme: &Scheme) -> bool {
        match self {
            Self::Post => true,
            Self::Get => scheme.takes_get(),
            Self::Options => false,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
            Self::Options => "OPTIONS",
        }
    }
}
