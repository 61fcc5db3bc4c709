//! Reading calldata: the canonical form, or not at all.
//!
//! What is decoded is encoded again and compared, so that there is one way to write each call. Bytes
//! behind the end, dirty bits, odd offsets and shared tails are refused, even where a contract would
//! let them pass: what people and rules see is then exactly what runs.

mod route;
mod shape;

use crate::{
    abi::{AavePool, Erc4626, Token, V2Router, V3Router, Vault},
    call::Call,
};
use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use shape::shaped;

/// The most bytes of one call.
pub const MAX_BYTES: usize = 65_536;
/// The most calls in one.
pub const MAX_CALLS: usize = 64;

/// What kind of contract is called: decides which functions it has.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Interface {
    /// A token (ERC-20).
    Token,
    /// A router of Uniswap V2.
    UniswapV2,
    /// A router of Uniswap V3.
    UniswapV3,
    /// A tokenised vault (ERC-4626).
    Erc4626,
    /// A lending pool of Aave V3.
    AaveV3,
    /// A vault of ours.
    Vault,
}

impl Interface {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Token,
        Self::UniswapV2,
        Self::UniswapV3,
        Self::Erc4626,
        Self::AaveV3,
        Self::Vault,
    ];

    /// The name, as in the operator's file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::UniswapV2 => "uniswap_v2",
            Self::UniswapV3 => "uniswap_v3",
            Self::Erc4626 => "erc4626",
            Self::AaveV3 => "aave_v3",
            Self::Vault => "vault",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// Why calldata was not understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unreadable {
    /// No room for a selector.
    #[error("{0} bytes are no call: a function's selector has 4")]
    Short(usize),
    /// More bytes than are read.
    #[error("{0} bytes of calldata are more than {MAX_BYTES}")]
    Long(usize),
    /// A function that this kind of contract does not have.
    #[error("the function 0x{} is not known here", alloy_primitives::hex::encode(.0))]
    Function([u8; 4]),
    /// Bytes that do not decode.
    #[error("the arguments of `{function}` do not decode")]
    Arguments {
        /// The function.
        function: &'static str,
    },
    /// Bytes that decode, but are not how they would be written.
    #[error(
        "the calldata of `{function}` is not canonical at word {word}, {}",
        .argument.map_or_else(|| "behind its arguments".to_owned(), |name| format!("`{name}`"))
    )]
    NotCanonical {
        /// The function.
        function: &'static str,
        /// The argument that the word belongs to.
        argument: Option<&'static str>,
        /// The first word that differs, counted from 0 behind the selector.
        word: usize,
        /// Whether it says where an argument begins.
        offset: bool,
    },
    /// A packed route that is none.
    #[error("the route of `{function}` has {bytes} bytes, which no tokens and pools have")]
    Route {
        /// The function.
        function: &'static str,
        /// How many bytes it has.
        bytes: usize,
    },
    /// A call in a call that is not understood.
    #[error("call {at} within it: {why}")]
    Inner {
        /// Which, from 0.
        at: usize,
        /// Why.
        why: Box<Self>,
    },
    /// No calls in a call, or too many.
    #[error("`{function}` holds calls that are not taken: {why}")]
    Calls {
        /// The function.
        function: &'static str,
        /// What is wrong with them.
        why: String,
    },
}

impl Unreadable {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Short(_) => "calldata.short",
            Self::Long(_) => "calldata.long",
            Self::Function(_) => "calldata.function",
            Self::Arguments { .. } => "calldata.arguments",
            Self::NotCanonical { .. } => "calldata.not_canonical",
            Self::Route { .. } => "calldata.route",
            Self::Calls { .. } => "calldata.calls",
            Self::Inner { why, .. } => why.code(),
        }
    }
}

/// Reads a call to a contract of a kind.
///
/// Fails closed: bytes that are not exactly what the call would be written as are refused.
///
/// # Errors
/// [`Unreadable`].
pub fn read(interface: Interface, data: &[u8]) -> Result<Call, Unreadable> {
    if data.len() > MAX_BYTES {
        return Err(Unreadable::Long(data.len()));
    }
    let Some((selector, _)) = data.split_first_chunk::<4>() else {
        return Err(Unreadable::Short(data.len()));
    };
    match interface {
        Interface::Token => token(*selector, data),
        Interface::UniswapV2 => uniswap_v2(*selector, data),
        Interface::UniswapV3 => uniswap_v3(*selector, data),
        Interface::Erc4626 => erc4626(*selector, data),
        Interface::AaveV3 => aave_v3(*selector, data),
        Interface::Vault => vault(*selector, data),
    }
}

