//! The functions of each kind of contract.

use super::{
    Unreadable, exact, listed,
    shape::{self, shaped},
    within,
};
use crate::{
    abi::{AavePool, Erc4626, Token, V2Router, V3Router},
    call::Call,
};
use alloy_sol_types::SolCall;

pub(super) fn token(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    const ALLOWANCE: &[&str] = &["spender", "amount"];
    match selector {
        Token::approveCall::SELECTOR => exact::<Token::approveCall>(data, "approve", ALLOWANCE)
            .map(|call| shape::approval("approve", call.spender, call.amount)),
        Token::increaseAllowanceCall::SELECTOR => {
            const NAME: &str = "increaseAllowance";
            exact::<Token::increaseAllowanceCall>(data, NAME, &["spender", "addedValue"])
                .map(|call| shape::approval(NAME, call.spender, call.addedValue))
        }
        Token::decreaseAllowanceCall::SELECTOR => {
            const NAME: &str = "decreaseAllowance";
            exact::<Token::decreaseAllowanceCall>(data, NAME, &["spender", "subtractedValue"])
                .map(|call| shape::approval(NAME, call.spender, call.subtractedValue))
        }
        Token::transferCall::SELECTOR => {
            exact::<Token::transferCall>(data, "transfer", &["to", "amount"]).map(|call| {
                Call::Transfer {
                    from: None,
                    to: call.to,
                    amount: call.amount,
                }
            })
        }
        Token::transferFromCall::SELECTOR => {
            exact::<Token::transferFromCall>(data, "transferFrom", &["from", "to", "amount"]).map(
                |call| Call::Transfer {
                    from: Some(call.from),
                    to: call.to,
                    amount: call.amount,
                },
            )
        }
        unknown => Err(Unreadable::Function(unknown)),
    }
}

pub(super) fn uniswap_v2(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    const ADD: &[&str] = &[
        "tokenA",
        "tokenB",
        "amountADesired",
        "amountBDesired",
        "amountAMin",
        "amountBMin",
        "to",
        "deadline",
    ];
    const REMOVE: &[&str] = &[
        "tokenA",
        "tokenB",
        "liquidity",
        "amountAMin",
        "amountBMin",
        "to",
        "deadline",
    ];
    match selector {
        V2Router::swapExactTokensForTokensCall::SELECTOR => {
            const NAME: &str = "swapExactTokensForTokens";
            const NAMES: &[&str] = &["amountIn", "amountOutMin", "path", "to", "deadline"];
            shaped(exact::<V2Router::swapExactTokensForTokensCall>(
                data, NAME, NAMES,
            )?)
        }
        V2Router::swapTokensForExactTokensCall::SELECTOR => {
            const NAME: &str = "swapTokensForExactTokens";
            const NAMES: &[&str] = &["amountOut", "amountInMax", "path", "to", "deadline"];
            shaped(exact::<V2Router::swapTokensForExactTokensCall>(
                data, NAME, NAMES,
            )?)
        }
        V2Router::addLiquidityCall::SELECTOR => shaped(exact::<V2Router::addLiquidityCall>(
            data,
            "addLiquidity",
            ADD,
        )?),
        V2Router::removeLiquidityCall::SELECTOR => shaped(exact::<V2Router::removeLiquidityCall>(
            data,
            "removeLiquidity",
            REMOVE,
        )?),
        unknown => Err(Unreadable::Function(unknown)),
    }
}

pub(super) fn uniswap_v3(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    if selector != V3Router::multicallCall::SELECTOR {
        return uniswap_v3_single(selector, data);
    }
    const NAME: &str = "multicall";
    listed(data, (NAME, "data"), 0, 32)?;
    let inner = exact::<V3Router::multicallCall>(data, NAME, &["data"])?.data;
    let calls = inner.iter().enumerate().map(|(at, data)| {
        let Some((selector, _)) = data.split_first_chunk::<4>() else {
            return Err(within(at, Unreadable::Short(data.len())));
        };
        let found = if *selector == V3Router::sweepTokenCall::SELECTOR {
            const NAMES: &[&str] = &["token", "amountMinimum", "recipient"];
            exact::<V3Router::sweepTokenCall>(data, "sweepToken", NAMES).and_then(shaped)
        } else {
            uniswap_v3_single(*selector, data)
        };
        found.map_err(|why| within(at, why))
    });
    Ok(Call::Several(calls.collect::<Result<_, _>>()?))
}

