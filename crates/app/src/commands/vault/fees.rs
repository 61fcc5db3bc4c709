//! `portcullis vault fees`: what the manager is paid.

use super::{
    amount::{hundredths, now_and_next},
    change::{Change, Look},
};
use crate::{exit, output::Output};
use clap::{Args, Subcommand};
use portcullis_evm::{
    errand::{manager, vault},
    survey::Survey,
};
use serde_json::{Value, json};

/// What the manager of a vault is paid. Lower fees count at once, higher ones are announced for 14 days.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault fees announce --management 1 --performance 10 --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Fees {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Shows the fees, and those that are announced.
    Show(Look),
    /// Lowers fees at once; those that are left out stay as they are.
    Lower(Next),
    /// Announces fees of which any is higher; those that are left out stay as they are.
    Announce(Next),
    /// Puts announced fees in force, from 14 to 28 days after they were announced.
    Commit(Change),
    /// Takes announced fees back.
    Cancel(Change),
    /// Mints the fees that are due, in shares; anybody may.
    Take(Change),
}

#[derive(Args, Debug)]
struct Next {
    #[command(flatten)]
    fees: FeeArgs,
    #[command(flatten)]
    change: Change,
}

/// Fees in per cent; what is left out stays as it is, and is nothing in a new vault.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct FeeArgs {
    /// For coming, in per cent.
    #[arg(long, value_name = "PERCENT", value_parser = hundredths)]
    entry: Option<u16>,
    /// For going, in per cent.
    #[arg(long, value_name = "PERCENT", value_parser = hundredths)]
    exit: Option<u16>,
    /// Of gains, in per cent.
    #[arg(long, value_name = "PERCENT", value_parser = hundredths)]
    performance: Option<u16>,
    /// For a year, in per cent.
    #[arg(long, value_name = "PERCENT", value_parser = hundredths)]
    management: Option<u16>,
}

impl FeeArgs {
    /// These fees, and the present ones where none is given.
    pub(super) fn over(self, now: manager::Fees) -> manager::Fees {
        manager::Fees {
            entry: self.entry.unwrap_or(now.entry),
            exit: self.exit.unwrap_or(now.exit),
            performance: self.performance.unwrap_or(now.performance),
            management: self.management.unwrap_or(now.management),
        }
    }
}

impl Fees {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Show(look) => show(look, output).await,
            Deed::Lower(next) => {
                let fees = |now: &Survey| next.fees.over(now.fees.0);
                let lower = |now: &Survey| manager::lower_fees(now.logic, fees(now));
                next.change.after_a_look(output, lower).await
            }
            Deed::Announce(next) => {
                let fees = |now: &Survey| next.fees.over(now.fees.0);
                let announce = |now: &Survey| manager::announce_fees(now.logic, fees(now));
                next.change.after_a_look(output, announce).await
            }
            Deed::Commit(change) => {
                change
                    .at_logic(output, |logic, _| manager::commit_fees(logic))
                    .await
            }
            Deed::Cancel(change) => {
                change
                    .at_logic(output, |logic, _| manager::cancel_fees(logic))
                    .await
            }
            Deed::Take(change) => change.at_vault(output, |at, _| vault::take_fees(at)).await,
        }
    }
}

async fn show(look: Look, output: Output) -> anyhow::Result<u8> {
    let (_, survey, _) = look.survey().await?;
    let (now, next) = &survey.fees;
    let value = json!({ "fees": shown(now), "announced": announced(next.as_ref()) });
    let next = next.as_ref().map(|(next, ready)| (next.words(), *ready));
    output.show(&value, |_| now_and_next(&now.words(), next))?;
    Ok(exit::OK)
}

/// Fees for programs, in parts of 10,000.
pub(super) fn shown(fees: &manager::Fees) -> Value {
    json!({
        "entry": fees.entry,
        "exit": fees.exit,
        "performance": fees.performance,
        "management": fees.management,
    })
}

pub(super) fn announced(next: Option<&(manager::Fees, u64)>) -> Value {
    next.map_or(
        Value::Null,
        |(fees, ready)| json!({ "fees": shown(fees), "ready_at": ready }),
    )
}
