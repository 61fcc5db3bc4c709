//! Leaving for one asset, over a contract of the shareholder's own: what arrives, and what nobody can make of it.

use alloy_primitives::{Address, U256, aliases::U24};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::{
    bindings::{GuardRegistry, OneAssetExit, Vault, VaultManager},
    chain::{Call, Outcome},
    reason::Reason,
};

use super::{
    market::{Market, SOON},
    tokens::over,
    vices::TRANSACTION,
};
use crate::{
    guards::abi,
    stand_ins::HostileToken,
    world::{ALICE, BOB, GUARDIAN, MANAGER, OWNER, SPENDER, STRANGER, World, units, usd},
};

/// A market whose vault holds dollars and ether, and Alice's own way out of it.
pub(super) struct Stage {
    pub(super) market: Market,
    pub(super) exit: Address,
}

fn stage() -> Stage {
    Stage::over(Market::new())
}
/// Makes one, and allows it the shares.
fn made(world: &mut World, owner: Address) -> Address {
    let exit = world.deploy("OneAssetExit", (owner, world.registry).abi_encode_params());
    let (spender, amount) = (exit, U256::MAX);
    let vault = world.vault;
    world.must(owner, vault, Vault::approveCall { spender, amount });
    exit
}

impl Stage {
    pub(super) fn over(mut market: Market) -> Self {
        let (eth, vault) = (market.world.eth, market.world.vault);
        market.world.mint(eth, vault, units(5, 18));
        let exit = made(&mut market.world, ALICE);
        Self { market, exit }
    }

    pub(super) fn v2(&self, path: &[Address]) -> OneAssetExit::Route {
        OneAssetExit::Route {
            router: self.market.v2,
            path: path.to_vec(),
            fees: Vec::new(),
        }
    }

    /// Over V2, from ether to dollars.
    pub(super) fn usual(&self) -> Vec<OneAssetExit::Route> {
        vec![self.v2(&[self.market.world.eth, self.market.world.usd])]
    }

    pub(super) fn call(
        &mut self,
        least: U256,
        routes: Vec<OneAssetExit::Route>,
    ) -> OneAssetExit::exitIntoCall {
        let world = &mut self.market.world;
        OneAssetExit::exitIntoCall {
            vault: world.vault,
            shares: world.shares(ALICE) / U256::from(2),
            into: world.usd,
            least,
            routes,
            deadline: U256::from(world.chain.now() + SOON),
        }
    }

    pub(super) fn leaves(&mut self, least: U256, routes: Vec<OneAssetExit::Route>) -> Outcome {
        let call = self.call(least, routes);
        self.market.world.call(ALICE, self.exit, call)
    }

    #[track_caller]
    fn why(&mut self, least: U256, routes: Vec<OneAssetExit::Route>) -> Reason {
        self.leaves(least, routes).reason().unwrap()
    }

    pub(super) fn of(&mut self, token: Address, whose: Address) -> U256 {
        self.market.world.balance(token, whose)
    }

    /// Nothing is left in it, and nobody may take anything from it.
    #[track_caller]
    fn is_empty(&mut self, tokens: &[Address]) {
        let exit = self.exit;
        assert!(self.market.world.shares(exit).is_zero());
        for token in tokens {
            assert!(self.of(*token, exit).is_zero(), "{token}");
            for spender in [self.market.v2, self.market.v3] {
                let call = crate::stand_ins::Token::allowanceCall {
                    holder: exit,
                    spender,
                };
                assert!(self.market.world.view(*token, call).is_zero(), "{token}");
            }
        }
    }
}

#[test]
fn what_is_held_arrives_as_one_asset() {
    for over_v3 in [false, true] {
        let mut stage = stage();
        let (usd_, eth) = (stage.market.world.usd, stage.market.world.eth);
        let mut routes = stage.usual();
        if over_v3 {
            routes[0].router = stage.market.v3;
            routes[0].fees = vec![U24::from(500)];
        }
        let before = stage.of(usd_, ALICE);
        let shares = stage.market.world.shares(ALICE);
        // Half of 40,000 dollars and of five ether at 2,000, less what the market takes.
        let done = stage.leaves(usd(24_900), routes);
        assert!(done.succeeded(), "{:?}", done.reason());
        let came = stage.of(usd_, ALICE) - before;
        assert!(came >= usd(24_900) && came < usd(25_000), "{came}");
        assert!(stage.of(eth, ALICE).is_zero());
        let half = shares - shares / U256::from(2);
        assert_eq!(stage.market.world.shares(ALICE), half);
        stage.is_empty(&[usd_, eth]);
    }
}

