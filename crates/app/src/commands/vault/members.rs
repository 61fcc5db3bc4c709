//! `portcullis vault members`: who may deposit, and for how long shares are locked.

use super::change::{Change, Look};
use crate::{exit, output::Output};
use clap::{Args, Subcommand};
use portcullis_evm::{Address, errand::manager, listing};
use serde_json::json;

/// Who may deposit into a vault, and for how long shares are locked then. Whoever is taken off keeps their shares and
/// may withdraw.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault members add 0xA11c… --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Members {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Lists the members.
    List {
        /// The block in which the vault was made, or an earlier one.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        from_block: u64,
        #[command(flatten)]
        look: Look,
    },
    /// Takes accounts in.
    Add {
        /// The accounts.
        #[arg(value_name = "ADDRESS", required = true)]
        accounts: Vec<Address>,
        #[command(flatten)]
        change: Change,
    },
    /// Takes accounts off.
    Remove {
        /// The accounts.
        #[arg(value_name = "ADDRESS", required = true)]
        accounts: Vec<Address>,
        #[command(flatten)]
        change: Change,
    },
    /// Lets everybody deposit.
    Open(Change),
    /// Lets members and the manager alone deposit.
    Close(Change),
    /// Sets for how long shares are locked after a deposit to come.
    Lock {
        /// Seconds, at most a day.
        #[arg(value_name = "SECONDS")]
        seconds: u32,
        #[command(flatten)]
        change: Change,
    },
}

impl Members {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::List { from_block, look } => list(look, from_block, output).await,
            Deed::Add { accounts, change } => {
                let add = |logic, names: &_| manager::set_members(logic, accounts, true, names);
                change.at_logic(output, add).await
            }
            Deed::Remove { accounts, change } => {
                let remove = |logic, names: &_| manager::set_members(logic, accounts, false, names);
                change.at_logic(output, remove).await
            }
            Deed::Open(change) => {
                change
                    .at_logic(output, |logic, _| manager::set_private(logic, false))
                    .await
            }
            Deed::Close(change) => {
                change
                    .at_logic(output, |logic, _| manager::set_private(logic, true))
                    .await
            }
            Deed::Lock { seconds, change } => {
                change
                    .at_logic(output, |logic, _| manager::set_cooldown(logic, seconds))
                    .await
            }
        }
    }
}

async fn list(look: Look, from: u64, output: Output) -> anyhow::Result<u8> {
    let (ground, survey, block) = look.survey().await?;
    let members = listing::members(&ground.node, survey.logic, (from, block)).await?;
    let members: Vec<_> = members.iter().map(ToString::to_string).collect();
    if output.is_json() {
        output.json(&json!({ "private": survey.private, "members": members }))?;
        return Ok(exit::OK);
    }
    output.line(if survey.private {
        "members and the manager alone may deposit"
    } else {
        "everybody may deposit"
    })?;
    for member in members {
        output.line(&member)?;
    }
    Ok(exit::OK)
}
