//! Attacks on pauses: who goes on in spite of one, ends one, or waits until it is lost.

use alloy_primitives::Address;
use portcullis_evm::bindings::{GuardRegistry, VaultManager};

use crate::{
    pauses::{TRADES, VAULT, everything, house, own},
    red_team::{Attack, bites},
    world::{ALICE, BOB, GUARDIAN, MANAGER, OWNER, SPENDER, World, usd},
};

/// A vault with something in it that can be traded.
fn funded(world: World) -> World {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world
}

/// Whether somebody trades.
fn trades(world: &mut World, who: Address) -> bool {
    let (router, swap) = (world.router, world.swap(world.usd, usd(1), world.eth));
    world.exec(who, router, swap).succeeded()
}

fn deposits(world: &mut World) -> bool {
    world.chain.mine();
    world.try_deposit(BOB, world.usd, usd(100)).succeeded()
}

fn resumed(world: &mut World, who: Address) -> bool {
    let call = GuardRegistry::resumeCall {};
    world.call(who, world.registry, call).succeeded()
}

// What is paused goes on.

fn trades_while_everything_is_paused(world: World) -> bool {
    let mut world = funded(world);
    everything(&mut world);
    trades(&mut world, MANAGER)
}

fn trades_while_its_manager_paused_the_vault(world: World) -> bool {
    let mut world = funded(world);
    own(&mut world, VAULT);
    trades(&mut world, MANAGER)
}

fn trades_in_a_batch_while_the_house_paused_trades(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, GUARDIAN, TRADES);
    let (router, swap) = (world.router, world.swap(world.usd, usd(1), world.eth));
    world.batch(MANAGER, &[(router, swap)]).succeeded()
}

#[test]
fn nobody_trades_what_is_paused() {
    let attacks: &[Attack] = &[
        trades_while_everything_is_paused,
        trades_while_its_manager_paused_the_vault,
        trades_in_a_batch_while_the_house_paused_trades,
    ];
    bites("paused-trades", attacks);
}

fn deposits_while_everything_is_paused(world: World) -> bool {
    let mut world = funded(world);
    everything(&mut world);
    deposits(&mut world)
}

fn deposits_while_the_house_paused_the_vault(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, GUARDIAN, VAULT);
    deposits(&mut world)
}

#[test]
fn nobody_deposits_into_what_is_paused() {
    bites(
        "paused-deposits",
        &[
            deposits_while_everything_is_paused,
            deposits_while_the_house_paused_the_vault,
        ],
    );
}

// A pause is ended by somebody whose it is not.

fn the_guardian_ends_the_owners_pause(world: World) -> bool {
    let mut world = funded(world);
    world.must(OWNER, world.registry, GuardRegistry::pauseCall {});
    resumed(&mut world, GUARDIAN) && trades(&mut world, MANAGER)
}

fn the_guardian_ends_a_pause_of_their_own(world: World) -> bool {
    let mut world = funded(world);
    everything(&mut world);
    resumed(&mut world, GUARDIAN) && deposits(&mut world)
}

/// The guardian asks for less than there is: for trades alone, where the vault is paused.
fn the_guardian_ends_a_part_of_it(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, OWNER, VAULT);
    let next = TRADES;
    let call = VaultManager::setHousePausesCall { next };
    world.call(GUARDIAN, world.logic, call);
    deposits(&mut world)
}

#[test]
fn the_guardian_ends_no_pause() {
    let attacks: &[Attack] = &[
        the_guardian_ends_the_owners_pause,
        the_guardian_ends_a_pause_of_their_own,
        the_guardian_ends_a_part_of_it,
    ];
    bites("guardian-lifts", attacks);
}

/// The manager pauses and resumes, and with their own pause ends the house's.
fn the_manager_ends_the_houses_pause(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, GUARDIAN, VAULT);
    own(&mut world, TRADES);
    own(&mut world, 0);
    trades(&mut world, MANAGER)
}

/// The registry's owner does the same with the manager's.
fn the_owner_ends_the_managers_pause(world: World) -> bool {
    let mut world = funded(world);
    own(&mut world, VAULT);
    house(&mut world, OWNER, TRADES);
    house(&mut world, OWNER, 0);
    deposits(&mut world)
}

#[test]
fn neither_side_ends_what_the_other_paused() {
    bites(
        "one-hand-lifts",
        &[
            the_manager_ends_the_houses_pause,
            the_owner_ends_the_managers_pause,
        ],
    );
}

// A pause is lost on the way.

fn a_new_trader_trades(world: World) -> bool {
    let mut world = funded(world);
    own(&mut world, VAULT);
    let call = VaultManager::setTraderCall { trader: BOB };
    world.must(MANAGER, world.logic, call);
    trades(&mut world, BOB)
}

/// The house stops a vault, and its manager sells the seat.
fn a_new_manager_trades(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, GUARDIAN, VAULT);
    let call = VaultManager::proposeManagerCall { next: ALICE };
    world.must(MANAGER, world.logic, call);
    world.must(ALICE, world.logic, VaultManager::acceptManagerCall {});
    trades(&mut world, ALICE)
}

/// Stricter conditions are set at once; they are no way out of a pause.
fn new_conditions_end_it(world: World) -> bool {
    let mut world = funded(world);
    house(&mut world, GUARDIAN, TRADES);
    world.tighten(0, 1_000, 1_000);
    trades(&mut world, MANAGER)
}

#[test]
fn a_pause_is_in_every_seat_that_is_written_later() {
    let attacks: &[Attack] = &[
        a_new_trader_trades,
        a_new_manager_trades,
        new_conditions_end_it,
    ];
    bites("seats-forget-pauses", attacks);
}

/// The router is listed anew, with the guard that it had.
fn a_destination_is_listed_anew(world: World) -> bool {
    let mut world = funded(world);
    everything(&mut world);
    let (router, guard) = (world.router, world.router_guard);
    world.list(&[(router, guard, SPENDER)], &[], &[]);
    trades(&mut world, MANAGER)
}

/// Plain tokens get another guard, in whose entry the pause stands.
fn plain_tokens_get_a_new_guard(world: World) -> bool {
    let mut world = funded(world);
    everything(&mut world);
    let plain = world.plain_guard;
    world.list(&[], &[], &[(0, plain)]);
    deposits(&mut world)
}

#[test]
fn a_pause_is_in_every_listing_that_is_written_later() {
    bites(
        "listing-lifts",
        &[a_destination_is_listed_anew, plain_tokens_get_a_new_guard],
    );
}
