//! V1, V3, V7 and the rules of swaps and positions: where what is bought goes, and for how much.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::{Vault, VaultManager};

use super::{
    bites,
    market::{Market, rule},
};
use crate::{
    guards::abi,
    world::{ALICE, MANAGER, STRANGER, units, usd},
};

fn a_v2_swap_pays_a_stranger(mut market: Market) -> bool {
    let (dollar, ether, v2) = (market.world.usd, market.world.eth, market.v2);
    let swap = abi::swapExactTokensForTokensCall {
        to: STRANGER,
        ..market.sale(100)
    };
    market.with_allowance(dollar, usd(100), v2, swap);
    market.have(ether, STRANGER) != U256::ZERO
}

fn a_v3_swap_pays_a_stranger(mut market: Market) -> bool {
    let (dollar, ether, v3) = (market.world.usd, market.world.eth, market.v3);
    let params = abi::Single {
        recipient: STRANGER,
        ..market.order(100)
    };
    market.with_allowance(dollar, usd(100), v3, abi::exactInputSingleCall { params });
    market.have(ether, STRANGER) != U256::ZERO
}

fn shares_go_to_a_stranger(mut market: Market) -> bool {
    let (dollar, share) = (market.world.usd, market.share);
    let call = abi::depositCall {
        assets: usd(100),
        receiver: STRANGER,
    };
    market.with_allowance(dollar, usd(100), share, call);
    market.have(share, STRANGER) != U256::ZERO
}

fn a_loan_is_withdrawn_by_a_stranger(mut market: Market) -> bool {
    let (asset, pool) = (market.world.usd, market.pool);
    supplied(&mut market, 100);
    let _ = market.exec(
        pool,
        abi::lend::withdrawCall {
            asset,
            amount: usd(100),
            to: STRANGER,
        },
    );
    market.have(asset, STRANGER) != U256::ZERO
}

#[test]
fn s3_what_is_bought_or_paid_out_goes_to_the_vault() {
    bites(
        "guards/no-recipient-check",
        &[
            a_v2_swap_pays_a_stranger,
            a_v3_swap_pays_a_stranger,
            shares_go_to_a_stranger,
            a_loan_is_withdrawn_by_a_stranger,
        ],
    );
}

fn supplied(market: &mut Market, amount: u64) {
    let (asset, pool, vault) = (market.world.usd, market.pool, market.world.vault);
    let amount = usd(amount);
    let call = abi::supplyCall {
        asset,
        amount,
        onBehalfOf: vault,
        code: 0,
    };
    market.invest(asset, amount, pool, call);
}

/// The vault's dollars are supplied for a stranger, who withdraws them.
fn a_supply_for_a_stranger(mut market: Market) -> bool {
    let (asset, pool) = (market.world.usd, market.pool);
    let call = abi::supplyCall {
        asset,
        amount: usd(100),
        onBehalfOf: STRANGER,
        code: 0,
    };
    market.with_allowance(asset, usd(100), pool, call);
    let take = abi::lend::withdrawCall {
        asset,
        amount: usd(100),
        to: STRANGER,
    };
    market.world.call(STRANGER, pool, take).succeeded()
}

/// A stranger's debt is paid with the vault's dollars.
fn a_repayment_for_a_stranger(mut market: Market) -> bool {
    let (dollar, ether, pool) = (market.world.usd, market.world.eth, market.pool);
    market.world.mint(ether, STRANGER, units(10, 18));
    let amount = units(10, 18);
    market.world.must(
        STRANGER,
        ether,
        abi::approveCall {
            spender: pool,
            amount,
        },
    );
    let supply = abi::supplyCall {
        asset: ether,
        amount,
        onBehalfOf: STRANGER,
        code: 0,
    };
    market.world.must(STRANGER, pool, supply);
    let mode = U256::from(2);
    let borrow = abi::borrowCall {
        asset: dollar,
        amount: usd(100),
        mode,
        code: 0,
        onBehalfOf: STRANGER,
    };
    market.world.must(STRANGER, pool, borrow);
    let repay = abi::repayCall {
        asset: dollar,
        amount: usd(100),
        mode,
        onBehalfOf: STRANGER,
    };
    market
        .with_allowance(dollar, usd(100), pool, repay)
        .succeeded()
}

/// Somebody trusted the vault with their shares of a tokenised vault; the manager redeems them.
fn shares_of_somebody_else(mut market: Market) -> bool {
    let (dollar, share, vault) = (market.world.usd, market.share, market.world.vault);
    market.world.mint(dollar, ALICE, usd(100));
    market.world.must(
        ALICE,
        dollar,
        abi::approveCall {
            spender: share,
            amount: usd(100),
        },
    );
    market.world.must(
        ALICE,
        share,
        abi::depositCall {
            assets: usd(100),
            receiver: ALICE,
        },
    );
    market.world.must(
        ALICE,
        share,
        abi::approveCall {
            spender: vault,
            amount: usd(100),
        },
    );
    let redeem = abi::redeemCall {
        shares: usd(100),
        receiver: vault,
        owner: ALICE,
    };
    market.exec(share, redeem).is_ok()
}

