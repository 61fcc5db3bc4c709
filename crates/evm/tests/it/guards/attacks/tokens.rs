//! T4 to T7: tokens that misbehave.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::{GuardRegistry, Vault, VaultManager};

use super::market::Market;
use crate::{
    guards::abi,
    world::{ALICE, MANAGER, OWNER, units, usd},
};

/// A token of this kind is listed, enabled, paired with dollars, and the vault has 1,000 of it.
fn with(kind: &str) -> (Market, Address) {
    over(Market::new(), kind)
}

/// The same in a market of any build.
pub(super) fn over(mut market: Market, kind: &str) -> (Market, Address) {
    let token = market.list_token(kind);
    market.pair_with_dollars(token, 100_000);
    let vault = market.world.vault;
    market.world.mint(token, vault, units(1_000, 18));
    (market, token)
}

/// The vault sells some of it for dollars.
pub(super) fn sells(market: &mut Market, token: Address) -> bool {
    let (dollar, v2) = (market.world.usd, market.v2);
    let amount = units(10, 18);
    let path = vec![token, dollar];
    let swap = abi::swapExactTokensForTokensCall {
        given: amount,
        path,
        ..market.sale(1)
    };
    market.with_allowance(token, amount, v2, swap).succeeded()
}

pub(super) fn leaves(market: &mut Market) -> bool {
    let half = market.world.shares(ALICE) / U256::from(2);
    market.world.withdraw(ALICE, half).succeeded()
}

#[test]
fn t6_a_token_that_answers_nothing_can_be_held_and_paid_out() {
    let (mut market, token) = with("test/SilentToken");
    let (spender, amount) = (market.v2, U256::from(5));
    // An allowance may have to go to zero before it changes.
    market
        .exec(token, abi::approveCall { spender, amount })
        .unwrap();
    assert!(
        market
            .exec(token, abi::approveCall { spender, amount })
            .is_err()
    );
    market
        .exec(
            token,
            abi::approveCall {
                spender,
                amount: U256::ZERO,
            },
        )
        .unwrap();
    assert!(leaves(&mut market));
    assert_eq!(market.have(token, ALICE), units(500, 18));
}

#[test]
fn t6_a_token_that_says_no_is_owed_and_holds_up_nothing() {
    let (mut market, token) = with("test/FalseToken");
    let dollar = market.world.usd;
    assert!(leaves(&mut market));
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
    assert_eq!(market.have(token, ALICE), U256::ZERO);
    let claim = Vault::claimOfCall {
        account: ALICE,
        asset: token,
    };
    assert!(market.world.view(market.world.vault, claim).parts > U256::ZERO);
}

#[test]
fn t6_a_token_that_is_stopped_is_owed_and_holds_up_nothing() {
    let (mut market, token) = with("test/StoppableToken");
    let dollar = market.world.usd;
    market.tell(token, abi::stopCall { stopped: true });
    assert!(!sells(&mut market, token));
    assert!(leaves(&mut market));
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
    market.tell(token, abi::stopCall { stopped: false });
    let settle = Vault::settleClaimCall {
        account: ALICE,
        asset: token,
    };
    market.world.must(OWNER, market.world.vault, settle);
    assert_eq!(market.have(token, ALICE), units(500, 18));
}

#[test]
fn t6_a_vault_on_a_blacklist_pays_out_everything_else() {
    let (mut market, token) = with("test/StoppableToken");
    let dollar = market.world.usd;
    let listed = abi::blacklistCall {
        account: market.world.vault,
        listed: true,
    };
    market.tell(token, listed);
    assert!(leaves(&mut market));
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
}

#[test]
fn t6_w1_whoever_is_on_a_blacklist_finds_the_token_in_escrow() {
    let (mut market, token) = with("test/StoppableToken");
    market.tell(
        token,
        abi::blacklistCall {
            account: ALICE,
            listed: true,
        },
    );
    assert!(leaves(&mut market));
    assert_eq!(market.world.escrowed(ALICE, token), units(500, 18));
}