#[test]
fn liquidity_and_loans_arrive_as_one_asset_as_well() {
    let mut stage = stage();
    let (usd_, eth) = (stage.market.world.usd, stage.market.world.eth);
    let (pair, vault) = (stage.market.pair, stage.market.world.vault);
    // A tenth of the pair is the vault's.
    stage.market.world.mint(usd_, pair, usd(20_000));
    stage.market.world.mint(eth, pair, units(10, 18));
    stage.market.tell(pair, abi::provideCall { to: vault });
    let call = abi::supplyCall {
        asset: usd_,
        amount: usd(10_000),
        onBehalfOf: vault,
        code: 0,
    };
    let pool = stage.market.pool;
    stage.market.invest(usd_, usd(10_000), pool, call);
    let routes = stage.usual();
    let before = stage.of(usd_, ALICE);
    let done = stage.leaves(usd(44_000), routes);
    assert!(done.succeeded(), "{:?}", done.reason());
    assert!(stage.of(usd_, ALICE) - before >= usd(44_000));
    stage.is_empty(&[usd_, eth, pair]);
}

#[test]
fn what_has_no_route_or_cannot_be_swapped_comes_as_it_is() {
    let mut stage = stage();
    let (usd_, eth, dai) = (
        stage.market.world.usd,
        stage.market.world.eth,
        stage.market.world.dai,
    );
    let vault = stage.market.world.vault;
    stage.market.world.mint(dai, vault, units(100, 18));
    // Nobody has a pair of those two.
    let routes = vec![stage.v2(&[dai, usd_])];
    let before = stage.of(usd_, ALICE);
    let done = stage.leaves(usd(20_000), routes);
    assert!(done.succeeded(), "{:?}", done.reason());
    assert_eq!(stage.of(usd_, ALICE) - before, usd(20_000));
    assert!(stage.of(eth, ALICE) > units(2, 18));
    assert!(stage.of(dai, ALICE) > units(49, 18));
    stage.is_empty(&[usd_, eth, dai]);
}

#[test]
fn v1_a_sandwich_below_the_minimum_undoes_everything() {
    let mut stage = stage();
    let (usd_, eth) = (stage.market.world.usd, stage.market.world.eth);
    let shares = stage.market.world.shares(ALICE);
    // Somebody sells a lot of ether first.
    let (v2, amount) = (stage.market.v2, units(500, 18));
    stage.market.world.mint(eth, STRANGER, amount);
    let spender = v2;
    stage
        .market
        .world
        .must(STRANGER, eth, abi::approveCall { spender, amount });
    let sale = abi::swapExactTokensForTokensCall {
        given: amount,
        least: U256::ONE,
        path: vec![eth, usd_],
        to: STRANGER,
        until: stage.market.soon(),
    };
    stage.market.world.must(STRANGER, v2, sale);
    let routes = stage.usual();
    let why = stage.why(usd(24_900), routes);
    assert!(why.typed::<OneAssetExit::TooLittle>().is_some(), "{why:?}");
    assert_eq!(stage.market.world.shares(ALICE), shares);
    // It is the shareholder's to say what is enough.
    let routes = stage.usual();
    assert!(stage.leaves(usd(21_000), routes).succeeded());
}

#[test]
fn gifts_count_for_no_minimum_and_go_to_the_owner() {
    let mut stage = stage();
    let (usd_, eth, dai) = (
        stage.market.world.usd,
        stage.market.world.eth,
        stage.market.world.dai,
    );
    let exit = stage.exit;
    stage.market.world.mint(usd_, exit, usd(5_000));
    stage.market.world.mint(dai, exit, units(7, 18));
    let routes = stage.usual();
    let why = stage.why(usd(26_000), routes);
    assert!(why.typed::<OneAssetExit::TooLittle>().is_some(), "{why:?}");
    let (routes, before) = (stage.usual(), stage.of(usd_, ALICE));
    assert!(stage.leaves(usd(24_900), routes).succeeded());
    assert!(stage.of(usd_, ALICE) - before >= usd(29_900));
    assert_eq!(stage.of(dai, ALICE), units(7, 18));
    stage.is_empty(&[usd_, eth, dai]);
    // Whatever comes later is fetched by nobody else.
    stage.market.world.mint(eth, exit, units(1, 18));
    for who in [STRANGER, MANAGER, OWNER] {
        let why = stage
            .market
            .world
            .why(who, exit, OneAssetExit::fetchCall { token: eth });
        assert!(why.typed::<OneAssetExit::NotOwner>().is_some(), "{why:?}");
    }
    stage
        .market
        .world
        .must(ALICE, exit, OneAssetExit::fetchCall { token: eth });
    assert_eq!(stage.of(eth, ALICE), units(1, 18));
}

