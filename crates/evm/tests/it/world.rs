//! A small world: a registry that lists a few things, one vault, and the people around it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::{
    artifacts::Artifact,
    bindings::{Escrow, GuardRegistry, Vault, VaultFactory, VaultManager},
    chain::{Call, Chain, Outcome},
    onchain::Guards,
    reason::Reason,
};

use crate::{
    files::{artifact, contracts},
    stand_ins::{MovingFeed, Pot, Router, Token},
    ways::Gate,
};

pub(crate) const OWNER: Address = address!("0x0000000000000000000000000000000000000a01");
pub(crate) const GUARDIAN: Address = address!("0x0000000000000000000000000000000000000a02");
pub(crate) const MANAGER: Address = address!("0x0000000000000000000000000000000000000a03");
pub(crate) const TRADER: Address = address!("0x0000000000000000000000000000000000000a04");
pub(crate) const ALICE: Address = address!("0x0000000000000000000000000000000000000a05");
pub(crate) const BOB: Address = address!("0x0000000000000000000000000000000000000a06");
pub(crate) const STRANGER: Address = address!("0x0000000000000000000000000000000000000a07");
pub(crate) const DEPLOYER: Address = address!("0x0000000000000000000000000000000000000a08");

pub(crate) const HOOKED: u64 = 1;
pub(crate) const SPENDER: u64 = 2;
pub(crate) const STANDING: u64 = 4;

pub(crate) const FLOOR: u8 = 1;
pub(crate) const ALLOWANCES: u8 = 2;
pub(crate) const SUPPLY: u8 = 4;
pub(crate) const FIXED: u8 = 8;
pub(crate) const ALL: u8 = FLOOR | ALLOWANCES | SUPPLY | FIXED;

/// Seconds that an addition to the registry waits, and may then be committed for.
pub(crate) const DELAY: u64 = 172_800;
pub(crate) const GRACE: u64 = 604_800;
pub(crate) const DAY: u64 = 86_400;

/// What plain tokens are, and what is in a pot.
pub(crate) const PLAIN: u16 = 0;
pub(crate) const IN_A_POT: u16 = 5;

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) chain: Chain,
    pub(crate) registry: Address,
    pub(crate) factory: Address,
    pub(crate) escrow: Address,
    pub(crate) vault: Address,
    pub(crate) logic: Address,
    /// Six decimals, a dollar.
    pub(crate) usd: Address,
    /// 18 decimals, 2,000 dollars.
    pub(crate) eth: Address,
    /// Eight decimals, 50,000 dollars.
    pub(crate) btc: Address,
    /// 18 decimals, a dollar.
    pub(crate) dai: Address,
    /// A listed destination, and a spender whose allowances may stand.
    pub(crate) router: Address,
    /// The same, but no allowance of it may stand.
    pub(crate) shop: Address,
    pub(crate) router_guard: Address,
    pub(crate) approve_guard: Address,
    pub(crate) plain_guard: Address,
    pub(crate) pot: Address,
    pub(crate) pot_guard: Address,
    pub(crate) feeds: BTreeMap<Address, Address>,
    /// The guards that the gate mirrors: those that are deployed, none of those that stand in for them.
    pub(crate) guards: Guards,
    /// Every vault that was made.
    pub(crate) vaults: Vec<Address>,
    /// What looks at what is sent to them.
    pub(crate) gate: Gate,
    /// The codes with which actions were refused that an agent made up.
    pub(crate) made_up: BTreeSet<String>,
    /// The name of what was weakened, if anything was.
    build: Option<&'static str>,
}

/// A number of whole units in a token's own.
pub(crate) fn units(whole: u64, decimals: u8) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(decimals))
}

/// A price or value in USD with 18 decimals.
pub(crate) fn dollars(whole: u64) -> U256 {
    units(whole, 18)
}

pub(crate) fn usd(whole: u64) -> U256 {
    units(whole, 6)
}

pub(crate) fn no_fees() -> (u16, u16, u16, u16) {
    (0, 0, 0, 0)
}

