//! Mean prices of Uniswap V3 pools.

mod moving;

use alloy_primitives::aliases::I24;
use alloy_primitives::{Address, I256, U256};
use portcullis_evm::reason::Reason;

use crate::guards::{
    abi,
    lab::{Lab, e18, weakened, with_code},
};

pub(super) const ALL: &[fn()] = &[
    a_tick_of_zero_is_the_other_tokens_price,
    prices_follow_ticks_in_both_directions,
    decimals_of_both_tokens_are_counted,
    v7_thin_pools_are_refused,
    v7_windows_too_short_are_refused,
    a_token_that_the_pool_does_not_have_is_refused,
    v7_bounds_hold_here_too,
    v7_no_price_of_the_other_token_no_price,
    ticks_too_far_out_are_refused,
    a_mean_below_zero_is_rounded_down,
    v7_a_pool_whose_sums_stand_still_has_no_depth,
    moving::all,
];

const DEPTH: u64 = 1_000_000;

/// A pool of two tokens, the other one at two dollars.
struct Place {
    lab: Lab,
    pool: Address,
    token: Address,
    other: Address,
    feed: Address,
}

/// `first` says whether the token is the pool's first.
fn place(first: bool, decimals: u64, others: u64) -> Place {
    let mut lab = Lab::new();
    let token = lab.deploy("test/MockToken", (U256::from(decimals),));
    let other_token = lab.deploy("test/MockToken", (U256::from(others),));
    let pair = if first {
        (token, other_token)
    } else {
        (other_token, token)
    };
    let pool = lab.deploy("test/MockV3Pool", pair);
    let other = lab.deploy("test/MockFeed", (e18(2),));
    let mut place = Place {
        lab,
        pool,
        token,
        other,
        feed: Address::ZERO,
    };
    place.feed = place.made(600).unwrap();
    place
}

impl Place {
    fn made(&mut self, window: u64) -> Result<Address, Reason> {
        let (window, depth) = (U256::from(window), U256::from(DEPTH));
        let (least, most) = (U256::from(1_000), e18(1_000_000_000_000));
        let arguments = (
            self.pool, self.token, self.other, window, depth, least, most,
        );
        self.lab.try_deploy("TwapFeed", arguments)
    }

    fn shows(&mut self, tick: i32, liquidity: u128) {
        let tick = I24::try_from(tick).unwrap();
        self.lab
            .tell(self.pool, abi::set::Pool::setCall { tick, liquidity });
    }

    fn price(&mut self) -> Result<U256, Reason> {
        self.lab.try_ask(self.feed, abi::priceCall {})
    }

    /// The price in dollars.
    fn dollars(&mut self) -> f64 {
        self.price().unwrap().to_string().parse::<f64>().unwrap() / 1e18
    }
}

fn near(seen: f64, wanted: f64) {
    assert!((seen / wanted - 1.0).abs() < 1e-9, "{seen} {wanted}");
}

#[test]
fn a_tick_of_zero_is_the_other_tokens_price() {
    for first in [true, false] {
        let mut place = place(first, 18, 18);
        assert_eq!(place.price().unwrap(), e18(2));
    }
}

#[test]
fn prices_follow_ticks_in_both_directions() {
    for tick in [1, -1, 2, 3, 100, -100, 12_345, -12_345, 100_000, -100_000] {
        let mut place = place(true, 18, 18);
        place.shows(tick, 1 << 60);
        near(place.dollars(), 2.0 * 1.0001_f64.powi(tick));
        let mut place = self::place(false, 18, 18);
        place.shows(tick, 1 << 60);
        near(place.dollars(), 2.0 * 1.0001_f64.powi(-tick));
    }
}

#[test]
fn decimals_of_both_tokens_are_counted() {
    let mut place = place(true, 18, 6);
    place.shows(-200_000, 1 << 60);
    near(place.dollars(), 2.0 * 1.0001_f64.powi(-200_000) * 1e12);
    let mut place = self::place(false, 6, 18);
    place.shows(-200_000, 1 << 60);
    near(place.dollars(), 2.0 * 1.0001_f64.powi(200_000) / 1e12);
}

