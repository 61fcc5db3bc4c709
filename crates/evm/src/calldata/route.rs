//! The packed routes of Uniswap V3: token, fee, token, fee, token.

use super::Unreadable;
use alloy_primitives::Address;

/// The bytes of a token, and of a fee with the token behind it.
const TOKEN: usize = 20;
const HOP: usize = 23;

/// Tokens and fees of a packed route, in its own order.
pub(super) fn unpack(
    function: &'static str,
    path: &[u8],
) -> Result<(Vec<Address>, Vec<u32>), Unreadable> {
    let bad = Unreadable::Route {
        function,
        bytes: path.len(),
    };
    let Some((first, rest)) = path.split_first_chunk::<TOKEN>() else {
        return Err(bad);
    };
    let (hops, left) = rest.as_chunks::<HOP>();
    if !left.is_empty() {
        return Err(bad);
    }
    let mut route = vec![Address::from(first)];
    let mut fees = Vec::with_capacity(hops.len());
    for [a, b, c, token @ ..] in hops {
        fees.push(u32::from_be_bytes([0, *a, *b, *c]));
        route.push(Address::from(token));
    }
    Ok((route, fees))
}
