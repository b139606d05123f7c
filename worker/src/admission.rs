//! Who may knock, before anything is read or verified: addresses that a source is limited to, and how often it may.

use std::cell::Cell;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;
use web_sys::Headers;

use crate::clock;
use crate::log::Line;
use crate::reply::Reply;
use crate::sources::Source;

/// Whether this sender may be listened to at all, before anything is read.
pub(crate) fn admit(source: &Source, headers: &Headers, line: &mut Line) -> Option<Reply> {
    if !source.networks.is_empty() {
        let address = headers.get("cf-connecting-ip").ok().flatten();
        let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
        if !address.is_some_and(|address| source.networks.iter().any(|network| network.contains(address))) {
            line.outcome = "rejected";
            line.code = Some("address_not_allowed");
            line.message = Some(address.map_or_else(|| "no address".into(), |address| address.to_string()));
            return Some(Reply::NotAuthentic);
        }
    }
    let bucket = source.bucket.as_ref()?;
    let after_seconds = bucket.take(clock::now_millis()).err()?;
    line.outcome = "too_many";
    Some(Reply::TooMany { after_seconds })
}

/// A network in CIDR notation: `192.0.2.0/24`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether an address is in it. An IPv4 address in the clothes of IPv6 is the IPv4 address.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        bits(self.address, address.to_canonical(), self.prefix).is_some_and(|(network, candidate)| network == candidate)
    }
}

/// The bits of two addresses of one family that a prefix of this length leaves.
fn bits(one: IpAddr, other: IpAddr, prefix: u32) -> Option<(u128, u128)> {
    let (width, one, other) = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (32_u32, u128::from(one.to_bits()), u128::from(other.to_bits())),
        (IpAddr::V6(one), IpAddr::V6(other)) => (128, one.to_bits(), other.to_bits()),
        _ => return None,
    };
    let beyond = width.checked_sub(prefix)?;
    // Of a prefix of no bits nothing is left to compare.
    Some((one.checked_shr(beyond).unwrap_or(0), other.checked_shr(beyond).unwrap_or(0)))
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = |why: &str| format!("{text:?} in allow_ips {why}");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| problem("is no address or network"))?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| problem(&format!("has a prefix that is no number from 0 to {width}")))?,
        };
        let network = Self { address, prefix };
        // An address that its own prefix cuts off is a misprint, and it is not for us to say of which half.
        let beyond = width.saturating_sub(prefix);
        let is_whole = match address {
            IpAddr::V4(address) => address.to_bits().trailing_zeros() >= beyond,
            IpAddr::V6(address) => address.to_bits().trailing_zeros() >= beyond,
        };
        if is_whole { Ok(network) } else { Err(problem("has bits beyond its prefix")) }
    }
}

/// How often a source may knock: so many times a second, and so many at once. Each isolate counts for itself.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
}

/// A bucket that fills with tokens as time goes by; each knock takes one.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    limit: RateLimit,
    /// Thousandths of tokens: so many per second are as many thousandths per millisecond.
    level: Cell<u64>,
    filled_at: Cell<u64>,
}

/// A token in thousandths.
const TOKEN: u64 = 1000;

impl TokenBucket {
    /// A full bucket.
    pub(crate) const fn new(limit: RateLimit) -> Self {
        Self { limit, level: Cell::new(u64::MAX), filled_at: Cell::new(0) }
    }

    /// Takes a token, or says in how many seconds there will be one.
    pub(crate) fn take(&self, now_millis: u64) -> Result<(), u64> {
        let rate = u64::from(self.limit.per_second);
        let passed = now_millis.saturating_sub(self.filled_at.replace(now_millis));
        let full = u64::from(self.limit.burst).saturating_mul(TOKEN);
        let level = self.level.get().saturating_add(passed.saturating_mul(rate)).min(full);
        let taken = level.checked_sub(TOKEN);
        self.level.set(taken.unwrap_or(level));
        match taken {
            Some(_) => Ok(()),
            None => Err(TOKEN.saturating_sub(level).div_ceil(rate.max(1)).div_ceil(1000).max(1)),
        }
    }
}
