//! W5, W9: positions whose pool has rules of its own about what may leave, or a price for a loan.

use alloy_primitives::{Address, U256};
use portcullis_evm::bindings::Vault;

use super::{bites, market::Market};
use crate::{
    guards::abi,
    world::{ALICE, STRANGER, dollars, units, usd},
};

/// 10,000 dollars and five ether are supplied, one ether is borrowed, and then nothing may be borrowed against
/// ether any more. Besides, the vault has 30,000 dollars and that one ether.
fn barred(mut market: Market) -> Market {
    let (dollar, ether, vault) = (market.world.usd, market.world.eth, market.world.vault);
    market.world.mint(ether, vault, units(5, 18));
    supplied(&mut market, dollar, usd(10_000));
    supplied(&mut market, ether, units(5, 18));
    owes_one_ether(&mut market);
    bar(&mut market, ether);
    market
}

fn supplied(market: &mut Market, asset: Address, amount: U256) {
    let (pool, vault) = (market.pool, market.world.vault);
    let call = abi::supplyCall {
        asset,
        amount,
        onBehalfOf: vault,
        code: 0,
    };
    market.invest(asset, amount, pool, call);
}

fn owes_one_ether(market: &mut Market) {
    let (asset, pool, vault) = (market.world.eth, market.pool, market.world.vault);
    let call = abi::borrowCall {
        asset,
        amount: units(1, 18),
        mode: U256::from(2),
        code: 0,
        onBehalfOf: vault,
    };
    market.exec(pool, call).unwrap();
}

/// The pool's owners let nobody borrow against an asset any more.
fn bar(market: &mut Market, asset: Address) {
    let call = abi::secureCall {
        asset,
        loanToValue: 0,
        threshold: 8_000,
    };
    market.tell(market.pool, call);
}

fn paused(market: &mut Market, asset: Address, paused: bool) {
    let price = units(2_000, 8);
    let call = abi::set::Reserve::setCall {
        asset,
        price,
        paused,
    };
    market.tell(market.pool, call);
}

/// Alice gives a part of her shares back.
fn leaves(market: &mut Market, part: u64, whole: u64) -> bool {
    let shares = market.world.shares(ALICE) * U256::from(part) / U256::from(whole);
    market.world.withdraw(ALICE, shares).succeeded()
}

/// What Alice has by now, in whole dollars.
fn paid(market: &mut Market) -> u64 {
    let (dollar, ether) = (market.world.usd, market.world.eth);
    let in_dollars = market.have(dollar, ALICE) / usd(1);
    let in_ether = market.have(ether, ALICE) * U256::from(2_000) / units(1, 18);
    (in_dollars + in_ether).to()
}

/// She leaves with a part, and the part of the position that is hers stays behind.
fn is_held_up_by_collateral(market: Market) -> bool {
    let mut market = barred(market);
    // A quarter of 50,000 dollars.
    leaves(&mut market, 1, 4) && paid(&mut market) < 12_499
}

/// Where the other collateral has to go too.
fn is_held_up_by_collateral_that_is_not_enough(market: Market) -> bool {
    let mut market = barred(market);
    leaves(&mut market, 3, 4) && paid(&mut market) < 37_499
}

#[test]
fn w5_collateral_against_which_nothing_is_lent_holds_nobody_up() {
    bites(
        "guards/same-part-of-all",
        &[
            is_held_up_by_collateral,
            is_held_up_by_collateral_that_is_not_enough,
        ],
    );
}

/// A stranger supplies a crumb of what nobody lists; later nothing may be borrowed against it.
fn is_held_up_by_a_strangers_crumb(mut market: Market) -> bool {
    let (odd, pool, dollar) = (market.rogue, market.pool, market.world.usd);
    let price = units(1, 8);
    market.tell(pool, abi::openCall { asset: odd, price });
    supplied(&mut market, dollar, usd(20_000));
    let amount = U256::ONE;
    market.world.mint(odd, STRANGER, amount);
    let allow = abi::approveCall {
        spender: pool,
        amount,
    };
    market.world.must(STRANGER, odd, allow);
    let gift = abi::supplyCall {
        asset: odd,
        amount,
        onBehalfOf: market.world.vault,
        code: 0,
    };
    market.world.must(STRANGER, pool, gift);
    owes_one_ether(&mut market);
    bar(&mut market, odd);
    leaves(&mut market, 1, 4) && paid(&mut market) < 9_999
}

