//! What rules must know, asked of a snapshot by the contracts' own questions.

use crate::{
    abi::{Erc4626, Feed, Registry, Token, V2Factory, Vault},
    calldata::Interface,
    rules::{Facts, Lack, Roles, pauses::Pauses},
    snapshot::{Changes, Missing, Questions, Snapshot, Stop},
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

/// The kinds of contracts that guards judge, by the guards' addresses.
pub type Guards = BTreeMap<Address, Interface>;

/// What a snapshot says.
#[derive(Debug)]
pub struct OnChain<'a> {
    snapshot: &'a Snapshot,
    questions: RefCell<Questions<'a>>,
    guards: &'a Guards,
    registry: Address,
    missing: Cell<Option<Missing>>,
}

impl<'a> OnChain<'a> {
    /// Asks the vault for its registry first.
    ///
    /// # Errors
    /// [`Stop`]; [`Stop::Invalid`] when there is no such vault.
    pub fn new(snapshot: &'a Snapshot, vault: Address, guards: &'a Guards) -> Result<Self, Stop> {
        let mut found = Self {
            snapshot,
            questions: RefCell::new(Questions::new(snapshot, None)),
            guards,
            registry: Address::ZERO,
            missing: Cell::new(None),
        };
        let registry = found.ask(vault, &Vault::registryCall {});
        found.registry = registry.map_err(|lack| found.stop(&lack))?;
        Ok(found)
    }

    /// The same, after a run.
    #[must_use]
    pub fn after<'b>(&'b self, changes: &'b Changes) -> OnChain<'b> {
        OnChain {
            snapshot: self.snapshot,
            questions: RefCell::new(Questions::new(self.snapshot, Some(changes))),
            guards: self.guards,
            registry: self.registry,
            missing: Cell::new(None),
        }
    }

    /// What stopped the last question: a part of the state that is missing, or what is lacking.
    #[must_use]
    pub fn stop(&self, lack: &Lack) -> Stop {
        let missing = self.missing.take().map(Stop::Missing);
        missing.unwrap_or_else(|| Stop::Invalid(lack.0.clone()))
    }

    /// A part of the state that a question would have needed.
    #[must_use]
    pub fn missing(&self) -> Option<Missing> {
        self.missing.take()
    }

    /// The registry's count of its changes.
    ///
    /// # Errors
    /// [`Lack`].
    pub fn epoch(&self) -> Result<u64, Lack> {
        self.ask(self.registry, &Registry::epochCall {})
    }

    /// The assets that a vault has enabled.
    ///
    /// # Errors
    /// [`Lack`].
    pub fn assets(&self, vault: Address) -> Result<Vec<Address>, Lack> {
        self.ask(vault, &Vault::assetsCall {})
    }

    /// What a vault is worth, in USD with 18 decimals; nothing when it cannot be priced.
    ///
    /// # Errors
    /// [`Lack`] when a part of the state is missing.
    pub fn value(&self, vault: Address) -> Result<Option<U256>, Lack> {
        self.may(self.ask(vault, &Vault::totalValueCall {}))
    }

    /// How much of a token somebody has; nothing when it does not say.
    ///
    /// # Errors
    /// [`Lack`] when a part of the state is missing.
    pub fn balance(&self, token: Address, owner: Address) -> Result<Option<U256>, Lack> {
        self.may(self.ask(token, &Token::balanceOfCall { owner }))
    }

    /// How much of a token somebody else may spend; nothing when it does not say.
    ///
    /// # Errors
    /// [`Lack`] when a part of the state is missing.
    pub fn allowance(
        &self,
        token: Address,
        [owner, spender]: [Address; 2],
    ) -> Result<Option<U256>, Lack> {
        self.may(self.ask(token, &Token::allowanceCall { owner, spender }))
    }

