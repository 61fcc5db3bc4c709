//! `portcullis vault shares`: coming in, and going out.

mod exit;
mod withdraw;

use super::{
    amount::shares,
    change::Change,
    ground::ChainArgs,
    hand::{Hand, KeyArgs, Sent},
};
use crate::output::Output;
use anyhow::Context;
use clap::{Args, Subcommand};
use portcullis_evm::{
    Address, U256,
    errand::vault,
    names::{Names, TokenName, units},
    stand_ins::MockToken as Token,
};
use serde_json::Value;

/// Buys shares of a vault, gives them back, and fetches what could not be paid.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault shares deposit 0x8335… 1000 --fewest 990 --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore alice.json --password env:PASSWORD"
)]
pub(super) struct Shares {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Buys shares for a token, after letting the vault take it.
    Deposit(Deposit),
    /// Gives shares back for their part of every asset, or with `--into` for one asset.
    Withdraw(Box<withdraw::Withdraw>),
    /// A contract of the sender's own, over which shares are given back for one asset.
    #[command(subcommand)]
    Exit(exit::Exit),
    /// Has a claim on an asset paid, once it can be; anybody may ask for anybody.
    Settle {
        /// Who has the claim.
        #[arg(value_name = "ACCOUNT")]
        account: Address,
        /// On which asset.
        #[arg(value_name = "ASSET")]
        asset: Address,
        #[command(flatten)]
        change: Change,
    },
    /// Fetches what waits in escrow for the sender, because it could not be paid.
    Take {
        /// The token.
        #[arg(value_name = "TOKEN")]
        owed: Address,
        /// Who gets it.
        #[arg(value_name = "RECEIVER")]
        receiver: Address,
        #[command(flatten)]
        change: Change,
    },
    /// Takes an allowance of the vault's back that may not stand any more; anybody may.
    Revoke {
        /// The token.
        #[arg(value_name = "TOKEN")]
        spent: Address,
        /// Who may spend it.
        #[arg(value_name = "SPENDER")]
        spender: Address,
        #[command(flatten)]
        change: Change,
    },
}

#[derive(Args, Debug)]
struct Deposit {
    /// The token.
    #[arg(value_name = "ASSET")]
    asset: Address,
    /// How much of it, in whole units with decimals.
    #[arg(value_name = "AMOUNT")]
    amount: String,
    /// The fewest shares to take for it.
    #[arg(long, value_name = "SHARES", value_parser = shares)]
    fewest: U256,
    /// The vault.
    #[arg(long, value_name = "ADDRESS")]
    vault: Address,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    key: KeyArgs,
}

impl Shares {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Deposit(deposit) => deposit.run(output).await,
            Deed::Withdraw(withdraw) => withdraw.run(output).await,
            Deed::Exit(exit) => exit.run(output).await,
            Deed::Settle {
                account,
                asset,
                change,
            } => {
                let settle = |at, names: &_| vault::settle_claim(at, account, asset, names);
                change.at_vault(output, settle).await
            }
            Deed::Take {
                owed,
                receiver,
                change,
            } => {
                let take = |at, names: &_| vault::take(at, owed, receiver, names);
                change.at_escrow(output, take).await
            }
            Deed::Revoke {
                spent,
                spender,
                change,
            } => {
                let revoke = |at, names: &_| vault::revoke(at, spent, spender, names);
                change.at_vault(output, revoke).await
            }
        }
    }
}

impl Deposit {
    async fn run(self, output: Output) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let hand = self.key.open(&ground, output)?;
        let mut asker = ground.asker().await?;
        let decimals = asker.must(self.asset, &Token::decimalsCall {}).await?;
        let amount = units(&self.amount, decimals);
        let amount = amount
            .with_context(|| format!("expected an amount with at most {decimals} decimals"))?;
        let mut names = Names {
            vault: self.vault,
            ..ground.names.clone()
        };
        // The amount is written as it was asked for; whose token it is is said by its address.
        let symbol = format!("of {}", names.token(self.asset));
        names
            .tokens
            .entry(self.asset)
            .or_insert(TokenName { symbol, decimals });
        if let Some(sent) = allow(&hand, (self.asset, self.vault), amount, &names).await? {
            return Ok(sent);
        }
        let errand = vault::deposit(self.vault, (self.asset, amount), self.fewest, &names);
        hand.does(&errand).await
    }
}

/// Lets a vault take a token, unless it may already; the exit code when that does not come about.
async fn allow(
    hand: &Hand<'_>,
    (asset, vault): (Address, Address),
    amount: U256,
    names: &Names,
) -> anyhow::Result<Option<u8>> {
    let asked = Token::allowanceCall {
        holder: hand.address(),
        spender: vault,
    };
    let may = hand.ground.asker().await?.must(asset, &asked).await?;
    if may >= amount {
        return Ok(None);
    }
    let errand = vault::approve(asset, vault, amount, names);
    let sent = hand.carry(&errand).await?;
    if let Sent::Mined(mined) = &sent {
        hand.output.line(&mined.words())?;
        return Ok(None);
    }
    hand.tell(&errand, &sent, Value::Null).map(Some)
}
