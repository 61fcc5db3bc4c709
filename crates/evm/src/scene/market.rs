//! Three tokens, their prices, and a market.

use super::{PASSER_BY, SceneError, creation};
use crate::{
    abi::V2Router,
    chain::{Call, Chain},
    stand_ins::{self, MockPair, MockToken, MockV2Router},
};
use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};

/// Three tokens, their prices, and where they are traded.
#[derive(Clone, Debug)]
pub struct Market {
    /// Six decimals, a dollar.
    pub usd: Address,
    /// 18 decimals, 2,000 dollars.
    pub eth: Address,
    /// 18 decimals, a dollar.
    pub dai: Address,
    /// Where they are traded.
    pub router: Address,
    /// The shares of the pool of `usd` and `eth`.
    pub pair: Address,
    /// A market like the other, that nobody ever lists.
    pub bazaar: Address,
    /// The feed of each asset.
    pub feeds: Vec<(Address, Address)>,
}

/// A number of whole units in a token's own.
fn units(whole: u64, decimals: u64) -> U256 {
    U256::from(whole).saturating_mul(U256::from(10).saturating_pow(U256::from(decimals)))
}

impl Market {
    pub(super) fn found(chain: &mut Chain) -> Result<Self, SceneError> {
        let (token, market, feed) = (
            stand_ins::token()?,
            stand_ins::router()?,
            stand_ins::feed()?,
        );
        let mut deploy = |artifact, arguments| {
            let code = creation(artifact, arguments);
            chain.deploy(PASSER_BY, code)
        };
        let mut tokens = [Address::ZERO; 3];
        for (at, decimals) in tokens.iter_mut().zip([6_u64, 18, 18]) {
            *at = deploy(&token, U256::from(decimals).abi_encode())?;
        }
        let [usd, eth, dai] = tokens;
        let router = deploy(&market, Vec::new())?;
        let bazaar = deploy(&market, Vec::new())?;
        let mut feeds = Vec::new();
        for (asset, price) in [(usd, 1), (eth, 2_000), (dai, 1)] {
            feeds.push((asset, deploy(&feed, units(price, 18).abi_encode())?));
        }
        let pair = stocked(chain, router, (usd, eth))?;
        // The guard prices a pool by what is in it; its feed only has to answer.
        feeds.extend(feeds.first().map(|(_, dollar)| (pair, *dollar)));
        Ok(Self {
            usd,
            eth,
            dai,
            router,
            pair,
            bazaar,
            feeds,
        })
    }

    /// The tokens with their symbols and decimals.
    #[must_use]
    pub const fn tokens(&self) -> [(Address, &'static str, u8); 3] {
        [
            (self.usd, "USDC", 6),
            (self.eth, "WETH", 18),
            (self.dai, "DAI", 18),
        ]
    }

    /// The calldata of a trade of so many smallest units of dollars for at least so many of ether, paid
    /// to `to`, until a time in seconds since 1970.
    #[must_use]
    pub fn buy_eth(&self, dollars: U256, least: U256, to: Address, until: u64) -> Bytes {
        let call = V2Router::swapExactTokensForTokensCall {
            amountIn: dollars,
            amountOutMin: least,
            path: vec![self.usd, self.eth],
            to,
            deadline: U256::from(until),
        };
        call.abi_encode().into()
    }

    /// The calldata that puts dollars and ether into their pool, at least nine tenths of both.
    #[must_use]
    pub fn provide(&self, dollars: U256, ether: U256, to: Address, until: u64) -> Bytes {
        let most = |amount: U256| amount / U256::from(10) * U256::from(9);
        let call = V2Router::addLiquidityCall {
            tokenA: self.usd,
            tokenB: self.eth,
            amountADesired: dollars,
            amountBDesired: ether,
            amountAMin: most(dollars),
            amountBMin: most(ether),
            to,
            deadline: U256::from(until),
        };
        call.abi_encode().into()
    }

    /// The calldata that lets somebody spend a token.
    #[must_use]
    pub fn allow(&self, spender: Address, amount: U256) -> Bytes {
        MockToken::approveCall { spender, amount }
            .abi_encode()
            .into()
    }
}

/// A pool of 20 million dollars and 10,000 ether.
fn stocked(
    chain: &mut Chain,
    router: Address,
    (usd, eth): (Address, Address),
) -> Result<Address, SceneError> {
    let mut tell = |to, data: Vec<u8>| chain.send(&Call::new(PASSER_BY, to, data));
    let made = tell(
        router,
        MockV2Router::createPairCall { a: usd, b: eth }.abi_encode(),
    )?;
    let answer = made
        .returned()
        .map(|bytes| MockV2Router::createPairCall::abi_decode_returns(bytes));
    let Some(Ok(pair)) = answer else {
        return Err(SceneError::Odd("no pool was made".to_owned()));
    };
    for (token, amount) in [(usd, units(20_000_000, 6)), (eth, units(10_000, 18))] {
        tell(token, MockToken::mintCall { to: pair, amount }.abi_encode())?;
    }
    tell(pair, MockPair::provideCall { to: router }.abi_encode())?;
    Ok(pair)
}
