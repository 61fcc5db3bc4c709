//! Which addresses may be called.
//!
//! What is public is told by the registries of special-purpose addresses
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>; RFC 6890). For IPv6 the rule is
//! turned around: only what has been given out for global unicast is public, less what is special in
//! there.

use portcullis_firewall::outside::Reach;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses and what it is.
type Block<A> = (A, u8, &'static str);

const fn v4(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

const fn v6(head: [u16; 4], last: u16) -> Ipv6Addr {
    let [a, b, c, d] = head;
    Ipv6Addr::new(a, b, c, d, 0, 0, 0, last)
}

/// Never called, however far the reach: nothing that is named on purpose lives here, and some of
/// it gives out the machine's own credentials to whoever asks.
const NEVER_V4: &[Block<Ipv4Addr>] = &[
    (v4(0, 0, 0, 0), 8, "it is this machine by another name"),
    (v4(100, 100, 100, 200), 32, METADATA),
    (v4(168, 63, 129, 16), 32, METADATA),
    (v4(169, 254, 0, 0), 16, LINK_LOCAL),
    (v4(192, 0, 0, 192), 32, METADATA),
    (v4(224, 0, 0, 0), 4, MULTICAST),
    (v4(255, 255, 255, 255), 32, "it is everybody's address"),
];

/// The same.
const NEVER_V6: &[Block<Ipv6Addr>] = &[
    (
        v6([0, 0, 0, 0], 0),
        128,
        "it is this machine by another name",
    ),
    (v6([0xfd00, 0x0ec2, 0, 0], 0), 32, METADATA),
    (v6([0xfd20, 0x00ce, 0, 0], 0), 32, METADATA),
    (v6([0xfe80, 0, 0, 0], 0), 10, LINK_LOCAL),
    (v6([0xff00, 0, 0, 0], 0), 8, MULTICAST),
];

/// Not on the public network.
const INSIDE_V4: &[Block<Ipv4Addr>] = &[
    (v4(10, 0, 0, 0), 8, PRIVATE),
    (
        v4(100, 64, 0, 0),
        10,
        "it is shared by the customers of a provider",
    ),
    (v4(127, 0, 0, 0), 8, LOOPBACK),
    (v4(172, 16, 0, 0), 12, PRIVATE),
    (v4(192, 0, 0, 0), 24, RESERVED),
    (v4(192, 0, 2, 0), 24, DOCUMENTATION),
    (v4(192, 88, 99, 0), 24, RESERVED),
    (v4(192, 168, 0, 0), 16, PRIVATE),
    (v4(198, 18, 0, 0), 15, RESERVED),
    (v4(198, 51, 100, 0), 24, DOCUMENTATION),
    (v4(203, 0, 113, 0), 24, DOCUMENTATION),
    (v4(240, 0, 0, 0), 4, RESERVED),
];

/// The one block of IPv6 that is public at all.
const GLOBAL_V6: (Ipv6Addr, u8) = (v6([0x2000, 0, 0, 0], 0), 3);

/// Outside the global block, named for the sake of the answer.
const NAMED_V6: &[Block<Ipv6Addr>] = &[
    (v6([0, 0, 0, 0], 1), 128, LOOPBACK),
    (v6([0xfc00, 0, 0, 0], 0), 7, PRIVATE),
];

/// Special within the global block. 6to4 leads to an IPv4 address of the caller's choice, and what
/// stands in 2001::/23 is for protocols, Teredo among them.
const SPECIAL_V6: &[Block<Ipv6Addr>] = &[
    (v6([0x2001, 0, 0, 0], 0), 23, RESERVED),
    (v6([0x2001, 0x0db8, 0, 0], 0), 32, DOCUMENTATION),
    (v6([0x2002, 0, 0, 0], 0), 16, RESERVED),
    (v6([0x3fff, 0, 0, 0], 0), 20, DOCUMENTATION),
];

const DOCUMENTATION: &str = "it is an example";
const LINK_LOCAL: &str = "it is link-local, where clouds give out credentials";
const LOOPBACK: &str = "it is this machine";
const METADATA: &str = "clouds give out credentials there";
const MULTICAST: &str = "it is many machines at once";
const PRIVATE: &str = "it is private";
const RESERVED: &str = "it is reserved";

/// Why `address` may not be called, if it may not.
///
/// Fails closed: an IPv6 address that nobody has given out, or that carries an IPv4 address, is
/// not public.
pub(crate) fn refusal(address: IpAddr, reach: Reach) -> Option<&'static str> {
    never(address).or_else(|| match reach {
        Reach::Public => not_public(address),
        Reach::Anywhere => None,
    })
}

fn never(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => find_v4(NEVER_V4, address),
        IpAddr::V6(address) => find_v6(NEVER_V6, address)
            .or_else(|| carried(address).and_then(|inner| find_v4(NEVER_V4, inner))),
    }
}

fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => find_v4(INSIDE_V4, address),
        IpAddr::V6(address) => {
            let (block, bits) = GLOBAL_V6;
            if within_v6(address, block, bits) {
                find_v6(SPECIAL_V6, address)
            } else {
                find_v6(NAMED_V6, address).or(Some(RESERVED))
            }
        }
    }
}

/// The IPv4 address within an IPv6 one: mapped and compatible (RFC 4291, 2.5.5), NAT64 (RFC 6052)
/// and 6to4 (RFC 3056). The loopback address `::1` carries none.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let joined = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(joined(high, low)),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => Some(joined(high, low)),
        [0x2002, high, low, ..] => Some(joined(high, low)),
        _ => None,
    }
}

fn find_v4(blocks: &[Block<Ipv4Addr>], address: Ipv4Addr) -> Option<&'static str> {
    let within = |block: Ipv4Addr, bits: u8| {
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        address.to_bits() & mask == block.to_bits() & mask
    };
    let found = blocks.iter().find(|(block, bits, _)| within(*block, *bits));
    found.map(|(_, _, why)| *why)
}

fn find_v6(blocks: &[Block<Ipv6Addr>], address: Ipv6Addr) -> Option<&'static str> {
    let mut blocks = blocks.iter();
    let found = blocks.find(|(block, bits, _)| within_v6(address, *block, *bits));
    found.map(|(_, _, why)| *why)
}

fn within_v6(address: Ipv6Addr, block: Ipv6Addr, bits: u8) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    address.to_bits() & mask == block.to_bits() & mask
}
