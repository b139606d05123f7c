//! Networks in CIDR notation, from the setting `allow_ips`.

use std::net::IpAddr;
use std::str::FromStr;

/// A network such as `192.0.2.0/24` or `2001:db8::/32`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether the network contains an address. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let prefixes = prefixes(self.address, address.to_canonical(), self.prefix);
        prefixes.is_some_and(|(network, candidate)| network == candidate)
    }
}

/// The first `length` bits of two addresses; `None` if one is IPv4 and the other IPv6.
fn prefixes(one: IpAddr, other: IpAddr, length: u32) -> Option<(u128, u128)> {
    let (width, one, other) = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (32_u32, u128::from(one.to_bits()), u128::from(other.to_bits())),
        (IpAddr::V6(one), IpAddr::V6(other)) => (128, one.to_bits(), other.to_bits()),
        _ => return None,
    };
    let host_bits = width.checked_sub(length)?;
    // A shift by all 128 bits overflows; a prefix of length 0 is 0.
    Some((one.checked_shr(host_bits).unwrap_or(0), other.checked_shr(host_bits).unwrap_or(0)))
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = |why: &str| format!("{text:?} in allow_ips {why}");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| problem("is not an address or a network"))?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(prefix) => prefix
                .parse()
                .ok()
                .filter(|prefix| *prefix <= width)
                .ok_or_else(|| problem(&format!("has a prefix that is not a number from 0 to {width}")))?,
        };
        let network = Self { address, prefix };
        // An address with bits after its prefix is a misprint, of the address or of the prefix.
        let host_bits = width.saturating_sub(prefix);
        let ends_with_zeros = match address {
            IpAddr::V4(address) => address.to_bits().trailing_zeros() >= host_bits,
            IpAddr::V6(address) => address.to_bits().trailing_zeros() >= host_bits,
        };
        if ends_with_zeros { Ok(network) } else { Err(problem("has bits set after its prefix")) }
    }
}
