//! Plain tokens.

use alloy_primitives::{Address, U256};
use portcullis_evm::reason::Reason;

use crate::guards::{
    abi,
    lab::{LEAVER, Lab, e18},
    stubs::listCall,
};

pub(super) const ALL: &[fn()] = &[
    s5_a_token_is_worth_its_balance_at_the_feeds_price,
    s6_without_a_feed_nothing_is_said,
    nothing_is_worth_nothing_whatever_its_price,
    a_token_leaves_the_list_when_nothing_is_left_of_it,
    s10_a_part_of_a_token_is_paid_rounded_down,
    a_part_that_is_none_is_refused,
    t6_two_and_twenty_four_decimals_are_counted_right,
];

fn guard(lab: &mut Lab) -> Address {
    lab.deploy("Erc20Asset", (lab.registry,))
}

#[test]
fn s5_a_token_is_worth_its_balance_at_the_feeds_price() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(6, 3);
    lab.mint(token, lab.vault, U256::from(2_500_000));
    assert_eq!(lab.value(guard, token), e18(15) / U256::from(2));
    let ask = abi::balanceCall {
        vault: lab.vault,
        asset: token,
    };
    assert_eq!(lab.ask(guard, ask), U256::from(2_500_000));
}

#[test]
fn s6_without_a_feed_nothing_is_said() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    lab.mint(token, lab.vault, e18(1));
    lab.unlist(token);
    let reason = lab.try_value(guard, token).unwrap_err();
    assert_eq!(reason.typed::<abi::Unpriced>().unwrap().asset, token);
}

#[test]
fn an_asset_that_is_no_longer_listed_can_still_be_weighed() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    lab.mint(token, lab.vault, e18(1));
    let (feed, nobody) = (lab.list(token, e18(3)), Address::ZERO);
    let delisted = listCall {
        asset: token,
        guard: nobody,
        feed,
        assetType: 0,
    };
    lab.tell(lab.registry, delisted);
    assert_eq!(lab.value(guard, token), e18(3));
}

#[test]
fn nothing_is_worth_nothing_whatever_its_price() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    lab.unlist(token);
    assert_eq!(lab.value(guard, token), U256::ZERO);
}

#[test]
fn a_token_leaves_the_list_when_nothing_is_left_of_it() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    assert!(lab.removable(guard, token));
    lab.mint(token, lab.vault, U256::ONE);
    assert!(!lab.removable(guard, token));
}

#[test]
fn s10_a_part_of_a_token_is_paid_rounded_down() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    lab.mint(token, lab.vault, U256::from(100));
    lab.unwind(guard, token, 2, 3).unwrap();
    assert_eq!(lab.balance(token, LEAVER), U256::from(66));
    lab.unwind(guard, token, 1, 1).unwrap();
    assert_eq!(lab.balance(token, LEAVER), U256::from(100));
    assert!(lab.plan(guard, token, 0, 1).unwrap().steps.is_empty());
}

#[test]
fn a_part_that_is_none_is_refused() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.token(18, 3);
    lab.mint(token, lab.vault, U256::from(100));
    for (part, whole) in [(0, 0), (1, 0), (2, 1)] {
        let reason = lab.plan(guard, token, part, whole).unwrap_err();
        let wrong = reason.typed::<abi::WrongPart>().unwrap();
        assert_eq!(
            (wrong.part, wrong.whole),
            (U256::from(part), U256::from(whole))
        );
    }
}

#[test]
fn t6_two_and_twenty_four_decimals_are_counted_right() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    for decimals in [0_u64, 2, 8, 24] {
        let token = lab.token(decimals, 7);
        let whole = U256::from(10).pow(U256::from(decimals));
        lab.mint(token, lab.vault, whole * U256::from(3));
        assert_eq!(lab.value(guard, token), e18(21), "{decimals}");
    }
}

/// One asset that fails says nothing about another.
#[test]
fn w1_a_token_that_reverts_and_a_feed_that_fails_leave_others_alone() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let (good, unfed) = (lab.token(18, 1), lab.token(18, 1));
    let feed = lab.list(unfed, e18(1));
    let deaf = lab.deploy("test/DeafToken", ());
    lab.list(deaf, e18(1));
    for token in [good, unfed, deaf] {
        lab.mint(token, lab.vault, e18(5));
        assert_eq!(lab.value(guard, token), e18(5));
    }
    lab.tell(feed, abi::set::Feed::setCall { price: U256::ZERO });
    lab.tell(deaf, abi::set::Deaf::setCall { deaf: true });
    assert_eq!(
        lab.try_value(guard, unfed),
        Err(Reason::Text("no price".to_owned()))
    );
    assert_eq!(
        lab.try_value(guard, deaf),
        Err(Reason::Text("deaf".to_owned()))
    );
    assert_eq!(lab.value(guard, good), e18(5));
    lab.unwind(guard, good, 1, 1).unwrap();
    // A token without a price can still be handed over.
    lab.unwind(guard, unfed, 1, 1).unwrap();
    assert_eq!(lab.balance(unfed, LEAVER), e18(5));
}

#[test]
fn t4_a_token_that_rebases_is_worth_what_it_is_now() {
    let mut lab = Lab::new();
    let guard = guard(&mut lab);
    let token = lab.deploy("test/RebasingToken", ());
    lab.list(token, e18(2));
    lab.mint(token, lab.vault, e18(10));
    lab.tell(
        token,
        abi::rebaseCall {
            percent: U256::from(50),
        },
    );
    assert_eq!(lab.value(guard, token), e18(10));
}
