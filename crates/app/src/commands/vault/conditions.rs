//! `portcullis vault conditions`: what is checked after every call.

use super::{
    amount::{now_and_next, thousandths},
    change::{Change, Look},
};
use crate::{exit, output::Output};
use clap::{Args, Subcommand};
use portcullis_evm::errand::manager::{self, CHECKS};
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
    /// Makes them stricter, at once.
    Tighten(Next),
    /// Announces conditions of which any is looser.
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

/// Conditions.
#[derive(Args, Clone, Debug)]
pub(super) struct ConditionArgs {
    /// What is checked, of `floor`, `allowances`, `supply` and `fixed`; all of them unless told otherwise.
    #[arg(long, value_name = "CHECKS", default_value = "floor,allowances,supply,fixed", value_parser = checks)]
    checks: u8,
    /// The most that one call or batch may lose of the vault's value, in per cent.
    #[arg(long, value_name = "PERCENT", default_value = "1", value_parser = thousandths)]
    loss_per_call: u16,
    /// The most that any 24 hours may lose, in per cent.
    #[arg(long, value_name = "PERCENT", default_value = "3", value_parser = thousandths)]
    loss_per_day: u16,
}

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
    pub(super) const fn conditions(&self) -> manager::Conditions {
        manager::Conditions {
            checks: self.checks,
            loss_per_call: self.loss_per_call,
            loss_per_day: self.loss_per_day,
        }
    }
}

impl Conditions {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Show(look) => show(look, output).await,
            Deed::Tighten(next) => {
                let next_ = next.conditions.conditions();
                next.change
                    .at_logic(output, |logic, _| manager::tighten(logic, next_))
                    .await
            }
            Deed::Announce(next) => {
                let next_ = next.conditions.conditions();
                let announce = |logic, _: &_| manager::announce_conditions(logic, next_);
                next.change.at_logic(output, announce).await
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
