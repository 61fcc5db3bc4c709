//! Positions in an Aave V3 pool.

mod collateral;

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::reason::Reason;

use crate::guards::{
    abi,
    lab::{LEAVER, Lab, e18, weakened, with_code},
    stubs::{TESTER, enableCall},
};

pub(super) const ALL: &[fn()] = &[
    s5_a_position_is_worth_what_is_left_after_the_debt,
    a_position_that_owes_more_than_it_has_is_worth_nothing,
    s10_without_a_debt_every_reserve_is_paid_out,
    s10_with_a_debt_the_part_of_what_is_left_is_paid_out,
    s10_a_debt_counts_in_whatever_reserve_it_is,
    w3_the_rest_stays_healthy_or_nothing_is_paid,
    the_last_part_waits_until_the_debt_is_paid,
    a_position_leaves_the_list_when_nothing_is_left_of_it,
    w1_what_a_stranger_supplies_neither_counts_nor_blocks,
    an_enabled_asset_without_a_listing_is_not_priced,
    a_debt_without_a_listing_is_not_priced,
    a_part_of_a_position_that_is_none_is_refused,
    w1_a_paused_reserve_fails_alone,
    collateral::all,
];

/// A pool of dollars (6 decimals) and ether at 2,000 dollars, in which the vault has supplied.
struct Place {
    lab: Lab,
    dollar: Address,
    ether: Address,
    pool: Address,
    guard: Address,
}

fn place() -> Place {
    let mut lab = Lab::new();
    let (dollar, ether) = (lab.token(6, 1), lab.token(18, 2_000));
    let pool = lab.deploy("test/MockAavePool", ());
    lab.list(pool, U256::ONE);
    for (asset, price) in [(dollar, 100_000_000_u64), (ether, 200_000_000_000)] {
        lab.tell(
            pool,
            abi::openCall {
                asset,
                price: U256::from(price),
            },
        );
    }
    lab.mint(dollar, pool, U256::from(1_000_000_000_000_u64));
    lab.mint(ether, pool, e18(1_000));
    let guard = lab.deploy("AaveV3Asset", (lab.registry,));
    Place {
        lab,
        dollar,
        ether,
        pool,
        guard,
    }
}

impl Place {
    fn supply(&mut self, asset: Address, amount: U256) {
        self.lab.mint(asset, TESTER, amount);
        self.lab.tell(
            asset,
            abi::approveCall {
                spender: self.pool,
                amount,
            },
        );
        self.lab.tell(
            self.pool,
            abi::supplyCall {
                asset,
                amount,
                onBehalfOf: self.lab.vault,
                code: 0,
            },
        );
    }

    fn borrow(&mut self, asset: Address, amount: U256) {
        let call = abi::borrowCall {
            asset,
            amount,
            mode: U256::from(2),
            code: 0,
            onBehalfOf: self.lab.vault,
        };
        self.lab.by_vault(self.pool, call.abi_encode()).unwrap();
    }

    fn value(&mut self) -> U256 {
        self.lab.value(self.guard, self.pool)
    }

    fn unwind(&mut self, part: u64, whole: u64) -> Result<(), Reason> {
        self.lab.unwind(self.guard, self.pool, part, whole)
    }
}

fn dollars(count: u64) -> U256 {
    U256::from(count * 1_000_000)
}

#[test]
fn s5_a_position_is_worth_what_is_left_after_the_debt() {
    let mut place = place();
    assert_eq!(place.value(), U256::ZERO);
    place.supply(place.dollar, dollars(10_000));
    assert_eq!(place.value(), e18(10_000));
    place.supply(place.ether, e18(5));
    assert_eq!(place.value(), e18(20_000));
    place.borrow(place.ether, e18(2));
    assert_eq!(place.value(), e18(16_000));
    let ask = abi::balanceCall {
        vault: place.lab.vault,
        asset: place.pool,
    };
    assert_eq!(place.lab.ask(place.guard, ask), e18(16_000));
}

#[test]
fn w8_counted_without_its_debt_a_position_seems_worth_more() {
    with_code(weakened("gross-of-debt", "AaveV3Asset"), || {
        let mut place = place();
        place.supply(place.dollar, dollars(10_000));
        place.borrow(place.ether, e18(2));
        assert_eq!(place.value(), e18(10_000));
    });
}

