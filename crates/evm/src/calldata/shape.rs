//! From what a function takes to what it asks for.

use super::{Unreadable, route};
use crate::{
    abi::{AavePool, V2Router, V3Router},
    call::{Approval, Call, Lend, Liquidity, Share, Side, Swap},
};
use alloy_primitives::{Address, Bytes, U256};

/// A call that was decoded, in nouns of our own.
pub(super) fn shaped(call: impl Shape) -> Result<Call, Unreadable> {
    call.shape()
}

/// Something that can be said in nouns of our own.
pub(super) trait Shape {
    /// Says it.
    fn shape(self) -> Result<Call, Unreadable>;
}

pub(super) const fn approval(function: &'static str, spender: Address, amount: U256) -> Call {
    Call::Approve(Approval {
        function,
        spender,
        amount,
    })
}

pub(super) const fn share(
    function: &'static str,
    amount: U256,
    receiver: Address,
    owner: Option<Address>,
) -> Call {
    Call::Share(Share {
        function,
        amount,
        receiver,
        owner,
    })
}

pub(super) fn execute(function: &'static str, to: Address, data: Bytes) -> Call {
    Call::Execute {
        function,
        calls: vec![(to, data)],
    }
}

impl Shape for V2Router::swapExactTokensForTokensCall {
    fn shape(self) -> Result<Call, Unreadable> {
        swap(Swap {
            function: "swapExactTokensForTokens",
            side: Side::Given,
            route: self.path,
            fees: Vec::new(),
            exact: self.amountIn,
            limit: self.amountOutMin,
            recipient: self.to,
            deadline: self.deadline,
            price_limit: U256::ZERO,
        })
    }
}

impl Shape for V2Router::swapTokensForExactTokensCall {
    fn shape(self) -> Result<Call, Unreadable> {
        swap(Swap {
            function: "swapTokensForExactTokens",
            side: Side::Got,
            route: self.path,
            fees: Vec::new(),
            exact: self.amountOut,
            limit: self.amountInMax,
            recipient: self.to,
            deadline: self.deadline,
            price_limit: U256::ZERO,
        })
    }
}

impl Shape for V2Router::addLiquidityCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Liquidity(Liquidity {
            function: "addLiquidity",
            tokens: [self.tokenA, self.tokenB],
            desired: Some([self.amountADesired, self.amountBDesired]),
            shares: None,
            least: [self.amountAMin, self.amountBMin],
            recipient: self.to,
            deadline: self.deadline,
        }))
    }
}

impl Shape for V2Router::removeLiquidityCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Liquidity(Liquidity {
            function: "removeLiquidity",
            tokens: [self.tokenA, self.tokenB],
            desired: None,
            shares: Some(self.liquidity),
            least: [self.amountAMin, self.amountBMin],
            recipient: self.to,
            deadline: self.deadline,
        }))
    }
}

impl Shape for V3Router::exactInputSingleCall {
    fn shape(self) -> Result<Call, Unreadable> {
        let params = self.params;
        swap(Swap {
            function: "exactInputSingle",
            side: Side::Given,
            route: vec![params.tokenIn, params.tokenOut],
            fees: vec![params.fee.to()],
            exact: params.amountIn,
            limit: params.amountOutMinimum,
            recipient: params.recipient,
            deadline: params.deadline,
            price_limit: U256::from(params.sqrtPriceLimitX96),
        })
    }
}

impl Shape for V3Router::exactOutputSingleCall {
    fn shape(self) -> Result<Call, Unreadable> {
        let params = self.params;
        swap(Swap {
            function: "exactOutputSingle",
            side: Side::Got,
            route: vec![params.tokenIn, params.tokenOut],
            fees: vec![params.fee.to()],
            exact: params.amountOut,
            limit: params.amountInMaximum,
            recipient: params.recipient,
            deadline: params.deadline,
            price_limit: U256::from(params.sqrtPriceLimitX96),
        })
    }
}

impl Shape for V3Router::exactInputCall {
    fn shape(self) -> Result<Call, Unreadable> {
        const NAME: &str = "exactInput";
        let params = self.params;
        let (route, fees) = route::unpack(NAME, &params.path)?;
        swap(Swap {
            function: NAME,
            side: Side::Given,
            route,
            fees,
            exact: params.amountIn,
            limit: params.amountOutMinimum,
            recipient: params.recipient,
            deadline: params.deadline,
            price_limit: U256::ZERO,
        })
    }
}

impl Shape for V3Router::exactOutputCall {
    fn shape(self) -> Result<Call, Unreadable> {
        const NAME: &str = "exactOutput";
        let params = self.params;
        let (mut route, mut fees) = route::unpack(NAME, &params.path)?;
        // The router wants such a route backwards, from what is got.
        route.reverse();
        fees.reverse();
        swap(Swap {
            function: NAME,
            side: Side::Got,
            route,
            fees,
            exact: params.amountOut,
            limit: params.amountInMaximum,
            recipient: params.recipient,
            deadline: params.deadline,
            price_limit: U256::ZERO,
        })
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of every other answer here"
)]
const fn swap(swap: Swap) -> Result<Call, Unreadable> {
    Ok(Call::Swap(swap))
}

impl Shape for V3Router::sweepTokenCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Sweep {
            token: self.token,
            least: self.amountMinimum,
            recipient: self.recipient,
        })
    }
}

impl Shape for AavePool::supplyCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Lend(Lend {
            party: Some(self.onBehalfOf),
            referral: Some(self.referralCode),
            ..lend("supply", self.asset, self.amount)
        }))
    }
}

impl Shape for AavePool::withdrawCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Lend(Lend {
            party: Some(self.to),
            ..lend("withdraw", self.asset, self.amount)
        }))
    }
}

impl Shape for AavePool::borrowCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Lend(Lend {
            party: Some(self.onBehalfOf),
            rate_mode: Some(self.interestRateMode),
            referral: Some(self.referralCode),
            ..lend("borrow", self.asset, self.amount)
        }))
    }
}

impl Shape for AavePool::repayCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Lend(Lend {
            party: Some(self.onBehalfOf),
            rate_mode: Some(self.interestRateMode),
            ..lend("repay", self.asset, self.amount)
        }))
    }
}

impl Shape for AavePool::setUserUseReserveAsCollateralCall {
    fn shape(self) -> Result<Call, Unreadable> {
        Ok(Call::Lend(Lend {
            collateral: Some(self.useAsCollateral),
            ..lend("setUserUseReserveAsCollateral", self.asset, U256::ZERO)
        }))
    }
}

const fn lend(function: &'static str, asset: Address, amount: U256) -> Lend {
    Lend {
        function,
        asset,
        amount,
        party: None,
        rate_mode: None,
        referral: None,
        collateral: None,
    }
}
