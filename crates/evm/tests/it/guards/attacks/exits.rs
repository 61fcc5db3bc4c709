//! W1 to W8, A7: whoever withdraws gets their part, whatever is in the way.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::{GuardRegistry, Vault};

use super::{bites, market::Market};
use crate::{
    guards::abi,
    world::{ALICE, MANAGER, OWNER, STRANGER, units, usd},
};

/// The vault supplies dollars.
fn supplied(market: &mut Market, whole: u64) {
    let (asset, pool, vault) = (market.world.usd, market.pool, market.world.vault);
    let amount = usd(whole);
    let call = abi::supplyCall {
        asset,
        amount,
        onBehalfOf: vault,
        code: 0,
    };
    market.invest(asset, amount, pool, call);
}

fn borrowed(market: &mut Market, amount: U256) {
    let (asset, pool, vault) = (market.world.eth, market.pool, market.world.vault);
    let mode = U256::from(2);
    let call = abi::borrowCall {
        asset,
        amount,
        mode,
        code: 0,
        onBehalfOf: vault,
    };
    market.exec(pool, call).unwrap();
}

fn paused(market: &mut Market, asset: Address, paused: bool) {
    let price = units(1, 8);
    let pool = market.pool;
    market.tell(
        pool,
        abi::set::Reserve::setCall {
            asset,
            price,
            paused,
        },
    );
}

/// Alice gives a part of her shares back.
fn leaves(market: &mut Market, part: u64, whole: u64) -> bool {
    let shares = market.world.shares(ALICE) * U256::from(part) / U256::from(whole);
    market.world.withdraw(ALICE, shares).succeeded()
}

#[test]
fn s10_liquidity_leaves_as_its_two_tokens() {
    let mut market = Market::new();
    let (dollar, ether, v2, vault) = (
        market.world.usd,
        market.world.eth,
        market.v2,
        market.world.vault,
    );
    let sale = market.sale(20_000);
    market.invest(dollar, usd(20_000), v2, sale);
    let amount = market.have(ether, vault);
    let approve =
        |token, spender, amount| (token, abi::approveCall { spender, amount }.abi_encode());
    let add = abi::addLiquidityCall {
        a: dollar,
        b: ether,
        wantedA: usd(15_000),
        wantedB: amount,
        leastA: U256::ONE,
        leastB: U256::ONE,
        to: vault,
        until: market.soon(),
    };
    let calls = [
        approve(dollar, v2, usd(15_000)),
        approve(ether, v2, amount),
        (v2, add.abi_encode()),
    ];
    let outcome = market.world.batch(MANAGER, &calls);
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    let before = market.worth();
    assert!(leaves(&mut market, 1, 2));
    let pair = market.pair;
    assert_eq!(market.have(pair, ALICE), U256::ZERO);
    let (dollars, ethers) = (market.have(dollar, ALICE), market.have(ether, ALICE));
    assert!(
        dollars > usd(9_000) && ethers > units(4, 18),
        "{dollars} {ethers}"
    );
    assert!(market.worth().abs_diff(before / 2) < 100);
}

#[test]
fn s10_shares_leave_as_what_they_are_of() {
    let mut market = Market::new();
    let (dollar, share, vault) = (market.world.usd, market.share, market.world.vault);
    let call = abi::depositCall {
        assets: usd(20_000),
        receiver: vault,
    };
    market.invest(dollar, usd(20_000), share, call);
    assert!(leaves(&mut market, 1, 4));
    assert_eq!(market.have(dollar, ALICE), usd(10_000));
    assert_eq!(market.have(share, ALICE), U256::ZERO);
    // Closed, the shares themselves are paid: they can be redeemed later, by whoever has them.
    market.tell(share, abi::closeCall { closed: true });
    assert!(leaves(&mut market, 1, 3));
    assert_eq!(market.have(share, ALICE), usd(5_000));
}

#[test]
fn s10_with_a_debt_each_gets_their_part_of_what_is_left() {
    let mut market = Market::new();
    supplied(&mut market, 20_000);
    borrowed(&mut market, units(2, 18));
    let before = market.worth();
    let (dollar, ether) = (market.world.usd, market.world.eth);
    assert!(leaves(&mut market, 1, 4));
    // A quarter of 20,000 dollars and two ether at hand, and of the 16,000 that are left in the pool.
    assert_eq!(market.have(dollar, ALICE), usd(9_000));
    assert_eq!(market.have(ether, ALICE), units(1, 18) / U256::from(2));
    assert_eq!(market.worth(), before * 3 / 4);
}

/// The pool pays nothing; what else there is is paid.
fn a_paused_pool_holds_everything_up(mut market: Market) -> bool {
    supplied(&mut market, 20_000);
    let dollar = market.world.usd;
    paused(&mut market, dollar, true);
    let left = leaves(&mut market, 1, 2);
    !left || market.have(dollar, ALICE) != usd(10_000)
}

/// The tokenised vault reverts when it is asked for anything.
fn a_broken_asset_holds_everything_up(mut market: Market) -> bool {
    let (dollar, share, vault) = (market.world.usd, market.share, market.world.vault);
    let call = abi::depositCall {
        assets: usd(20_000),
        receiver: vault,
    };
    market.invest(dollar, usd(20_000), share, call);
    let broken = market.world.chain.code(market.world.registry).unwrap();
    market.world.chain.set_code(share, broken).unwrap();
    let left = leaves(&mut market, 1, 2);
    !left || market.have(dollar, ALICE) != usd(10_000)
}

