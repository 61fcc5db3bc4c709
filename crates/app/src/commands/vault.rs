//! `portcullis vault`: vaults on a chain, from the guard system to one call.

mod amount;
mod anchor;
mod assets;
mod change;
mod compare;
mod conditions;
mod create;
mod deploy;
mod execute;
mod fees;
mod ground;
mod hand;
mod inspect;
mod manager;
mod members;
mod pause;
mod record;
mod registry;
mod shares;
mod sight;
mod simulate;
mod trader;

use crate::{exit, output::Output};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

/// Deploys, changes and looks at vaults on a chain, and reads their calls before anybody signs them.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  portcullis vault explain --kind token 0x095ea7b3…\n  \
    portcullis vault inspect --vault 0x2b5A… --rpc https://base.example.com\n\n\
    Whatever sends is tried first, and not sent when it would be refused: the exit code is then 3.\n\
    It asks before it sends, unless told `--yes`."
)]
pub(super) struct Vault {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Creates the guard system on a chain: registry, vault code, factory, escrow, guards, feeds.
    Deploy(Box<deploy::Deploy>),
    /// Makes a vault: manager, assets, trader, conditions, fees.
    Create(Box<create::Create>),
    /// Shows a vault: assets and their values, shares, seats, fees, conditions, what is announced.
    Inspect(Box<inspect::Inspect>),
    Registry(Box<registry::Registry>),
    Assets(Box<assets::Assets>),
    Trader(Box<trader::Trader>),
    Fees(Box<fees::Fees>),
    Conditions(Box<conditions::Conditions>),
    Members(Box<members::Members>),
    Manager(Box<manager::Manager>),
    /// Stops deposits and trades of a vault or of all, or trades alone, at once. Withdrawals go on.
    #[command(
        subcommand,
        after_help = "Example:\n  portcullis vault pause vault --vault 0x2b5A… --rpc https://base.example.com --chain-id 8453 \\\n    \
        --keystore manager.json --password env:PASSWORD"
    )]
    Pause(Box<pause::Pausing>),
    /// Ends a pause, by whoever's it is; of the registry's, by its owner alone.
    #[command(
        subcommand,
        after_help = "Example:\n  portcullis vault resume everything --rpc https://base.example.com --deployment guards.json \\\n    \
        --keystore owner.json --password env:PASSWORD"
    )]
    Resume(Box<pause::Pausing>),
    Shares(Box<shares::Shares>),
    /// Has a vault make a call, as its manager or trader: looked at first, then signed and sent.
    Execute(Box<execute::Execute>),
    /// Runs a call of a vault at a block: what it means, whether it goes through, what would change. Needs no key.
    Simulate(Box<simulate::Simulate>),
    /// Puts calldata into words, or says where it is not canonical. Asks nobody.
    Explain(sight::Explain),
    /// Looks at a transaction of an account of the gate's: rules, run, what would change. Nothing is signed or sent.
    Preflight(sight::Preflight),
}

impl Vault {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Deploy(deploy) => deploy.run(output).await,
            Deed::Create(create) => create.run(output).await,
            Deed::Inspect(inspect) => inspect.run(output).await,
            Deed::Registry(registry) => registry.run(output).await,
            Deed::Assets(assets) => assets.run(output).await,
            Deed::Trader(trader) => trader.run(output).await,
            Deed::Fees(fees) => fees.run(output).await,
            Deed::Conditions(conditions) => conditions.run(output).await,
            Deed::Members(members) => members.run(output).await,
            Deed::Manager(manager) => manager.run(output).await,
            Deed::Pause(pausing) => pausing.run(output, true).await,
            Deed::Resume(pausing) => pausing.run(output, false).await,
            Deed::Shares(shares) => shares.run(output).await,
            Deed::Execute(execute) => execute.run(output).await,
            Deed::Simulate(simulate) => simulate.run(output).await,
            Deed::Explain(explain) => explain.run(output),
            Deed::Preflight(preflight) => preflight.run(output).await,
        }
    }
}

fn refused(output: Output, code: &str, why: &str) -> anyhow::Result<u8> {
    if output.is_json() {
        output.json(&json!({ "code": code, "why": why }))?;
    } else {
        output.raw(&format!("refused ({code}): {why}\n"))?;
    }
    Ok(exit::REFUSED)
}

fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    portcullis_evm::hex::decode(text.trim()).context("the calldata is not hex")
}
