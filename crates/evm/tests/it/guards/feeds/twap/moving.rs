//! A pool whose price moves while the window goes on.

use alloy_primitives::{Address, U256, aliases::I24};
use portcullis_evm::reason::Reason;

use super::{DEPTH, near};
use crate::guards::{
    abi,
    lab::{Lab, e18, weakened, with_code},
};

/// What a mistake in the contract has to fail at.
const ALL: &[fn()] = &[
    the_mean_is_that_of_every_second_of_the_window,
    v7_one_block_moves_the_mean_by_its_part_of_the_window,
    v7_a_pool_that_was_thin_for_a_while_counts_as_thin,
];

/// All of those.
pub(super) fn all() {
    for test in ALL {
        test();
    }
}

/// Seconds.
const WINDOW: u64 = 600;
const BLOCK: u64 = 12;
/// A price a hundred times as high, nearly.
const FAR: i32 = 46_054;
const DEEP: u128 = 1 << 60;

struct Place {
    lab: Lab,
    pool: Address,
    token: Address,
    other: Address,
    /// Every tick since the beginning, one a second.
    seconds: Vec<i32>,
    tick: i32,
}

fn place() -> Place {
    let mut lab = Lab::new();
    let token = lab.deploy("test/MockToken", (U256::from(18),));
    let other_token = lab.deploy("test/MockToken", (U256::from(18),));
    let pool = lab.deploy("test/MockObservedPool", (token, other_token));
    let other = lab.deploy("test/MockFeed", (e18(2),));
    let (seconds, tick) = (Vec::new(), 0);
    Place {
        lab,
        pool,
        token,
        other,
        seconds,
        tick,
    }
}

impl Place {
    fn feed(&mut self, window: u64) -> Result<Address, Reason> {
        let (window, depth) = (U256::from(window), U256::from(DEPTH));
        let (least, most) = (U256::from(1_000), e18(1_000_000_000_000));
        let arguments = (
            self.pool, self.token, self.other, window, depth, least, most,
        );
        self.lab.try_deploy("TwapFeed", arguments)
    }

    /// From now on the pool has this price.
    fn moves(&mut self, tick: i32) {
        self.moves_in(tick, DEEP);
    }

    fn moves_in(&mut self, tick: i32, liquidity: u128) {
        self.tick = tick;
        let tick = I24::try_from(tick).unwrap();
        let call = abi::set::Observed::moveCall { tick, liquidity };
        self.lab.tell(self.pool, call);
    }

    fn wait(&mut self, seconds: u64) {
        self.lab.chain.wait(seconds);
        let still = usize::try_from(seconds).unwrap();
        self.seconds.extend(std::iter::repeat_n(self.tick, still));
    }

    /// The mean of the last so many seconds, rounded down.
    fn mean(&self, window: usize) -> i32 {
        let last = self.seconds.iter().rev().take(window);
        let sum: i64 = last.map(|tick| i64::from(*tick)).sum();
        let mean = sum.div_euclid(i64::try_from(window).unwrap());
        i32::try_from(mean).unwrap()
    }

    /// The price in dollars.
    fn dollars(&mut self, feed: Address) -> f64 {
        let price: U256 = self.lab.ask(feed, abi::priceCall {});
        price.to_string().parse::<f64>().unwrap() / 1e18
    }
}

/// What the token is worth at a tick.
fn at(tick: i32) -> f64 {
    2.0 * 1.0001_f64.powi(tick)
}

#[test]
fn the_mean_is_that_of_every_second_of_the_window() {
    let mut place = place();
    let (short, long) = (place.feed(WINDOW).unwrap(), place.feed(1_801).unwrap());
    place.moves(1_000);
    place.wait(1_801);
    // Ticks and times without a pattern, the same in every run.
    let mut draw = 12_345_u32;
    for round in 0..40 {
        draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let tick = i32::try_from(draw >> 16).unwrap() - 32_768;
        place.moves(tick);
        place.wait(u64::from(draw >> 8) % 200 + 1);
        let (wanted, longer) = (place.mean(600), place.mean(1_801));
        assert_ne!(wanted, longer, "{round}");
        near(place.dollars(short), at(wanted));
        near(place.dollars(long), at(longer));
    }
}

/// A pool at two dollars for an hour; then a hundred times that for a block, and back.
fn one_block(place: &mut Place) {
    place.moves(0);
    place.wait(3_600);
    place.moves(FAR);
    place.wait(BLOCK);
    place.moves(0);
}

#[test]
fn v7_one_block_moves_the_mean_by_its_part_of_the_window() {
    for (window, mean) in [(WINDOW, 921), (2 * WINDOW, 460), (3_600, 153)] {
        let mut place = place();
        let feed = place.feed(window).unwrap();
        place.moves(0);
        place.wait(3_600);
        place.moves(FAR);
        // Within the block it has moved nothing yet.
        near(place.dollars(feed), at(0));
        place.wait(BLOCK);
        place.moves(0);
        // A fiftieth of the distance in ten minutes, and so on.
        assert_eq!(
            i64::from(mean),
            i64::from(FAR) * 12 / i64::try_from(window).unwrap()
        );
        near(place.dollars(feed), at(mean));
        // It stays that far for as long as the block is in the window, and is forgotten then.
        place.wait(window - BLOCK);
        near(place.dollars(feed), at(mean));
        place.wait(BLOCK);
        near(place.dollars(feed), at(0));
    }
}

#[test]
fn v7_downwards_it_is_the_same() {
    let mut place = place();
    let feed = place.feed(WINDOW).unwrap();
    place.wait(3_600);
    place.moves(-FAR);
    place.wait(BLOCK);
    place.moves(0);
    near(place.dollars(feed), at(-922));
}

/// Over a moment, one block is everything.
#[test]
fn v7_where_a_window_may_be_a_moment_one_block_is_the_price() {
    with_code(weakened("any-window", "TwapFeed"), || {
        let mut place = place();
        let feed = place.feed(BLOCK).unwrap();
        one_block(&mut place);
        near(place.dollars(feed), at(FAR));
    });
    let refusal = place().feed(BLOCK).unwrap_err();
    assert!(refusal.typed::<abi::WindowTooShort>().is_some());
}

/// The mean liquidity is the harmonic one: a thin part of the window counts for more than a deep one.
#[test]
fn v7_a_pool_that_was_thin_for_a_while_counts_as_thin() {
    let mut place = place();
    let feed = place.feed(WINDOW).unwrap();
    place.wait(3_600);
    place.moves_in(0, 1_000);
    place.wait(BLOCK);
    place.moves(0);
    // A block out of fifty.
    let thin = place
        .lab
        .try_ask(feed, abi::priceCall {})
        .unwrap_err()
        .typed::<abi::TooThin>()
        .unwrap();
    assert!(thin.liquidity.abs_diff(U256::from(50_000)) <= U256::ONE);
    place.wait(WINDOW);
    near(place.dollars(feed), at(0));
}