impl World {
    /// The world with the four tokens enabled, a trader, no fees, no cooldown and no conditions.
    pub(crate) fn new() -> Self {
        static WORLD: LazyLock<World> = LazyLock::new(|| World::found(None));
        WORLD.clone()
    }

    /// The same, under all conditions: a call may lose 1 %, a day 3 %.
    pub(crate) fn watched() -> Self {
        let mut world = Self::new();
        world.tighten(ALL, 1_000, 3_000);
        world
    }

    /// The same, out of a build in which one defence is missing.
    pub(crate) fn weakened(build: &'static str) -> Self {
        Self::found(Some(build))
    }

    /// The same, out of a build that is compiled as the weakened ones are, and lacks nothing.
    pub(crate) fn compiled_alike() -> Self {
        static WORLD: LazyLock<World> = LazyLock::new(|| World::weakened("nothing"));
        WORLD.clone()
    }

    /// Alice's 10,000 dollars are in it.
    pub(crate) fn funded(mut self) -> Self {
        self.deposit(ALICE, usd(10_000));
        self.chain.mine();
        self
    }

    fn found(build: Option<&'static str>) -> Self {
        let mut world = Self::empty(build);
        world.list_everything();
        world.make_vault();
        for asset in [world.usd, world.eth, world.btc, world.dai] {
            let deposits = true;
            world.must(
                MANAGER,
                world.logic,
                VaultManager::addAssetCall { asset, deposits },
            );
        }
        world.must(
            MANAGER,
            world.logic,
            VaultManager::setTraderCall { trader: TRADER },
        );
        world.chain.mine();
        world
    }

    fn empty(build: Option<&'static str>) -> Self {
        let mut world = Self {
            chain: Chain::new(),
            registry: Address::ZERO,
            factory: Address::ZERO,
            escrow: Address::ZERO,
            vault: Address::ZERO,
            logic: Address::ZERO,
            usd: Address::ZERO,
            eth: Address::ZERO,
            btc: Address::ZERO,
            dai: Address::ZERO,
            router: Address::ZERO,
            shop: Address::ZERO,
            router_guard: Address::ZERO,
            approve_guard: Address::ZERO,
            plain_guard: Address::ZERO,
            pot: Address::ZERO,
            pot_guard: Address::ZERO,
            feeds: BTreeMap::new(),
            guards: Guards::new(),
            vaults: Vec::new(),
            gate: build.map_or(Gate::Beside, |_| Gate::Absent),
            made_up: BTreeSet::new(),
            build,
        };
        let delays = (OWNER, GUARDIAN, U256::from(DELAY), U256::from(GRACE));
        world.registry = world.deploy("GuardRegistry", delays.abi_encode_params());
        world.escrow = world.deploy("Escrow", world.registry.abi_encode());
        let vault_code = world.deploy("Vault", (world.registry, world.escrow).abi_encode_params());
        let manager_code = world.deploy("VaultManager", Vec::new());
        let codes = (vault_code, manager_code).abi_encode_params();
        world.factory = world.deploy("VaultFactory", codes);
        world.usd = world.token(6, 1);
        world.eth = world.token(18, 2_000);
        world.btc = world.token(8, 50_000);
        world.dai = world.token(18, 1);
        let registry = world.registry.abi_encode();
        world.router = world.deploy("test/Router", Vec::new());
        world.shop = world.deploy("test/Router", Vec::new());
        world.router_guard = world.deploy("test/RouterGuard", Vec::new());
        world.approve_guard = world.deploy("test/ApproveGuard", registry.clone());
        world.plain_guard = world.deploy("test/PlainGuard", registry.clone());
        world.pot = world.deploy("test/Pot", world.eth.abi_encode());
        world.pot_guard = world.deploy("test/PotGuard", registry);
        let feed = world.feeds[&world.eth];
        world.feeds.insert(world.pot, feed);
        world.stock();
        world
    }

