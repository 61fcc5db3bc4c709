//! A small world in memory: the guard system, a market, a vault and the people around it.
//!
//! It is for showing what the contracts do without a node. Everything in it is what runs on a chain,
//! but the [tokens, the market and the prices](crate::stand_ins).

mod market;

use crate::{
    artifacts::{Artifact, ArtifactError},
    bindings::{GuardRegistry, Vault},
    chain::{Call, Chain, ChainError, Outcome},
    deployment::{self, DeploymentError, Part, Placed, Plan},
    errand::{
        Errand,
        factory::{Made, answered},
        registry::{Entry, Flags},
    },
    names::{Names, TokenName},
    preflight::{Outfit, Preflight},
    stand_ins::MockToken,
};
use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::SolCall;
pub use market::Market;

/// Who lists and delists.
pub const OWNER: Address = address!("0x0000000000000000000000000000000000000a01");
/// Who may freeze.
pub const GUARDIAN: Address = address!("0x0000000000000000000000000000000000000a02");
/// Who runs the vault.
pub const MANAGER: Address = address!("0x0000000000000000000000000000000000000a03");
/// Who helps to run it.
pub const TRADER: Address = address!("0x0000000000000000000000000000000000000a04");
/// A shareholder.
pub const ALICE: Address = address!("0x0000000000000000000000000000000000000a05");
/// Nobody in particular.
pub const PASSER_BY: Address = address!("0x0000000000000000000000000000000000000a06");

/// How long what is announced to the registry waits, and may then be done, in seconds.
pub const DELAY: u64 = 172_800;
const GRACE: u64 = 604_800;

/// The type of plain tokens, and that of shares in a pool.
const PLAIN: u16 = 0;
const POOLED: u16 = 1;

/// The world.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The chain.
    pub chain: Chain,
    /// What addresses are called.
    pub names: Names,
    /// Where the guard system is.
    pub placed: Placed,
    /// Tokens, their prices and where they are traded.
    pub market: Market,
    /// The vault, once it is made.
    pub made: Made,
}

/// Something in the world cannot be done.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SceneError {
    /// A contract is missing.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A contract cannot be created.
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    /// The chain does not do it.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Something else comes of it than has to.
    #[error("{0}")]
    Odd(String),
}

