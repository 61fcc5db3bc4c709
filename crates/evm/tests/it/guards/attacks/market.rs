//! A vault among protocols: the world of the vault's own tests, with the guards that are deployed.

use std::sync::LazyLock;

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::{bindings::VaultManager, calldata::Interface, chain::Outcome, reason::Reason};

use crate::{
    guards::{abi, cases::Verdict, stubs},
    world::{ALICE, MANAGER, SPENDER, World, dollars, units, usd},
};

/// Types of assets, as listed here.
pub(super) const LIQUIDITY: u16 = 10;
pub(super) const SHARES: u16 = 11;
pub(super) const LOANS: u16 = 12;

/// How long a deadline lies ahead.
pub(super) const SOON: u64 = 600;

/// The vault has 40,000 dollars; pairs are at the feeds' prices.
#[derive(Clone)]
pub(super) struct Market {
    pub(super) world: World,
    pub(super) v2: Address,
    pub(super) v3: Address,
    /// Of dollars and ether.
    pub(super) pair: Address,
    /// Of dollars, its type has one guard of its own.
    pub(super) share: Address,
    pub(super) pool: Address,
    /// Of tokens.
    pub(super) token_guard: Address,
    /// A token that anybody may trade and nobody lists.
    pub(super) rogue: Address,
}

impl Market {
    pub(super) fn new() -> Self {
        static MARKET: LazyLock<Market> = LazyLock::new(|| Market::over(World::new()));
        MARKET.clone()
    }

    /// Out of a build in which one defence is missing.
    pub(super) fn weakened(build: &'static str) -> Self {
        Self::over(World::weakened(build))
    }

    /// Out of a build that is compiled as the weakened ones are, and lacks nothing.
    pub(super) fn compiled_alike() -> Self {
        static MARKET: LazyLock<Market> = LazyLock::new(|| Market::over(World::compiled_alike()));
        MARKET.clone()
    }

    fn over(world: World) -> Self {
        let nobody = Address::ZERO;
        let mut market = Self {
            world,
            v2: nobody,
            v3: nobody,
            pair: nobody,
            share: nobody,
            pool: nobody,
            token_guard: nobody,
            rogue: nobody,
        };
        market.build();
        market.list();
        market.enable(&[market.pair, market.share, market.pool]);
        market.world.deposit(ALICE, usd(40_000));
        market.world.chain.mine();
        market
    }

    fn build(&mut self) {
        let world = &mut self.world;
        let (dollar, ether) = (world.usd, world.eth);
        self.rogue = world.token(18, 1);
        self.v2 = world.deploy("test/MockV2Router", Vec::new());
        self.v3 = world.deploy("test/MockV3Router", Vec::new());
        self.share = world.deploy("test/MockErc4626", dollar.abi_encode());
        self.pool = world.deploy("test/MockAavePool", Vec::new());
        for (one, two) in [(dollar, ether), (dollar, self.rogue), (self.rogue, ether)] {
            world.must(MANAGER, self.v2, abi::createPairCall { a: one, b: two });
        }
        self.pair = world.view(
            self.v2,
            abi::getPairCall {
                a: dollar,
                b: ether,
            },
        );
        self.fill(dollar, usd(2_000_000), ether, units(1_000, 18));
        self.fill(dollar, usd(1_000), self.rogue, units(1_000, 18));
        self.fill(self.rogue, units(1_000, 18), ether, units(1, 18));
        for (token, price, decimals) in [
            (dollar, 1, 6),
            (ether, 2_000, 18),
            (self.world.dai, 1, 18),
            (self.rogue, 1, 18),
        ] {
            let worth = units(price, 36 - decimals);
            self.tell(self.v3, abi::setWorthCall { token, worth });
            self.world.mint(token, self.v3, units(1_000_000, decimals));
        }
        for (asset, price) in [(dollar, 1), (ether, 2_000)] {
            self.tell(
                self.pool,
                abi::openCall {
                    asset,
                    price: units(price, 8),
                },
            );
        }
        self.world.mint(dollar, self.pool, usd(1_000_000));
        self.world.mint(ether, self.pool, units(1_000, 18));
    }

    /// New liquidity of nobody's.
    pub(super) fn fill(&mut self, a: Address, of_a: U256, b: Address, of_b: U256) {
        let pair = self.world.view(self.v2, abi::getPairCall { a, b });
        self.world.mint(a, pair, of_a);
        self.world.mint(b, pair, of_b);
        self.tell(
            pair,
            abi::provideCall {
                to: Address::repeat_byte(0x11),
            },
        );
    }

