//! What a call to a contract asks for, in nouns of our own.

use alloy_primitives::{Address, Bytes, U256};

/// One call whose bytes were understood to the last.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Call {
    /// Sets an allowance.
    Approve(Approval),
    /// Sends tokens.
    Transfer {
        /// From whom; nothing for the caller's own.
        from: Option<Address>,
        /// To whom.
        to: Address,
        /// How much, in the token's smallest unit.
        amount: U256,
    },
    /// Trades one token for another.
    Swap(Swap),
    /// Brings what a router still has to somebody.
    Sweep {
        /// Which token.
        token: Address,
        /// The least of it.
        least: U256,
        /// Who gets it.
        recipient: Address,
    },
    /// Several calls to the same contract in one.
    Several(Vec<Self>),
    /// Puts two tokens into a pool, or takes them out.
    Liquidity(Liquidity),
    /// Moves in or out of a tokenised vault (ERC-4626).
    Share(Share),
    /// Moves in or out of a lending pool.
    Lend(Lend),
    /// Has a vault call others, in order.
    Execute {
        /// The function's name.
        function: &'static str,
        /// Whom, and with what.
        calls: Vec<(Address, Bytes)>,
    },
}

/// An allowance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Approval {
    /// The function's name.
    pub function: &'static str,
    /// Who may spend.
    pub spender: Address,
    /// How much, in the token's smallest unit; more or less than before, unless `function` is
    /// `approve`.
    pub amount: U256,
}

/// A trade.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Swap {
    /// The function's name.
    pub function: &'static str,
    /// Which side is fixed.
    pub side: Side,
    /// The tokens it goes through, from the one that is given to the one that is got.
    pub route: Vec<Address>,
    /// The fees of the pools between them, in millionths; none where the pool says so itself.
    pub fees: Vec<u32>,
    /// The amount of the fixed side.
    pub exact: U256,
    /// The least to be got, or the most to be given.
    pub limit: U256,
    /// Who gets it.
    pub recipient: Address,
    /// Until when it may happen, in seconds since 1970.
    pub deadline: U256,
    /// Where the price must stop it; zero for nowhere.
    pub price_limit: U256,
}

/// Which side of a trade is fixed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// What is given.
    Given,
    /// What is got.
    Got,
}

impl Swap {
    /// The token that is given.
    #[must_use]
    pub fn given(&self) -> Option<Address> {
        self.route.first().copied()
    }

    /// The token that is got.
    #[must_use]
    pub fn got(&self) -> Option<Address> {
        self.route.last().copied()
    }
}

/// Two tokens into a pool, or out of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Liquidity {
    /// The function's name.
    pub function: &'static str,
    /// The tokens.
    pub tokens: [Address; 2],
    /// What is put in; nothing when it is taken out.
    pub desired: Option<[U256; 2]>,
    /// The pool's shares that are given back; nothing when it is put in.
    pub shares: Option<U256>,
    /// The least of either.
    pub least: [U256; 2],
    /// Who gets what comes of it.
    pub recipient: Address,
    /// Until when it may happen, in seconds since 1970.
    pub deadline: U256,
}

/// In or out of a tokenised vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Share {
    /// The function's name: `deposit`, `mint`, `withdraw` or `redeem`.
    pub function: &'static str,
    /// How much, of the asset for `deposit` and `withdraw`, of shares for the others.
    pub amount: U256,
    /// Who gets what comes of it.
    pub receiver: Address,
    /// Whose shares are given back; nothing on the way in.
    pub owner: Option<Address>,
}

/// In or out of a lending pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lend {
    /// The function's name.
    pub function: &'static str,
    /// Which token.
    pub asset: Address,
    /// How much; all there is when it is the largest number.
    pub amount: U256,
    /// On whose account, or to whom.
    pub party: Option<Address>,
    /// The kind of interest of a loan: 1 stable, 2 variable.
    pub rate_mode: Option<U256>,
    /// Who referred it.
    pub referral: Option<u16>,
    /// Whether the token is to secure loans.
    pub collateral: Option<bool>,
}

impl Call {
    /// The function's name.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::Approve(approval) => approval.function,
            Self::Transfer { from: None, .. } => "transfer",
            Self::Transfer { from: Some(_), .. } => "transferFrom",
            Self::Swap(swap) => swap.function,
            Self::Sweep { .. } => "sweepToken",
            Self::Several(_) => "multicall",
            Self::Liquidity(liquidity) => liquidity.function,
            Self::Share(share) => share.function,
            Self::Lend(lend) => lend.function,
            Self::Execute { function, .. } => function,
        }
    }
}
