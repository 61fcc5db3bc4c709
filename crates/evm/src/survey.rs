//! What a vault is at one block: everything that its contracts say of themselves.

use crate::{
    abi::{AssetGuard, Erc4626, Token},
    bindings::{GuardRegistry, Vault, VaultManager},
    errand::manager::{Conditions, Fees},
    names::foreign,
    pilot::{FlightError, Pilot},
    rules::pauses::Pauses,
    snapshot::Snapshot,
};
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;

/// A vault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Survey {
    /// Its address, and that of its manager contract.
    pub vault: Address,
    /// Its manager contract.
    pub logic: Address,
    /// What its shares call themselves, quoted and cut.
    pub name: String,
    /// The short form of that.
    pub symbol: String,
    /// Who runs it.
    pub manager: Address,
    /// Who is offered the manager's seat; the zero address for nobody.
    pub next_manager: Address,
    /// Who helps to run it; the zero address for nobody.
    pub trader: Address,
    /// Whether the trader may change its assets, and open and close it.
    pub toggles: (bool, bool),
    /// What is paused.
    pub pauses: Pauses,
    /// Whether only members may deposit.
    pub private: bool,
    /// For how long shares are locked after a deposit, in seconds.
    pub cooldown: u32,
    /// The fees, and those that are announced with the time from which they may be in force, in
    /// seconds since 1970.
    pub fees: (Fees, Option<(Fees, u64)>),
    /// The conditions, and those that are announced with the time from which they may be in force.
    pub conditions: (Conditions, Option<(Conditions, u64)>),
    /// The registry, and the count of its changes.
    pub registry: (Address, u64),
    /// All shares, with 18 decimals.
    pub supply: U256,
    /// What it is worth, in USD with 18 decimals; nothing when it cannot be priced now.
    pub value: Option<U256>,
    /// The highest value of a share that fees were paid on, in USD with 18 decimals.
    pub high_water: U256,
    /// What it may hold.
    pub holdings: Vec<Holding>,
}

/// One asset of a vault.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holding {
    /// The asset.
    pub asset: Address,
    /// What it calls itself, quoted and cut; nothing when it does not say.
    pub symbol: Option<String>,
    /// Its decimals; nothing when it does not say.
    pub decimals: Option<u8>,
    /// Its type in the registry; zero is a plain token.
    pub kind: u16,
    /// How much the vault has, in its smallest unit; nothing when it does not say.
    pub balance: Option<U256>,
    /// What that is worth by the asset's guard, in USD with 18 decimals; nothing when it cannot be priced
    /// now.
    pub value: Option<U256>,
    /// Whether it may be deposited.
    pub deposits: bool,
    /// Whether the registry still lets vaults get more of it: neither delisted nor frozen.
    pub listed: bool,
}

impl Survey {
    /// The value of a share, in USD with 18 decimals; nothing without shares, or when it cannot be priced.
    #[must_use]
    pub fn share_price(&self) -> Option<U256> {
        let one = U256::from(1_000_000_000_000_000_000_u64);
        self.value?.checked_mul(one)?.checked_div(self.supply)
    }

    /// Whether the registry has closed any of its assets.
    #[must_use]
    pub fn is_held_still(&self) -> bool {
        self.holdings.iter().any(|holding| !holding.listed)
    }
}

/// Asks contracts at one block.
#[derive(Debug)]
pub struct Asker<'a> {
    pilot: &'a Pilot,
    snapshot: Snapshot,
}

impl<'a> Asker<'a> {
    /// Asks at a block.
    #[must_use]
    pub const fn new(pilot: &'a Pilot, snapshot: Snapshot) -> Self {
        Self { pilot, snapshot }
    }

    /// The block.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The state as far as it was asked for.
    #[must_use]
    pub fn into_snapshot(self) -> Snapshot {
        self.snapshot
    }

