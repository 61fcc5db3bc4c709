//! What must hold after a call or batch, and what happens when it does not.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{Vault, VaultManager},
    reason::Reason,
};

use crate::{
    stand_ins::{HostileToken, Router, Token},
    world::{ALL, FIXED, FLOOR, MANAGER, STRANGER, TRADER, World, approve, units, usd},
};

fn text(reason: &Reason) -> &str {
    reason.text().unwrap_or_else(|| panic!("{reason:?}"))
}

#[test]
fn a_swap_through_a_spender_that_may_not_stand_uses_all_it_was_allowed() {
    let mut world = World::watched().funded();
    let (token, shop) = (world.usd, world.shop);
    let swap = world.swap(token, usd(100), world.eth);
    let calls = [(token, approve(shop, usd(100))), (shop, swap)];
    assert!(world.batch(MANAGER, &calls).succeeded());
    let why = world.exec_why(token, approve(shop, usd(100)));
    let error: Vault::AllowanceLeft = why.typed().unwrap();
    assert_eq!((error.token, error.spender), (token, shop));
}

#[test]
fn a_loss_over_the_floor_is_refused_and_one_under_it_counted() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(50_000);
    assert!(world.swap_hundred().succeeded());
    let lost = world.view(world.vault, Vault::lossTodayCall {});
    assert_eq!(lost, U256::from(500));
    let data = world.swap(world.usd, usd(400), world.eth);
    let why = world.exec_why(world.router, data);
    let error: Vault::BelowFloor = why.typed().unwrap();
    assert_eq!(
        (error.loss, error.value),
        (units(200, 18), units(10_000, 18))
    );
}

#[test]
fn a_day_of_small_losses_is_spent_and_comes_back() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(90_000);
    let mut done = 0;
    while world.swap_hundred().succeeded() {
        done += 1;
    }
    assert_eq!(done, 3);
    let why = world.swap_hundred().reason().unwrap();
    assert!(why.typed::<Vault::DayIsSpent>().is_some(), "{why:?}");
    world.chain.wait(27 * 3_600);
    assert_eq!(world.view(world.vault, Vault::lossTodayCall {}), U256::ZERO);
    assert!(world.swap_hundred().succeeded());
}

#[test]
fn a_gain_never_buys_a_loss_back() {
    let mut world = World::watched().funded();
    world.allow_router(world.usd);
    world.worsen(90_000);
    assert!(world.swap_hundred().succeeded());
    let lost = world.view(world.vault, Vault::lossTodayCall {});
    world.set_rate(world.router, world.usd, world.eth, units(10, 26));
    assert!(world.swap_hundred().succeeded());
    assert_eq!(world.view(world.vault, Vault::lossTodayCall {}), lost);
}

#[test]
fn a_price_that_cannot_be_read_stops_only_what_moves_the_asset() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(ALL, 1_000, 3_000);
    let mut world = world.funded();
    world.mint(token, world.vault, units(5, 18));
    world.set_price(token, U256::ZERO);
    world.allow_router(world.usd);
    world.worsen(1_000);
    assert!(world.swap_hundred().succeeded());
    world.set_rate(world.router, world.usd, token, units(1, 30));
    world.mint(token, world.router, units(100, 18));
    let data = world.swap(world.usd, usd(10), token);
    let why = world.exec_why(world.router, data);
    assert!(why.typed::<Vault::NotListed>().is_some(), "{why:?}");
}

#[test]
fn a_claim_of_rewards_counts_as_what_it_is() {
    let mut world = World::watched().funded();
    let call = Router::claimCall {
        token: world.dai,
        amount: units(3, 18),
    };
    world.exec_must(world.router, call.abi_encode());
    assert_eq!(world.balance(world.dai, world.vault), units(3, 18));
    world.allow_router(world.usd);
    let swap = world.swap(world.usd, usd(100), world.eth);
    let why = world.batch(
        MANAGER,
        &[(world.router, call.abi_encode()), (world.router, swap)],
    );
    let why = why.reason().unwrap();
    assert!(why.typed::<Vault::MixedBatch>().is_some(), "{why:?}");
}

#[test]
fn an_approval_that_moves_the_token_is_refused() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(FLOOR, 1_000, 3_000);
    world.mint(token, world.vault, units(5, 18));
    let bait = Token::mintCall {
        to: world.vault,
        amount: U256::from(1),
    }
    .abi_encode()
    .into();
    world.must(
        STRANGER,
        token,
        HostileToken::lieInWaitCall {
            target: token,
            bait,
        },
    );
    let why = world.exec_why(token, approve(world.router, U256::from(1)));
    assert!(why.typed::<Vault::NotStill>().is_some(), "{why:?}");
}

#[test]
fn r6_the_registry_does_not_change_in_the_middle_of_a_call() {
    let mut world = World::new();
    world.tighten(FIXED, 1_000, 3_000);
    let mut world = world.funded();
    let why = world.freeze_in_the_middle().reason().unwrap();
    assert!(why.typed::<Vault::RegistryMoved>().is_some(), "{why:?}");
}

#[test]
fn r7_no_call_of_a_batch_switches_a_check_off_for_the_next() {
    let mut world = World::watched().funded();
    let (token, router) = (world.usd, world.router);
    world.worsen(99_000);
    let swap = world.swap(token, usd(2_000), world.eth);
    let calls = [(token, approve(router, usd(2_000))), (router, swap)];
    let why = world.batch(TRADER, &calls).reason().unwrap();
    assert!(why.typed::<Vault::BelowFloor>().is_some(), "{why:?}");
    let next = VaultManager::Conditions {
        checks: 0,
        lossPerCall: 0,
        lossPerDay: 0,
    };
    let loosen = VaultManager::tightenConditionsCall { next }.abi_encode();
    let why = world
        .batch(MANAGER, &[(world.logic, loosen)])
        .reason()
        .unwrap();
    assert_eq!(text(&why), "dh23");
}

#[test]
fn a1_a_listed_but_worthless_asset_takes_no_more_than_the_floor() {
    let mut world = World::new();
    let token = world.hostile();
    world.tighten(ALL, 1_000, 3_000);
    let mut world = world.funded();
    world.allow_router(world.usd);
    // Sold at a thousand times its price.
    world.set_rate(world.router, world.usd, token, units(1, 27));
    world.mint(token, world.router, units(1_000, 18));
    let data = world.swap(world.usd, usd(1_000), token);
    let why = world.exec(TRADER, world.router, data).reason().unwrap();
    assert!(why.typed::<Vault::BelowFloor>().is_some(), "{why:?}");
}
