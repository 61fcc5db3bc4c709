//! N5 and T8: loans for the length of a call, and native ether.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::sol;
use portcullis_evm::bindings::GuardRegistry;

use super::{
    bites,
    market::{LOANS, Market, code},
};
use crate::{
    guards::abi,
    world::{SPENDER, STRANGER, units, usd},
};

sol! {
    function flashLoan(address receiver, address[] assets, uint256[] amounts, uint256[] modes, address onBehalfOf, bytes params, uint16 referral) external;
}

/// Whoever judges what is like this destination.
fn guard_of(market: &mut Market, destination: Address) -> Address {
    let call = GuardRegistry::guardOfCall { destination };
    market.world.view(market.world.registry, call).guard
}

// N5: a loan whose receiver is a stranger, and whose debt is the vault's.

/// A pool that lends for the length of a call, with 20,000 of the vault's dollars in it.
fn lender(market: &mut Market) -> Address {
    let pool = market.world.deploy("test/FlashPool", Vec::new());
    let like = market.pool;
    let guard = guard_of(market, like);
    let (dollar, ether, vault) = (market.world.usd, market.world.eth, market.world.vault);
    for (asset, price) in [(dollar, 1), (ether, 2_000)] {
        let price = units(price, 8);
        market.tell(pool, abi::openCall { asset, price });
    }
    market.world.mint(ether, pool, units(100, 18));
    let feed = market.world.feeds[&dollar];
    market.world.feeds.insert(pool, feed);
    let destinations = [(pool, guard, SPENDER)];
    market.world.list(&destinations, &[(pool, LOANS)], &[]);
    market.enable(&[pool]);
    let amount = usd(20_000);
    let supply = abi::supplyCall {
        asset: dollar,
        amount,
        onBehalfOf: vault,
        code: 0,
    };
    market.invest(dollar, amount, pool, supply);
    pool
}

/// Two ether for somebody who is happy about every call, and never paid back.
fn loan(market: &mut Market) -> (Address, flashLoanCall) {
    let receiver = market.world.deploy("test/Happy", Vec::new());
    let call = flashLoanCall {
        receiver,
        assets: vec![market.world.eth],
        amounts: vec![units(2, 18)],
        modes: vec![U256::from(2)],
        onBehalfOf: market.world.vault,
        params: Bytes::new(),
        referral: 0,
    };
    (receiver, call)
}

fn the_vault_owes_what_a_stranger_got(mut market: Market) -> bool {
    let pool = lender(&mut market);
    let (receiver, call) = loan(&mut market);
    let before = market.worth();
    let _ = market.exec(pool, call);
    let ether = market.world.eth;
    market.have(ether, receiver) == units(2, 18) && market.worth() == before - 4_000
}

#[test]
fn n5_no_loan_is_taken_for_somebody_else() {
    bites("guards/flash-loans", &[the_vault_owes_what_a_stranger_got]);
}

#[test]
fn n5_a_flash_loan_is_no_function_that_a_guard_knows() {
    let mut market = Market::new();
    let pool = lender(&mut market);
    let (_, call) = loan(&mut market);
    assert_eq!(code(market.exec(pool, call)), "dh23");
}

// T8: native ether, which a vault cannot hold.

/// A hundred dollars for a twentieth of an ether, paid to a stranger.
fn ether_for_a_stranger(mut market: Market) -> bool {
    let router = market.world.deploy("test/NativeRouter", Vec::new());
    let like = market.v2;
    let guard = guard_of(&mut market, like);
    market.world.list(&[(router, guard, SPENDER)], &[], &[]);
    let funded = market.world.chain.set_balance(router, units(1, 18));
    funded.unwrap();
    let (dollar, ether) = (market.world.usd, market.world.eth);
    let swap = abi::swapExactTokensForETHCall {
        given: usd(100),
        least: units(5, 16),
        path: vec![dollar, ether],
        to: STRANGER,
        until: market.soon(),
    };
    market.with_allowance(dollar, usd(100), router, swap);
    market.world.chain.balance(STRANGER).unwrap() == units(5, 16)
}

#[test]
fn t8_no_swap_pays_native_ether() {
    bites("guards/native-ether", &[ether_for_a_stranger]);
}
