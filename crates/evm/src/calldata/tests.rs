use super::{Interface, MAX_BYTES, Unreadable, read};
use crate::{
    abi::{Token, V2Router, V3Router},
    call::Call,
};
use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::SolCall;

const A: Address = address!("0x00000000000000000000000000000000000000aa");
const B: Address = address!("0x00000000000000000000000000000000000000bb");

fn approve() -> Vec<u8> {
    Token::approveCall {
        spender: A,
        amount: U256::from(7),
    }
    .abi_encode()
}

fn swap() -> Vec<u8> {
    V2Router::swapExactTokensForTokensCall {
        amountIn: U256::from(1),
        amountOutMin: U256::from(2),
        path: vec![A, B],
        to: A,
        deadline: U256::from(3),
    }
    .abi_encode()
}

fn packed(bytes: &[u8]) -> Result<Call, Unreadable> {
    let call = V3Router::exactInputCall {
        params: crate::abi::ManyIn {
            path: Bytes::copy_from_slice(bytes),
            recipient: A,
            deadline: U256::ZERO,
            amountIn: U256::from(1),
            amountOutMinimum: U256::from(1),
        },
    };
    read(Interface::UniswapV3, &call.abi_encode())
}

#[test]
fn too_short_and_too_long_are_refused() {
    for length in 0..4 {
        let data = vec![0; length];
        assert_eq!(
            read(Interface::Token, &data),
            Err(Unreadable::Short(length))
        );
    }
    let data = vec![0; MAX_BYTES + 1];
    assert!(matches!(
        read(Interface::Token, &data),
        Err(Unreadable::Long(_))
    ));
}

#[test]
fn a_dirty_word_is_named() {
    let mut data = approve();
    *data.get_mut(4).expect("a byte") = 1;
    let refused = Unreadable::NotCanonical {
        function: "approve",
        argument: Some("spender"),
        word: 0,
        offset: false,
    };
    assert_eq!(read(Interface::Token, &data), Err(refused));
}

#[test]
fn bytes_behind_the_end_are_refused() {
    let mut data = approve();
    data.extend([0; 32]);
    let refused = Unreadable::NotCanonical {
        function: "approve",
        argument: None,
        word: 2,
        offset: false,
    };
    assert_eq!(read(Interface::Token, &data), Err(refused));
}

#[test]
fn an_odd_offset_is_named() {
    let mut data = swap();
    // The route begins one word later, behind a word that nobody reads.
    *data.get_mut(4 + 3 * 32 - 1).expect("a byte") += 32;
    data.splice(4 + 5 * 32..4 + 5 * 32, [0; 32]);
    let found = read(Interface::UniswapV2, &data);
    assert!(
        matches!(
            found,
            Err(Unreadable::NotCanonical {
                argument: Some("path"),
                word: 2,
                ..
            })
        ),
        "{found:?}"
    );
}

#[test]
fn a_function_of_another_contract_is_not_known() {
    let found = read(Interface::UniswapV2, &approve());
    assert!(matches!(found, Err(Unreadable::Function(_))));
}

#[test]
fn routes_are_whole() {
    let hop = |token: Address| [&[0, 1, 0xf4][..], token.as_slice()].concat();
    let good: Vec<u8> = [A.as_slice(), &hop(B)].concat();
    let Ok(Call::Swap(found)) = packed(&good) else {
        panic!("a swap")
    };
    assert_eq!((found.route, found.fees), (vec![A, B], vec![500]));
    for bad in [
        Vec::new(),
        [good.as_slice(), &[0]].concat(),
        good[..30].to_vec(),
    ] {
        assert!(
            matches!(packed(&bad), Err(Unreadable::Route { .. })),
            "{bad:?}"
        );
    }
}

#[test]
fn several_calls_hold_no_several_calls() {
    let several = |data: Vec<Bytes>| V3Router::multicallCall { data }.abi_encode();
    let none = read(Interface::UniswapV3, &several(Vec::new()));
    assert!(matches!(none, Err(Unreadable::Calls { .. })), "{none:?}");
    let nested = several(vec![several(vec![Bytes::new()]).into()]);
    let nested = read(Interface::UniswapV3, &nested);
    assert!(
        matches!(nested, Err(Unreadable::Inner { .. })),
        "{nested:?}"
    );
}
