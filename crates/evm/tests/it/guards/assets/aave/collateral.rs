//! Collateral that a pool does not let go, or only after another.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::reason::Reason;

use super::{Place, dollars, place};
use crate::guards::{
    abi,
    lab::{LEAVER, e18, weakened, with_code},
    stubs::enableCall,
};

/// What a mistake in the contract has to fail at.
const ALL: &[fn()] = &[
    w5_what_keeps_the_rest_from_going_is_handed_over_first,
    w5_all_of_it_goes_where_it_is_not_enough,
    w5_what_secures_no_debt_goes_with_it,
    w5_what_secures_no_debt_goes_with_the_others_where_nothing_is_in_the_way,
    w5_a_crumb_of_it_holds_nothing_up,
    w5_a_crumb_of_the_others_stays_where_it_is,
    w5_what_a_stranger_supplied_holds_nothing_up,
    w5_collateral_counts_for_what_it_secures,
    w5_what_a_stranger_supplied_secures_nothing,
    w5_what_the_pool_says_counts_as_well,
    w5_without_a_debt_nothing_has_to_go_first,
    a_debt_that_is_worth_nothing_keeps_nothing_back,
    a_debt_too_small_for_the_pool_to_see_holds_nothing_up,
];

/// All of those.
pub(super) fn all() {
    for test in ALL {
        test();
    }
}

impl Place {
    /// What may be borrowed against a reserve from now on, and up to where it secures what was borrowed.
    fn secures(&mut self, asset: Address, value: u16, threshold: u16) {
        let call = abi::secureCall {
            asset,
            loanToValue: value,
            threshold,
        };
        self.lab.tell(self.pool, call);
    }

    fn has(&mut self, asset: Address) -> U256 {
        self.lab.balance(asset, LEAVER)
    }
}

/// 10,000 dollars and five ether at 2,000, of which one is owed; nothing may be borrowed against ether any more.
fn barred() -> Place {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    place.borrow(place.ether, e18(1));
    place.secures(place.ether, 0, 8_000);
    place
}

/// The pool's own rule, without which nothing here would have to be done.
#[test]
fn w5_the_pool_lets_nothing_else_go_first() {
    let mut place = barred();
    let withdraw = |asset, amount| abi::lend::withdrawCall {
        asset,
        amount,
        to: LEAVER,
    };
    let pool = place.pool;
    let dollar = withdraw(place.dollar, dollars(1)).abi_encode();
    let refusal = place.lab.by_vault(pool, dollar.clone());
    assert_eq!(refusal, Err(Reason::Text("loan to value".to_owned())));
    let ether = withdraw(place.ether, e18(4)).abi_encode();
    place.lab.by_vault(pool, ether).unwrap();
    assert!(place.lab.by_vault(pool, dollar.clone()).is_err());
    let rest = withdraw(place.ether, e18(1)).abi_encode();
    place.lab.by_vault(pool, rest).unwrap();
    place.lab.by_vault(pool, dollar).unwrap();
}

#[test]
fn w5_what_keeps_the_rest_from_going_is_handed_over_first() {
    let mut place = barred();
    // A quarter of the 18,000 dollars that are left: 4,500, in ether alone.
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(place.dollar), U256::ZERO);
    assert_eq!(place.has(place.ether), e18(9) / U256::from(4));
    assert_eq!(place.value(), e18(13_500));
}

#[test]
fn w5_where_all_give_the_same_part_nothing_is_paid() {
    with_code(weakened("same-part-of-all", "AaveV3Asset"), || {
        let mut place = barred();
        let refusal = place.unwind(1, 4);
        assert_eq!(refusal, Err(Reason::Text("loan to value".to_owned())));
    });
}

#[test]
fn w5_all_of_it_goes_where_it_is_not_enough() {
    let mut place = barred();
    // Two thirds of 18,000: all of the ether, and 2,000 dollars.
    place.unwind(2, 3).unwrap();
    assert_eq!(place.has(place.ether), e18(5));
    assert_eq!(place.has(place.dollar), dollars(2_000));
    assert_eq!(place.value(), e18(6_000));
    // From now on nothing is in the way.
    place.unwind(1, 3).unwrap();
    assert_eq!(place.has(place.dollar), dollars(4_000));
}