    /// What a contract answers; nothing when it does not.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn may<C: SolCall>(
        &mut self,
        to: Address,
        asked: &C,
    ) -> Result<Option<C::Return>, FlightError> {
        let data = asked.abi_encode();
        let answer = self.pilot.ask(&mut self.snapshot, |snapshot| {
            snapshot.view(to, data.clone())
        });
        let answer = answer.await?;
        Ok(answer.and_then(|bytes| C::abi_decode_returns_validate(&bytes).ok()))
    }

    /// The same of a contract that must answer.
    ///
    /// # Errors
    /// [`FlightError::Invalid`] when it does not.
    pub async fn must<C: SolCall>(
        &mut self,
        to: Address,
        asked: &C,
    ) -> Result<C::Return, FlightError> {
        let odd = || FlightError::Invalid(format!("{to} does not answer `{}`", C::SIGNATURE));
        self.may(to, asked).await?.ok_or_else(odd)
    }

    /// How much of its underlying one whole share of a tokenised vault is worth (ERC-4626); nothing when it does
    /// not say so.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn share_rate(&mut self, share: Address) -> Result<Option<U256>, FlightError> {
        let Some(decimals) = self.may(share, &Token::decimalsCall {}).await? else {
            return Ok(None);
        };
        let whole = U256::from(10).checked_pow(U256::from(decimals));
        let Some(shares) = whole else {
            return Ok(None);
        };
        self.may(share, &Erc4626::convertToAssetsCall { shares })
            .await
    }

    /// The code of an account; empty for a person's.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn code(&mut self, address: Address) -> Result<Bytes, FlightError> {
        let code = self
            .pilot
            .ask(&mut self.snapshot, |snapshot| snapshot.code(address));
        code.await
    }

    /// How many transactions an account has sent by this block.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn nonce(&mut self, address: Address) -> Result<u64, FlightError> {
        self.pilot.nonce(&mut self.snapshot, address).await
    }

    /// Everything that a vault says of itself.
    ///
    /// # Errors
    /// [`FlightError`], when there is no such vault too.
    pub async fn survey(&mut self, vault: Address) -> Result<Survey, FlightError> {
        let logic = self.must(vault, &Vault::logicCall {}).await?;
        let registry = self.must(vault, &Vault::registryCall {}).await?;
        let mut holdings = Vec::new();
        for asset in self.must(vault, &Vault::assetsCall {}).await? {
            holdings.push(self.holding(vault, registry, asset).await?);
        }
        let toggles = (
            self.must(logic, &VaultManager::traderChangesAssetsCall {})
                .await?,
            self.must(logic, &VaultManager::traderTogglesPrivacyCall {})
                .await?,
        );
        Ok(Survey {
            vault,
            logic,
            name: foreign(&self.must(vault, &Vault::nameCall {}).await?),
            symbol: foreign(&self.must(vault, &Vault::symbolCall {}).await?),
            manager: self.must(vault, &Vault::managerCall {}).await?,
            next_manager: self.must(logic, &VaultManager::nextManagerCall {}).await?,
            trader: self.must(vault, &Vault::traderCall {}).await?,
            toggles,
            pauses: Pauses {
                everything: self.must(registry, &GuardRegistry::pausedCall {}).await?,
                bits: self.must(vault, &Vault::pausesCall {}).await?,
            },
            private: self.must(logic, &VaultManager::isPrivateCall {}).await?,
            cooldown: self.must(logic, &VaultManager::cooldownCall {}).await?,
            fees: self.fees(logic).await?,
            conditions: self.conditions(vault, logic).await?,
            registry: (
                registry,
                self.must(registry, &GuardRegistry::epochCall {}).await?,
            ),
            supply: self.must(vault, &Vault::totalSupplyCall {}).await?,
            value: self.may(vault, &Vault::totalValueCall {}).await?,
            high_water: self.must(logic, &VaultManager::highWaterCall {}).await?,
            holdings,
        })
    }

    async fn fees(&mut self, logic: Address) -> Result<(Fees, Option<(Fees, u64)>), FlightError> {
        let now = self.must(logic, &VaultManager::feesCall {}).await?;
        let ready = self.must(logic, &VaultManager::feesReadyAtCall {}).await?;
        let next = self.must(logic, &VaultManager::nextFeesCall {}).await?;
        Ok((fees(&now), (ready != 0).then(|| (fees(&next), ready))))
    }

    async fn conditions(
        &mut self,
        vault: Address,
        logic: Address,
    ) -> Result<(Conditions, Option<(Conditions, u64)>), FlightError> {
        let now = self.must(vault, &Vault::conditionsCall {}).await?;
        let now = Conditions {
            checks: now.checks,
            loss_per_call: now.lossPerCall,
            loss_per_day: now.lossPerDay,
        };
        let ready = self
            .must(logic, &VaultManager::conditionsReadyAtCall {})
            .await?;
        let next = self
            .must(logic, &VaultManager::nextConditionsCall {})
            .await?;
        let next = Conditions {
            checks: next.checks,
            loss_per_call: next.lossPerCall,
            loss_per_day: next.lossPerDay,
        };
        Ok((now, (ready != 0).then_some((next, ready))))
    }

    async fn holding(
        &mut self,
        vault: Address,
        registry: Address,
        asset: Address,
    ) -> Result<Holding, FlightError> {
        let exit = self
            .must(registry, &GuardRegistry::exitOfCall { asset })
            .await?;
        let guard = exit.guard;
        let symbol = self.may(asset, &Token::symbolCall {}).await?;
        Ok(Holding {
            asset,
            symbol: symbol.map(|symbol| foreign(&symbol)),
            decimals: self.may(asset, &Token::decimalsCall {}).await?,
            kind: exit.assetType,
            balance: self
                .may(guard, &AssetGuard::balanceCall { vault, asset })
                .await?,
            value: self
                .may(guard, &AssetGuard::valueCall { vault, asset })
                .await?,
            deposits: self
                .must(vault, &Vault::takesDepositsCall { asset })
                .await?,
            listed: self
                .must(registry, &GuardRegistry::mayHoldCall { asset })
                .await?,
        })
    }
}

fn fees(fees: &VaultManager::Fees) -> Fees {
    Fees {
        entry: fees.entry,
        exit: fees.exit,
        performance: fees.performance,
        management: fees.management,
    }
}
