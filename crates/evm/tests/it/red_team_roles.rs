//! More attacks of the same kind: from within a call, by those who were replaced, and through what was
//! delisted.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    reason::Reason,
};

use crate::{
    red_team::bites,
    stand_ins::{Router, Token},
    world::{
        ALICE, ALL, BOB, FIXED, FLOOR, GUARDIAN, MANAGER, OWNER, STRANGER, TRADER, World, approve,
        units, usd,
    },
};

/// Whether what lay in wait at the router got through.
fn answered(world: &mut World) -> bool {
    let router = world.router;
    world.view(router, Router::answeredCall {})
}

// R2: a trade inside of a trade.

fn trades_inside_of_a_trade(world: World) -> bool {
    let mut world = world.funded();
    world.router_is_trader();
    world.allow_router(world.usd);
    let (token, router) = (world.usd, world.router);
    let data = approve(router, U256::from(5)).into();
    world.lie_in_wait(
        world.vault,
        Vault::executeTransactionCall { to: token, data },
    );
    world.swap_hundred();
    answered(&mut world)
}

fn sends_shares_inside_of_a_trade(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    let (to, amount) = (BOB, U256::ZERO);
    world.lie_in_wait(world.vault, Vault::transferCall { to, amount });
    world.swap_hundred();
    answered(&mut world)
}

#[test]
fn r2_nothing_happens_inside_of_a_trade() {
    bites(
        "no-lock",
        &[trades_inside_of_a_trade, sends_shares_inside_of_a_trade],
    );
}

// R4: the price of a share, read at the wrong moment.

fn reads_in_a_swap(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.lie_in_wait(world.vault, Vault::totalValueCall {});
    world.swap_hundred();
    let router = world.router;
    let told = world.view(router, Router::answerCall {});
    answered(&mut world) && U256::from_be_slice(&told) < units(9_950, 18)
}

fn reads_in_a_claim(world: World) -> bool {
    let mut world = world.funded();
    world.lie_in_wait(world.vault, Vault::totalValueCall {});
    let claim = Router::claimCall {
        token: world.dai,
        amount: units(1, 18),
    };
    let router = world.router;
    world.exec(MANAGER, router, claim.abi_encode());
    answered(&mut world)
}

#[test]
fn r4_the_value_is_not_read_inside_of_a_trade() {
    bites("readable-inside", &[reads_in_a_swap, reads_in_a_claim]);
}

// R6: the registry in the middle of a call.

fn freezes_in_the_middle(world: World, checks: u8) -> bool {
    let mut world = world;
    world.tighten(checks, 1_000, 3_000);
    let mut world = world.funded();
    world.freeze_in_the_middle().succeeded()
}

fn freezes_under_one_condition(world: World) -> bool {
    freezes_in_the_middle(world, FIXED)
}

fn freezes_under_all_conditions(world: World) -> bool {
    freezes_in_the_middle(world, ALL)
}

#[test]
fn r6_the_registry_stands_still() {
    bites(
        "moving-registry",
        &[freezes_under_one_condition, freezes_under_all_conditions],
    );
}

// A3: what the old manager left behind.

fn sold(world: World) -> World {
    let mut world = world.funded();
    world.must(
        MANAGER,
        world.logic,
        VaultManager::proposeManagerCall { next: BOB },
    );
    world.must(BOB, world.logic, VaultManager::acceptManagerCall {});
    world
}

fn old_trader_trades(world: World) -> bool {
    let mut world = sold(world);
    let (token, router) = (world.usd, world.router);
    world
        .exec(TRADER, token, approve(router, U256::MAX))
        .succeeded()
}

fn old_trader_changes_assets(world: World) -> bool {
    let mut world = sold(world);
    let asset = world.dai;
    world
        .call(TRADER, world.logic, VaultManager::removeAssetCall { asset })
        .succeeded()
}

#[test]
fn a3_the_old_managers_trader_is_out() {
    bites(
        "kept-trader",
        &[old_trader_trades, old_trader_changes_assets],
    );
}

// A7: what is closed behind people's backs.

/// Half of Alice's shares, while the ether is closed; whether she was kept from her part of it.
fn kept_in(world: World, from: Address, close: impl Fn(Address) -> Vec<u8>) -> bool {
    let mut world = world.funded();
    world.mint(world.eth, world.vault, units(2, 18));
    let call = portcullis_evm::chain::Call::new(from, world.registry, close(world.eth));
    assert!(world.chain.send(&call).unwrap().succeeded());
    let half = world.shares(ALICE) / U256::from(2);
    world.withdraw(ALICE, half);
    world.balance(world.eth, ALICE) != units(1, 18)
}