#[test]
fn a_position_that_owes_more_than_it_has_is_worth_nothing() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, e18(3));
    place.lab.list(place.ether, e18(3_333));
    assert_eq!(place.value(), e18(1));
    place.lab.list(place.ether, e18(4_000));
    assert_eq!(place.value(), U256::ZERO);
    let reason = place.unwind(1, 2).unwrap_err();
    assert_eq!(reason.typed::<abi::DebtOpen>().unwrap().debt, e18(12_000));
    // And when both are the same.
    place
        .lab
        .list(place.ether, e18(10_000) / U256::from(3) + U256::ONE);
    assert_eq!(place.value(), U256::ZERO);
}

#[test]
fn s10_without_a_debt_every_reserve_is_paid_out() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    // Without a price, too: nothing has to be compared.
    place.lab.unlist(place.ether);
    place.unwind(1, 4).unwrap();
    assert_eq!(place.lab.balance(place.dollar, LEAVER), dollars(2_500));
    assert_eq!(
        place.lab.balance(place.ether, LEAVER),
        e18(5) / U256::from(4)
    );
    place.unwind(1, 1).unwrap();
    assert_eq!(place.lab.balance(place.dollar, LEAVER), dollars(10_000));
    assert_eq!(place.lab.balance(place.ether, LEAVER), e18(5));
    assert!(place.lab.removable(place.guard, place.pool));
}

/// Who takes a quarter out gets a quarter of the position's worth, and the rest is worth three quarters.
#[test]
fn s10_with_a_debt_the_part_of_what_is_left_is_paid_out() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.supply(place.ether, e18(5));
    place.borrow(place.ether, e18(2));
    place.unwind(1, 4).unwrap();
    let paid = place.lab.balance(place.dollar, LEAVER) * U256::from(1_000_000_000_000_u64)
        + place.lab.balance(place.ether, LEAVER) * U256::from(2_000);
    assert_eq!(paid, e18(4_000));
    assert_eq!(place.lab.balance(place.dollar, LEAVER), dollars(2_000));
    assert_eq!(place.value(), e18(12_000));
}

#[test]
fn s10_a_debt_counts_in_whatever_reserve_it_is() {
    let mut place = place();
    place.supply(place.ether, e18(10));
    place.borrow(place.dollar, dollars(5_000));
    place.unwind(1, 4).unwrap();
    // A quarter of the 15,000 dollars that are left, in ether.
    assert_eq!(
        place.lab.balance(place.ether, LEAVER),
        e18(15) / U256::from(8)
    );
    assert_eq!(place.value(), e18(11_250));
}

#[test]
fn w3_counted_without_its_debt_the_first_who_leaves_takes_from_the_rest() {
    with_code(weakened("gross-of-debt", "AaveV3Asset"), || {
        let mut place = place();
        place.supply(place.dollar, dollars(20_000));
        place.borrow(place.ether, e18(2));
        place.unwind(1, 4).unwrap();
        assert_eq!(place.lab.balance(place.dollar, LEAVER), dollars(5_000));
    });
}

/// A health factor of 1.25, and what a withdrawal makes of it.
fn near_liquidation() -> Place {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, e18(32) / U256::from(10));
    place
}

/// Taking a part p of the 3,600 that are left leaves (10,000 - 3,600 p) · 0.8 / 6,400.
#[test]
fn w3_the_rest_stays_healthy_or_nothing_is_paid() {
    let mut place = near_liquidation();
    let reason = place.unwind(334, 1_000).unwrap_err();
    assert_eq!(reason.typed::<abi::DebtOpen>().unwrap().debt, e18(6_400));
    place.unwind(333, 1_000).unwrap();
    let left = place.lab.balance(place.dollar, LEAVER);
    assert_eq!(left, U256::from(1_198_800_000));
    // Exactly at the bound: a third of it leaves 8,800 and so 1.1.
    let mut place = near_liquidation();
    place.unwind(1, 3).unwrap();
}

#[test]
fn w3_without_a_bound_a_withdrawal_takes_the_rest_to_the_brink() {
    with_code(weakened("no-health-check", "AaveV3Asset"), || {
        let mut place = near_liquidation();
        place.unwind(1, 2).unwrap();
    });
}

#[test]
fn the_last_part_waits_until_the_debt_is_paid() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, U256::from(1_000_000_000_u64));
    let reason = place.unwind(1, 1).unwrap_err();
    assert!(reason.typed::<abi::DebtOpen>().is_some());
    place.unwind(1, 2).unwrap();
}

