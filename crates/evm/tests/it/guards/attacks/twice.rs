//! Defences that other systems were seen to lack, each tried a second time: by an attack of another kind than
//! elsewhere.

use std::collections::BTreeMap;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{SolCall, sol};
use portcullis_evm::{
    bindings::{GuardRegistry, Vault},
    chain::Call,
};

use super::{bites, market::Market};
use crate::{
    files::artifact,
    guards::{
        abi,
        lab::{Lab, with_code},
    },
    pauses,
    red_team::{self, Attack},
    stand_ins::{Router, SlowGuard},
    world::{DAY, FLOOR, GUARDIAN, HOOKED, MANAGER, STRANGER, World, approve, units, usd},
};

sol! {
    function word(bytes data, uint256 index) external pure returns (uint256);
}

// The approval that reaches anywhere: the guardian closes a token, and so opens it.

fn a_frozen_token_is_allowed_to_a_stranger(world: World) -> bool {
    let mut world = world.funded();
    let (token, vault) = (world.eth, world.vault);
    let amount = units(1, 18);
    world.mint(token, vault, amount);
    let destination = token;
    let freeze = GuardRegistry::freezeDestinationCall { destination };
    world.must(GUARDIAN, world.registry, freeze);
    world.exec(MANAGER, token, approve(STRANGER, amount));
    let (from, to) = (vault, STRANGER);
    world.call(STRANGER, token, abi::transferFromCall { from, to, amount });
    world.balance(token, STRANGER) == amount
}

#[test]
fn t1_what_is_closed_is_allowed_to_nobody() {
    red_team::bites(
        "generic-approve",
        &[a_frozen_token_is_allowed_to_a_stranger],
    );
}

// The role after the guard: what a stranger is told.

fn a_stranger_is_told_why_a_guard_refuses(mut market: Market) -> bool {
    let mut theft = market.sale(1);
    theft.to = STRANGER;
    let v2 = market.v2;
    let outcome = market.world.exec(STRANGER, v2, theft.abi_encode());
    outcome.reason().unwrap().text() != Some("dh24")
}

fn a_stranger_is_told_what_is_paused(mut market: Market) -> bool {
    pauses::everything(&mut market.world);
    let (v2, sale) = (market.v2, market.sale(1));
    let outcome = market.world.exec(STRANGER, v2, sale.abi_encode());
    outcome.reason().unwrap().text() == Some("dh1")
}

#[test]
fn a4_a_stranger_is_told_nothing_but_that() {
    bites(
        "role-after-guard",
        &[
            a_stranger_is_told_why_a_guard_refuses,
            a_stranger_is_told_what_is_paused,
        ],
    );
}

// The index of eight bits.

#[test]
fn d2_read_with_eight_bits_the_ninth_argument_is_the_first() {
    let weak = artifact("weakened/guards/eight-bit-index/Reader").creation;
    let words = (1..=40_u64).flat_map(|at| U256::from(at).to_be_bytes::<32>());
    let data: Bytes = [0xaa; 4].into_iter().chain(words).collect();
    let read = |index: u64| {
        let mut lab = Lab::new();
        let reader = lab.deploy("test/Reader", ());
        let (data, index) = (data.clone(), U256::from(index));
        lab.ask(reader, wordCall { data, index })
    };
    assert_eq!([read(7), read(8)], [U256::from(8), U256::from(9)]);
    with_code(BTreeMap::from([("test/Reader".to_owned(), weak)]), || {
        assert_eq!([read(7), read(8)], [U256::from(8), U256::from(1)]);
    });
}

/// The second call inside begins behind the eighth word, and is not found.
fn a_fair_multicall_is_not_understood(mut market: Market) -> bool {
    let (token, to, spender) = (market.world.usd, market.world.vault, market.v3);
    let params = market.order(100);
    let least = U256::ZERO;
    let data = vec![
        abi::exactInputSingleCall { params }.abi_encode().into(),
        abi::sweepTokenCall { token, least, to }.abi_encode().into(),
    ];
    let call = abi::multicallCall { data };
    !market
        .with_allowance(token, usd(100), spender, call)
        .succeeded()
}

#[test]
fn d2_what_stands_behind_the_eighth_word_is_found() {
    bites(
        "guards/eight-bit-index",
        &[a_fair_multicall_is_not_understood],
    );
}

// The window of a calendar day: whenever and however much.

/// What three days of losses at odd times come to, as seconds and parts of 100,000.
fn losses(world: &mut World, mut seed: u64) -> Vec<(u64, u64)> {
    let value = world.value();
    let until = world.chain.now() + 3 * DAY;
    let mut found = Vec::new();
    while world.chain.now() < until {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        world.chain.wait(1 + (seed >> 33) % 5_400);
        let before = world.value();
        let (dollars, eth) = (20 + (seed >> 40) % 80, world.eth);
        if world.trade(dollars, eth).succeeded() {
            let lost = (before - world.value()) * U256::from(100_000) / value;
            found.push((world.chain.now(), lost.to()));
        }
    }
    found
}

/// Whether any 24 hours together lose more than 3 %.
fn a_day_loses_too_much(world: World, seed: u64) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.tighten(FLOOR, 1_000, 3_000);
    world.worsen(90_000);
    let all = losses(&mut world, seed);
    let day = |from: u64| {
        let within = all.iter().filter(|(at, _)| (from..from + DAY).contains(at));
        within.map(|(_, parts)| parts).sum::<u64>()
    };
    assert!(all.len() > 10, "{all:?}");
    all.iter().any(|(from, _)| day(*from) > 3_000)
}

fn at_odd_times(world: World) -> bool {
    a_day_loses_too_much(world, 1)
}

fn at_other_odd_times(world: World) -> bool {
    a_day_loses_too_much(world, 2)
}

#[test]
fn v2_no_day_loses_more_than_it_may_at_odd_times() {
    let attacks: &[Attack] = &[at_odd_times, at_other_odd_times];
    red_team::bites("calendar-day", attacks);
}

// The look afterwards that is only tried: it runs out of gas, and the rest has enough.

/// A claim at a destination whose guard looks for long; `gas` for all of it.
fn claimed(world: &mut World, gas: u64) -> (bool, U256) {
    let guard = world.deploy("test/SlowGuard", Vec::new());
    let market = world.deploy("test/Router", Vec::new());
    world.list(&[(market, guard, HOOKED)], &[], &[]);
    let (token, amount) = (world.dai, U256::ONE);
    world.mint(token, market, amount);
    let to = market;
    let data = Router::claimCall { token, amount }.abi_encode().into();
    let data = Vault::executeTransactionCall { to, data }.abi_encode();
    let mut call = Call::new(MANAGER, world.vault, data);
    call.gas_limit = gas;
    let done = world.chain.send(&call).unwrap().succeeded();
    (done, world.view(guard, SlowGuard::settledCall {}))
}

fn is_not_looked_at_for_want_of_gas(world: World) -> bool {
    let mut world = world.funded();
    [500_000, 1_000_000, 2_000_000]
        .into_iter()
        .any(|gas| claimed(&mut world, gas) == (true, U256::ZERO))
}

#[test]
fn r5_a_look_that_runs_out_of_gas_fails_the_call() {
    red_team::bites("probed-hook", &[is_not_looked_at_for_want_of_gas]);
    let mut world = World::new().funded();
    assert_eq!(claimed(&mut world, 30_000_000), (true, U256::ONE));
}
