//! What people read.

use crate::facts::{
    NOW, POOL, ROUTER, ROUTER_V3, SHARES, STRANGER, USDC, VAULT, WETH, a, call, n, names,
};
use alloy_primitives::{Address, U256, address};
use insta::assert_snapshot;
use jiff::Timestamp;
use portcullis_evm::{
    calldata::{Interface, read},
    explain::explain,
};

const ODD: Address = address!("0x3000000000000000000000000000000000000009");

fn shown(interface: Interface, to: Address, data: &[u8]) -> String {
    let call = read(interface, data).expect("a call");
    let now = Timestamp::from_second(NOW as i64).expect("a time");
    explain(to, &call, &names(), now).text().join("\n")
}

fn swap(recipient: Address, route: &[Address], deadline: U256) -> Vec<u8> {
    let mut words = vec![
        n(1_500_000),
        n(250_000_000_000_000),
        n(160),
        a(recipient),
        deadline,
        n(route.len() as u64),
    ];
    words.extend(route.iter().map(|token| a(*token)));
    call(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        &words,
    )
}

#[test]
fn allowances() {
    let approve = |to, spender, amount| {
        let data = call("approve(address,uint256)", &[a(spender), amount]);
        shown(Interface::Token, to, &data)
    };
    let all = [
        approve(USDC, ROUTER, n(1_500_000)),
        approve(USDC, ROUTER, U256::MAX),
        approve(USDC, ROUTER, n(0)),
        approve(ODD, STRANGER, n(7)),
    ];
    assert_snapshot!(all.join("\n\n"));
}

#[test]
fn trades() {
    let all = [
        shown(
            Interface::UniswapV2,
            ROUTER,
            &swap(VAULT, &[USDC, WETH], n(NOW + 600)),
        ),
        shown(
            Interface::UniswapV2,
            ROUTER,
            &swap(STRANGER, &[USDC, ODD, WETH], n(NOW - 1)),
        ),
        shown(
            Interface::UniswapV2,
            ROUTER,
            &swap(VAULT, &[USDC, WETH], U256::MAX),
        ),
    ];
    assert_snapshot!(all.join("\n\n"));
}

#[test]
fn a_trade_in_one_pool() {
    let signature =
        "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))";
    let words = [
        a(USDC),
        a(WETH),
        n(3_000),
        a(VAULT),
        n(NOW + 60),
        n(1_000_000_000_000_000_000),
        n(4_000_000_000),
        n(0),
    ];
    assert_snapshot!(shown(
        Interface::UniswapV3,
        ROUTER_V3,
        &call(signature, &words)
    ));
}

#[test]
fn lending_and_shares() {
    let all = [
        shown(
            Interface::AaveV3,
            POOL,
            &call(
                "borrow(address,uint256,uint256,uint16,address)",
                &[a(USDC), n(1_000_000), n(2), n(0), a(VAULT)],
            ),
        ),
        shown(
            Interface::AaveV3,
            POOL,
            &call(
                "withdraw(address,uint256,address)",
                &[a(USDC), U256::MAX, a(STRANGER)],
            ),
        ),
        shown(
            Interface::AaveV3,
            POOL,
            &call(
                "setUserUseReserveAsCollateral(address,bool)",
                &[a(USDC), n(0)],
            ),
        ),
        shown(
            Interface::Erc4626,
            SHARES,
            &call(
                "redeem(uint256,address,address)",
                &[n(5), a(VAULT), a(VAULT)],
            ),
        ),
    ];
    assert_snapshot!(all.join("\n\n"));
}
