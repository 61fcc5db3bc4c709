//! Shares of tokenised vaults (ERC-4626): each has a guard of its own.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;

/// What a share may count for; as the constructor of `Erc4626Asset.sol`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shares {
    /// The tokenised vault, whose shares are its own token.
    pub share: Address,
    /// How much of the underlying, in its smallest unit, one whole share was worth then.
    pub anchor: U256,
    /// When that was, in seconds since 1970.
    pub since: u64,
    /// How much it may grow in 365 days, in ten-thousandths.
    pub growth: u64,
    /// Below so much of the underlying nobody says what it is worth.
    pub floor: U256,
}

impl Shares {
    pub(super) fn arguments(&self, registry: Address) -> Vec<u8> {
        let (since, growth) = (U256::from(self.since), U256::from(self.growth));
        (registry, self.share, self.anchor, since, growth, self.floor).abi_encode_params()
    }
}