#[test]
fn w1_one_poisoned_position_does_not_block_the_others() {
    bites(
        "no-isolation",
        &[
            a_paused_pool_holds_everything_up,
            a_broken_asset_holds_everything_up,
        ],
    );
}

#[test]
fn w1_what_was_held_up_is_paid_once_it_can_be() {
    let mut market = Market::new();
    supplied(&mut market, 20_000);
    let (dollar, asset) = (market.world.usd, market.pool);
    paused(&mut market, dollar, true);
    assert!(leaves(&mut market, 1, 2));
    assert_eq!(market.have(dollar, ALICE), usd(10_000));
    let settle = Vault::settleClaimCall {
        account: ALICE,
        asset,
    };
    let vault = market.world.vault;
    assert!(
        !market
            .world
            .call(STRANGER, vault, settle.clone())
            .succeeded()
    );
    paused(&mut market, dollar, false);
    market.world.must(STRANGER, vault, settle);
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
}

/// A stranger supplies a token that nobody lists for the vault, and its reserve is paused.
fn a_strangers_gift_holds_a_position_up(mut market: Market) -> bool {
    supplied(&mut market, 20_000);
    let (odd, pool, dollar) = (market.rogue, market.pool, market.world.usd);
    let amount = units(1, 18);
    market.tell(
        pool,
        abi::openCall {
            asset: odd,
            price: units(1, 8),
        },
    );
    market.world.mint(odd, STRANGER, amount);
    market.world.must(
        STRANGER,
        odd,
        abi::approveCall {
            spender: pool,
            amount,
        },
    );
    let vault = market.world.vault;
    let gift = abi::supplyCall {
        asset: odd,
        amount,
        onBehalfOf: vault,
        code: 0,
    };
    market.world.must(STRANGER, pool, gift);
    paused(&mut market, odd, true);
    leaves(&mut market, 1, 2) && market.have(dollar, ALICE) != usd(20_000)
}

#[test]
fn w1_a_strangers_gift_blocks_nothing() {
    bites(
        "guards/stray-supply-counts",
        &[a_strangers_gift_holds_a_position_up],
    );
}

/// Alice leaves, and the rest is nearly liquidated.
fn the_rest_is_left_at_the_brink(mut market: Market) -> bool {
    supplied(&mut market, 20_000);
    borrowed(&mut market, units(7, 18));
    leaves(&mut market, 1, 4);
    let ask = abi::getUserAccountDataCall {
        user: market.world.vault,
    };
    let health = market.world.view(market.pool, ask).health;
    health < units(11, 17)
}

#[test]
fn w3_whoever_leaves_does_not_take_the_rest_to_the_brink() {
    bites("guards/no-health-check", &[the_rest_is_left_at_the_brink]);
}

/// Who leaves first takes collateral and leaves the debt to the others.
fn the_first_leaves_the_debt_to_others(mut market: Market) -> bool {
    supplied(&mut market, 20_000);
    borrowed(&mut market, units(2, 18));
    leaves(&mut market, 1, 4);
    market.have(market.world.usd, ALICE) > usd(9_000)
}

#[test]
fn w3_nobody_leaves_their_debt_to_others() {
    bites(
        "guards/gross-of-debt",
        &[the_first_leaves_the_debt_to_others],
    );
}

#[test]
fn a7_what_is_delisted_while_it_is_held_can_still_be_left() {
    let mut market = Market::new();
    supplied(&mut market, 20_000);
    let (registry, dollar, pool) = (market.world.registry, market.world.usd, market.pool);
    market.world.must(
        OWNER,
        registry,
        GuardRegistry::delistAssetCall { asset: pool },
    );
    market.world.must(
        OWNER,
        registry,
        GuardRegistry::delistDestinationCall { destination: pool },
    );
    assert!(leaves(&mut market, 1, 2));
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
}

/// V7: without a price nobody comes in, and everybody gets out.
#[test]
fn v7_a_stale_feed_keeps_nobody_in() {
    let mut market = Market::new();
    let dollar = market.world.usd;
    let now = U256::from(market.world.chain.now() + 10 * crate::world::DAY);
    let words = |words: &[U256]| {
        words
            .iter()
            .flat_map(|word| word.to_be_bytes::<32>())
            .collect::<Vec<u8>>()
    };
    let source = market.world.deploy(
        "test/MockAggregator",
        words(&[U256::from(8), units(1, 8), now, now]),
    );
    let of = |address: Address| U256::from_be_slice(address.as_slice());
    let (hour, none) = (U256::from(3_600), U256::ZERO);
    let arguments = words(&[of(source), hour, units(9, 17), units(11, 17), none, none]);
    let feed = market.world.deploy("ChainlinkFeed", arguments);
    market.world.feeds.insert(dollar, feed);
    let list = |market: &mut Market| market.world.list(&[], &[(dollar, 0)], &[]);
    market.world.chain.wait(10 * crate::world::DAY);
    market.tell(
        source,
        abi::set::Aggregator::setCall {
            decimals: 8,
            answer: "100000000".parse().unwrap(),
            startedAt: U256::ZERO,
            updatedAt: U256::from(market.world.chain.now()),
        },
    );
    list(&mut market);
    // The listing took its two days; the answer is too old by now.
    let late = market.world.try_deposit(ALICE, dollar, usd(10));
    assert!(late.reason().unwrap().typed::<abi::Stale>().is_some());
    assert!(leaves(&mut market, 1, 2));
    assert_eq!(market.have(dollar, ALICE), usd(20_010));
}