fn token(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
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

fn uniswap_v2(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
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

fn uniswap_v3(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
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

fn erc4626(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
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

fn aave_v3(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
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

fn vault(selector: [u8; 4], data: &[u8]) -> Result<Call, Unreadable> {
    const ONE: &[&str] = &["to", "data", "data"];
    match selector {
        Vault::executeTransactionCall::SELECTOR => {
            const NAME: &str = "executeTransaction";
            exact::<Vault::executeTransactionCall>(data, NAME, ONE)
                .map(|call| shape::execute(NAME, call.to, call.data))
        }
        Vault::execTransactionCall::SELECTOR => {
            const NAME: &str = "execTransaction";
            exact::<Vault::execTransactionCall>(data, NAME, ONE)
                .map(|call| shape::execute(NAME, call.to, call.data))
        }
        Vault::execTransactionsCall::SELECTOR => {
            const NAME: &str = "execTransactions";
            listed(data, (NAME, "to"), 0, 64)?;
            let call = exact::<Vault::execTransactionsCall>(data, NAME, &["to", "data"])?;
            if call.to.len() != call.data.len() {
                return Err(calls(NAME, "as many destinations as calls were expected"));
            }
            let calls = call.to.into_iter().zip(call.data).collect();
            Ok(Call::Execute {
                function: NAME,
                calls,
            })
        }
        unknown => Err(Unreadable::Function(unknown)),
    }
}

/// Looks at the length of a list before it is decoded: many places in it could name one tail, and each
/// would be copied.
fn listed(
    data: &[u8],
    (function, argument): (&'static str, &'static str),
    word: usize,
    offset: usize,
) -> Result<(), Unreadable> {
    let short = || Unreadable::Arguments { function };
    let number = |word: usize| {
        let start = word.checked_mul(32)?.checked_add(4)?;
        let bytes = data.get(start..start.checked_add(32)?)?;
        Some(usize::try_from(U256::from_be_slice(bytes)).unwrap_or(usize::MAX))
    };
    if number(word).ok_or_else(short)? != offset {
        return Err(Unreadable::NotCanonical {
            function,
            argument: Some(argument),
            word,
            offset: true,
        });
    }
    let count = number(offset / 32).ok_or_else(short)?;
    if count > data.len() / 32 {
        return Err(short());
    }
    counted(function, count)
}

fn counted(function: &'static str, count: usize) -> Result<(), Unreadable> {
    match count {
        0 => Err(calls(function, "there is none")),
        1..=MAX_CALLS => Ok(()),
        _ => Err(calls(
            function,
            format!("{count} are more than {MAX_CALLS}"),
        )),
    }
}

fn calls(function: &'static str, why: impl Into<String>) -> Unreadable {
    let why = why.into();
    Unreadable::Calls { function, why }
}

fn within(at: usize, why: Unreadable) -> Unreadable {
    let why = Box::new(why);
    Unreadable::Inner { at, why }
}

/// Decodes, encodes again and compares. `names` says what the words of the head belong to.
fn exact<C: SolCall>(
    data: &[u8],
    function: &'static str,
    names: &[&'static str],
) -> Result<C, Unreadable> {
    let call = C::abi_decode(data).map_err(|_| Unreadable::Arguments { function })?;
    let written = call.abi_encode();
    if written == data {
        return Ok(call);
    }
    let same = written
        .iter()
        .zip(data)
        .take_while(|(one, other)| one == other);
    let word = same.count().saturating_sub(4) / 32;
    Err(Unreadable::NotCanonical {
        function,
        argument: names.get(word).copied(),
        word,
        offset: OFFSETS.contains(&(function, word)),
    })
}

/// The words that say where an argument begins.
const OFFSETS: &[(&str, usize)] = &[
    ("swapExactTokensForTokens", 2),
    ("swapTokensForExactTokens", 2),
    ("exactInput", 0),
    ("exactInput", 1),
    ("exactOutput", 0),
    ("exactOutput", 1),
    ("multicall", 0),
];

#[cfg(test)]
mod tests;