#[test]
fn s7_routes_lead_over_what_the_registry_lists_to_what_was_asked_for() {
    let mut stage = stage();
    let (usd_, eth, rogue) = (
        stage.market.world.usd,
        stage.market.world.eth,
        stage.market.rogue,
    );
    let bazaar = stage.market.world.deploy("test/MockV2Router", Vec::new());
    let other = |router| OneAssetExit::Route {
        router,
        path: vec![eth, usd_],
        fees: Vec::new(),
    };
    let fees = |fees: &[u32]| OneAssetExit::Route {
        fees: fees.iter().map(|fee| U24::from(*fee)).collect(),
        ..other(stage.market.v3)
    };
    let bad = [
        stage.v2(&[eth]),
        stage.v2(&[]),
        stage.v2(&[usd_, eth]),
        stage.v2(&[usd_, usd_]),
        stage.v2(&[eth, usd_, eth, usd_, usd_]),
        fees(&[500, 500]),
    ];
    let unlisted = [
        stage.v2(&[eth, rogue, usd_]),
        other(bazaar),
        // A destination that is no spender, and one that is nothing at all.
        other(usd_),
        other(BOB),
    ];
    for route in bad {
        let why = stage.why(usd(1), vec![route.clone()]);
        assert!(
            why.typed::<OneAssetExit::BadRoute>().is_some(),
            "{route:?} {why:?}"
        );
    }
    for route in unlisted {
        let why = stage.why(usd(1), vec![route.clone()]);
        assert!(
            why.typed::<OneAssetExit::NotListed>().is_some(),
            "{route:?} {why:?}"
        );
    }
    let destination = stage.market.v2;
    let freeze = GuardRegistry::freezeDestinationCall { destination };
    stage
        .market
        .world
        .must(GUARDIAN, stage.market.world.registry, freeze);
    let routes = stage.usual();
    let why = stage.why(usd(1), routes);
    assert!(why.typed::<OneAssetExit::NotListed>().is_some(), "{why:?}");
}

#[test]
fn w11_locked_shares_do_not_leave_this_way() {
    let mut stage = stage();
    let world = &mut stage.market.world;
    let (logic, vault) = (world.logic, world.vault);
    world.must(
        MANAGER,
        logic,
        VaultManager::setCooldownCall { seconds_: 3_600 },
    );
    world.deposit(ALICE, usd(100_000));
    world.chain.mine();
    let routes = stage.usual();
    assert_eq!(stage.why(usd(1), routes).text(), Some("dh3"));
    stage.market.world.chain.wait(3_600);
    let routes = stage.usual();
    assert!(stage.leaves(usd(1), routes).succeeded());
    // Nothing was ever locked in the name of the way out, and no deposit can be made in its name.
    let holder = stage.exit;
    let until = stage
        .market
        .world
        .view(vault, Vault::lockedUntilCall { holder });
    assert!(until.is_zero());
}

#[test]
fn the_fee_for_going_is_paid_out_of_the_shares_and_members_need_not_be_asked() {
    let mut stage = stage();
    let world = &mut stage.market.world;
    let (logic, shares) = (world.logic, world.shares(ALICE));
    let next = VaultManager::Fees {
        entry: 0,
        exit: 100,
        performance: 0,
        management: 0,
    };
    world.must(MANAGER, logic, VaultManager::announceFeesCall { next });
    world.chain.wait(14 * 86_400);
    world.must(MANAGER, logic, VaultManager::commitFeesCall {});
    world.must(
        MANAGER,
        logic,
        VaultManager::setPrivateCall { isPrivate_: true },
    );
    let before = world.shares(MANAGER);
    let routes = stage.usual();
    let done = stage.leaves(usd(24_600), routes);
    assert!(done.succeeded(), "{:?}", done.reason());
    let fee = stage.market.world.shares(MANAGER) - before;
    assert_eq!(fee, shares / U256::from(200));
    assert!(stage.market.world.shares(stage.exit).is_zero());
}

