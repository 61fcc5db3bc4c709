//! Stand-ins for what vaults meet outside: tokens, a market and prices, for a chain in memory.
//!
//! They take and pay what real ones do, and anybody may mint. No command sends them to a chain.

use crate::artifacts::{Artifact, ArtifactError};
use alloy_sol_types::sol;

sol!(
    #[derive(Debug)]
    MockToken,
    "../../contracts/artifacts/test/MockToken.json"
);

sol!(
    #[derive(Debug)]
    MockPair,
    "../../contracts/artifacts/test/MockPair.json"
);

sol!(
    #[derive(Debug)]
    MockV2Router,
    "../../contracts/artifacts/test/MockV2Router.json"
);

const TOKEN: &str = include_str!("../../../contracts/artifacts/test/MockToken.json");
const ROUTER: &str = include_str!("../../../contracts/artifacts/test/MockV2Router.json");
const FEED: &str = include_str!("../../../contracts/artifacts/test/FixedFeed.json");

/// A token; its constructor takes the number of decimals.
///
/// # Errors
/// [`ArtifactError`].
pub fn token() -> Result<Artifact, ArtifactError> {
    Artifact::read(TOKEN)
}

/// A market in the manner of Uniswap V2, which is its own factory of pairs.
///
/// # Errors
/// [`ArtifactError`].
pub fn router() -> Result<Artifact, ArtifactError> {
    Artifact::read(ROUTER)
}

/// A price that never moves; its constructor takes it, in USD with 18 decimals.
///
/// # Errors
/// [`ArtifactError`].
pub fn feed() -> Result<Artifact, ArtifactError> {
    Artifact::read(FEED)
}