    fn list(&mut self) {
        let world = &mut self.world;
        let registry = world.registry.abi_encode();
        let guard = |world: &mut World, name| world.deploy(name, registry.clone());
        let tokens = guard(world, "Erc20Guard");
        self.token_guard = tokens;
        let v2 = guard(world, "UniswapV2Guard");
        let v3 = guard(world, "UniswapV3Guard");
        let shares = guard(world, "Erc4626Guard");
        let loans = guard(world, "AaveV3Guard");
        let plain = guard(world, "Erc20Asset");
        let liquidity = guard(world, "UniswapV2LpAsset");
        let position = guard(world, "AaveV3Asset");
        let bounds = (
            world.registry,
            self.share,
            U256::from(1_000_000),
            U256::from(world.chain.now()),
            U256::from(1_000),
            U256::from(900_000),
        );
        let rate = world.deploy("Erc4626Asset", bounds.abi_encode());
        for asset in [self.pair, self.share, self.pool] {
            let feed = world.feeds[&world.usd];
            world.feeds.insert(asset, feed);
        }
        let destinations = [
            (world.usd, tokens, 0),
            (world.eth, tokens, 0),
            (world.dai, tokens, 0),
            (self.pair, tokens, 0),
            (self.v2, v2, SPENDER),
            (self.v3, v3, SPENDER),
            (self.share, shares, SPENDER),
            (self.pool, loans, SPENDER),
        ];
        let assets = [
            (self.pair, LIQUIDITY),
            (self.share, SHARES),
            (self.pool, LOANS),
        ];
        let types = [
            (0, plain),
            (LIQUIDITY, liquidity),
            (SHARES, rate),
            (LOANS, position),
        ];
        world.list(&destinations, &assets, &types);
        world.guards = [
            (tokens, Interface::Token),
            (v2, Interface::UniswapV2),
            (v3, Interface::UniswapV3),
            (shares, Interface::Erc4626),
            (loans, Interface::AaveV3),
        ]
        .into();
    }

    pub(super) fn enable(&mut self, assets: &[Address]) {
        for &asset in assets {
            let call = VaultManager::addAssetCall {
                asset,
                deposits: false,
            };
            self.world.must(MANAGER, self.world.logic, call);
        }
    }

    /// A token of this kind, at a dollar, is listed and enabled.
    pub(super) fn list_token(&mut self, kind: &str) -> Address {
        let token = self.world.deploy(kind, Vec::new());
        let feed = self.world.feeds[&self.world.usd];
        self.world.feeds.insert(token, feed);
        let guard = self.token_guard;
        self.world.list(&[(token, guard, 0)], &[(token, 0)], &[]);
        self.enable(&[token]);
        token
    }

    /// A pair with so many dollars and as many tokens.
    pub(super) fn pair_with_dollars(&mut self, token: Address, deep: u64) {
        let (a, v2) = (self.world.usd, self.v2);
        self.tell(v2, abi::createPairCall { a, b: token });
        self.fill(a, usd(deep), token, units(deep, 18));
    }

    /// Somebody does something that concerns no vault.
    pub(super) fn tell<C: SolCall>(&mut self, to: Address, call: C) -> Outcome {
        self.world.must(MANAGER, to, call)
    }

    pub(super) fn soon(&self) -> U256 {
        U256::from(self.world.chain.now() + SOON)
    }

    /// The manager allows a spender an amount and does something with it, in one batch.
    pub(super) fn with_allowance<C: SolCall>(
        &mut self,
        token: Address,
        amount: U256,
        spender: Address,
        call: C,
    ) -> Outcome {
        let approve = abi::approveCall { spender, amount }.abi_encode();
        self.world
            .batch(MANAGER, &[(token, approve), (spender, call.abi_encode())])
    }

    /// The same, where it has to work.
    #[track_caller]
    pub(super) fn invest<C: SolCall>(
        &mut self,
        token: Address,
        amount: U256,
        to: Address,
        call: C,
    ) {
        let outcome = self.with_allowance(token, amount, to, call);
        assert!(outcome.succeeded(), "{:?}", outcome.reason());
    }

    /// The manager's call, and why it fails.
    pub(super) fn exec<C: SolCall>(&mut self, to: Address, call: C) -> Result<(), Reason> {
        let outcome = self.world.exec(MANAGER, to, call.abi_encode());
        outcome.reason().map_or(Ok(()), Err)
    }

    /// A swap of dollars for ether over V2.
    pub(super) fn sale(&self, amount: u64) -> abi::swapExactTokensForTokensCall {
        abi::swapExactTokensForTokensCall {
            given: usd(amount),
            least: U256::ONE,
            path: vec![self.world.usd, self.world.eth],
            to: self.world.vault,
            until: self.soon(),
        }
    }

    /// The same over V3.
    pub(super) fn order(&self, amount: u64) -> abi::Single {
        abi::Single {
            tokenIn: self.world.usd,
            tokenOut: self.world.eth,
            fee: abi::fee(500),
            recipient: self.world.vault,
            deadline: self.soon(),
            amountIn: usd(amount),
            amountOutMinimum: U256::ONE,
            sqrtPriceLimitX96: abi::limit(0),
        }
    }

    /// Has every condition watched: a call may lose 1 %, a day 3 %.
    pub(super) fn watched(mut self) -> Self {
        self.world.tighten(crate::world::ALL, 1_000, 3_000);
        self
    }

    /// Nothing that the gate denies is sent.
    pub(super) fn behind_the_gate(mut self) -> Self {
        self.world = self.world.behind_the_gate();
        self
    }

    pub(super) fn have(&mut self, token: Address, whose: Address) -> U256 {
        self.world.balance(token, whose)
    }

    /// What the vault is worth, in whole dollars.
    pub(super) fn worth(&mut self) -> u64 {
        (self.world.value() / dollars(1)).to()
    }
}

/// The rule that a refusal names.
pub(super) fn rule(refusal: Result<(), Reason>) -> String {
    match refusal.map_err(|reason| stubs::refused(&reason)) {
        Err(Verdict::Refused(rule, ..)) => rule,
        other => format!("{other:?}"),
    }
}

/// The plain code of a refusal.
pub(super) fn code(refusal: Result<(), Reason>) -> String {
    match refusal {
        Err(Reason::Text(code)) => code,
        other => format!("{other:?}"),
    }
}
