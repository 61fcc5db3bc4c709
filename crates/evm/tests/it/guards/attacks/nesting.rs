//! N1 to N5: calls inside calls, and calls to the house itself.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;

use super::{
    bites,
    market::{Market, code, rule},
};
use crate::{
    guards::abi,
    world::{MANAGER, STRANGER, usd},
};

/// A swap of the vault's dollars that pays the stranger.
fn theft(market: &Market) -> Bytes {
    let mut params = market.order(100);
    params.recipient = STRANGER;
    abi::exactInputSingleCall { params }.abi_encode().into()
}

fn fair(market: &Market) -> Bytes {
    abi::exactInputSingleCall {
        params: market.order(100),
    }
    .abi_encode()
    .into()
}

fn stolen(mut market: Market, data: Vec<Bytes>) -> bool {
    let (dollar, v3, ether) = (market.world.usd, market.v3, market.world.eth);
    market.with_allowance(dollar, usd(200), v3, abi::multicallCall { data });
    market.have(ether, STRANGER) != U256::ZERO
}

fn one_deep(market: Market) -> bool {
    let inner = abi::multicallCall {
        data: vec![theft(&market)],
    }
    .abi_encode();
    stolen(market, vec![inner.into()])
}

fn two_deep(market: Market) -> bool {
    let inner = abi::multicallCall {
        data: vec![theft(&market)],
    }
    .abi_encode();
    let outer = abi::multicallCall {
        data: vec![inner.into()],
    }
    .abi_encode();
    stolen(market, vec![outer.into()])
}

#[test]
fn n1_no_multicall_hides_in_a_multicall() {
    bites("guards/nested-multicall", &[one_deep, two_deep]);
}

fn a_second_swap(market: Market) -> bool {
    let data = vec![fair(&market), theft(&market)];
    stolen(market, data)
}

fn a_thousand_calls(market: Market) -> bool {
    let nothing = abi::sweepTokenCall {
        token: market.rogue,
        least: U256::ZERO,
        to: STRANGER,
    };
    let mut data = vec![fair(&market)];
    data.extend(vec![Bytes::from(nothing.abi_encode()); 998]);
    data.push(theft(&market));
    stolen(market, data)
}

/// What the router holds after an exact output is swept to the stranger.
fn a_sweep_to_a_stranger(mut market: Market) -> bool {
    let (dollar, v3) = (market.world.usd, market.v3);
    let sweep = abi::sweepTokenCall {
        token: dollar,
        least: U256::ZERO,
        to: STRANGER,
    };
    let data = vec![fair(&market), sweep.abi_encode().into()];
    market.with_allowance(dollar, usd(100), v3, abi::multicallCall { data });
    market.have(dollar, STRANGER) != U256::ZERO
}

#[test]
fn n2_a_multicall_has_one_swap_and_nothing_for_others() {
    bites(
        "guards/many-swaps",
        &[a_second_swap, a_thousand_calls, a_sweep_to_a_stranger],
    );
}

#[test]
fn n2_a_multicall_of_nothing_is_refused() {
    let mut market = Market::new();
    let v3 = market.v3;
    let refused = market.exec(v3, abi::multicallCall { data: Vec::new() });
    assert_eq!(rule(refused), "multicall.calls");
}

#[test]
fn n2_a_multicall_of_one_swap_and_a_sweep_works() {
    let mut market = Market::new();
    let (dollar, ether, vault) = (market.world.usd, market.world.eth, market.world.vault);
    let sweep = abi::sweepTokenCall {
        token: dollar,
        least: U256::ZERO,
        to: vault,
    };
    let data = vec![fair(&market), sweep.abi_encode().into()];
    let v3 = market.v3;
    market.invest(dollar, usd(100), v3, abi::multicallCall { data });
    assert!(market.have(ether, vault) > U256::ZERO);
}

/// N1, S1: whatever is called, and with whatever, the house is no destination.
#[test]
fn n1_s1_no_part_of_the_house_is_ever_called() {
    let mut market = Market::new();
    let world = &market.world;
    let parts = [
        world.vault,
        world.logic,
        world.registry,
        world.escrow,
        world.factory,
        world.router_guard,
        world.approve_guard,
        world.plain_guard,
    ];
    let calls = [
        abi::approveCall {
            spender: STRANGER,
            amount: U256::MAX,
        }
        .abi_encode(),
        abi::transferCall {
            to: STRANGER,
            amount: usd(1),
        }
        .abi_encode(),
        abi::multicallCall {
            data: vec![Bytes::new()],
        }
        .abi_encode(),
        vec![0; 4],
    ];
    for to in parts {
        for data in &calls {
            assert_eq!(market.world.exec_why(to, data.clone()).text(), Some("dh23"));
        }
    }
}

/// N3: a router that would call anything is asked to.
#[test]
fn n3_a_router_is_not_asked_to_call_others() {
    let mut market = Market::new();
    let vault = market.world.vault;
    let take = abi::transferFromCall {
        from: vault,
        to: STRANGER,
        amount: usd(1),
    };
    let call = abi::forwardCall {
        to: market.world.usd,
        data: take.abi_encode().into(),
    };
    let v3 = market.v3;
    assert_eq!(code(market.exec(v3, call)), "dh23");
}

/// N5: nobody borrows for the length of a call, and so nobody calls back.
#[test]
fn n5_flash_loans_are_refused() {
    let mut market = Market::new();
    let (pool, vault, dollar) = (market.pool, market.world.vault, market.world.usd);
    let loan = abi::flashLoanSimpleCall {
        receiver: vault,
        asset: dollar,
        amount: usd(1),
        params: Bytes::new(),
        code: 0,
    };
    assert_eq!(code(market.exec(pool, loan)), "dh23");
}

/// The same rules for a call alone and as one of a batch.
#[test]
fn r7_a_batch_is_judged_call_by_call() {
    let mut market = Market::new();
    let (dollar, v3) = (market.world.usd, market.v3);
    let approve = abi::approveCall {
        spender: v3,
        amount: usd(100),
    }
    .abi_encode();
    let steal = theft(&market).to_vec();
    let outcome = market
        .world
        .batch(MANAGER, &[(dollar, approve), (v3, steal)]);
    assert_eq!(rule(Err(outcome.reason().unwrap())), "recipient");
}
