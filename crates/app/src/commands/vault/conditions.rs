//! `portcullis vault conditions`: what is checked after every call.

use super::{
    amount::{now_and_next, thousandths},
    change::{Change, Look},
};
use crate::{exit, output::Output};
use clap::{Args, Subcommand};
use portcullis_evm::{
    errand::manager::{self, CHECKS},
    survey::Survey,
};
use serde_json::{Value, json};

/// What is checked after every call of a vault. Stricter conditions count at once, looser ones are announced for 14
/// days.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault conditions tighten --loss-per-call 0.5 --loss-per-day 2 --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Conditions {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Shows the conditions, and those that are announced.
    Show(Look),
    /// Makes them stricter, at once; what is left out stays as it is.
    Tighten(Next),
    /// Announces conditions of which any is looser; what is left out stays as it is.
    Announce(Next),
    /// Puts announced conditions in force, from 14 to 28 days after they were announced.
    Commit(Change),
    /// Takes announced conditions back.
    Cancel(Change),
}

#[derive(Args, Debug)]
struct Next {
    #[command(flatten)]
    conditions: ConditionArgs,
    #[command(flatten)]
    change: Change,
}

/// Conditions; what is left out stays as it is.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ConditionArgs {
    /// What is checked, of `floor`, `allowances`, `supply` and `fixed`; all of them in a new vault.
    #[arg(long, value_name = "CHECKS", value_parser = checks)]
    checks: Option<u8>,
    /// The most that one call or batch may lose of the vault's value, in per cent; 1 in a new vault.
    #[arg(long, value_name = "PERCENT", value_parser = thousandths)]
    loss_per_call: Option<u16>,
    /// The most that any 24 hours may lose, in per cent; 3 in a new vault.
    #[arg(long, value_name = "PERCENT", value_parser = thousandths)]
    loss_per_day: Option<u16>,
}

/// The conditions of a new vault unless told otherwise.
pub(super) const USUAL: manager::Conditions = manager::Conditions {
    checks: 0b1111,
    loss_per_call: 1_000,
    loss_per_day: 3_000,
};

fn checks(text: &str) -> Result<u8, String> {
    let mut bits = 0;
    for name in text.split(',').filter(|name| *name != "none") {
        let found = CHECKS.iter().find(|(known, _)| *known == name);
        let wrong = || {
            "expected `floor`, `allowances`, `supply`, `fixed`, with commas, or `none`".to_owned()
        };
        bits |= found.ok_or_else(wrong)?.1;
    }
    Ok(bits)
}

impl ConditionArgs {
    /// These conditions, and the present ones where none is given.
    pub(super) fn over(self, now: manager::Conditions) -> manager::Conditions {
        manager::Conditions {
            checks: self.checks.unwrap_or(now.checks),
            loss_per_call: self.loss_per_call.unwrap_or(now.loss_per_call),
            loss_per_day: self.loss_per_day.unwrap_or(now.loss_per_day),
        }
    }
}

impl Conditions {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Show(look) => show(look, output).await,
            Deed::Tighten(next) => {
                let conditions = |now: &Survey| next.conditions.over(now.conditions.0);
                let tighten = |now: &Survey| manager::tighten(now.logic, conditions(now));
                next.change.after_a_look(output, tighten).await
            }
            Deed::Announce(next) => {
                let conditions = |now: &Survey| next.conditions.over(now.conditions.0);
                let announce =
                    |now: &Survey| manager::announce_conditions(now.logic, conditions(now));
                next.change.after_a_look(output, announce).await
            }
            Deed::Commit(change) => {
                change
                    .at_logic(output, |logic, _| manager::commit_conditions(logic))
                    .await
            }
            Deed::Cancel(change) => {
                change
                    .at_logic(output, |logic, _| manager::cancel_conditions(logic))
                    .await
            }
        }
    }
}

async fn show(look: Look, output: Output) -> anyhow::Result<u8> {
    let (_, survey, _) = look.survey().await?;
    let (now, next) = &survey.conditions;
    let value = json!({ "conditions": shown(now), "announced": announced(next.as_ref()) });
    let next = next.as_ref().map(|(next, ready)| (next.words(), *ready));
    output.show(&value, |_| now_and_next(&now.words(), next))?;
    Ok(exit::OK)
}

/// Conditions for programs; the losses in parts of 100,000.
pub(super) fn shown(conditions: &manager::Conditions) -> Value {
    json!({
        "checks": conditions.names(),
        "loss_per_call": conditions.loss_per_call,
        "loss_per_day": conditions.loss_per_day,
    })
}

pub(super) fn announced(next: Option<&(manager::Conditions, u64)>) -> Value {
    next.map_or(
        Value::Null,
        |(next, ready)| json!({ "conditions": shown(next), "ready_at": ready }),
    )
}
