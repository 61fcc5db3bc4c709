//! Liquidity of Uniswap V2 pairs.

use alloy_primitives::{Address, U256};
use portcullis_evm::reason::Reason;

use crate::guards::{
    abi,
    lab::{LEAVER, Lab, e18, weakened, with_code},
    stubs::TESTER,
};

pub(super) const ALL: &[fn()] = &[
    s5_liquidity_is_worth_its_part_of_the_pair,
    v7_a_swap_does_not_move_the_value_of_liquidity,
    liquidity_follows_prices_not_reserves,
    s10_both_tokens_go_to_who_withdraws,
    nothing_of_a_pair_is_worth_nothing_and_may_leave_the_list,
    s6_liquidity_of_tokens_without_a_price_is_not_priced,
    odd_decimals_are_counted_right,
];

/// A pair of 1,000,000 dollars and 500 of a token at 2,000 dollars, of which the vault has a tenth.
struct Place {
    lab: Lab,
    dollar: Address,
    ether: Address,
    router: Address,
    pair: Address,
    guard: Address,
}

fn place(decimals: u64) -> Place {
    let mut lab = Lab::new();
    let (dollar, ether) = (lab.token(decimals, 1), lab.token(18, 2_000));
    let router = lab.deploy("test/MockV2Router", ());
    lab.tell(
        router,
        abi::createPairCall {
            a: dollar,
            b: ether,
        },
    );
    let pair = lab.ask(
        router,
        abi::getPairCall {
            a: dollar,
            b: ether,
        },
    );
    lab.list(pair, U256::ONE);
    let unit = U256::from(10).pow(U256::from(decimals));
    let vault = lab.vault;
    for (to, part) in [(TESTER, 9), (vault, 1)] {
        lab.mint(dollar, pair, U256::from(100_000 * part) * unit);
        lab.mint(ether, pair, e18(50 * part));
        lab.tell(pair, abi::provideCall { to });
    }
    let guard = lab.deploy("UniswapV2LpAsset", (lab.registry,));
    Place {
        lab,
        dollar,
        ether,
        router,
        pair,
        guard,
    }
}

fn value(place: &mut Place) -> U256 {
    place.lab.value(place.guard, place.pair)
}

/// Whether two amounts of dollars are the same but for a millionth.
fn near(a: U256, b: U256) -> bool {
    a.abs_diff(b) <= b / U256::from(1_000_000)
}

/// Somebody buys nearly half of the ether that the pair has.
fn shift(place: &mut Place) {
    let given = U256::from(1_000_000_000_000_u64);
    place.lab.mint(place.dollar, TESTER, given);
    place.lab.tell(
        place.dollar,
        abi::approveCall {
            spender: place.router,
            amount: given,
        },
    );
    let swap = abi::swapExactTokensForTokensCall {
        given,
        least: U256::ONE,
        path: vec![place.dollar, place.ether],
        to: TESTER,
        until: U256::MAX,
    };
    place.lab.tell(place.router, swap);
}

#[test]
fn s5_liquidity_is_worth_its_part_of_the_pair() {
    let mut place = place(6);
    let seen = value(&mut place);
    assert!(near(seen, e18(200_000)), "{seen}");
}

#[test]
fn odd_decimals_are_counted_right() {
    for decimals in [2, 7, 18] {
        let mut place = place(decimals);
        let seen = value(&mut place);
        assert!(near(seen, e18(200_000)), "{decimals}: {seen}");
    }
}

/// By what part of itself, in thousandths, a swap moves the value.
fn moved() -> U256 {
    let mut place = place(6);
    let before = value(&mut place);
    shift(&mut place);
    let after = value(&mut place);
    after.abs_diff(before) * U256::from(1_000) / before
}

#[test]
fn v7_a_swap_does_not_move_the_value_of_liquidity() {
    // The swap's own fee stays in the pair: less than two thousandths.
    assert!(moved() < U256::from(2));
}

#[test]
fn v7_priced_from_the_spot_a_swap_moves_the_value_by_a_quarter() {
    let code = weakened("spot-reserves", "UniswapV2LpAsset");
    with_code(code, || assert!(moved() > U256::from(240)));
}

#[test]
fn liquidity_follows_prices_not_reserves() {
    let mut place = place(6);
    place.lab.list(place.ether, e18(8_000));
    // Twice the root of 10^6 · 500 · 8,000, and a tenth of that.
    let seen = value(&mut place);
    assert!(near(seen, e18(400_000)), "{seen}");
    let again = place.lab.ask(
        place.guard,
        abi::balanceCall {
            vault: place.lab.vault,
            asset: place.pair,
        },
    );
    assert_eq!(again, place.lab.balance(place.pair, place.lab.vault));
}

#[test]
fn s10_both_tokens_go_to_who_withdraws() {
    let mut place = place(6);
    place.lab.unwind(place.guard, place.pair, 1, 2).unwrap();
    let dollars = place.lab.balance(place.dollar, LEAVER);
    assert!(near(dollars, U256::from(50_000_000_000_u64)), "{dollars}");
    assert!(near(place.lab.balance(place.ether, LEAVER), e18(25)));
    assert!(!place.lab.removable(place.guard, place.pair));
    place.lab.unwind(place.guard, place.pair, 1, 1).unwrap();
    assert!(place.lab.removable(place.guard, place.pair));
}

#[test]
fn nothing_of_a_pair_is_worth_nothing_and_may_leave_the_list() {
    let mut place = place(6);
    let nothing = place.lab.plan(place.guard, place.pair, 0, 1).unwrap();
    assert!(nothing.steps.is_empty() && nothing.paid.is_zero() && nothing.amount.is_zero());
    place.lab.unwind(place.guard, place.pair, 1, 1).unwrap();
    place.lab.unlist(place.dollar);
    assert_eq!(value(&mut place), U256::ZERO);
}

#[test]
fn s6_liquidity_of_tokens_without_a_price_is_not_priced() {
    let mut place = place(6);
    place.lab.unlist(place.ether);
    let reason = place.lab.try_value(place.guard, place.pair).unwrap_err();
    assert_eq!(reason.typed::<abi::Unpriced>().unwrap().asset, place.ether);
}

/// Tokens given to a pair are not its liquidity until it counts them.
#[test]
fn v8_a_donation_to_a_pair_is_the_holders_gain_and_nobody_elses() {
    let mut place = place(6);
    let before = value(&mut place);
    place
        .lab
        .mint(place.dollar, place.pair, U256::from(1_000_000_000_000_u64));
    assert_eq!(value(&mut place), before);
}

#[test]
fn w1_a_pair_that_cannot_pay_fails_alone() {
    let mut place = place(6);
    let stoppable = place.lab.deploy("test/StoppableToken", ());
    place.lab.list(stoppable, e18(1));
    place.lab.tell(
        place.router,
        abi::createPairCall {
            a: place.dollar,
            b: stoppable,
        },
    );
    let ask = abi::getPairCall {
        a: place.dollar,
        b: stoppable,
    };
    let other = place.lab.ask(place.router, ask);
    place.lab.mint(place.dollar, other, U256::from(1_000_000));
    place.lab.mint(stoppable, other, e18(1));
    place.lab.tell(
        other,
        abi::provideCall {
            to: place.lab.vault,
        },
    );
    place.lab.tell(stoppable, abi::stopCall { stopped: true });
    let stuck = place.lab.unwind(place.guard, other, 1, 1);
    assert_eq!(stuck, Err(Reason::Text("stopped".to_owned())));
    place.lab.unwind(place.guard, place.pair, 1, 1).unwrap();
}