    /// What an amount of a token is worth by the registry's own feed, in USD with 18 decimals; nothing
    /// when it has no price.
    ///
    /// # Errors
    /// [`Lack`] when a part of the state is missing.
    pub fn worth(&self, token: Address, amount: U256) -> Result<Option<U256>, Lack> {
        let feed = self.ask(self.registry, &Registry::assetOfCall { asset: token })?;
        let price = self.may(self.ask(feed.feed, &Feed::priceCall {}))?;
        let decimals = self.may(self.ask(token, &Token::decimalsCall {}))?;
        let (Some(price), Some(decimals)) = (price, decimals) else {
            return Ok(None);
        };
        let unit = U256::from(10).checked_pow(U256::from(decimals));
        let worth = amount.checked_mul(price).zip(unit);
        Ok(worth.map(|(worth, unit)| worth / unit))
    }

    /// No answer is one, a missing part of the state is not.
    fn may<T>(&self, answer: Result<T, Lack>) -> Result<Option<T>, Lack> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(lack) if self.missing.get().is_some() => Err(lack),
            Err(_) => Ok(None),
        }
    }

    fn ask<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Lack> {
        let answer = self.questions.borrow_mut().ask(to, call.abi_encode());
        let answer = answer.map_err(|stop| {
            if let Stop::Missing(missing) = stop {
                self.missing.set(Some(missing));
            }
            Lack(format!("`{}` at {to}: {stop}", C::SIGNATURE))
        })?;
        let answer = answer.and_then(|bytes| C::abi_decode_returns_validate(&bytes).ok());
        answer.ok_or_else(|| Lack(format!("{to} does not answer `{}`", C::SIGNATURE)))
    }
}

impl Facts for OnChain<'_> {
    fn roles(&self, vault: Address) -> Result<Roles, Lack> {
        Ok(Roles {
            manager: self.ask(vault, &Vault::managerCall {})?,
            trader: self.ask(vault, &Vault::traderCall {})?,
        })
    }

    fn pauses(&self, vault: Address) -> Result<Pauses, Lack> {
        Ok(Pauses {
            everything: self.ask(self.registry, &Registry::pausedCall {})?,
            bits: self.ask(vault, &Vault::pausesCall {})?,
        })
    }

    fn guard_of(&self, destination: Address) -> Result<Address, Lack> {
        let found = self.ask(self.registry, &Registry::guardOfCall { destination })?;
        Ok(found.guard)
    }

    fn interface(&self, guard: Address) -> Option<Interface> {
        self.guards.get(&guard).copied()
    }

    fn enabled(&self, vault: Address, asset: Address) -> Result<bool, Lack> {
        self.ask(vault, &Vault::isEnabledCall { asset })
    }

    fn listed(&self, asset: Address) -> Result<bool, Lack> {
        let found = self.ask(self.registry, &Registry::assetOfCall { asset })?;
        Ok(!found.guard.is_zero())
    }

    fn spender(&self, spender: Address) -> Result<bool, Lack> {
        self.ask(self.registry, &Registry::isSpenderCall { spender })
    }

    fn standing(&self, spender: Address) -> Result<bool, Lack> {
        self.ask(self.registry, &Registry::isStandingCall { spender })
    }

    fn counts_allowances(&self, vault: Address) -> Result<bool, Lack> {
        /// The bit of `ALLOWANCES` in `Seats.sol`.
        const ALLOWANCES: u8 = 2;
        let found = self.ask(vault, &Vault::conditionsCall {})?;
        Ok(found.checks & ALLOWANCES != 0)
    }

    fn underlying(&self, shares: Address) -> Result<Address, Lack> {
        self.ask(shares, &Erc4626::assetCall {})
    }

    fn pair(&self, router: Address, [a, b]: [Address; 2]) -> Result<Address, Lack> {
        let factory = self.ask(router, &V2Factory::factoryCall {})?;
        let tokens = V2Factory::getPairCall {
            tokenA: a,
            tokenB: b,
        };
        self.ask(factory, &tokens)
    }

    fn time(&self) -> u64 {
        self.snapshot.block().time
    }
}
