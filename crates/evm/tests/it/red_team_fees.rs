//! V6: fees for what nobody gained.

use crate::{
    red_team::bites,
    world::{ALICE, BOB, MANAGER, STRANGER, World, units, usd},
};
use alloy_primitives::{Address, U256};
use portcullis_evm::bindings::{Vault, VaultManager};

/// A vault whose manager gets a fifth of all gains.
fn for_a_fifth(mut world: World) -> World {
    (world.vault, world.logic) = world.another_vault(MANAGER, (0, 0, 2_000, 0), 0);
    let (asset, deposits) = (world.usd, true);
    let call = VaultManager::addAssetCall { asset, deposits };
    world.must(MANAGER, world.logic, call);
    world
}

/// The same, with 10,000 of Alice's in a token whose price moves.
fn moved(world: World) -> (World, Address) {
    let mut world = for_a_fifth(world);
    let token = world.hostile();
    let outcome = world.try_deposit(ALICE, token, units(10_000, 18));
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    world.chain.mine();
    (world, token)
}

fn reckon(world: &mut World, token: Address, price: u64) -> U256 {
    world.set_price(token, units(price, 18));
    world.must(MANAGER, world.vault, Vault::takeFeesCall {});
    world.shares(MANAGER)
}

fn charges_again_what_came_back(world: World) -> bool {
    let (mut world, token) = moved(world);
    let once = reckon(&mut world, token, 2);
    assert!(once > U256::ZERO, "a gain is charged");
    reckon(&mut world, token, 1);
    reckon(&mut world, token, 2) > once
}

/// The reckoning in the hollow comes with somebody's deposit, not with the manager's wish.
fn charges_again_after_a_newcomer(world: World) -> bool {
    let (mut world, token) = moved(world);
    let once = reckon(&mut world, token, 4);
    world.set_price(token, units(2, 18));
    world.deposit(BOB, usd(100));
    world.chain.mine();
    reckon(&mut world, token, 3) > once
}

#[test]
fn v6_a_gain_is_charged_once() {
    bites(
        "mark-follows",
        &[charges_again_what_came_back, charges_again_after_a_newcomer],
    );
}

/// Who gives to a vault, takes a fee for what it seems to have earned and leaves has lost by it.
#[test]
fn v6_a_gift_makes_no_manager_richer() {
    let mut world = for_a_fifth(World::new());
    world.deposit(ALICE, usd(10_000));
    world.deposit(MANAGER, usd(10_000));
    world.mint(world.usd, world.vault, usd(5_000));
    world.must(STRANGER, world.vault, Vault::takeFeesCall {});
    world.chain.mine();
    for who in [MANAGER, ALICE] {
        let shares = world.shares(who);
        assert!(world.withdraw(who, shares).succeeded());
    }
    let back = world.balance(world.usd, MANAGER);
    assert!(back > usd(10_000) && back < usd(15_000), "{back}");
    assert!(world.balance(world.usd, ALICE) >= usd(10_000));
}
