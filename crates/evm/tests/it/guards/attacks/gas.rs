//! What guards cost: calls of a vault without conditions, in gas.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;

use super::market::Market;
use crate::{
    guards::abi,
    world::{MANAGER, STRANGER, usd},
};

/// What a call of the manager costs, and whether it succeeds.
fn cost(market: &mut Market, to: alloy_primitives::Address, data: Vec<u8>) -> (u64, bool) {
    market.world.chain.mine();
    let outcome = market.world.exec(MANAGER, to, Bytes::from(data));
    (outcome.gas, outcome.succeeded())
}

#[test]
fn a_guarded_approval_and_its_refusal_stay_cheap() {
    let mut market = Market::new();
    let (dollar, spender) = (market.world.usd, market.v2);
    let allow = |spender, amount| {
        abi::approveCall {
            spender,
            amount: usd(amount),
        }
        .abi_encode()
    };
    let (first, done) = cost(&mut market, dollar, allow(spender, 5));
    assert!(done && first <= 80_000, "first {first}");
    let (update, done) = cost(&mut market, dollar, allow(spender, 6));
    assert!(done && update <= 62_000, "update {update}");
    let (refusal, done) = cost(&mut market, dollar, allow(STRANGER, 6));
    assert!(!done && refusal <= 45_000, "refusal {refusal}");
}

#[test]
fn a_guarded_swap_costs_little_more_than_a_plain_one() {
    let mut market = Market::new();
    let (dollar, spender) = (market.world.usd, market.v2);
    let amount = usd(1_000_000);
    market
        .exec(dollar, abi::approveCall { spender, amount })
        .unwrap();
    let (guarded, done) = {
        let data = market.sale(100).abi_encode();
        cost(&mut market, spender, data)
    };
    assert!(done);
    market.world.mint(dollar, STRANGER, amount);
    market
        .world
        .must(STRANGER, dollar, abi::approveCall { spender, amount });
    let sale = abi::swapExactTokensForTokensCall {
        to: STRANGER,
        ..market.sale(100)
    };
    let plain = market.world.must(STRANGER, spender, sale).gas;
    let over = guarded.saturating_sub(plain);
    assert!(over <= 50_000, "{over} over {plain}");
    assert!(U256::from(over) > U256::ZERO);
}