#[test]
fn w5_what_secures_no_debt_goes_with_it() {
    let mut place = barred();
    let gold = place.lab.token(18, 100);
    let price = U256::from(10_000_000_000_u64);
    place
        .lab
        .tell(place.pool, abi::openCall { asset: gold, price });
    place.secures(gold, 0, 8_000);
    // No collateral, as nothing could be borrowed against it from the beginning.
    place.supply(gold, e18(100));
    // A tenth of the 28,000 that are left, half of it in either.
    place.unwind(1, 10).unwrap();
    assert_eq!(place.has(place.dollar), U256::ZERO);
    assert_eq!(place.has(place.ether), e18(7) / U256::from(10));
    assert_eq!(place.has(gold), e18(14));
}

/// By itself it is in nobody's way, and gives no more than the others.
#[test]
fn w5_what_secures_no_debt_goes_with_the_others_where_nothing_is_in_the_way() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    place.borrow(place.ether, e18(1));
    let (asset, used) = (place.dollar, false);
    let off = abi::setUserUseReserveAsCollateralCall { asset, used };
    place.lab.by_vault(place.pool, off.abi_encode()).unwrap();
    // A tenth of the 18,000 that are left, half of it in either.
    place.unwind(1, 10).unwrap();
    assert_eq!(place.has(place.dollar), dollars(900));
    assert_eq!(place.has(place.ether), e18(45) / U256::from(100));
}

#[test]
fn w5_a_crumb_of_it_holds_nothing_up() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    let odd = place.lab.deploy("test/MockToken", (U256::from(18),));
    place.lab.list(odd, U256::ONE);
    let price = U256::ONE;
    place
        .lab
        .tell(place.pool, abi::openCall { asset: odd, price });
    // Worth less than can be counted.
    place.supply(odd, U256::ONE);
    place.borrow(place.ether, e18(1));
    place.secures(odd, 0, 8_000);
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(odd), U256::ONE);
    assert_eq!(place.has(place.dollar), dollars(2_000));
}

/// What is worth less than can be counted, and would not be let go, is not asked for where nothing more is due.
#[test]
fn w5_a_crumb_of_the_others_stays_where_it_is() {
    let mut place = barred();
    let odd = place.lab.deploy("test/MockToken", (U256::from(18),));
    place.lab.list(odd, U256::ONE);
    let price = U256::ONE;
    place
        .lab
        .tell(place.pool, abi::openCall { asset: odd, price });
    place.supply(odd, U256::ONE);
    // The dollars are no collateral and go with the ether, so that only the crumb is left behind.
    let off = abi::setUserUseReserveAsCollateralCall {
        asset: place.dollar,
        used: false,
    };
    place.secures(place.ether, 7_500, 8_000);
    place.lab.by_vault(place.pool, off.abi_encode()).unwrap();
    place.secures(place.ether, 0, 8_000);
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(odd), U256::ZERO);
    assert_eq!(place.has(place.dollar), dollars(2_250));
}

/// A stranger supplied a little of what the vault neither lists nor enables; later nothing may be borrowed against it.
fn strayed() -> Place {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    let odd = place.lab.deploy("test/MockToken", (U256::from(18),));
    let price = U256::from(100_000_000);
    place
        .lab
        .tell(place.pool, abi::openCall { asset: odd, price });
    place.supply(odd, U256::ONE);
    place.borrow(place.ether, e18(1));
    place.secures(odd, 0, 8_000);
    place
}

/// Whether the reserve with this number is the vault's collateral.
fn is_collateral(place: &mut Place, number: usize) -> bool {
    let ask = abi::getUserConfigurationCall {
        user: place.lab.vault,
    };
    let used: U256 = place.lab.ask(place.pool, ask);
    used.bit(2 * number + 1)
}

#[test]
fn w5_what_a_stranger_supplied_holds_nothing_up() {
    let mut place = strayed();
    assert!(is_collateral(&mut place, 2));
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(place.dollar), dollars(2_000));
    assert!(!is_collateral(&mut place, 2) && is_collateral(&mut place, 0));
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(place.dollar), dollars(3_500));
}