#[test]
fn t6_w1_a_token_that_tells_no_balance_holds_up_nothing() {
    let (mut market, token) = with("test/DeafToken");
    let dollar = market.world.usd;
    market.tell(token, abi::set::Deaf::setCall { deaf: true });
    assert!(leaves(&mut market));
    assert_eq!(market.have(dollar, ALICE), usd(20_000));
}

/// What a token keeps for itself is a loss like any other: the router gets less than it was promised.
#[test]
fn t4_a_token_that_takes_a_fee_is_not_swapped_as_if_it_took_none() {
    let (mut market, token) = with("test/FeeToken");
    assert!(!sells(&mut market, token));
    assert!(leaves(&mut market));
    assert_eq!(market.have(token, ALICE), units(450, 18));
}

#[test]
fn t4_a_token_that_rebases_is_shared_as_it_is() {
    let (mut market, token) = with("test/RebasingToken");
    let before = market.worth();
    market.tell(
        token,
        abi::rebaseCall {
            percent: U256::from(50),
        },
    );
    assert_eq!(market.worth(), before - 500);
}

/// Whatever changes something of a vault, and what a share is worth.
pub(super) fn doors(market: &Market, token: Address) -> Vec<(Address, Vec<u8>)> {
    let one = U256::from(1);
    let (vault, logic, dollar) = (market.world.vault, market.world.logic, market.world.usd);
    vec![
        (
            vault,
            Vault::executeTransactionCall {
                to: dollar,
                data: Bytes::new(),
            }
            .abi_encode(),
        ),
        (
            vault,
            Vault::execTransactionsCall {
                to: vec![dollar],
                data: vec![Bytes::new()],
            }
            .abi_encode(),
        ),
        (
            vault,
            Vault::depositCall {
                asset: dollar,
                amount: one,
                fewest: one,
            }
            .abi_encode(),
        ),
        (vault, Vault::withdrawCall { shares: one }.abi_encode()),
        (
            vault,
            Vault::transferCall {
                to: ALICE,
                amount: U256::ZERO,
            }
            .abi_encode(),
        ),
        (vault, Vault::takeFeesCall {}.abi_encode()),
        (
            vault,
            Vault::revokeCall {
                token,
                spender: market.v2,
            }
            .abi_encode(),
        ),
        (
            vault,
            Vault::settleClaimCall {
                account: ALICE,
                asset: token,
            }
            .abi_encode(),
        ),
        (vault, Vault::totalValueCall {}.abi_encode()),
        (
            logic,
            VaultManager::removeAssetCall { asset: dollar }.abi_encode(),
        ),
        (
            logic,
            VaultManager::setTraderCall { trader: token }.abi_encode(),
        ),
    ]
}

/// T5, R4: in the middle of a swap the token calls back. Nothing of the vault can be changed, and nobody is
/// told a price of its shares.
#[test]
fn t5_a_token_that_calls_back_finds_every_door_shut() {
    let (mut market, token) = with("test/HookToken");
    for (target, call) in doors(&market, token) {
        let name = alloy_primitives::hex::encode(&call[..4]);
        market.tell(
            token,
            abi::armCall {
                target,
                call: call.into(),
            },
        );
        assert!(sells(&mut market, token), "{name}");
        assert!(market.world.view(token, abi::triedCall {}), "{name}");
        assert!(!market.world.view(token, abi::doneCall {}), "{name}");
    }
}

#[test]
fn t7_a_token_without_code_is_not_listed() {
    let mut market = Market::new();
    let (asset, registry) = (Address::repeat_byte(0x70), market.world.registry);
    let feed = market.world.feeds[&market.world.usd];
    let call = GuardRegistry::announceAssetCall {
        asset,
        feed,
        assetType: 0,
    };
    let refused = market.world.why(OWNER, registry, call);
    assert!(refused.typed::<GuardRegistry::NoCode>().is_some());
    let approve = abi::approveCall {
        spender: market.v2,
        amount: U256::from(1),
    };
    let refused = market.world.exec(MANAGER, asset, approve.abi_encode());
    assert_eq!(refused.reason().unwrap().text(), Some("dh23"));
}