#[test]
fn w5_a_strangers_crumb_of_collateral_holds_nobody_up() {
    bites(
        "guards/stray-collateral-stays",
        &[is_held_up_by_a_strangers_crumb],
    );
}

/// The pool is paused where something would have to go first. Nothing of the position can be had; the rest is.
fn everything_else_is_held_up(market: Market) -> bool {
    let mut market = barred(market);
    let ether = market.world.eth;
    paused(&mut market, ether, true);
    let left = leaves(&mut market, 1, 2);
    // 15,000 dollars, and half an ether.
    !left || paid(&mut market) != 16_000
}

#[test]
fn w5_what_cannot_be_had_at_all_holds_up_nothing_else() {
    bites("no-isolation", &[everything_else_is_held_up]);
}

#[test]
fn w5_what_waits_is_paid_in_an_order_that_the_pool_takes() {
    let mut market = barred(Market::new());
    let (ether, vault, asset) = (market.world.eth, market.world.vault, market.pool);
    let position = dollars(18_000);
    paused(&mut market, ether, true);
    assert!(leaves(&mut market, 1, 2));
    let account = ALICE;
    let claim = market
        .world
        .view(vault, Vault::claimOfCall { account, asset });
    assert_eq!(claim.parts * U256::from(2), claim.whole);
    let settle = Vault::settleClaimCall { account, asset };
    let early = market.world.call(STRANGER, vault, settle.clone());
    assert!(!early.succeeded());
    paused(&mut market, ether, false);
    let before = market.have(ether, ALICE);
    market.world.must(STRANGER, vault, settle);
    let came = market.have(ether, ALICE) - before;
    assert_eq!(came * U256::from(2_000), position / U256::from(2));
    let ask = Vault::claimOfCall { account, asset };
    assert!(market.world.view(vault, ask).parts.is_zero());
}

/// Nothing on the way out borrows, so what a pool charges for a loan within one call is nobody's loss.
#[test]
fn w9_what_a_pool_charges_for_loans_changes_nothing() {
    let left = |premium: u128| {
        let mut market = barred(Market::new());
        let pool = market.pool;
        market.tell(pool, abi::chargeCall { premium });
        assert!(leaves(&mut market, 3, 4));
        let loans: U256 = market.world.view(pool, abi::loansCall {});
        assert!(loans.is_zero());
        (paid(&mut market), market.world.value())
    };
    let free = left(0);
    assert_eq!(free.0, 37_500);
    for premium in [5, 9, 10_000] {
        assert_eq!(left(premium), free);
    }
}

/// The pool does lend so, and charges: what is counted above is not zero because it cannot be otherwise.
#[test]
fn w9_the_pool_of_these_tests_does_lend_and_charge() {
    let mut market = Market::new();
    let (pool, asset) = (market.pool, market.world.usd);
    let receiver = market.world.deploy("test/Borrower", Vec::new());
    market.tell(pool, abi::chargeCall { premium: 9 });
    market.world.mint(asset, receiver, usd(9));
    let (params, code) = (Vec::new().into(), 0);
    let amount = usd(10_000);
    let loan = abi::flashLoanSimpleCall {
        receiver,
        asset,
        amount,
        params,
        code,
    };
    let had = market.have(asset, pool);
    market.world.must(STRANGER, pool, loan);
    assert_eq!(market.have(asset, pool) - had, usd(9));
    let loans: U256 = market.world.view(pool, abi::loansCall {});
    assert_eq!(loans, U256::ONE);
}
