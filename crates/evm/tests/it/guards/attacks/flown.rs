//! The pre-flight of transactions for a whole vault, good and hostile, against the chain: P1 and P2, with the
//! guards that are deployed.

use super::market::Market;
use crate::{
    flown::{agree, flown, outfit, transaction},
    guards::abi,
    world::{MANAGER, STRANGER, TRADER, usd},
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::{bindings::Vault, rules::Verdict};
use proptest::prelude::*;

/// What may go wrong with one argument.
#[derive(Clone, Copy, Debug)]
struct Twist {
    party: u8,
    amount: u64,
    late: u8,
    route: u8,
}

fn party(market: &Market, twist: Twist) -> Address {
    match twist.party {
        0 => STRANGER,
        1 => market.v2,
        _ => market.world.vault,
    }
}

fn until(market: &Market, twist: Twist) -> U256 {
    let now = U256::from(market.world.chain.now());
    match twist.late {
        0 => now - U256::ONE,
        1 => now + U256::from(100_000),
        _ => now + U256::from(600),
    }
}

fn route(market: &Market, twist: Twist) -> Vec<Address> {
    let (dollar, ether) = (market.world.usd, market.world.eth);
    match twist.route {
        0 => vec![dollar],
        1 => vec![dollar, market.rogue, ether],
        2 => vec![dollar, market.rogue],
        3 => vec![dollar, ether, dollar],
        _ => vec![dollar, ether],
    }
}

/// Whom the vault calls, with what.
fn deed(market: &Market, kind: u8, twist: Twist) -> (Address, Vec<u8>) {
    let dollar = market.world.usd;
    let amount = U256::from(twist.amount);
    let whom = party(market, twist);
    match kind {
        0 | 1 => {
            let spender = if kind == 0 { market.v2 } else { whom };
            (dollar, abi::approveCall { spender, amount }.abi_encode())
        }
        2 => {
            let call = abi::swapExactTokensForTokensCall {
                given: amount,
                path: route(market, twist),
                to: whom,
                until: until(market, twist),
                ..market.sale(1)
            };
            (market.v2, call.abi_encode())
        }
        3 => {
            let params = abi::Single {
                recipient: whom,
                deadline: until(market, twist),
                amountIn: amount,
                ..market.order(1)
            };
            let data = abi::exactInputSingleCall { params }.abi_encode();
            (market.v3, data)
        }
        4 => (
            market.share,
            call("deposit(uint256,address)", &[amount, word(whom)]),
        ),
        5 => (
            market.pool,
            call(
                "supply(address,uint256,address,uint16)",
                &[word(dollar), amount, word(whom), U256::ZERO],
            ),
        ),
        6 => (
            market.pool,
            call(
                "borrow(address,uint256,uint256,uint16,address)",
                &[
                    word(dollar),
                    amount,
                    U256::from(twist.route),
                    U256::ZERO,
                    word(whom),
                ],
            ),
        ),
        7 => (
            dollar,
            call("transfer(address,uint256)", &[word(whom), amount]),
        ),
        _ => (
            whom,
            call("approve(address,uint256)", &[word(market.v2), amount]),
        ),
    }
}

fn call(signature: &str, words: &[U256]) -> Vec<u8> {
    crate::facts::call(signature, words)
}

fn word(address: Address) -> U256 {
    crate::facts::a(address)
}

fn twist() -> impl Strategy<Value = Twist> {
    let amount = prop_oneof![
        Just(0_u64),
        1_u64..1_000,
        1_000_000_u64..400_000_000,
        Just(u64::MAX)
    ];
    (0_u8..8, amount, 0_u8..12, 0_u8..10).prop_map(|(party, amount, late, route)| Twist {
        party,
        amount,
        late,
        route,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_gate_and_the_guards_agree_on_whole_transactions(
        who in 0_u8..6,
        watched in any::<bool>(),
        kinds in proptest::collection::vec((0_u8..9, twist()), 1..4),
        broken in proptest::option::weighted(0.2, (any::<u16>(), any::<u8>())),
    ) {
        let mut market = Market::new();
        if watched {
            market = market.watched();
        }
        let outfit = outfit(&market.world);
        let from = match who {
            0 => STRANGER,
            1 | 2 => MANAGER,
            _ => TRADER,
        };
        let calls: Vec<_> = kinds.iter().map(|(kind, twist)| deed(&market, *kind, *twist)).collect();
        let mut data = match calls.as_slice() {
            [(to, data)] => crate::facts::execute(*to, data),
            many => Vault::execTransactionsCall {
                to: many.iter().map(|(to, _)| *to).collect(),
                data: many.iter().map(|(_, data)| data.clone().into()).collect(),
            }
            .abi_encode(),
        };
        if let Some((at, byte)) = broken {
            let at = usize::from(at) % data.len();
            data[at] = byte;
        }
        let asked = transaction(&market.world, from, market.world.vault, data);
        agree(&market.world, &outfit, &asked);
    }
}

#[test]
fn a_trade_in_one_batch_is_explained_allowed_and_measured() {
    let market = Market::new().watched();
    let outfit = outfit(&market.world);
    let approve = abi::approveCall {
        spender: market.v2,
        amount: usd(100),
    };
    let calls = [
        (market.world.usd, approve.abi_encode()),
        (market.v2, market.sale(100).abi_encode()),
    ];
    let data = Vault::execTransactionsCall {
        to: calls.iter().map(|(to, _)| *to).collect(),
        data: calls.iter().map(|(_, data)| data.clone().into()).collect(),
    };
    let asked = transaction(&market.world, TRADER, market.world.vault, data.abi_encode());
    let seen = flown(&market.world, &outfit, &asked);
    assert!(
        matches!(seen.verdict, Verdict::Allow(_)),
        "{:?}",
        seen.verdict
    );
    assert_eq!(seen.explanation.unwrap().within.len(), 2);
    let effects = seen.effects.unwrap();
    assert!(
        effects
            .allowances
            .iter()
            .all(|one| one.change.after.is_zero())
    );
    assert_eq!(effects.balances.len(), 2, "{effects:?}");
}