impl Scene {
    /// Tokens, a market, and people. No guard system yet.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn new() -> Result<Self, SceneError> {
        let mut chain = Chain::new();
        let market = Market::found(&mut chain)?;
        let mut names = Names::default();
        let people = [
            (OWNER, "the owner"),
            (GUARDIAN, "the guardian"),
            (MANAGER, "the manager"),
            (TRADER, "the trader"),
            (ALICE, "Alice"),
            (PASSER_BY, "a passer-by"),
            (market.router, "Uniswap V2"),
            (market.pair, "the USDC/WETH pool"),
        ];
        let named = people.map(|(who, name)| (who, name.to_owned()));
        names.places.extend(named);
        for (token, symbol, decimals) in market.tokens() {
            let symbol = symbol.to_owned();
            names.tokens.insert(token, TokenName { symbol, decimals });
        }
        let nowhere = Made {
            vault: Address::ZERO,
            logic: Address::ZERO,
        };
        Ok(Self {
            chain,
            names,
            placed: Placed::new(),
            market,
            made: nowhere,
        })
    }

    /// The contracts of the guard system.
    #[must_use]
    pub fn parts() -> Vec<Part> {
        let plan = Plan {
            owner: OWNER,
            guardian: GUARDIAN,
            delay: DELAY,
            grace: GRACE,
            feeds: Vec::new(),
            shares: Vec::new(),
        };
        plan.parts()
    }

    /// Creates one of them, and says how much gas that took.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn deploy(&mut self, part: &Part) -> Result<(Address, u64), SceneError> {
        let creation = part.creation(&self.placed)?;
        let errand = Errand::create(creation, String::new());
        let outcome = self.send(OWNER, &errand)?;
        let odd = || SceneError::Odd(format!("`{}` is not created", part.name));
        let address = outcome.created.ok_or_else(odd)?;
        self.names.places.insert(address, part.name.clone());
        self.placed.insert(part.name.clone(), address);
        Ok((address, outcome.gas))
    }

    /// What the owner lists: three tokens, the market and the pool.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn entries(&self) -> Result<Vec<Entry>, SceneError> {
        let (token_guard, router_guard) = (self.part("Erc20Guard")?, self.part("UniswapV2Guard")?);
        let market = &self.market;
        let destination = |address, guard, flags| Entry::Destination {
            address,
            guard,
            flags,
        };
        let spender = Flags {
            spender: true,
            ..Flags::default()
        };
        let mut entries = vec![destination(market.router, router_guard, spender)];
        let tokens = market.tokens().map(|(token, ..)| token);
        for token in tokens.into_iter().chain([market.pair]) {
            entries.push(destination(token, token_guard, Flags::default()));
        }
        for (address, feed) in &market.feeds {
            let kind = if *address == market.pair {
                POOLED
            } else {
                PLAIN
            };
            let (address, feed) = (*address, *feed);
            entries.push(Entry::Asset {
                address,
                feed,
                kind,
            });
        }
        for (kind, guard) in [(PLAIN, "Erc20Asset"), (POOLED, "UniswapV2LpAsset")] {
            let guard = self.part(guard)?;
            entries.push(Entry::Type { kind, guard });
        }
        Ok(entries)
    }

    /// Where a part of the guard system is.
    ///
    /// # Errors
    /// [`SceneError::Odd`] when it is not there.
    pub fn part(&self, name: &str) -> Result<Address, SceneError> {
        let found = self.placed.get(name).copied();
        found.ok_or_else(|| SceneError::Odd(format!("`{name}` is not there")))
    }

    /// Sends something.
    ///
    /// # Errors
    /// [`SceneError`]; one that the contracts refuse is none.
    pub fn send(&mut self, from: Address, errand: &Errand) -> Result<Outcome, SceneError> {
        Ok(self.chain.send(&call(from, errand))?)
    }

    /// Looks at a call of the vault before it is sent.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn look(&self, from: Address, errand: &Errand) -> Result<Preflight, SceneError> {
        let mut names = self.names.clone();
        names.vault = self.made.vault;
        let outfit = Outfit {
            vault: self.made.vault,
            guards: deployment::guards(&self.placed),
            names,
        };
        Ok(self.chain.preflight(&outfit, &call(from, errand))?)
    }

    /// Takes the vault that the factory just made as the one of this world.
    ///
    /// # Errors
    /// [`SceneError::Odd`] when it made none.
    pub fn moved_in(&mut self, outcome: &Outcome) -> Result<(), SceneError> {
        let made = outcome.returned().and_then(answered);
        self.made = made.ok_or_else(|| SceneError::Odd("no vault was made".to_owned()))?;
        let vault = self.made.vault;
        self.names.places.insert(vault, "the vault".to_owned());
        Ok(())
    }

    /// Gives somebody new units of a token.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn mint(&mut self, token: Address, to: Address, amount: U256) -> Result<(), SceneError> {
        let call = MockToken::mintCall { to, amount };
        let call = Call::new(PASSER_BY, token, call.abi_encode());
        self.chain.send(&call)?;
        Ok(())
    }

    /// What somebody has of a token.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn balance(&mut self, token: Address, account: Address) -> Result<U256, SceneError> {
        self.ask(token, &MockToken::balanceOfCall { account })
    }

    /// How many shares somebody has, with 18 decimals.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn shares(&mut self, holder: Address) -> Result<U256, SceneError> {
        self.ask(self.made.vault, &Vault::balanceOfCall { holder })
    }

    /// What the vault is worth, in USD with 18 decimals.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn value(&mut self) -> Result<U256, SceneError> {
        self.ask(self.made.vault, &Vault::totalValueCall {})
    }

    /// How often the registry has changed.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn epoch(&mut self) -> Result<u64, SceneError> {
        let registry = self.part("GuardRegistry")?;
        self.ask(registry, &GuardRegistry::epochCall {})
    }

    fn ask<C: SolCall>(&mut self, to: Address, asked: &C) -> Result<C::Return, SceneError> {
        let outcome = self
            .chain
            .look(&Call::new(PASSER_BY, to, asked.abi_encode()))?;
        let answer = outcome.returned();
        let answer = answer.and_then(|bytes| C::abi_decode_returns_validate(bytes).ok());
        answer.ok_or_else(|| SceneError::Odd(format!("{to} does not answer `{}`", C::SIGNATURE)))
    }
}

fn call(from: Address, errand: &Errand) -> Call {
    Call {
        to: errand.to,
        ..Call::new(from, Address::ZERO, errand.data.clone())
    }
}

/// The code that creates a contract, with its arguments behind it.
fn creation(artifact: &Artifact, arguments: Vec<u8>) -> Bytes {
    let mut code = artifact.creation.to_vec();
    code.extend(arguments);
    code.into()
}