#[test]
fn s3_only_the_vaults_own_positions_are_changed() {
    bites(
        "guards/no-owner-check",
        &[
            a_supply_for_a_stranger,
            a_repayment_for_a_stranger,
            shares_of_somebody_else,
        ],
    );
}

/// V3: an asset is taken off the list, and then traded out of: nobody would count what it loses.
fn trade_out_of_what_was_removed(mut market: Market) -> bool {
    let (asset, v3, vault) = (market.world.dai, market.v3, market.world.vault);
    market.world.must(
        MANAGER,
        market.world.logic,
        VaultManager::removeAssetCall { asset },
    );
    market.world.mint(asset, vault, units(50, 18));
    let params = abi::Single {
        tokenIn: asset,
        amountIn: units(50, 18),
        ..market.order(1)
    };
    market
        .with_allowance(
            asset,
            units(50, 18),
            v3,
            abi::exactInputSingleCall { params },
        )
        .succeeded()
}

#[test]
fn v3_s7_what_is_not_enabled_is_not_traded() {
    bites("guards/no-enabled-check", &[trade_out_of_what_was_removed]);
}

#[test]
fn s7_s9_nothing_comes_in_that_is_not_enabled() {
    let mut market = Market::new();
    let (dollar, v3, rogue) = (market.world.usd, market.v3, market.rogue);
    let params = abi::Single {
        tokenOut: rogue,
        ..market.order(100)
    };
    let outcome = market.with_allowance(dollar, usd(100), v3, abi::exactInputSingleCall { params });
    assert_eq!(rule(Err(outcome.reason().unwrap())), "token.enabled");
}

/// A swap over a token that nobody lists runs its code in the middle, and may be worth anything.
fn over_an_unlisted_token(mut market: Market) -> bool {
    let (dollar, v2, ether) = (market.world.usd, market.v2, market.world.eth);
    let path = vec![dollar, market.rogue, ether];
    let swap = abi::swapExactTokensForTokensCall {
        path,
        ..market.sale(100)
    };
    market
        .with_allowance(dollar, usd(100), v2, swap)
        .succeeded()
}

#[test]
fn s7_a_path_leads_over_listed_tokens() {
    bites("guards/no-listed-check", &[over_an_unlisted_token]);
}

/// A swap that somebody holds back for a week.
fn an_old_swap_is_made(mut market: Market) -> bool {
    let (dollar, v2) = (market.world.usd, market.v2);
    let swap = abi::swapExactTokensForTokensCall {
        until: U256::MAX,
        ..market.sale(100)
    };
    market.world.chain.wait(7 * crate::world::DAY);
    market
        .with_allowance(dollar, usd(100), v2, swap)
        .succeeded()
}

#[test]
fn a_swap_that_is_held_back_expires() {
    bites("guards/no-deadline", &[an_old_swap_is_made]);
}

/// V1: nothing is asked for, and the pool is shifted before.
fn sandwiched_to_nothing(mut market: Market) -> bool {
    let (dollar, v3, ether, vault) = (
        market.world.usd,
        market.v3,
        market.world.eth,
        market.world.vault,
    );
    market.tell(v3, abi::setRateCall { rate: U256::ZERO });
    let params = abi::Single {
        amountOutMinimum: U256::ZERO,
        ..market.order(1_000)
    };
    market.with_allowance(dollar, usd(1_000), v3, abi::exactInputSingleCall { params });
    market.have(ether, vault).is_zero() && market.have(dollar, vault) < usd(40_000)
}

#[test]
fn v1_a_swap_for_nothing_at_all_is_refused() {
    bites("guards/no-minimum", &[sandwiched_to_nothing]);
}

/// V1: the manager trades against a pool of his own, as badly as the guards let him. What the value floor
/// leaves him is the number that `docs/threats-vault.md` tells.
fn taken_in_a_day(market: Market) -> u64 {
    let mut market = market;
    let before = market.worth();
    let (dollar, v3) = (market.world.usd, market.v3);
    for rate in [0_u64, 500, 900, 960, 980, 985, 990, 990, 990, 990, 990, 990] {
        market.tell(
            v3,
            abi::setRateCall {
                rate: U256::from(rate.max(1)),
            },
        );
        for amount in [35_000, 20_000, 10_000, 5_000] {
            let params = market.order(amount);
            market.with_allowance(
                dollar,
                usd(amount),
                v3,
                abi::exactInputSingleCall { params },
            );
        }
        market.world.chain.mine();
    }
    (before - market.worth()) * 1_000 / before
}

#[test]
fn v1_a_manager_who_trades_with_himself_takes_three_hundredths_a_day_at_most() {
    let watched = taken_in_a_day(Market::new().watched());
    assert!(watched <= 30, "{watched} thousandths");
    let unwatched = taken_in_a_day(Market::new());
    assert!(unwatched > 900, "{unwatched} thousandths");
}

