//! What people and their traders do with a vault itself.

use super::Errand;
use crate::{
    abi::Token,
    bindings::{Escrow, Vault},
    names::Names,
};
use alloy_primitives::{Address, Bytes, U256};

/// Has the vault make a call.
#[must_use]
pub fn execute(vault: Address, to: Address, data: Bytes, names: &Names) -> Errand {
    let words = format!("Has {} call {}", names.party(vault), names.party(to));
    Errand::call(vault, &Vault::execTransactionCall { to, data }, words)
}

/// Has the vault make several calls, all or none.
#[must_use]
pub fn execute_all(vault: Address, calls: Vec<(Address, Bytes)>, names: &Names) -> Errand {
    let words = format!(
        "Has {} make {} calls, all or none",
        names.party(vault),
        calls.len()
    );
    let (to, data) = calls.into_iter().unzip();
    Errand::call(vault, &Vault::execTransactionsCall { to, data }, words)
}

/// Lets somebody spend a token of the sender's.
#[must_use]
pub fn approve(token: Address, spender: Address, amount: U256, names: &Names) -> Errand {
    let words = format!(
        "Lets {} spend {}",
        names.party(spender),
        names.amount(amount, token)
    );
    Errand::call(token, &Token::approveCall { spender, amount }, words)
}

/// Buys shares.
#[must_use]
pub fn deposit(
    vault: Address,
    (asset, amount): (Address, U256),
    fewest: U256,
    names: &Names,
) -> Errand {
    let words = format!(
        "Deposits {} for at least {} shares",
        names.amount(amount, asset),
        crate::names::decimal(fewest, 18)
    );
    let call = Vault::depositCall {
        asset,
        amount,
        fewest,
    };
    Errand::call(vault, &call, words)
}

/// Gives shares back for their part of every asset, paid to the sender or somebody else.
#[must_use]
pub fn withdraw(vault: Address, shares: U256, to: Option<Address>, names: &Names) -> Errand {
    let count = crate::names::decimal(shares, 18);
    match to {
        None => {
            let words = format!("Gives {count} shares back for their part of every asset");
            Errand::call(vault, &Vault::withdrawCall { shares }, words)
        }
        Some(to) => {
            let who = names.party(to);
            let words =
                format!("Gives {count} shares back; their part of every asset goes to {who}");
            Errand::call(vault, &Vault::withdrawToCall { shares, to }, words)
        }
    }
}

/// Mints the fees that are due.
#[must_use]
pub fn take_fees(vault: Address) -> Errand {
    let words = "Mints the fees that are due to the manager, in shares";
    Errand::call(vault, &Vault::takeFeesCall {}, words)
}

/// Takes an allowance back that may not stand any more.
#[must_use]
pub fn revoke(vault: Address, token: Address, spender: Address, names: &Names) -> Errand {
    let (spent, who) = (names.token(token), names.party(spender));
    let words = format!("Takes back the right of {who} to spend {spent}");
    Errand::call(vault, &Vault::revokeCall { token, spender }, words)
}

/// Has a claim paid.
#[must_use]
pub fn settle_claim(vault: Address, account: Address, asset: Address, names: &Names) -> Errand {
    let words = format!(
        "Has {} paid what they claim of {}",
        names.party(account),
        names.party(asset)
    );
    Errand::call(vault, &Vault::settleClaimCall { account, asset }, words)
}

/// Fetches what waits in escrow for the sender.
#[must_use]
pub fn take(escrow: Address, token: Address, to: Address, names: &Names) -> Errand {
    let words = format!(
        "Sends what waits of {} to {}",
        names.token(token),
        names.party(to)
    );
    Errand::call(escrow, &Escrow::takeCall { token, to }, words)
}
