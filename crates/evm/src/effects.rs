//! What is different after a run: balances, allowances, value.

use crate::{
    abi::Token,
    names::{Names, decimal},
    onchain::OnChain,
    rules::Lack,
    snapshot::Run,
};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolEvent;
use std::collections::BTreeSet;

/// The most tokens whose balances are looked at.
const TOKENS_MAX: usize = 64;

/// What is different after a run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Effects {
    /// What the vault has of each token, where it changes.
    pub balances: Vec<Change>,
    /// What others may spend of the vault's tokens, where it changes or where the run said so.
    pub allowances: Vec<Granted>,
    /// What the vault is worth before and after, in USD with 18 decimals; nothing when it cannot be
    /// priced.
    pub value: Option<(U256, U256)>,
    /// The gas that it took.
    pub gas_used: u64,
}

/// An amount before and after.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Change {
    /// The token.
    pub token: Address,
    /// Before.
    pub before: U256,
    /// After.
    pub after: U256,
}

/// An allowance before and after.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Granted {
    /// Who may spend.
    pub spender: Address,
    /// How much.
    pub change: Change,
}

impl Effects {
    /// Measures what a run did to a vault: what it has enabled, and every token that noted something
    /// about it.
    ///
    /// # Errors
    /// [`Lack`], when a part of the state is missing, or too many tokens take part.
    pub fn measure(
        vault: Address,
        before: &OnChain<'_>,
        after: &OnChain<'_>,
        run: &Run,
    ) -> Result<Self, Lack> {
        let mut tokens: BTreeSet<Address> = before.assets(vault)?.into_iter().collect();
        let mut granted = BTreeSet::new();
        for log in &run.logs {
            match log.topics.as_slice() {
                [kind, from, to, ..]
                    if *kind == Token::Transfer::SIGNATURE_HASH
                        && [from, to].contains(&&vault.into_word()) =>
                {
                    tokens.insert(log.address);
                }
                [kind, owner, spender, ..]
                    if *kind == Token::Approval::SIGNATURE_HASH && *owner == vault.into_word() =>
                {
                    granted.insert((log.address, Address::from_word(*spender)));
                }
                _ => {}
            }
        }
        if tokens.len().saturating_add(granted.len()) > TOKENS_MAX {
            return Err(Lack("too many tokens take part to be looked at".to_owned()));
        }
        let mut effects = Self {
            value: before.value(vault)?.zip(after.value(vault)?),
            gas_used: run.gas_used,
            ..Self::default()
        };
        for token in tokens {
            let amounts = (before.balance(token, vault)?, after.balance(token, vault)?);
            // A token that does not say what there is of it, like a position, has its value alone.
            if let (Some(before), Some(after)) = amounts
                && before != after
            {
                effects.balances.push(Change {
                    token,
                    before,
                    after,
                });
            }
        }
        for (token, spender) in granted {
            let pair = [vault, spender];
            let amounts = (
                before.allowance(token, pair)?,
                after.allowance(token, pair)?,
            );
            let unsaid = || Lack(format!("{token} does not say what {spender} may spend"));
            let (Some(before), Some(after)) = amounts else {
                return Err(unsaid());
            };
            let change = Change {
                token,
                before,
                after,
            };
            effects.allowances.push(Granted { spender, change });
        }
        Ok(effects)
    }

    /// By how much the vault is worth less afterwards, in USD with 18 decimals.
    #[must_use]
    pub fn loss(&self) -> Option<U256> {
        self.value
            .map(|(before, after)| before.saturating_sub(after))
    }

    /// What leaves the vault, each in words.
    #[must_use]
    pub fn words(&self, names: &Names) -> Vec<String> {
        let mut lines = Vec::new();
        for change in &self.balances {
            let (verb, amount) = match change.after.checked_sub(change.before) {
                Some(more) => ("gets", more),
                None => ("gives", change.before.saturating_sub(change.after)),
            };
            lines.push(format!(
                "this vault {verb} {}",
                names.amount(amount, change.token)
            ));
        }
        for granted in &self.allowances {
            let spender = names.party(granted.spender);
            let (token, amount) = (granted.change.token, granted.change.after);
            lines.push(if amount.is_zero() {
                format!("{spender} may spend no {} afterwards", names.token(token))
            } else {
                format!(
                    "{spender} may spend {} afterwards",
                    names.amount(amount, token)
                )
            });
        }
        lines.push(match self.value {
            Some((before, after)) => {
                let (before, after) = (usd(before), usd(after));
                format!("this vault is worth {after} USD instead of {before} USD")
            }
            None => "what this vault is worth cannot be said".to_owned(),
        });
        lines
    }
}

/// USD with 18 decimals, to the cent.
fn usd(amount: U256) -> String {
    decimal(amount / U256::from(10_000_000_000_000_000_u64), 2)
}