/// V7: whoever deposits while the pair is shifted gets no more for it.
fn a_shifted_pair_makes_shares_cheap(mut market: Market) -> bool {
    let (dollar, ether, v2, vault) = (
        market.world.usd,
        market.world.eth,
        market.v2,
        market.world.vault,
    );
    // The vault provides liquidity.
    market.world.mint(ether, vault, units(10, 18));
    let approve =
        |token, spender, amount| (token, abi::approveCall { spender, amount }.abi_encode());
    let add = abi::addLiquidityCall {
        a: dollar,
        b: ether,
        wantedA: usd(20_000),
        wantedB: units(10, 18),
        leastA: U256::ONE,
        leastB: U256::ONE,
        to: vault,
        until: market.soon(),
    };
    let calls = [
        approve(dollar, v2, usd(20_000)),
        approve(ether, v2, units(10, 18)),
        (v2, add.abi_encode()),
    ];
    let outcome = market.world.batch(MANAGER, &calls);
    assert!(outcome.succeeded(), "{:?}", outcome.reason());
    let before = market.worth();
    // A stranger buys most of the ether.
    let given = usd(8_000_000);
    market.world.mint(dollar, STRANGER, given);
    market.world.must(
        STRANGER,
        dollar,
        abi::approveCall {
            spender: v2,
            amount: given,
        },
    );
    let buy = abi::swapExactTokensForTokensCall {
        given,
        to: STRANGER,
        ..market.sale(1)
    };
    market.world.must(STRANGER, v2, buy);
    market.worth().abs_diff(before) > before / 20
}

#[test]
fn v7_nobody_moves_the_price_of_a_share_by_shifting_a_pair() {
    bites("guards/spot-reserves", &[a_shifted_pair_makes_shares_cheap]);
}

/// V8: the manager gives tokens to a tokenised vault whose shares the vault has, and so makes it seem richer.
fn a_donation_makes_the_vault_seem_richer(mut market: Market) -> bool {
    let (dollar, share, vault) = (market.world.usd, market.share, market.world.vault);
    let call = abi::depositCall {
        assets: usd(1_000),
        receiver: vault,
    };
    market.invest(dollar, usd(1_000), share, call);
    let before = market.worth();
    market.world.mint(dollar, share, usd(5_000));
    market.worth() > before + 1_000
}

#[test]
fn v8_a_donation_makes_no_share_dearer() {
    bites(
        "guards/unbounded-rate",
        &[a_donation_makes_the_vault_seem_richer],
    );
}

/// W8: what is owed is part of what the vault is worth.
fn borrowing_makes_the_vault_seem_richer(mut market: Market) -> bool {
    supplied(&mut market, 10_000);
    let before = market.worth();
    let (asset, pool, vault) = (market.world.eth, market.pool, market.world.vault);
    let mode = U256::from(2);
    let borrow = abi::borrowCall {
        asset,
        amount: units(2, 18),
        mode,
        code: 0,
        onBehalfOf: vault,
    };
    market.exec(pool, borrow).unwrap();
    market.worth() > before + 1_000
}

#[test]
fn w8_a_debt_is_counted() {
    bites(
        "guards/gross-of-debt",
        &[borrowing_makes_the_vault_seem_richer],
    );
}

/// V4: what comes in unasked in the middle of a swap does not excuse what it loses. Both are weighed as one
/// sum, so that it can; what the guard sees to is that nothing but one swap is in a call.
#[test]
fn v4_a_swap_and_a_claim_are_never_one_call() {
    let mut market = Market::new();
    let v3 = market.v3;
    let sweep = abi::sweepTokenCall {
        token: market.world.usd,
        least: U256::ZERO,
        to: market.world.vault,
    };
    let data = vec![
        sweep.abi_encode().into(),
        abi::exactInputSingleCall {
            params: market.order(1),
        }
        .abi_encode()
        .into(),
    ];
    assert_eq!(
        rule(market.exec(v3, abi::multicallCall { data })),
        "multicall.inner"
    );
}

/// T8: no way through a router to native ether.
#[test]
fn t8_native_ether_is_neither_bought_nor_taken() {
    let mut market = Market::new();
    let (v2, v3, vault) = (market.v2, market.v3, market.world.vault);
    let ether = abi::swapExactTokensForETHCall {
        given: usd(1),
        least: U256::ONE,
        path: vec![market.world.usd, market.world.eth],
        to: vault,
        until: market.soon(),
    };
    assert_eq!(super::market::code(market.exec(v2, ether)), "dh23");
    let unwrap = abi::unwrapWETH9Call {
        least: U256::ONE,
        to: vault,
    }
    .abi_encode();
    let swap = abi::exactInputSingleCall {
        params: market.order(1),
    }
    .abi_encode();
    let data = vec![swap.into(), unwrap.into()];
    assert_eq!(
        rule(market.exec(v3, abi::multicallCall { data })),
        "multicall.inner"
    );
    // Forced upon the vault, it is worth nothing to it.
    let before = market.world.view(vault, Vault::totalValueCall {});
    market.world.chain.set_balance(vault, units(5, 18)).unwrap();
    assert_eq!(market.world.view(vault, Vault::totalValueCall {}), before);
}