#[test]
fn a_position_leaves_the_list_when_nothing_is_left_of_it() {
    let mut place = place();
    assert!(place.lab.removable(place.guard, place.pool));
    place.supply(place.ether, U256::ONE);
    assert!(!place.lab.removable(place.guard, place.pool));
    place.supply(place.ether, e18(1));
    place.borrow(place.dollar, U256::from(7));
    assert!(!place.lab.removable(place.guard, place.pool));
    // Of whichever reserve it is.
    let mut place = self::place();
    place.supply(place.dollar, U256::ONE);
    assert!(!place.lab.removable(place.guard, place.pool));
}

/// A stranger supplies an asset that nobody lists, and its reserve is then paused.
fn poisoned() -> Place {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    let odd = place.lab.deploy("test/MockToken", (U256::from(18),));
    let (pool, price) = (place.pool, U256::from(100_000_000));
    place.lab.tell(pool, abi::openCall { asset: odd, price });
    place.supply(odd, e18(1));
    place.lab.tell(
        pool,
        abi::set::Reserve::setCall {
            asset: odd,
            price,
            paused: true,
        },
    );
    place
}

#[test]
fn w1_what_a_stranger_supplies_neither_counts_nor_blocks() {
    let mut place = poisoned();
    assert_eq!(place.value(), e18(10_000));
    place.unwind(1, 1).unwrap();
    assert_eq!(place.lab.balance(place.dollar, LEAVER), dollars(10_000));
    assert!(place.lab.removable(place.guard, place.pool));
    // Of a listed asset it counts, although the vault has not enabled it.
    let mut place = self::place();
    let (asset, enabled) = (place.ether, false);
    place
        .lab
        .tell(place.lab.vault, enableCall { asset, enabled });
    place.supply(place.ether, e18(1));
    assert_eq!(place.value(), e18(2_000));
}

#[test]
fn w1_where_a_strangers_supply_counts_it_blocks_the_position() {
    with_code(weakened("stray-supply-counts", "AaveV3Asset"), || {
        let mut place = poisoned();
        assert!(place.lab.try_value(place.guard, place.pool).is_err());
        assert_eq!(place.unwind(1, 1), Err(Reason::Text("paused".to_owned())));
    });
}

#[test]
fn an_enabled_asset_without_a_listing_is_not_priced() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.lab.unlist(place.dollar);
    let reason = place.lab.try_value(place.guard, place.pool).unwrap_err();
    assert_eq!(reason.typed::<abi::Unpriced>().unwrap().asset, place.dollar);
}

#[test]
fn a_debt_without_a_listing_is_not_priced() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    place.borrow(place.ether, e18(1));
    place.lab.unlist(place.ether);
    let (asset, enabled) = (place.ether, false);
    place
        .lab
        .tell(place.lab.vault, enableCall { asset, enabled });
    let reason = place.lab.try_value(place.guard, place.pool).unwrap_err();
    assert_eq!(reason.typed::<abi::Unpriced>().unwrap().asset, place.ether);
    assert!(!place.lab.removable(place.guard, place.pool));
}

#[test]
fn a_part_of_a_position_that_is_none_is_refused() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    assert!(
        place
            .unwind(2, 1)
            .unwrap_err()
            .typed::<abi::WrongPart>()
            .is_some()
    );
    assert!(
        place
            .unwind(0, 0)
            .unwrap_err()
            .typed::<abi::WrongPart>()
            .is_some()
    );
    assert!(
        place
            .lab
            .plan(place.guard, place.pool, 0, 1)
            .unwrap()
            .steps
            .is_empty()
    );
}

/// A reserve that is paused holds up its own position, and no other asset.
#[test]
fn w1_a_paused_reserve_fails_alone() {
    let mut place = place();
    place.supply(place.dollar, dollars(10_000));
    let (asset, price) = (place.dollar, U256::from(100_000_000));
    place.lab.tell(
        place.pool,
        abi::set::Reserve::setCall {
            asset,
            price,
            paused: true,
        },
    );
    assert_eq!(place.unwind(1, 1), Err(Reason::Text("paused".to_owned())));
    let tokens = place.lab.deploy("Erc20Asset", (place.lab.registry,));
    place.lab.mint(place.ether, place.lab.vault, e18(3));
    place.lab.unwind(tokens, place.ether, 1, 1).unwrap();
}
