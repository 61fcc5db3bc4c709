//! The end of the story: what was spent, and what nobody can change any more.

use super::{
    paper,
    stage::{Stage, risk_name},
};
use crate::{
    output::table::{Table, text_at},
    proof::fetch,
};
use serde_json::{Value, json};

/// What of a budget is shown.
const BUDGET: &[(&str, &str)] = &[
    ("counts", "unit"),
    ("of", "period"),
    ("limit", "limit"),
    ("spent", "spent"),
    ("reserved", "reserved"),
    ("left", "remaining"),
];

/// Shows budgets, verifies the chain, proves a record, and sums up.
pub(super) async fn tell(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let architect = &stage.cast.architect;
    let budgets = architect.get("/v1/budgets").await?;
    let verified = architect.get("/v1/audit/verify").await?;
    // The deletion of the pool: what one may be asked about years later.
    let wanted = stage
        .acts
        .iter()
        .find(|act| text_at(&act.wish, "action_type") == "pools.delete");
    let proven = fetch::proven(architect, wanted.map_or(1, super::act::Act::seq)).await?;
    stage.surprised_unless(verified.get("valid") == Some(&Value::Bool(true)));
    if stage.output.is_json() {
        stage.output.json(&json!({
            "acts": stage.acts.iter().map(super::act::Act::json).collect::<Vec<_>>(),
            "files": stage.files,
            "budgets": budgets.get("budgets"),
            "verification": verified,
            "checkpoint": proven.checkpoint,
            "inclusion": proven.inclusion,
        }))?;
        return Ok(());
    }
    stage.print(&paper::heading("Budgets"))?;
    let list = budgets
        .get("budgets")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    stage.print(&Table::of(&list, BUDGET, "none").render())?;
    records(stage, &verified, &proven)?;
    summary(stage)
}

fn records(stage: &Stage<'_>, verified: &Value, proven: &fetch::Proven) -> anyhow::Result<()> {
    stage.print(&paper::heading("The record of it all"))?;
    let count = text_at(verified, "records_checked");
    stage.say(&format!(
        "Every verdict and every decision was sealed before it was answered. The chain of {count} \
         records was just verified from the first to the last. This signed checkpoint says how \
         long it is; whoever keeps it elsewhere notices a change or a missing end:"
    ))?;
    let note: String = proven
        .checkpoint
        .lines()
        .map(|line| format!("    {line}\n"))
        .collect();
    stage.print(&format!("\n{note}\n"))?;
    let inclusion = &proven.inclusion;
    stage.say(&format!(
        "And the deletion that was refused, record {}, is proved to be among them by {} hashes, \
         checked here without asking the gate.",
        inclusion.seq,
        inclusion.hashes.len()
    ))
}

fn summary(stage: &Stage<'_>) -> anyhow::Result<()> {
    stage.print(&paper::heading("In short"))?;
    let mut table = Table::new(&["#", "it tried to", "risk tier", "verdict"], "");
    for (at, act) in stage.acts.iter().enumerate() {
        let risk = act
            .answer
            .get("risk_tier")
            .and_then(Value::as_u64)
            .unwrap_or(5);
        table.push([
            format!("{:>2}", at + 1),
            act.title.clone(),
            format!("{risk} {}", risk_name(risk)),
            text_at(&act.answer, "verdict"),
        ]);
    }
    stage.print(&table.render())?;
    let count = |word| {
        stage
            .acts
            .iter()
            .filter(|act| text_at(&act.answer, "verdict") == word)
            .count()
    };
    let (cleared, held, blocked) = (count("CLEARED"), count("HELD"), count("BLOCKED"));
    stage.say(&format!(
        "\n{cleared} cleared, {held} held for people, {blocked} blocked.\n"
    ))?;
    stage.say(
        "Start a gate of your own with `portcullis serve`, and try your rules with `portcullis policy \
         lint` and `portcullis govern`. Nothing of this demo is left on disk.",
    )
}
