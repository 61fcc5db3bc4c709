//! The whole guard system as a list of contracts to be created, one after the other.
//!
//! A chain in memory and one behind a node get the same contracts in the same order, so that whoever
//! stops in the middle can go on where they stopped.

mod feeds;
mod shares;

use crate::artifacts::{self, Artifact, ArtifactError};
use crate::{calldata::Interface, onchain::Guards};
use alloy_primitives::{Address, Bytes, U256, hex};
use alloy_sol_types::SolValue;
pub use feeds::{Aggregator, Feed, Mean};
pub use shares::Shares;
use std::collections::BTreeMap;

/// The shortest and the longest that the registry lets an announcement wait, in seconds; as
/// `GuardRegistry.sol`.
pub const WAIT_SECONDS: std::ops::RangeInclusive<u64> = 3_600..=31_536_000;

/// Where the parts of a guard system are, by their names.
pub type Placed = BTreeMap<String, Address>;

/// What a guard system is made of besides its contracts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Who lists and delists.
    pub owner: Address,
    /// Who may freeze.
    pub guardian: Address,
    /// How long an announcement waits, in seconds.
    pub delay: u64,
    /// How long it may then be done, in seconds.
    pub grace: u64,
    /// Feeds, by their names; each may lean on the ones before it.
    pub feeds: Vec<(String, Feed)>,
    /// Guards of shares in tokenised vaults, by their names.
    pub shares: Vec<(String, Shares)>,
}

/// One contract of a guard system.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// Its name in the system; that of its contract, of the feed or of the shares.
    pub name: String,
    /// The contract.
    pub contract: &'static str,
    made_of: MadeOf,
}

/// What a constructor takes.
#[derive(Clone, Debug, Eq, PartialEq)]
enum MadeOf {
    Nothing,
    Registry,
    RegistryAndEscrow,
    Codes,
    Delays(Address, Address, u64, u64),
    Feed(Feed),
    Shares(Shares),
}

/// A contract cannot be created.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DeploymentError {
    /// There is no such contract.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// Something that it leans on is not there yet.
    #[error("`{0}` is not there yet")]
    NotYet(String),
}

/// The contracts behind every vault, in the order in which they are created.
const CORE: &[(&str, MadeOf)] = &[
    ("Escrow", MadeOf::Registry),
    ("Vault", MadeOf::RegistryAndEscrow),
    ("VaultManager", MadeOf::Nothing),
    ("VaultFactory", MadeOf::Codes),
    ("Erc20Guard", MadeOf::Registry),
    ("UniswapV2Guard", MadeOf::Registry),
    ("UniswapV3Guard", MadeOf::Registry),
    ("Erc4626Guard", MadeOf::Registry),
    ("AaveV3Guard", MadeOf::Registry),
    ("Erc20Asset", MadeOf::Registry),
    ("UniswapV2LpAsset", MadeOf::Registry),
    ("AaveV3Asset", MadeOf::Registry),
];

/// Which kind of contract each guard judges.
const GUARDS: &[(&str, Interface)] = &[
    ("Erc20Guard", Interface::Token),
    ("UniswapV2Guard", Interface::UniswapV2),
    ("UniswapV3Guard", Interface::UniswapV3),
    ("Erc4626Guard", Interface::Erc4626),
    ("AaveV3Guard", Interface::AaveV3),
];

impl Plan {
    /// Every contract, in the order in which they are created.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let part = |name: &str, contract, made_of| Part {
            name: name.to_owned(),
            contract,
            made_of,
        };
        let delays = MadeOf::Delays(self.owner, self.guardian, self.delay, self.grace);
        let mut parts = vec![part("GuardRegistry", "GuardRegistry", delays)];
        let core = CORE.iter().cloned();
        parts.extend(core.map(|(name, made_of)| part(name, name, made_of)));
        let feeds = self.feeds.iter();
        parts.extend(
            feeds.map(|(name, feed)| part(name, feed.contract(), MadeOf::Feed(feed.clone()))),
        );
        let shares = self.shares.iter();
        parts.extend(
            shares.map(|(name, one)| part(name, "Erc4626Asset", MadeOf::Shares(one.clone()))),
        );
        parts
    }
}

impl Part {
    /// The code that creates it, with its arguments behind it.
    ///
    /// # Errors
    /// [`DeploymentError`].
    pub fn creation(&self, placed: &Placed) -> Result<Bytes, DeploymentError> {
        let mut code = self.artifact()?.creation.to_vec();
        code.extend(self.made_of.arguments(placed)?);
        Ok(code.into())
    }

    /// The contract as the compiler left it.
    ///
    /// # Errors
    /// [`ArtifactError`] when there is none.
    pub fn artifact(&self) -> Result<&'static Artifact, ArtifactError> {
        artifacts::named(self.contract)
    }
}

impl MadeOf {
    fn arguments(&self, placed: &Placed) -> Result<Vec<u8>, DeploymentError> {
        let part = |name: &str| at(placed, name);
        Ok(match self {
            Self::Nothing => Vec::new(),
            Self::Registry => part("GuardRegistry")?.abi_encode(),
            Self::RegistryAndEscrow => {
                (part("GuardRegistry")?, part("Escrow")?).abi_encode_params()
            }
            Self::Codes => (part("Vault")?, part("VaultManager")?).abi_encode_params(),
            Self::Delays(owner, guardian, delay, grace) => {
                let (delay, grace) = (U256::from(*delay), U256::from(*grace));
                (*owner, *guardian, delay, grace).abi_encode_params()
            }
            Self::Feed(feed) => feed.arguments(placed)?,
            Self::Shares(shares) => shares.arguments(part("GuardRegistry")?),
        })
    }
}

/// Where a part is.
fn at(placed: &Placed, name: &str) -> Result<Address, DeploymentError> {
    let found = placed.get(name).copied();
    found.ok_or_else(|| DeploymentError::NotYet(name.to_owned()))
}

/// The guards of a system whose rules are mirrored here.
#[must_use]
pub fn guards(placed: &Placed) -> Guards {
    let known = GUARDS.iter();
    let known = known.filter_map(|(name, kind)| Some((*placed.get(*name)?, *kind)));
    known.collect()
}

/// Whether code is the minimal proxy (EIP-1167) of the system's `Vault`, to the byte.
#[must_use]
pub fn is_vault_of(placed: &Placed, code: &[u8]) -> bool {
    const BEFORE: [u8; 10] = hex!("363d3d373d3d3d363d73");
    const BEHIND: [u8; 15] = hex!("5af43d82803e903d91602b57fd5bf3");
    let Some(vault) = placed.get("Vault") else {
        return false;
    };
    code == [BEFORE.as_slice(), vault.as_slice(), BEHIND.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::{Placed, Plan};
    use alloy_primitives::Address;

    #[test]
    fn a_part_waits_for_what_it_leans_on() {
        let plan = Plan {
            owner: Address::repeat_byte(1),
            guardian: Address::repeat_byte(2),
            delay: 3_600,
            grace: 3_600,
            feeds: Vec::new(),
            shares: Vec::new(),
        };
        let mut placed = Placed::new();
        for part in plan.parts() {
            if part.name != "GuardRegistry" && part.name != "VaultManager" {
                assert!(part.creation(&Placed::new()).is_err(), "{}", part.name);
            }
            assert!(part.creation(&placed).is_ok(), "{}", part.name);
            placed.insert(part.name, Address::repeat_byte(3));
        }
    }
}
