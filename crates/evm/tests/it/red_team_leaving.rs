//! W7: fees at the exit. They count as nobody's loss, and nobody gets around them.

use alloy_primitives::U256;
use portcullis_evm::bindings::VaultManager;

use crate::{
    red_team::bites,
    world::{ALICE, BOB, MANAGER, STRANGER, World, dollars, units, usd},
};

/// Alice and Bob have 10,000 dollars each in a vault with these fees.
fn with_fees(mut world: World, fees: (u16, u16, u16, u16)) -> World {
    (world.vault, world.logic) = world.another_vault(MANAGER, fees, 0);
    for asset in [world.usd, world.eth] {
        let deposits = true;
        let call = VaultManager::addAssetCall { asset, deposits };
        world.must(MANAGER, world.logic, call);
    }
    for who in [ALICE, BOB] {
        world.deposit(who, usd(10_000));
    }
    world.chain.mine();
    world
}

fn for_going(world: World) -> World {
    with_fees(world, (0, 100, 0, 0))
}

/// A fifth of gains; the vault has doubled since anybody reckoned.
fn after_a_gain(world: World) -> World {
    let mut world = with_fees(world, (0, 0, 2_000, 0));
    world.mint(world.usd, world.vault, usd(20_000));
    world
}

/// Alice gives a part of her shares back; what she is paid in dollars, if she gets away.
fn leaves(world: &mut World, part: u64, whole: u64) -> Option<U256> {
    let shares = world.shares(ALICE) * U256::from(part) / U256::from(whole);
    let left = world.withdraw(ALICE, shares).succeeded();
    left.then(|| world.balance(world.usd, ALICE))
}

// A fee that counts as a loss keeps everybody in.

fn the_first_is_kept_in_by_the_fee(world: World) -> bool {
    let mut world = for_going(world);
    leaves(&mut world, 1, 1).is_none()
}

fn a_little_is_kept_in_by_the_fee(world: World) -> bool {
    let mut world = for_going(world);
    leaves(&mut world, 1, 100).is_none()
}

#[test]
fn w7_the_fee_for_going_is_nobodys_loss() {
    let attacks = &[
        the_first_is_kept_in_by_the_fee as fn(World) -> bool,
        a_little_is_kept_in_by_the_fee,
    ];
    bites("fee-paid-out", attacks);
}

// A bound that leaves room for the fee has it paid to whoever leaves.

fn is_paid_the_fee(world: World) -> bool {
    let mut world = for_going(world);
    leaves(&mut world, 1, 1).unwrap() > usd(9_900)
}

fn the_others_pay_the_fee(world: World) -> bool {
    let mut world = for_going(world);
    leaves(&mut world, 1, 1).unwrap();
    // The fee is the manager's, and a hundredth of what Alice had stays for it.
    let left = world.value() * world.shares(BOB) / world.supply();
    left < dollars(9_999)
}

#[test]
fn w7_who_leaves_pays_the_fee_for_going() {
    bites("fee-given-back", &[is_paid_the_fee, the_others_pay_the_fee]);
}

// Fees that wait for the next reckoning are paid by those who stay.

fn leaves_without_the_fee_on_gains(world: World) -> bool {
    let mut world = after_a_gain(world);
    // Of 20,000, less a fifth of the 10,000 that were gained.
    leaves(&mut world, 1, 1).unwrap() > usd(18_001)
}

fn leaves_without_the_fee_for_time(world: World) -> bool {
    let mut world = with_fees(world, (0, 0, 0, 300));
    world.chain.wait(365 * 86_400);
    leaves(&mut world, 1, 1).unwrap() > usd(9_701)
}

#[test]
fn w7_fees_that_are_due_are_taken_before_anybody_leaves() {
    bites(
        "fees-wait",
        &[
            leaves_without_the_fee_on_gains,
            leaves_without_the_fee_for_time,
        ],
    );
}

/// To the last unit: who leaves gets the part of the shares that they gave back and no fee took.
#[test]
fn w7_what_is_paid_is_the_part_after_all_fees() {
    let mut world = for_going(World::new());
    assert_eq!(leaves(&mut world, 1, 1), Some(usd(9_900)));
    assert_eq!(world.shares(MANAGER), units(100, 18));
    assert_eq!(world.value(), dollars(10_100));
    let mut world = after_a_gain(World::new());
    assert_eq!(leaves(&mut world, 1, 1), Some(usd(18_000)));
    assert_eq!(world.value(), dollars(22_000));
}

/// Without a price nobody can say what was gained. The fee for time is taken all the same; that on gains is taken
/// from those who are still there when the price is back.
#[test]
fn w7_without_a_price_gains_are_not_reckoned() {
    let mut world = World::new();
    let feed = world.moving_feed(world.dai, 1);
    let asset = world.dai;
    world.list(&[], &[(asset, crate::world::PLAIN)], &[]);
    let mut world = with_fees(world, (0, 0, 2_000, 300));
    let deposits = false;
    let call = VaultManager::addAssetCall { asset, deposits };
    world.must(MANAGER, world.logic, call);
    world.mint(world.usd, world.vault, usd(20_000));
    let quiet = crate::stand_ins::MovingFeed::setCall { price_: U256::ZERO };
    world.must(STRANGER, feed, quiet);
    world.chain.wait(365 * 86_400);
    // Three hundredths for the year, and nothing of the gain.
    let paid = leaves(&mut world, 1, 1).unwrap();
    assert!(paid.abs_diff(usd(19_400)) <= usd(1), "{paid}");
    world.set_price(asset, dollars(1));
    let before = world.shares(MANAGER);
    world.must(
        STRANGER,
        world.vault,
        portcullis_evm::bindings::Vault::takeFeesCall {},
    );
    assert!(world.shares(MANAGER) > before);
}
