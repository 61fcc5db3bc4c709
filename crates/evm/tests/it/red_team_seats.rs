//! Attacks by those who choose what a vault holds: a trader who enables what is worthless or was just
//! replaced, and a manager who changes the list before somebody leaves.

use alloy_primitives::{Address, U256};
use portcullis_evm::bindings::VaultManager;

use crate::{
    red_team::{Attack, bites},
    stand_ins::{HostileToken, Pot},
    world::{ALICE, BOB, MANAGER, PLAIN, STRANGER, TRADER, World, approve, units, usd},
};

// A1: the trader enables something that is listed and worth next to nothing, and buys it dearly.

/// A token for a dollar, listed and not enabled, which the market sells for a thousand.
fn worthless(world: &mut World) -> Address {
    let token = world.token(18, 1);
    let guard = world.approve_guard;
    world.list(&[(token, guard, 0)], &[(token, PLAIN)], &[]);
    world.set_rate(world.router, world.usd, token, units(1, 27));
    world.mint(token, world.router, units(1_000, 18));
    token
}

/// Whether the trader enables the token and spends a tenth of the vault on it.
fn enabled_and_bought(world: &mut World, token: Address) -> bool {
    let (asset, deposits) = (token, false);
    let call = VaultManager::addAssetCall { asset, deposits };
    world.call(TRADER, world.logic, call);
    let (router, data) = (world.router, world.swap(world.usd, usd(1_000), token));
    world.exec(TRADER, router, data).succeeded()
}

fn buys_dearly(world: World) -> bool {
    let mut world = world;
    let token = worthless(&mut world);
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.tighten(crate::world::FLOOR, 1_000, 3_000);
    enabled_and_bought(&mut world, token)
}

#[test]
fn a1_what_is_worthless_is_bought_for_no_more_than_a_call_may_lose() {
    bites("no-floor", &[buys_dearly]);
}

fn without_the_toggle(world: World) -> (World, Address) {
    let mut world = world;
    let token = worthless(&mut world);
    let mut world = world.funded();
    world.allow_router(world.usd);
    let call = VaultManager::setTogglesCall {
        changesAssets: false,
        togglesPrivacy: false,
    };
    world.must(MANAGER, world.logic, call);
    (world, token)
}

fn enables_what_the_manager_never_chose(world: World) -> bool {
    let (mut world, token) = without_the_toggle(world);
    enabled_and_bought(&mut world, token)
}

/// With what people deposit taken off the list, nobody could deposit.
fn takes_what_is_deposited_off_the_list(world: World) -> bool {
    let (mut world, _) = without_the_toggle(world);
    let asset = world.dai;
    let call = VaultManager::removeAssetCall { asset };
    world.call(TRADER, world.logic, call).succeeded()
}

#[test]
fn a1_with_the_toggle_off_a_trader_changes_no_list() {
    bites(
        "toggles-ignored",
        &[
            enables_what_the_manager_never_chose,
            takes_what_is_deposited_off_the_list,
        ],
    );
}

// A2: the trader of a moment ago.

/// Somebody else is seated, or nobody, in the block in which the old trader trades.
fn rotated(world: World, trader: Address) -> bool {
    let mut world = world.funded();
    let call = VaultManager::setTraderCall { trader };
    world.must(MANAGER, world.logic, call);
    let (token, router) = (world.usd, world.router);
    let data = approve(router, U256::MAX);
    world.exec(TRADER, token, data).succeeded()
}

fn trades_though_another_is_seated(world: World) -> bool {
    rotated(world, BOB)
}

fn trades_though_nobody_is_seated(world: World) -> bool {
    rotated(world, Address::ZERO)
}

#[test]
fn a2_whoever_lost_the_seat_trades_no_more() {
    bites(
        "kept-seat",
        &[
            trades_though_another_is_seated,
            trades_though_nobody_is_seated,
        ],
    );
}

// W4: one more asset, just before somebody leaves.

/// Whether Alice, who gives half of the shares back, goes without her half of the token.
fn goes_without(world: &mut World, token: Address) -> bool {
    let there = world.balance(token, world.vault);
    assert!(there > U256::ZERO);
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    world.balance(token, ALICE) != there / U256::from(2)
}

/// The manager enables another token and trades all dollars into it.
fn moves_into_a_new_asset(world: World) -> bool {
    let mut world = world;
    let asset = worthless(&mut world);
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.set_rate(world.router, world.usd, asset, units(1, 30));
    world.mint(asset, world.router, units(10_000, 18));
    let deposits = false;
    let call = VaultManager::addAssetCall { asset, deposits };
    world.must(MANAGER, world.logic, call);
    assert!(world.trade(10_000, asset).succeeded());
    goes_without(&mut world, asset)
}

/// A position comes first on the list, so another asset is the last on it.
fn pushes_an_asset_to_the_end(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    let asset = world.dai;
    assert!(world.trade(10_000, asset).succeeded());
    world.fill_pot(1);
    goes_without(&mut world, asset)
}

#[test]
fn w4_whoever_leaves_gets_a_part_of_what_was_just_enabled() {
    let attacks: &[Attack] = &[moves_into_a_new_asset, pushes_an_asset_to_the_end];
    bites("assets-of-old", attacks);
}

/// As many as a vault may have, one of them shut and one of them stopped: each counts for itself.
#[test]
fn w4_no_number_of_new_assets_keeps_anybody_in() {
    let mut world = World::new();
    let hostile = world.hostile();
    let more: Vec<Address> = (0..6).map(|_| worthless(&mut world)).collect();
    let mut world = world.funded();
    for &asset in &more {
        let deposits = false;
        let call = VaultManager::addAssetCall { asset, deposits };
        world.must(MANAGER, world.logic, call);
        world.mint(asset, world.vault, units(2, 18));
    }
    world.fill_pot(1);
    world.must(STRANGER, world.pot, Pot::shutCall { shut_: true });
    world.mint(hostile, world.vault, units(2, 18));
    let (fee_, paused, no) = (U256::ZERO, true, false);
    let stopped = HostileToken::setCall { fee_, paused, no };
    world.must(STRANGER, hostile, stopped);
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    assert_eq!(world.balance(world.usd, ALICE), usd(5_000));
    for asset in more {
        assert_eq!(world.balance(asset, ALICE), units(1, 18));
    }
}