#[test]
fn it_goes_on_while_everything_is_paused() {
    let mut stage = stage();
    let world = &mut stage.market.world;
    world.must(GUARDIAN, world.registry, GuardRegistry::pauseCall {});
    world.must(
        MANAGER,
        world.logic,
        VaultManager::setPausesCall { next: 3 },
    );
    let routes = stage.usual();
    assert!(stage.leaves(usd(24_900), routes).succeeded());
}

#[test]
fn it_works_for_its_owner_at_the_vaults_of_one_registry_and_in_time() {
    let mut stage = stage();
    let (exit, routes) = (stage.exit, stage.usual());
    let call = stage.call(usd(1), routes);
    for who in [BOB, MANAGER, OWNER, STRANGER] {
        let why = stage.market.world.why(who, exit, call.clone());
        assert!(why.typed::<OneAssetExit::NotOwner>().is_some(), "{why:?}");
    }
    let mut late = call.clone();
    late.deadline = U256::from(stage.market.world.chain.now() - 1);
    let why = stage.market.world.why(ALICE, exit, late);
    assert!(why.typed::<OneAssetExit::TooLate>().is_some(), "{why:?}");
    let registry = stage.market.world.registry;
    let other = stage.market.world.deploy(
        "GuardRegistry",
        (OWNER, GUARDIAN, U256::from(3_600), U256::from(3_600)).abi_encode_params(),
    );
    let elsewhere = (ALICE, other).abi_encode_params();
    let elsewhere = stage.market.world.deploy("OneAssetExit", elsewhere);
    let why = stage.market.world.why(ALICE, elsewhere, call);
    assert!(
        why.typed::<OneAssetExit::OtherRegistry>().is_some(),
        "{why:?}"
    );
    // It is a part of the house: no vault ever calls it.
    let announce = GuardRegistry::announceDestinationCall {
        destination: exit,
        guard: stage.market.token_guard,
        flags: U256::from(SPENDER),
    };
    let why = stage.market.world.why(OWNER, registry, announce);
    assert!(
        why.typed::<GuardRegistry::PartOfTheHouse>().is_some(),
        "{why:?}"
    );
}

/// A token of the basket that does as it likes; the vault holds 200 of it.
pub(super) fn hostile(stage: &mut Stage) -> Address {
    let world = &mut stage.market.world;
    let token = world.hostile();
    world.mint(token, world.vault, units(200, 18));
    token
}

#[test]
fn r1_a_token_of_the_basket_that_calls_back_finds_every_door_shut() {
    let mut stage = stage();
    let token = hostile(&mut stage);
    let (exit, eth, usd_) = (stage.exit, stage.market.world.eth, stage.market.world.usd);
    let (vault, logic) = (stage.market.world.vault, stage.market.world.logic);
    let routes = stage.usual();
    let again = stage.call(U256::ZERO, routes.clone());
    let deadline = again.deadline;
    let route = routes[0].clone();
    let baits = [
        (exit, again.abi_encode()),
        (
            exit,
            OneAssetExit::swapCall { route, deadline }.abi_encode(),
        ),
        (exit, OneAssetExit::payCall { token: eth }.abi_encode()),
        (exit, OneAssetExit::fetchCall { token: usd_ }.abi_encode()),
        (
            vault,
            Vault::withdrawCall { shares: U256::ONE }.abi_encode(),
        ),
        (
            logic,
            VaultManager::removeAssetCall { asset: usd_ }.abi_encode(),
        ),
        (
            usd_,
            crate::stand_ins::Token::transferFromCall {
                from: exit,
                to: STRANGER,
                amount: usd(1),
            }
            .abi_encode(),
        ),
    ];
    for (target, bait) in baits {
        let mut stage = Stage {
            market: stage.market.clone(),
            exit,
        };
        let bait = bait.into();
        stage
            .market
            .tell(token, HostileToken::lieInWaitCall { target, bait });
        let done = stage.leaves(usd(24_900), routes.clone());
        assert!(done.succeeded(), "{:?}", done.reason());
        assert!(stage.market.world.view(token, HostileToken::sprungCall {}) > U256::ZERO);
        assert!(
            !stage
                .market
                .world
                .view(token, HostileToken::answeredCall {}),
            "{target}"
        );
        assert!(stage.of(token, ALICE) >= units(99, 18));
        stage.is_empty(&[usd_, eth, token]);
    }
}

