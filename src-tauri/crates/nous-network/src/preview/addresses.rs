//! Which addresses are public, and names that lead to them.
//!
//! Whoever names a page could name a machine in the person's own network: what is not clearly of
//! the public net is refused.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A name leads to no public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no public address")]
pub struct NotPublic;

/// Names as the system resolves them; of their addresses the public ones only.
#[derive(Debug, Clone, Copy)]
pub struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move { look_up(name.as_str()).await })
    }
}

async fn look_up(name: &str) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
    public_of(tokio::net::lookup_host((name, 0)).await?)
}

/// Of the addresses of a name the public ones.
pub(super) fn public_of(
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Addrs, Box<dyn Error + Send + Sync>> {
    let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() {
        return Err(NotPublic.into());
    }
    Ok(Box::new(public.into_iter()))
}

/// Whether an address is one of the public net: no special, private, reserved or documented range,
/// and none that carries another address inside.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|range| range.holds(address)),
        IpAddr::V6(address) => {
            // Everything outside of the part that is given to the net at all is special.
            GLOBAL_V6.holds(address) && !SPECIAL_V6.iter().any(|range| range.holds(address))
        }
    }
}

/// Addresses whose first bits are the same.
struct V4 {
    first: [u8; 4],
    bits: u32,
}

impl V4 {
    fn holds(&self, address: Ipv4Addr) -> bool {
        let differs = u32::from(address) ^ u32::from_be_bytes(self.first);
        differs.leading_zeros() >= self.bits
    }
}

const fn v4(first: [u8; 4], bits: u32) -> V4 {
    V4 { first, bits }
}

/// Source: the registry of special-purpose IPv4 addresses, RFC 5771 and RFC 1112.
const SPECIAL_V4: [V4; 18] = [
    // This network.
    v4([0, 0, 0, 0], 8),
    // Private.
    v4([10, 0, 0, 0], 8),
    // Shared by customers of a provider.
    v4([100, 64, 0, 0], 10),
    // This machine.
    v4([127, 0, 0, 0], 8),
    // This link.
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    // Protocols.
    v4([192, 0, 0, 0], 24),
    // Documentation.
    v4([192, 0, 2, 0], 24),
    // Name servers for private addresses.
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    // Relays of 6to4.
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([192, 175, 48, 0], 24),
    // Measurements.
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    // To many at once.
    v4([224, 0, 0, 0], 4),
    // Reserved, and to everybody.
    v4([240, 0, 0, 0], 4),
];

struct V6 {
    first: [u16; 8],
    bits: u32,
}

impl V6 {
    fn holds(&self, address: Ipv6Addr) -> bool {
        let [a, b, c, d, e, f, g, h] = self.first;
        let first = u128::from(Ipv6Addr::new(a, b, c, d, e, f, g, h));
        (u128::from(address) ^ first).leading_zeros() >= self.bits
    }
}

const fn v6(first: [u16; 2], bits: u32) -> V6 {
    let [a, b] = first;
    V6 {
        first: [a, b, 0, 0, 0, 0, 0, 0],
        bits,
    }
}

/// What is given to the net. Mapped and translated addresses, NAT64, links, private and multicast
/// ranges lie outside.
const GLOBAL_V6: V6 = v6([0x2000, 0], 3);

/// Source: the registry of special-purpose IPv6 addresses.
const SPECIAL_V6: [V6; 5] = [
    // Protocols, Teredo, measurements, ORCHID.
    v6([0x2001, 0], 23),
    // Documentation.
    v6([0x2001, 0x0db8], 32),
    // 6to4: an IPv4 address inside.
    v6([0x2002, 0], 16),
    V6 {
        first: [0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0],
        bits: 48,
    },
    v6([0x3fff, 0], 20),
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::str::FromStr;

    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_net_are_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2606:4700::1111",
            "2a00:1450:4007::1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn special_addresses_are_not() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn nor_are_those_of_the_newer_kind_or_those_with_another_one_inside() {
        for address in [
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2620:4f:8000::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn of_several_addresses_of_a_name_only_the_public_ones_are_left() {
        let told = ["10.0.0.1", "1.1.1.1", "::1", "fd00::1", "2606:4700::1111"];
        let told = told.map(|address| SocketAddr::new(address.parse().unwrap(), 443));
        let left = public_of(told.into_iter()).unwrap();
        let left: Vec<String> = left.map(|address| address.ip().to_string()).collect();
        assert_eq!(left, ["1.1.1.1", "2606:4700::1111"]);
        assert!(public_of(told.into_iter().take(1)).is_err());
    }

    #[tokio::test]
    async fn a_name_of_this_machine_leads_nowhere() {
        let refused = PublicNames.resolve(Name::from_str("localhost").unwrap()).await;
        let error = refused.err().unwrap();
        assert!(error.is::<NotPublic>(), "{error}");
    }
}
