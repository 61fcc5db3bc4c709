//! Shares of tokenised vaults.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use crate::guards::{
    abi,
    lab::{LEAVER, Lab, e18, weakened, with_code},
    stubs::TESTER,
};

pub(super) const ALL: &[fn()] = &[
    s5_a_share_is_worth_what_it_converts_to,
    a_share_may_grow_as_fast_as_its_listing_says,
    v8_a_donation_raises_no_value_beyond_the_bound,
    a_rate_to_grow_from_is_one_that_was,
    a_share_at_its_floor_is_priced,
    a_share_below_its_floor_is_not_priced,
    a_guard_of_one_share_answers_for_no_other,
    s10_a_share_is_redeemed_for_who_withdraws,
    s10_shares_themselves_are_paid_while_the_tokenised_vault_is_closed,
    nothing_of_a_share_is_worth_nothing_and_may_leave_the_list,
];

const DAY: u64 = 86_400;

/// A tokenised vault in which somebody has 10,000 and the vault 100, and its guard: growth of a tenth a
/// year, and a floor of nine tenths.
struct Place {
    lab: Lab,
    token: Address,
    share: Address,
    guard: Address,
}

fn place() -> Place {
    let mut lab = Lab::new();
    let token = lab.token(6, 2);
    let share = lab.deploy("test/MockErc4626", (token,));
    lab.list(share, e18(1_000));
    enter(&mut lab, token, share, TESTER, 10_000_000_000);
    let vault = lab.vault;
    enter(&mut lab, token, share, vault, 100_000_000);
    let (growth, floor) = (U256::from(1_000), U256::from(900_000));
    let (anchor, since) = (U256::from(1_000_000), U256::from(lab.chain.now()));
    let bounds = (lab.registry, share, anchor, since, growth, floor);
    let guard = lab.deploy("Erc4626Asset", bounds);
    Place {
        lab,
        token,
        share,
        guard,
    }
}

fn enter(lab: &mut Lab, token: Address, share: Address, receiver: Address, amount: u64) {
    let assets = U256::from(amount);
    lab.mint(token, TESTER, assets);
    lab.tell(
        token,
        abi::approveCall {
            spender: share,
            amount: assets,
        },
    );
    lab.tell(share, abi::depositCall { assets, receiver });
}

fn value(place: &mut Place) -> U256 {
    place.lab.value(place.guard, place.share)
}

#[test]
fn s5_a_share_is_worth_what_it_converts_to() {
    let mut place = place();
    assert_eq!(value(&mut place), e18(200));
    let ask = abi::balanceCall {
        vault: place.lab.vault,
        asset: place.share,
    };
    assert_eq!(place.lab.ask(place.guard, ask), U256::from(100_000_000));
}

#[test]
fn a_share_may_grow_as_fast_as_its_listing_says() {
    let mut place = place();
    // A hundredth more, which it may be worth after a tenth of a year.
    place
        .lab
        .mint(place.token, place.share, U256::from(101_000_000));
    assert_eq!(value(&mut place), e18(200), "not yet");
    place.lab.chain.wait(365 * DAY / 20);
    assert_eq!(
        place.lab.ask(place.guard, abi::rateCall {}),
        U256::from(1_005_000)
    );
    assert_eq!(value(&mut place), e18(201), "half of it");
    place.lab.chain.wait(365 * DAY / 20);
    assert_eq!(value(&mut place), e18(202), "all of it");
    place.lab.chain.wait(365 * DAY);
    assert_eq!(value(&mut place), e18(202), "and no more than it is");
}

/// What somebody gives to a tokenised vault raises what its shares convert to.
fn donation_raises_value() -> bool {
    let mut place = place();
    place
        .lab
        .mint(place.token, place.share, U256::from(10_100_000_000_u64));
    value(&mut place) > e18(200)
}

#[test]
fn v8_a_donation_raises_no_value_beyond_the_bound() {
    assert!(!donation_raises_value());
}

#[test]
fn v8_without_bounds_a_donation_doubles_the_value() {
    let code = weakened("unbounded-rate", "Erc4626Asset");
    with_code(code, || assert!(donation_raises_value()));
}

