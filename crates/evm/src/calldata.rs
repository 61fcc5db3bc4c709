//! Reading calldata: the canonical form, or not at all.
//!
//! What is decoded is encoded again and compared, so that there is one way to write each call. Bytes
//! behind the end, dirty bits, odd offsets and shared tails are refused, even where a contract would
//! let them pass: what people and rules see is then exactly what runs.

mod readers;
mod route;
mod shape;

use crate::{abi::Vault, call::Call};
use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use readers::{aave_v3, erc4626, token, uniswap_v2, uniswap_v3};

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
