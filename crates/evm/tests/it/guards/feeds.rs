//! Feeds: what they say, and when they say nothing.

mod chainlink;
mod twap;

/// The tests of one contract, for mutants of it.
pub(super) fn tests(contract: &str) -> &'static [fn()] {
    match contract {
        "ChainlinkFeed" => chainlink::ALL,
        "TwapFeed" => twap::ALL,
        _ => &[],
    }
}