fn delisted(world: World) -> bool {
    kept_in(world, OWNER, |asset| {
        GuardRegistry::delistAssetCall { asset }.abi_encode()
    })
}

fn frozen(world: World) -> bool {
    kept_in(world, GUARDIAN, |asset| {
        GuardRegistry::freezeAssetCall { asset }.abi_encode()
    })
}

#[test]
fn a7_nobody_is_kept_in_by_closing_an_asset() {
    bites("closed-exits", &[delisted, frozen]);
}

// A1, V1: the manager as the one who gains.

fn takes_half_at_once(world: World) -> bool {
    let mut world = world.funded();
    world.tighten(FLOOR, 1_000, 3_000);
    world.allow_router(world.usd);
    world.worsen(99_999);
    let asset = world.eth;
    world.trade(5_000, asset).succeeded()
}

/// What a manager in league with the market gets out in a day, as fast as it goes.
fn takes_more_than_a_day_may_lose(world: World) -> bool {
    let mut world = world.funded();
    world.tighten(FLOOR, 1_000, 3_000);
    world.allow_router(world.usd);
    world.worsen(99_999);
    let before = world.value();
    let mut size = 90_u64;
    for _ in 0..24 {
        let data = world.swap(world.usd, usd(size), world.eth);
        let router = world.router;
        while world.exec(MANAGER, router, data.clone()).succeeded() {
            if world.value() * U256::from(2) < before {
                return true;
            }
        }
        size = (size / 2).max(1);
        world.chain.wait(3_600 - 12);
    }
    (before - world.value()) * U256::from(100) > before * U256::from(3)
}

#[test]
fn v1_a_hostile_manager_takes_what_a_day_may_lose_and_no_more() {
    bites(
        "no-floor",
        &[takes_half_at_once, takes_more_than_a_day_may_lose],
    );
}

// S7: the asset that the vault may not hold.

fn buys_what_is_not_enabled(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    let asset = world.btc;
    world.must(
        MANAGER,
        world.logic,
        VaultManager::removeAssetCall { asset },
    );
    world.trade(1_000, asset).succeeded()
}

fn buys_what_is_frozen(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    let asset = world.eth;
    world.must(
        GUARDIAN,
        world.registry,
        GuardRegistry::freezeAssetCall { asset },
    );
    world.swap_hundred().succeeded()
}

#[test]
fn s7_nothing_comes_in_that_may_not_be_held() {
    bites(
        "any-asset",
        &[buys_what_is_not_enabled, buys_what_is_frozen],
    );
}

// T1: the spender of yesterday.

fn drains_after_delisting(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    let (token, spender) = (world.usd, world.router);
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistDestinationCall {
            destination: spender,
        },
    );
    world.call(STRANGER, world.vault, Vault::revokeCall { token, spender });
    let take = Router::takeCall {
        token,
        from: world.vault,
        amount: usd(1),
    };
    world.call(STRANGER, spender, take).succeeded()
}

fn is_allowed_after_delisting(world: World) -> bool {
    let mut world = world.funded();
    let (token, spender) = (world.usd, world.router);
    world.must(
        OWNER,
        world.registry,
        GuardRegistry::delistDestinationCall {
            destination: spender,
        },
    );
    world
        .exec(MANAGER, token, approve(spender, U256::MAX))
        .succeeded()
}

#[test]
fn t1_a_delisted_spender_is_none() {
    bites(
        "spender-for-good",
        &[drains_after_delisting, is_allowed_after_delisting],
    );
}

#[test]
fn n3_what_was_allowed_for_one_call_cannot_be_taken_later() {
    let mut world = World::watched().funded();
    let (token, shop) = (world.usd, world.shop);
    let swap = world.swap(token, usd(100), world.eth);
    let calls = [(token, approve(shop, usd(100))), (shop, swap)];
    assert!(world.batch(MANAGER, &calls).succeeded());
    let take = Router::takeCall {
        token,
        from: world.vault,
        amount: U256::from(1),
    };
    let why = world.why(STRANGER, shop, take);
    assert!(matches!(why, Reason::Panic(_)), "{why:?}");
    let amount = world.view(token, Token::balanceOfCall { account: STRANGER });
    assert_eq!(amount, U256::ZERO);
}