fn uniswap_v3_single(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    const ONE_IN: &[&str] = &[
        "tokenIn",
        "tokenOut",
        "fee",
        "recipient",
        "deadline",
        "amountIn",
        "amountOutMinimum",
        "sqrtPriceLimitX96",
    ];
    const ONE_OUT: &[&str] = &[
        "tokenIn",
        "tokenOut",
        "fee",
        "recipient",
        "deadline",
        "amountOut",
        "amountInMaximum",
        "sqrtPriceLimitX96",
    ];
    const MANY_IN: &[&str] = &[
        "params",
        "path",
        "recipient",
        "deadline",
        "amountIn",
        "amountOutMinimum",
        "path",
    ];
    const MANY_OUT: &[&str] = &[
        "params",
        "path",
        "recipient",
        "deadline",
        "amountOut",
        "amountInMaximum",
        "path",
    ];
    match selector {
        V3Router::exactInputSingleCall::SELECTOR => shaped(
            exact::<V3Router::exactInputSingleCall>(data, "exactInputSingle", ONE_IN)?,
        ),
        V3Router::exactOutputSingleCall::SELECTOR => shaped(exact::<
            V3Router::exactOutputSingleCall,
        >(
            data, "exactOutputSingle", ONE_OUT
        )?),
        V3Router::exactInputCall::SELECTOR => shaped(exact::<V3Router::exactInputCall>(
            data,
            "exactInput",
            MANY_IN,
        )?),
        V3Router::exactOutputCall::SELECTOR => shaped(exact::<V3Router::exactOutputCall>(
            data,
            "exactOutput",
            MANY_OUT,
        )?),
        unknown => Err(Unreadable::Function(unknown)),
    }
}

pub(super) fn erc4626(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    match selector {
        Erc4626::depositCall::SELECTOR => {
            exact::<Erc4626::depositCall>(data, "deposit", &["assets", "receiver"])
                .map(|call| shape::share("deposit", call.assets, call.receiver, None))
        }
        Erc4626::mintCall::SELECTOR => {
            exact::<Erc4626::mintCall>(data, "mint", &["shares", "receiver"])
                .map(|call| shape::share("mint", call.shares, call.receiver, None))
        }
        Erc4626::withdrawCall::SELECTOR => {
            exact::<Erc4626::withdrawCall>(data, "withdraw", &["assets", "receiver", "owner"])
                .map(|call| shape::share("withdraw", call.assets, call.receiver, Some(call.owner)))
        }
        Erc4626::redeemCall::SELECTOR => {
            exact::<Erc4626::redeemCall>(data, "redeem", &["shares", "receiver", "owner"])
                .map(|call| shape::share("redeem", call.shares, call.receiver, Some(call.owner)))
        }
        unknown => Err(Unreadable::Function(unknown)),
    }
}

pub(super) fn aave_v3(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    const SUPPLY: &[&str] = &["asset", "amount", "onBehalfOf", "referralCode"];
    const BORROW: &[&str] = &[
        "asset",
        "amount",
        "interestRateMode",
        "referralCode",
        "onBehalfOf",
    ];
    const REPAY: &[&str] = &["asset", "amount", "interestRateMode", "onBehalfOf"];
    match selector {
        AavePool::supplyCall::SELECTOR => {
            shaped(exact::<AavePool::supplyCall>(data, "supply", SUPPLY)?)
        }
        AavePool::withdrawCall::SELECTOR => shaped(exact::<AavePool::withdrawCall>(
            data,
            "withdraw",
            &["asset", "amount", "to"],
        )?),
        AavePool::borrowCall::SELECTOR => {
            shaped(exact::<AavePool::borrowCall>(data, "borrow", BORROW)?)
        }
        AavePool::repayCall::SELECTOR => {
            shaped(exact::<AavePool::repayCall>(data, "repay", REPAY)?)
        }
        AavePool::setUserUseReserveAsCollateralCall::SELECTOR => {
            const NAME: &str = "setUserUseReserveAsCollateral";
            shaped(exact::<AavePool::setUserUseReserveAsCollateralCall>(
                data,
                NAME,
                &["asset", "useAsCollateral"],
            )?)
        }
        unknown => Err(Unreadable::Function(unknown)),
    }
}
