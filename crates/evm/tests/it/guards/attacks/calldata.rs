//! D1 to D7, through a whole vault.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::Vault;

use super::{
    bites,
    market::{Market, rule},
};
use crate::{
    guards::abi,
    world::{MANAGER, STRANGER, usd},
};

/// The swap that is meant, after an allowance for it.
fn prepared(market: &mut Market) -> Vec<u8> {
    let (dollar, spender) = (market.world.usd, market.v2);
    market
        .exec(
            dollar,
            abi::approveCall {
                spender,
                amount: usd(100),
            },
        )
        .unwrap();
    market.sale(100).abi_encode()
}

fn succeeds(market: &mut Market, data: Vec<u8>) -> bool {
    let v2 = market.v2;
    market.world.exec(MANAGER, v2, data).succeeded()
}

fn bytes_behind_a_swap(mut market: Market) -> bool {
    let mut data = prepared(&mut market);
    data.extend([0; 32]);
    succeeds(&mut market, data)
}

/// Two copies of the path, and the head points to the second: whoever looks at the first is misled.
fn another_tail(mut market: Market) -> bool {
    let mut data = prepared(&mut market);
    let tail = data[4 + 160..].to_vec();
    data.extend(&tail);
    data[4 + 2 * 32..][..32].copy_from_slice(&U256::from(160 + tail.len()).to_be_bytes::<32>());
    succeeds(&mut market, data)
}

#[test]
fn d3_bytes_at_the_end_do_not_pass_a_vault() {
    bites("guards/no-canonical-check", &[bytes_behind_a_swap]);
}

#[test]
fn d1_d3_a_swap_is_refused_in_every_encoding_but_one() {
    assert!(!another_tail(Market::new()));
    let mut market = Market::new();
    let plain = prepared(&mut market);
    for word in [2, 5] {
        for shift in [0, 1, 5, 6, 250] {
            let mut data = plain.clone();
            let huge = U256::MAX - U256::from(shift);
            data[4 + 32 * word..][..32].copy_from_slice(&huge.to_be_bytes::<32>());
            assert!(!succeeds(&mut market, data), "{word} {shift}");
        }
    }
    for length in 0..plain.len() {
        assert!(!succeeds(&mut market, plain[..length].to_vec()), "{length}");
    }
    assert!(succeeds(&mut market, plain));
}

/// The same four bytes mean nothing at another kind of contract.
#[test]
fn d4_a_function_is_known_only_where_it_belongs() {
    let mut market = Market::new();
    let swap = market.sale(1).abi_encode();
    let approve = abi::approveCall {
        spender: market.v2,
        amount: usd(1),
    }
    .abi_encode();
    let world = &market.world;
    let wrong = [
        (world.usd, swap.clone()),
        (market.v3, swap.clone()),
        (market.share, swap.clone()),
        (market.pool, swap),
        (market.v2, approve.clone()),
        (market.pool, approve.clone()),
        (market.share, approve),
    ];
    for (to, data) in wrong {
        assert_eq!(market.world.exec_why(to, data).text(), Some("dh23"));
    }
}

#[test]
fn d4_less_than_a_selector_is_no_function_anywhere() {
    let mut market = Market::new();
    for to in [
        market.world.usd,
        market.v2,
        market.v3,
        market.share,
        market.pool,
    ] {
        for length in 0..4 {
            let data = vec![0x09; length];
            assert_eq!(market.world.exec_why(to, data).text(), Some("dh23"));
        }
    }
}

/// An exact output names its path from the end: read the other way round it would sell what the vault has not.
#[test]
fn d7_a_path_the_wrong_way_round_is_refused() {
    let mut market = Market::new();
    let (dollar, rogue) = (market.world.usd, market.rogue);
    let path = [dollar.as_slice(), &[0, 1, 244], rogue.as_slice()].concat();
    let params = abi::Several {
        path: path.into(),
        recipient: market.world.vault,
        deadline: market.soon(),
        exact: usd(1),
        bound: usd(2),
    };
    let v3 = market.v3;
    let wrong = market.exec(
        v3,
        abi::exactOutputCall {
            params: params.clone(),
        },
    );
    assert_eq!(rule(wrong), "token.enabled");
    let wrong = market.exec(v3, abi::exactInputCall { params });
    assert_eq!(rule(wrong), "token.enabled");
}

/// What a guard refuses inside a batch undoes the whole batch.
#[test]
fn d3_one_bent_call_of_a_batch_undoes_all_of_it() {
    let mut market = Market::new();
    let (dollar, v2) = (market.world.usd, market.v2);
    let approve = abi::approveCall {
        spender: v2,
        amount: usd(100),
    }
    .abi_encode();
    let mut swap = market.sale(100).abi_encode();
    swap[4 + 96] = 1;
    let outcome = market
        .world
        .batch(MANAGER, &[(dollar, approve), (v2, swap)]);
    let reason = outcome.reason().unwrap();
    assert_eq!(rule(Err(reason)), "canonical");
    assert_eq!(market.world.allowance(dollar, v2), U256::ZERO);
}

/// N6: what was agreed on is one calldata; with any field another, it is another call, and judged as one.
#[test]
fn n6_a_field_that_is_changed_afterwards_is_judged_again() {
    let mut market = Market::new();
    let plain = prepared(&mut market);
    let stranger = U256::from_be_slice(STRANGER.as_slice());
    // Other amounts are another swap, which keeps the rules too; everything else breaks one.
    for word in 2..8 {
        let mut data = plain.clone();
        data[4 + 32 * word..][..32].copy_from_slice(&stranger.to_be_bytes::<32>());
        let before = market.world.clone();
        assert!(!succeeds(&mut market, data), "{word}");
        market.world = before;
    }
}

/// An encoding of the vault's own call that no encoder makes is refused before any guard is asked.
#[test]
fn d3_the_vaults_own_calldata_is_canonical_too() {
    let mut market = Market::new();
    let data = Bytes::from(prepared(&mut market));
    let mut call = Vault::executeTransactionCall {
        to: market.v2,
        data,
    }
    .abi_encode();
    call.push(0);
    let call = portcullis_evm::chain::Call::new(MANAGER, market.world.vault, call);
    let outcome = market.world.send(&call);
    let reason = outcome.reason().unwrap();
    assert!(reason.typed::<Vault::NotCanonical>().is_some());
}