#[test]
fn w1_what_is_held_up_waits_as_a_claim_of_the_owners() {
    let mut stage = stage();
    let token = hostile(&mut stage);
    let stopped = |paused| HostileToken::setCall {
        fee_: U256::ZERO,
        paused,
        no: false,
    };
    stage.market.tell(token, stopped(true));
    let routes = stage.usual();
    assert!(stage.leaves(usd(24_900), routes).succeeded());
    stage.market.tell(token, stopped(false));
    stage.market.world.chain.mine();
    let (account, asset) = (stage.exit, token);
    let vault = stage.market.world.vault;
    stage
        .market
        .world
        .must(BOB, vault, Vault::settleClaimCall { account, asset });
    stage
        .market
        .world
        .must(ALICE, account, OneAssetExit::fetchCall { token });
    assert!(stage.of(token, ALICE) >= units(99, 18));
}

#[test]
fn w1_what_only_waits_in_escrow_is_fetched_for_the_owner() {
    let mut stage = stage();
    let token = hostile(&mut stage);
    let blocked = |account, blocked| HostileToken::blockAccountCall { account, blocked };
    let exit = stage.exit;
    stage.market.tell(token, blocked(exit, true));
    let routes = stage.usual();
    let mut both = Stage {
        market: stage.market.clone(),
        exit,
    };
    assert!(stage.leaves(usd(24_900), routes.clone()).succeeded());
    assert!(stage.of(token, ALICE) >= units(99, 18));
    // Where the owner cannot take it either, it waits there for the two of them.
    both.market.tell(token, blocked(ALICE, true));
    assert!(both.leaves(usd(24_900), routes).succeeded());
    both.market.tell(token, blocked(ALICE, false));
    let escrow = both.market.world.escrow;
    let fetch = OneAssetExit::fetchEscrowedCall { escrow, token };
    let why = both.market.world.why(STRANGER, exit, fetch.clone());
    assert!(why.typed::<OneAssetExit::NotOwner>().is_some(), "{why:?}");
    both.market.world.must(ALICE, exit, fetch);
    assert!(both.of(token, ALICE) >= units(99, 18));
}

#[test]
fn n3_no_allowance_is_left_whether_it_was_swapped_or_not() {
    let mut stage = stage();
    let (usd_, eth, dai) = (
        stage.market.world.usd,
        stage.market.world.eth,
        stage.market.world.dai,
    );
    let (exit, vault) = (stage.exit, stage.market.world.vault);
    stage.market.world.mint(dai, vault, units(100, 18));
    // Nobody has a pair of the first two.
    let mut routes = vec![stage.v2(&[dai, usd_])];
    routes.extend(stage.usual());
    assert!(stage.leaves(usd(24_900), routes).succeeded());
    stage.is_empty(&[usd_, eth, dai]);
    stage.market.world.mint(eth, exit, units(1, 18));
    let amount = U256::ONE;
    let (from, to) = (exit, STRANGER);
    let steal = crate::stand_ins::Token::transferFromCall { from, to, amount };
    assert!(!stage.market.world.call(STRANGER, eth, steal).succeeded());
}

#[test]
fn w1_a_token_that_burns_all_gas_keeps_nobody_from_one_asset() {
    let (mut market, token) = over(Market::new(), "test/GreedyToken");
    market.tell(token, abi::indulgeCall { greedy: true });
    let mut stage = Stage::over(market);
    let (routes, dollar) = (stage.usual(), stage.market.world.usd);
    let call = Call {
        gas_limit: TRANSACTION,
        ..Call::new(
            ALICE,
            stage.exit,
            stage.call(U256::ONE, routes).abi_encode(),
        )
    };
    let done = stage.market.world.chain.send(&call).unwrap();
    assert!(done.succeeded(), "{:?}", done.reason());
    assert!(stage.of(dollar, ALICE) > usd(20_000));
}