    /// The market sells everything at its price.
    fn stock(&mut self) {
        let tokens = [
            (self.usd, 6, 1),
            (self.eth, 18, 2_000),
            (self.btc, 8, 50_000),
            (self.dai, 18, 1),
        ];
        for router in [self.router, self.shop] {
            for (one, from, dear) in tokens {
                self.mint(one, router, units(1_000_000, from));
                for (two, into, cheap) in tokens {
                    let rate = units(dear, into) * units(1, 18) / units(cheap, from);
                    self.set_rate(router, one, two, rate);
                }
            }
        }
    }

    pub(crate) fn set_rate(&mut self, router: Address, one: Address, two: Address, rate: U256) {
        let call = Router::setRateCall {
            tokenIn: one,
            tokenOut: two,
            rate_: rate,
        };
        self.must(DEPLOYER, router, call);
    }

    fn list_everything(&mut self) {
        let tokens = [self.usd, self.eth, self.btc, self.dai];
        let spender = SPENDER | STANDING;
        let mut destinations = vec![
            (self.router, self.router_guard, spender),
            (self.shop, self.router_guard, SPENDER),
        ];
        destinations.extend(tokens.map(|token| (token, self.approve_guard, 0)));
        let mut assets: Vec<(Address, u16)> = tokens.map(|token| (token, PLAIN)).to_vec();
        assets.push((self.pot, IN_A_POT));
        let types = [(PLAIN, self.plain_guard), (IN_A_POT, self.pot_guard)];
        self.list(&destinations, &assets, &types);
    }

    /// Announces, waits and commits.
    pub(crate) fn list(
        &mut self,
        destinations: &[(Address, Address, u64)],
        assets: &[(Address, u16)],
        types: &[(u16, Address)],
    ) {
        for &(destination, guard, flags) in destinations {
            let flags = U256::from(flags);
            let call = GuardRegistry::announceDestinationCall {
                destination,
                guard,
                flags,
            };
            self.must(OWNER, self.registry, call);
        }
        for &(asset, kind) in assets {
            let feed = self.feeds[&asset];
            let call = GuardRegistry::announceAssetCall {
                asset,
                feed,
                assetType: kind,
            };
            self.must(OWNER, self.registry, call);
        }
        for &(kind, guard) in types {
            let call = GuardRegistry::announceTypeCall {
                assetType: kind,
                guard,
            };
            self.must(OWNER, self.registry, call);
        }
        self.chain.wait(DELAY);
        for &(destination, guard, flags) in destinations {
            let flags = U256::from(flags);
            let call = GuardRegistry::commitDestinationCall {
                destination,
                guard,
                flags,
            };
            self.must(STRANGER, self.registry, call);
        }
        for &(asset, kind) in assets {
            let feed = self.feeds[&asset];
            let call = GuardRegistry::commitAssetCall {
                asset,
                feed,
                assetType: kind,
            };
            self.must(STRANGER, self.registry, call);
        }
        for &(kind, guard) in types {
            let call = GuardRegistry::commitTypeCall {
                assetType: kind,
                guard,
            };
            self.must(STRANGER, self.registry, call);
        }
    }

    fn make_vault(&mut self) {
        (self.vault, self.logic) = self.another_vault(MANAGER, no_fees(), 0);
    }

    /// One more vault without conditions.
    pub(crate) fn another_vault(
        &mut self,
        manager: Address,
        fees: (u16, u16, u16, u16),
        cooldown: u32,
    ) -> (Address, Address) {
        let (entry, exit, performance, management) = fees;
        let plan = VaultFactory::Plan {
            manager,
            name: "Vault".to_owned(),
            symbol: "VLT".to_owned(),
            conditions: VaultFactory::Conditions {
                checks: 0,
                lossPerCall: u16::MAX,
                lossPerDay: u16::MAX,
            },
            fees: VaultFactory::Fees {
                entry,
                exit,
                performance,
                management,
            },
            cooldown,
            isPrivate: false,
        };
        let made = self.must(STRANGER, self.factory, VaultFactory::makeCall { plan });
        let made = VaultFactory::makeCall::abi_decode_returns(made.returned().unwrap()).unwrap();
        self.vaults.push(made.vault);
        (made.vault, made.logic)
    }