#[test]
fn a_rate_to_grow_from_is_one_that_was() {
    let Place { mut lab, share, .. } = place();
    let now = lab.chain.now();
    let (growth, floor) = (U256::from(1_000), U256::from(900_000));
    for (anchor, since, fits) in [
        (900_000, now, true),
        (899_999, now, false),
        (1_000_000, now + 3_600, false),
    ] {
        let (anchor, since) = (U256::from(anchor), U256::from(since));
        let bounds = (lab.registry, share, anchor, since, growth, floor);
        let made = lab.try_deploy("Erc4626Asset", bounds);
        assert_eq!(made.is_ok(), fits, "{anchor} since {since}");
        if let Err(reason) = made {
            let bad = reason.typed::<abi::BadAnchor>().unwrap();
            assert_eq!((bad.anchor, bad.since), (anchor, since));
        }
    }
    let zero = (
        lab.registry,
        share,
        U256::ZERO,
        U256::ZERO,
        growth,
        U256::ZERO,
    );
    let reason = lab.try_deploy("Erc4626Asset", zero).unwrap_err();
    assert!(reason.typed::<abi::BadAnchor>().is_some());
}

#[test]
fn a_share_at_its_floor_is_priced() {
    let Place { mut lab, share, .. } = place();
    let (rate, now) = (U256::from(1_000_000), U256::from(lab.chain.now()));
    let bounds = (lab.registry, share, rate, now, U256::from(1_000), rate);
    let guard = lab.deploy("Erc4626Asset", bounds);
    assert_eq!(lab.ask(guard, abi::rateCall {}), rate);
}

#[test]
fn a_share_below_its_floor_is_not_priced() {
    let mut place = place();
    // Half of what is there is lost.
    let lose = abi::transferCall {
        to: TESTER,
        amount: U256::from(5_050_000_000_u64),
    };
    let take = |place: &mut Place, data: Vec<u8>| {
        let call = portcullis_evm::chain::Call::new(place.share, place.token, data);
        // Code sends no transactions; the chain in memory does not mind once there is none.
        place
            .lab
            .chain
            .set_code(place.share, alloy_primitives::Bytes::new())
            .unwrap();
        assert!(place.lab.chain.send(&call).unwrap().succeeded());
    };
    let code = place.lab.chain.code(place.share).unwrap();
    take(&mut place, lose.abi_encode());
    place.lab.chain.set_code(place.share, code).unwrap();
    let reason = place.lab.try_value(place.guard, place.share).unwrap_err();
    let low = reason.typed::<abi::RateTooLow>().unwrap();
    assert_eq!(
        (low.rate, low.floor),
        (U256::from(500_000), U256::from(900_000))
    );
    // It is handed over all the same.
    place.lab.unwind(place.guard, place.share, 1, 1).unwrap();
    assert_eq!(
        place.lab.balance(place.token, LEAVER),
        U256::from(50_000_000)
    );
}

#[test]
fn a_guard_of_one_share_answers_for_no_other() {
    let mut place = place();
    let other = place.lab.deploy("test/MockErc4626", (place.token,));
    let reason = place.lab.try_value(place.guard, other).unwrap_err();
    assert_eq!(reason.typed::<abi::Unpriced>().unwrap().asset, other);
}

#[test]
fn s10_a_share_is_redeemed_for_who_withdraws() {
    let mut place = place();
    let plan = place.lab.plan(place.guard, place.share, 1, 3).unwrap();
    assert_eq!(plan.steps.len(), 1);
    place.lab.unwind(place.guard, place.share, 1, 3).unwrap();
    assert_eq!(
        place.lab.balance(place.token, LEAVER),
        U256::from(33_333_333)
    );
    assert_eq!(
        place.lab.balance(place.share, place.lab.vault),
        U256::from(66_666_667)
    );
    place.lab.unwind(place.guard, place.share, 1, 1).unwrap();
    assert_eq!(
        place.lab.balance(place.token, LEAVER),
        U256::from(100_000_000)
    );
}

#[test]
fn s10_shares_themselves_are_paid_while_the_tokenised_vault_is_closed() {
    let mut place = place();
    place.lab.tell(place.share, abi::closeCall { closed: true });
    place.lab.unwind(place.guard, place.share, 1, 2).unwrap();
    assert_eq!(
        place.lab.balance(place.share, LEAVER),
        U256::from(50_000_000)
    );
    assert_eq!(place.lab.balance(place.token, LEAVER), U256::ZERO);
}

#[test]
fn nothing_of_a_share_is_worth_nothing_and_may_leave_the_list() {
    let mut place = place();
    assert!(!place.lab.removable(place.guard, place.share));
    let nothing = place.lab.plan(place.guard, place.share, 0, 1).unwrap();
    assert!(nothing.steps.is_empty() && nothing.paid.is_zero());
    place.lab.unwind(place.guard, place.share, 1, 1).unwrap();
    assert!(place.lab.removable(place.guard, place.share));
    place.lab.unlist(place.token);
    assert_eq!(value(&mut place), U256::ZERO);
}
