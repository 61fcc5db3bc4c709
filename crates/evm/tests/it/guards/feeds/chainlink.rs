//! Chainlink-style feeds.

use alloy_primitives::{Address, I256, U256};
use portcullis_evm::reason::Reason;

use crate::guards::{
    abi,
    lab::{Lab, e18, weakened, with_code},
};

pub(super) const ALL: &[fn()] = &[
    v7_answers_of_any_decimals_come_out_with_eighteen,
    v7_an_answer_is_refused_one_second_after_its_age,
    v7_an_answer_of_tomorrow_is_refused,
    v7_zero_and_negative_answers_are_refused,
    v7_a_feed_that_changes_its_decimals_is_refused,
    v7_prices_beyond_the_bounds_are_refused,
    bounds_that_hold_nothing_are_refused,
    v7_while_the_sequencer_is_down_no_price_is_given,
    v7_after_the_sequencer_came_back_no_price_is_given_for_a_while,
];

const MAX_AGE: u64 = 3_600;
const GRACE: u64 = 1_800;

/// A feed of a source that is as old as its age allows, from a dollar to ten thousand.
struct Place {
    lab: Lab,
    source: Address,
    uptime: Address,
    feed: Address,
    /// The moment at which all began.
    start: u64,
}

fn place(decimals: u64, answer: u64) -> Place {
    let mut lab = Lab::new();
    let start = lab.chain.now();
    let (count, answer) = (U256::from(decimals), U256::from(answer));
    let source = lab.deploy(
        "test/MockAggregator",
        (count, answer, U256::ZERO, U256::from(start)),
    );
    let long_ago = U256::from(start - 2 * GRACE);
    let uptime = lab.deploy(
        "test/MockAggregator",
        (U256::ZERO, U256::ZERO, long_ago, long_ago),
    );
    let feed = feed(&mut lab, source, uptime);
    Place {
        lab,
        source,
        uptime,
        feed,
        start,
    }
}

fn feed(lab: &mut Lab, source: Address, uptime: Address) -> Address {
    let (age, grace) = (U256::from(MAX_AGE), U256::from(GRACE));
    lab.deploy(
        "ChainlinkFeed",
        (source, age, e18(1), e18(10_000), uptime, grace),
    )
}

impl Place {
    fn price(&mut self) -> Result<U256, Reason> {
        self.lab.try_ask(self.feed, abi::priceCall {})
    }

    fn answers(&mut self, decimals: u8, answer: i64, at: u64) {
        let call = abi::set::Aggregator::setCall {
            decimals,
            answer: I256::try_from(answer).unwrap(),
            startedAt: U256::ZERO,
            updatedAt: U256::from(at),
        };
        self.lab.tell(self.source, call);
    }

    fn sequencer(&mut self, answer: i64, since: u64) {
        let call = abi::set::Aggregator::setCall {
            decimals: 0,
            answer: I256::try_from(answer).unwrap(),
            startedAt: U256::from(since),
            updatedAt: U256::ZERO,
        };
        self.lab.tell(self.uptime, call);
    }
}

#[test]
fn v7_answers_of_any_decimals_come_out_with_eighteen() {
    for (decimals, answer, wanted) in [
        (8, 200_012_345_678_u64, "2000123456780000000000"),
        (18, 2_000_123_456_789_012_345, "2000123456789012345"),
        (19, 10_001_234_567_890_123_459, "1000123456789012345"),
        (17, 200_012_345_678_901_234, "2000123456789012340"),
        (0, 2_000, "2000000000000000000000"),
        (0, 1, "1000000000000000000"),
    ] {
        let mut place = place(decimals, answer);
        assert_eq!(place.price().unwrap().to_string(), wanted, "{decimals}");
    }
}

#[test]
fn v7_taken_for_eight_decimals_whatever_they_are_a_price_is_wrong_by_ten_orders() {
    with_code(weakened("other-decimals", "ChainlinkFeed"), || {
        let mut place = place(2, 200_000);
        let seen = place
            .price()
            .unwrap_err()
            .typed::<abi::OutOfBounds>()
            .unwrap();
        assert_eq!(seen.price, U256::from(2_000_000_000_000_000_u64));
    });
}

#[test]
fn v7_an_answer_is_refused_one_second_after_its_age() {
    let mut place = place(8, 200_000_000_000);
    place.lab.chain.wait(MAX_AGE);
    assert_eq!(place.price().unwrap(), e18(2_000));
    place.lab.chain.wait(1);
    let stale = place.price().unwrap_err().typed::<abi::Stale>().unwrap();
    let wanted = (U256::from(place.start), U256::from(MAX_AGE));
    assert_eq!((stale.updatedAt, stale.maxAge), wanted);
    // One that never answered.
    place.answers(8, 200_000_000_000, 0);
    assert!(place.price().unwrap_err().typed::<abi::Stale>().is_some());
}