    /// Creates a contract by its artifact, or by the weakened one where there is one.
    pub(crate) fn deploy(&mut self, name: &str, arguments: Vec<u8>) -> Address {
        let found = self.artifact(name);
        let mut creation = found.creation.to_vec();
        creation.extend(arguments);
        self.chain.deploy(DEPLOYER, creation).unwrap()
    }

    fn artifact(&self, name: &str) -> Artifact {
        let weak = self.build.map(|build| format!("weakened/{build}/{name}"));
        let exists = |path: &String| contracts().join(format!("artifacts/{path}.json")).exists();
        match weak.filter(exists) {
            Some(path) => artifact(&path),
            None => artifact(name),
        }
    }

    /// A token with a price that never moves.
    pub(crate) fn token(&mut self, decimals: u8, price: u64) -> Address {
        let token = self.deploy("test/MockToken", U256::from(decimals).abi_encode());
        let feed = self.deploy("test/FixedFeed", dollars(price).abi_encode());
        self.feeds.insert(token, feed);
        token
    }

    /// Gives an asset a price that moves, before it is listed.
    pub(crate) fn moving_feed(&mut self, asset: Address, price: u64) -> Address {
        let feed = self.deploy("test/MovingFeed", dollars(price).abi_encode());
        self.feeds.insert(asset, feed);
        feed
    }

    pub(crate) fn set_price(&mut self, asset: Address, price: U256) {
        let feed = self.feeds[&asset];
        self.must(STRANGER, feed, MovingFeed::setCall { price_: price });
    }

    // Calls.

    pub(crate) fn call<C: SolCall>(&mut self, from: Address, to: Address, call: C) -> Outcome {
        self.send(&Call::new(from, to, call.abi_encode()))
    }

    /// A call that must succeed.
    #[track_caller]
    pub(crate) fn must<C: SolCall>(&mut self, from: Address, to: Address, call: C) -> Outcome {
        let outcome = self.call(from, to, call);
        assert!(
            outcome.succeeded(),
            "{}: {:?}",
            C::SIGNATURE,
            outcome.reason()
        );
        outcome
    }

    /// Why a call fails; it must.
    #[track_caller]
    pub(crate) fn why<C: SolCall>(&mut self, from: Address, to: Address, call: C) -> Reason {
        let outcome = self.call(from, to, call);
        outcome
            .reason()
            .unwrap_or_else(|| panic!("{} succeeded", C::SIGNATURE))
    }

    /// The plain string that a call fails with.
    #[track_caller]
    pub(crate) fn code<C: SolCall>(&mut self, from: Address, to: Address, call: C) -> String {
        let why = self.why(from, to, call);
        why.text()
            .unwrap_or_else(|| panic!("no code: {why:?}"))
            .to_owned()
    }

