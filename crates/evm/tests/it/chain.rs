//! The chain in memory does what a node would.

use alloy_primitives::{Address, U256, address};
use alloy_sol_types::{SolCall, SolValue, sol};
use portcullis_evm::{
    chain::{Call, Chain, Ending},
    reason::Reason,
};

use crate::files::artifact;

sol! {
    interface Token {
        function mint(address to, uint256 amount) external;
        function transfer(address to, uint256 amount) external returns (bool);
        function balanceOf(address holder) external view returns (uint256);
    }
}

const ALICE: Address = address!("0x00000000000000000000000000000000000a11ce");

fn token(chain: &mut Chain) -> Address {
    let mut creation = artifact("test/MockToken").creation.to_vec();
    creation.extend(U256::from(18).abi_encode());
    chain.deploy(ALICE, creation).unwrap()
}

fn balance(chain: &mut Chain, token: Address) -> U256 {
    let ask = Token::balanceOfCall { holder: ALICE }.abi_encode();
    let outcome = chain.look(&Call::new(ALICE, token, ask)).unwrap();
    U256::abi_decode(outcome.returned().unwrap()).unwrap()
}

#[test]
fn what_is_sent_stays_and_what_is_looked_at_does_not() {
    let mut chain = Chain::new();
    let token = token(&mut chain);
    let mint = Token::mintCall {
        to: ALICE,
        amount: U256::from(5),
    };
    let call = Call::new(ALICE, token, mint.abi_encode());
    assert!(chain.look(&call).unwrap().succeeded());
    assert_eq!(balance(&mut chain, token), U256::ZERO);
    assert_eq!(chain.send(&call).unwrap().logs.len(), 1);
    assert_eq!(balance(&mut chain, token), U256::from(5));
}

#[test]
fn what_reverts_leaves_its_reason_and_nothing_else() {
    let mut chain = Chain::new();
    let token = token(&mut chain);
    let pay = Token::transferCall {
        to: token,
        amount: U256::from(1),
    };
    let outcome = chain
        .send(&Call::new(ALICE, token, pay.abi_encode()))
        .unwrap();
    assert_eq!(outcome.reason(), Some(Reason::Panic(U256::from(0x11))));
    assert!(outcome.logs.is_empty());
}

#[test]
fn a_call_without_gas_halts() {
    let mut chain = Chain::new();
    let token = token(&mut chain);
    let call = Call {
        gas_limit: 22_000,
        ..Call::new(
            ALICE,
            token,
            Token::balanceOfCall { holder: ALICE }.abi_encode(),
        )
    };
    let outcome = chain.send(&call).unwrap();
    assert!(matches!(outcome.ending, Ending::Halted(_)), "{outcome:?}");
}

#[test]
fn a_block_later_it_is_later() {
    let mut chain = Chain::new();
    let before = chain.now();
    chain.mine();
    chain.wait(3_600);
    assert_eq!(chain.now() - before, 3_612);
}
