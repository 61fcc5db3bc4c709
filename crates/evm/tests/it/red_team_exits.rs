//! Attacks on those who leave, and on the later calls of a batch.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::Vault;

use crate::{
    red_team::{Attack, bites},
    stand_ins::{Pot, PotGuard, Token},
    world::{ALICE, BOB, MANAGER, STRANGER, World, approve, dollars, units, usd},
};

// W2: a little for the victim, again and again.

fn two_holders(world: World) -> World {
    let mut world = world.funded();
    world.deposit(BOB, usd(10_000));
    world.chain.mine();
    world
}

/// Whether Alice cannot have half of her part.
fn kept_in(world: &mut World) -> bool {
    let half = world.shares(ALICE) / U256::from(2);
    !world.withdraw(ALICE, half).succeeded()
}

fn sends_dust(world: World) -> bool {
    let mut world = two_holders(world);
    let (to, amount) = (ALICE, U256::ONE);
    world.must(BOB, world.vault, Vault::transferCall { to, amount });
    kept_in(&mut world)
}

fn has_dust_fetched(world: World) -> bool {
    let mut world = two_holders(world);
    let (spender, amount) = (STRANGER, U256::ONE);
    world.must(BOB, world.vault, Vault::approveCall { spender, amount });
    let (from, to) = (BOB, ALICE);
    let call = Vault::transferFromCall { from, to, amount };
    world.must(STRANGER, world.vault, call);
    kept_in(&mut world)
}

#[test]
fn w2_dust_locks_nobodys_shares() {
    bites("dust-renews-lock", &[sends_dust, has_dust_fetched]);
}

// W6: the second way out knows every type that the first one knows.

/// Alice has left with half while the pot was shut: one ether of two is hers.
fn owed_out_of_a_pot(world: World) -> World {
    let mut world = world.funded();
    world.fill_pot(2);
    world.must(STRANGER, world.pot, Pot::shutCall { shut_: true });
    let half = world.shares(ALICE) / U256::from(2);
    assert!(world.withdraw(ALICE, half).succeeded());
    world
}

fn settles(world: &mut World, by: Address) {
    world.must(STRANGER, world.pot, Pot::shutCall { shut_: false });
    let (account, asset) = (ALICE, world.pot);
    world.call(by, world.vault, Vault::settleClaimCall { account, asset });
}

fn is_never_paid(world: World) -> bool {
    let mut world = owed_out_of_a_pot(world);
    settles(&mut world, STRANGER);
    world.balance(world.eth, ALICE) != units(1, 18)
}

fn is_owed_for_ever(world: World) -> bool {
    let mut world = owed_out_of_a_pot(world);
    settles(&mut world, ALICE);
    let (account, asset) = (ALICE, world.pot);
    let told = world.view(world.vault, Vault::claimOfCall { account, asset });
    told.parts != U256::ZERO
}

#[test]
fn w6_a_claim_on_a_position_is_settled_as_well() {
    bites("plain-claims-only", &[is_never_paid, is_owed_for_ever]);
}

// W8: what is owed is not there.

fn counts_twice(world: World) -> bool {
    let mut world = owed_out_of_a_pot(world);
    world.value() > dollars(7_000)
}

fn sells_what_is_owed(world: World) -> bool {
    let mut world = owed_out_of_a_pot(world);
    world.deposit(BOB, usd(7_000));
    world.shares(BOB) < world.shares(ALICE)
}

#[test]
fn w8_what_is_owed_to_those_who_left_does_not_count() {
    bites("claims-count", &[counts_twice, sells_what_is_owed]);
}

// W10: a withdrawal that nobody compares with its part.

/// Alice gives a part of hers back while the pot pays her several times her part.
fn takes_more(world: World, part: u64, greed: u64) -> bool {
    let mut world = two_holders(world);
    world.fill_pot(4);
    let call = PotGuard::setCall {
        greed_: U256::from(greed),
        detour_: Address::ZERO,
    };
    world.must(STRANGER, world.pot_guard, call);
    let shares = world.shares(ALICE) / U256::from(part);
    world.withdraw(ALICE, shares);
    world.balance(world.eth, ALICE) > units(2, 18)
}

fn takes_everything(world: World) -> bool {
    takes_more(world, 1, 2)
}

fn takes_three_quarters_for_one(world: World) -> bool {
    takes_more(world, 2, 3)
}

#[test]
fn w10_nobody_takes_more_than_their_part() {
    let attacks: &[Attack] = &[takes_everything, takes_three_quarters_for_one];
    bites("no-exit-bounds", attacks);
}

// R7: the second call of a batch.

fn allows_a_stranger(world: World) -> bool {
    let mut world = world.funded();
    let (token, router) = (world.usd, world.router);
    let calls = [
        (token, approve(router, U256::ONE)),
        (token, approve(STRANGER, U256::MAX)),
    ];
    world.batch(MANAGER, &calls);
    world.allowance(token, STRANGER) != U256::ZERO
}

fn sends_a_token_away(world: World) -> bool {
    let mut world = world.funded();
    let (token, router) = (world.usd, world.router);
    let (to, amount) = (STRANGER, usd(100));
    let away = Token::transferCall { to, amount }.abi_encode();
    let calls = [(token, approve(router, U256::ONE)), (token, away)];
    world.batch(MANAGER, &calls);
    world.balance(token, STRANGER) != U256::ZERO
}

#[test]
fn r7_every_call_of_a_batch_is_judged() {
    bites("first-of-a-batch", &[allows_a_stranger, sends_a_token_away]);
}