    #[track_caller]
    pub(crate) fn view<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        let call = Call::new(STRANGER, to, call.abi_encode());
        let outcome = self.chain.look(&call).unwrap();
        let why = outcome.reason();
        let told = outcome
            .returned()
            .unwrap_or_else(|| panic!("{}: {why:?}", C::SIGNATURE));
        C::abi_decode_returns(told).unwrap()
    }

    // What people do.

    pub(crate) fn exec(&mut self, from: Address, to: Address, data: impl Into<Bytes>) -> Outcome {
        let data = data.into();
        self.call(from, self.vault, Vault::executeTransactionCall { to, data })
    }

    #[track_caller]
    pub(crate) fn exec_must(&mut self, to: Address, data: impl Into<Bytes>) -> Outcome {
        let outcome = self.exec(MANAGER, to, data);
        assert!(outcome.succeeded(), "{:?}", outcome.reason());
        outcome
    }

    #[track_caller]
    pub(crate) fn exec_why(&mut self, to: Address, data: impl Into<Bytes>) -> Reason {
        self.exec(MANAGER, to, data).reason().unwrap()
    }

    pub(crate) fn batch(&mut self, from: Address, calls: &[(Address, Vec<u8>)]) -> Outcome {
        let to = calls.iter().map(|(to, _)| *to).collect();
        let data = calls.iter().map(|(_, data)| data.clone().into()).collect();
        self.call(from, self.vault, Vault::execTransactionsCall { to, data })
    }

    pub(crate) fn mint(&mut self, token: Address, to: Address, amount: U256) {
        self.must(DEPLOYER, token, Token::mintCall { to, amount });
    }

    pub(crate) fn balance(&mut self, token: Address, account: Address) -> U256 {
        self.view(token, Token::balanceOfCall { account })
    }

    pub(crate) fn allowance(&mut self, token: Address, spender: Address) -> U256 {
        let vault = self.vault;
        self.view(
            token,
            Token::allowanceCall {
                holder: vault,
                spender,
            },
        )
    }

    pub(crate) fn shares(&mut self, holder: Address) -> U256 {
        self.view(self.vault, Vault::balanceOfCall { holder })
    }

    pub(crate) fn supply(&mut self) -> U256 {
        self.view(self.vault, Vault::totalSupplyCall {})
    }

    pub(crate) fn value(&mut self) -> U256 {
        self.view(self.vault, Vault::totalValueCall {})
    }

    /// Mints the dollars, allows the vault to take them and deposits them.
    pub(crate) fn try_deposit(&mut self, who: Address, asset: Address, amount: U256) -> Outcome {
        self.mint(asset, who, amount);
        let spender = self.vault;
        self.must(who, asset, Token::approveCall { spender, amount });
        let fewest = U256::ZERO;
        self.call(
            who,
            self.vault,
            Vault::depositCall {
                asset,
                amount,
                fewest,
            },
        )
    }

    #[track_caller]
    pub(crate) fn deposit(&mut self, who: Address, amount: U256) {
        let outcome = self.try_deposit(who, self.usd, amount);
        assert!(outcome.succeeded(), "{:?}", outcome.reason());
    }

    pub(crate) fn withdraw(&mut self, who: Address, shares: U256) -> Outcome {
        self.call(who, self.vault, Vault::withdrawCall { shares })
    }

    pub(crate) fn tighten(&mut self, checks: u8, per_call: u16, per_day: u16) {
        let next = VaultManager::Conditions {
            checks,
            lossPerCall: per_call,
            lossPerDay: per_day,
        };
        self.must(
            MANAGER,
            self.logic,
            VaultManager::tightenConditionsCall { next },
        );
    }

    /// Enables what is in the pot, and puts some of the vault's ether into it.
    pub(crate) fn fill_pot(&mut self, whole_eth: u64) {
        let (asset, deposits) = (self.pot, false);
        self.must(
            MANAGER,
            self.logic,
            VaultManager::addAssetCall { asset, deposits },
        );
        let amount = units(whole_eth, 18);
        self.mint(self.eth, DEPLOYER, amount);
        self.must(
            DEPLOYER,
            self.eth,
            Token::approveCall {
                spender: asset,
                amount,
            },
        );
        self.must(
            DEPLOYER,
            asset,
            Pot::putCall {
                holder: self.vault,
                amount,
            },
        );
    }

    pub(crate) fn escrowed(&mut self, owner: Address, token: Address) -> U256 {
        self.view(self.escrow, Escrow::balanceOfCall { owner, token })
    }
}

/// An approval.
pub(crate) fn approve(spender: Address, amount: U256) -> Vec<u8> {
    Token::approveCall { spender, amount }.abi_encode()
}

impl World {
    /// A swap that pays the vault.
    pub(crate) fn swap(&self, from: Address, amount: U256, into: Address) -> Vec<u8> {
        let call = Router::swapCall {
            tokenIn: from,
            amountIn: amount,
            tokenOut: into,
            least: U256::ZERO,
            to: self.vault,
        };
        call.abi_encode()
    }

    /// Allows the router to take a token for good.
    pub(crate) fn allow_router(&mut self, token: Address) {
        let router = self.router;
        self.exec_must(token, approve(router, U256::MAX));
    }
}