#[test]
fn w5_where_it_stays_collateral_a_strangers_crumb_holds_everything_up() {
    with_code(weakened("stray-collateral-stays", "AaveV3Asset"), || {
        let mut place = strayed();
        let refusal = place.unwind(1, 4);
        assert_eq!(refusal, Err(Reason::Text("loan to value".to_owned())));
    });
}

/// 10,000 dollars that secure nine tenths, and five ether that secure the half; 9,000 dollars' worth are owed.
fn uneven() -> Place {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    place.secures(place.dollar, 8_500, 9_000);
    place.secures(place.ether, 4_500, 5_000);
    place.borrow(place.ether, e18(9) / U256::from(2));
    place
}

/// A part p of the 11,000 that are left. All alike, (14,000 - 7,700 p) / 9,000; in ether alone,
/// (14,000 - 5,500 p) / 9,000; neither below 1.1.
#[test]
fn w5_collateral_counts_for_what_it_secures() {
    let mut place = uneven();
    assert!(place.unwind(533, 1_000).is_err());
    place.unwind(532, 1_000).unwrap();
    let mut place = uneven();
    place.secures(place.ether, 0, 5_000);
    place.unwind(745, 1_000).unwrap();
    let mut place = uneven();
    place.secures(place.ether, 0, 5_000);
    let reason = place.unwind(746, 1_000).unwrap_err();
    assert_eq!(reason.typed::<abi::DebtOpen>().unwrap().debt, e18(9_000));
}

/// A stranger's collateral makes the pool's figure better, and may be gone a moment later.
#[test]
fn w5_what_a_stranger_supplied_secures_nothing() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    let asset = place.lab.deploy("test/MockToken", (U256::from(18),));
    let price = U256::from(100_000_000);
    place.lab.tell(place.pool, abi::openCall { asset, price });
    place.supply(asset, e18(10_000));
    let enabled = false;
    place
        .lab
        .tell(place.lab.vault, enableCall { asset, enabled });
    place.borrow(place.ether, e18(32) / U256::from(10));
    // As without it: a third of the 3,600 that are left may go, and no more.
    assert!(place.unwind(334, 1_000).is_err());
    place.unwind(333, 1_000).unwrap();
}

#[test]
fn w5_without_a_debt_nothing_has_to_go_first() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    place.secures(place.ether, 0, 8_000);
    place.unwind(1, 4).unwrap();
    assert_eq!(place.has(place.dollar), dollars(2_500));
    assert_eq!(place.has(place.ether), e18(5) / U256::from(4));
}

/// By the feeds the health factor would be 1.3, by the pool's own prices it is 1.11: whoever liquidates asks the pool.
#[test]
fn w5_what_the_pool_says_counts_as_well() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, e18(3));
    let (asset, price, paused) = (place.ether, U256::from(240_000_000_000_u64), false);
    let call = abi::set::Reserve::setCall {
        asset,
        price,
        paused,
    };
    place.lab.tell(place.pool, call);
    // A part p of the 4,000 that are left leaves (10,000 - 4,000 p) · 0.8 / 7,200.
    let reason = place.unwind(3, 100).unwrap_err();
    assert_eq!(reason.typed::<abi::DebtOpen>().unwrap().debt, e18(6_000));
    place.unwind(2, 100).unwrap();
    assert_eq!(place.has(place.dollar), dollars(80));
}

#[test]
fn a_debt_that_is_worth_nothing_keeps_nothing_back() {
    let mut place = place();
    let odd = place.lab.deploy("test/MockToken", (U256::from(18),));
    place.lab.list(odd, U256::ONE);
    let price = U256::ONE;
    place
        .lab
        .tell(place.pool, abi::openCall { asset: odd, price });
    place.lab.mint(odd, place.pool, U256::ONE);
    place.supply(place.dollar, dollars(10_000));
    place.borrow(odd, U256::ONE);
    place.unwind(1, 1).unwrap();
    assert_eq!(place.has(place.dollar), dollars(10_000));
}

/// The pool counts with eight decimals, and so may see no debt where there is one.
#[test]
fn a_debt_too_small_for_the_pool_to_see_holds_nothing_up() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, U256::from(1_000));
    place.unwind(1, 2).unwrap();
    assert!(place.has(place.dollar) >= dollars(4_999));
}