#[test]
fn v7_where_age_is_not_asked_yesterdays_price_is_todays() {
    with_code(weakened("stale-prices", "ChainlinkFeed"), || {
        let mut place = place(8, 200_000_000_000);
        place.lab.chain.wait(100 * MAX_AGE);
        assert_eq!(place.price().unwrap(), e18(2_000));
    });
}

#[test]
fn v7_an_answer_of_tomorrow_is_refused() {
    let mut place = place(8, 200_000_000_000);
    place.answers(8, 200_000_000_000, place.start + 1);
    let stale = place.price().unwrap_err().typed::<abi::Stale>().unwrap();
    assert_eq!(stale.updatedAt, U256::from(place.start + 1));
}

#[test]
fn v7_zero_and_negative_answers_are_refused() {
    let mut place = place(8, 200_000_000_000);
    for answer in [0, -1, i64::MIN] {
        place.answers(8, answer, place.start);
        let seen = place
            .price()
            .unwrap_err()
            .typed::<abi::NotPositive>()
            .unwrap();
        assert_eq!(seen.answer, I256::try_from(answer).unwrap());
    }
}

#[test]
fn v7_where_any_answer_is_taken_a_negative_one_is_a_large_price() {
    with_code(weakened("any-answer", "ChainlinkFeed"), || {
        let mut place = place(8, 200_000_000_000);
        place.answers(8, -1, place.start);
        assert!(place.price().unwrap() > e18(1_000_000));
    });
}

#[test]
fn v7_a_feed_that_changes_its_decimals_is_refused() {
    let mut place = place(8, 200_000_000_000);
    place.answers(9, 200_000_000_000, place.start);
    let other = place
        .price()
        .unwrap_err()
        .typed::<abi::OtherDecimals>()
        .unwrap();
    assert_eq!((other.listed, other.seen), (8, 9));
}

#[test]
fn v7_prices_beyond_the_bounds_are_refused() {
    let mut place = place(8, 200_000_000_000);
    for (answer, fits) in [
        (100_000_000, true),
        (99_999_999, false),
        (1_000_000_000_000, true),
        (1_000_000_000_001, false),
    ] {
        place.answers(8, answer, place.start);
        let seen = place.price();
        assert_eq!(seen.is_ok(), fits, "{answer}");
        if let Err(reason) = seen {
            let beyond = reason.typed::<abi::OutOfBounds>().unwrap();
            assert_eq!((beyond.least, beyond.most), (e18(1), e18(10_000)));
        }
    }
}

#[test]
fn bounds_that_hold_nothing_are_refused() {
    let mut place = place(8, 200_000_000_000);
    let (source, none) = (place.source, Address::ZERO);
    let age = U256::from(MAX_AGE);
    for (least, most, fits) in [
        (U256::ZERO, e18(1), false),
        (e18(2), e18(1), false),
        (e18(1), e18(1), true),
        (U256::ONE, U256::MAX, true),
    ] {
        let made = place
            .lab
            .try_deploy("ChainlinkFeed", (source, age, least, most, none, age));
        assert_eq!(made.is_ok(), fits, "{least} {most}");
        if let Err(reason) = made {
            let wrong = reason.typed::<abi::WrongBounds>().unwrap();
            assert_eq!((wrong.least, wrong.most), (least, most));
        }
    }
}

#[test]
fn v7_while_the_sequencer_is_down_no_price_is_given() {
    let mut place = place(8, 200_000_000_000);
    for (answer, since) in [(1, place.start - 2 * GRACE), (0, 0), (0, place.start + 1)] {
        place.sequencer(answer, since);
        let down = place
            .price()
            .unwrap_err()
            .typed::<abi::SequencerDown>()
            .unwrap();
        assert_eq!(down.startedAt, U256::from(since));
    }
    // A chain without one is not asked.
    place.feed = feed(&mut place.lab, place.source, Address::ZERO);
    assert_eq!(place.price().unwrap(), e18(2_000));
}

#[test]
fn v7_after_the_sequencer_came_back_no_price_is_given_for_a_while() {
    let mut place = place(8, 200_000_000_000);
    place.sequencer(0, place.start);
    assert!(place.price().is_err());
    place.lab.chain.wait(GRACE);
    let down = place
        .price()
        .unwrap_err()
        .typed::<abi::SequencerDown>()
        .unwrap();
    assert_eq!(down.startedAt, U256::from(place.start));
    place.lab.chain.wait(1);
    assert_eq!(place.price().unwrap(), e18(2_000));
}

#[test]
fn v7_where_the_sequencer_is_not_asked_prices_go_on_while_nobody_can_trade() {
    with_code(weakened("no-sequencer-check", "ChainlinkFeed"), || {
        let mut place = place(8, 200_000_000_000);
        place.sequencer(1, place.start);
        assert_eq!(place.price().unwrap(), e18(2_000));
    });
}