#[test]
fn v7_thin_pools_are_refused() {
    let mut place = place(true, 18, 18);
    place.shows(0, u128::from(2 * DEPTH));
    assert_eq!(place.price().unwrap(), e18(2));
    place.shows(0, u128::from(DEPTH / 2));
    let thin = place.price().unwrap_err().typed::<abi::TooThin>().unwrap();
    let (half, depth) = (U256::from(DEPTH / 2), U256::from(DEPTH));
    // The pool counts in whole parts, and so loses one.
    assert!(half - thin.liquidity <= U256::ONE && thin.least == depth);
}

#[test]
fn v7_a_pool_whose_sums_stand_still_has_no_depth() {
    let mut place = place(true, 18, 18);
    place.lab.tell(place.pool, abi::standCall {});
    let thin = place.price().unwrap_err().typed::<abi::TooThin>().unwrap();
    assert_eq!(thin.liquidity, U256::ZERO);
}

#[test]
fn v7_where_depth_is_not_asked_an_empty_pool_has_a_price() {
    with_code(weakened("thin-pools", "TwapFeed"), || {
        let mut place = place(true, 18, 18);
        place.shows(50_000, 1);
        near(place.dollars(), 2.0 * 1.0001_f64.powi(50_000));
    });
}

#[test]
fn v7_windows_too_short_are_refused() {
    let mut place = place(true, 18, 18);
    let short = place
        .made(599)
        .unwrap_err()
        .typed::<abi::WindowTooShort>()
        .unwrap();
    assert_eq!(short.window, 599);
    place.made(3_600).unwrap();
}

#[test]
fn a_token_that_the_pool_does_not_have_is_refused() {
    let mut place = place(true, 18, 18);
    place.token = place.lab.deploy("test/MockToken", (U256::from(18),));
    let none = place
        .made(600)
        .unwrap_err()
        .typed::<abi::NotInPool>()
        .unwrap();
    assert_eq!(none.token, place.token);
}

#[test]
fn v7_bounds_hold_here_too() {
    let mut place = place(true, 18, 18);
    place.shows(-400_000, 1 << 60);
    let beyond = place
        .price()
        .unwrap_err()
        .typed::<abi::OutOfBounds>()
        .unwrap();
    assert_eq!(beyond.least, U256::from(1_000));
}

#[test]
fn v7_no_price_of_the_other_token_no_price() {
    let mut place = place(true, 18, 18);
    place
        .lab
        .tell(place.other, abi::set::Feed::setCall { price: U256::ZERO });
    assert_eq!(place.price(), Err(Reason::Text("no price".to_owned())));
}

#[test]
fn ticks_too_far_out_are_refused() {
    for (tick, fits) in [
        (414_000, true),
        (414_001, false),
        (-414_000, true),
        (-414_001, false),
    ] {
        let mut place = place(true, 6, 18);
        place.shows(tick, 1 << 60);
        let far = place
            .price()
            .err()
            .and_then(|reason| reason.typed::<abi::TickTooFar>());
        let wanted = (!fits).then(|| I256::try_from(tick).unwrap());
        assert_eq!(far.map(|far| far.tick), wanted);
    }
}

/// A mean of one and a half below zero is two below.
#[test]
fn a_mean_below_zero_is_rounded_down() {
    for (sum, wanted) in [
        (-900_i64, -2),
        (-600, -1),
        (-599, -1),
        (-1, -1),
        (599, 0),
        (900, 1),
    ] {
        let mut place = place(true, 18, 18);
        let call = abi::skewCall {
            sum: sum.try_into().unwrap(),
        };
        place.lab.tell(place.pool, call);
        near(place.dollars(), 2.0 * 1.0001_f64.powi(wanted));
    }
}
