//! Feeds: where prices come from, with their bounds.

use super::{DeploymentError, Placed, at};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;

/// One feed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Feed {
    /// `ChainlinkFeed`.
    Aggregator(Aggregator),
    /// `TwapFeed`.
    Mean(Mean),
}

/// The price of a Chainlink-style aggregator; as the constructor of `ChainlinkFeed.sol`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Aggregator {
    /// The aggregator.
    pub source: Address,
    /// The oldest answer that counts, in seconds.
    pub max_age: u64,
    /// The least and the most that it may say, in USD with 18 decimals.
    pub bounds: (U256, U256),
    /// Where the chain's sequencer says that it is up, and the seconds to wait after it came back;
    /// the zero address where there is none.
    pub sequencer: (Address, u64),
}

/// The mean price in a Uniswap V3 pool; as the constructor of `TwapFeed.sol`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mean {
    /// The pool.
    pub pool: Address,
    /// The token.
    pub token: Address,
    /// The name of the feed of the pool's other token.
    pub other: String,
    /// Seconds.
    pub window: u32,
    /// The least mean liquidity.
    pub depth: U256,
    /// The least and the most that it may say, in USD with 18 decimals.
    pub bounds: (U256, U256),
}

impl Feed {
    pub(super) const fn contract(&self) -> &'static str {
        match self {
            Self::Aggregator(_) => "ChainlinkFeed",
            Self::Mean(_) => "TwapFeed",
        }
    }

    pub(super) fn arguments(&self, placed: &Placed) -> Result<Vec<u8>, DeploymentError> {
        Ok(match self {
            Self::Aggregator(feed) => {
                let (least, most) = feed.bounds;
                let (sequencer, grace) = feed.sequencer;
                let (age, grace) = (U256::from(feed.max_age), U256::from(grace));
                (feed.source, age, least, most, sequencer, grace).abi_encode_params()
            }
            Self::Mean(feed) => {
                let (least, most) = feed.bounds;
                let other = at(placed, &feed.other)?;
                let window = U256::from(feed.window);
                (
                    feed.pool, feed.token, other, window, feed.depth, least, most,
                )
                    .abi_encode_params()
            }
        })
    }
}
