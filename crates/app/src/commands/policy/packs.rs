//! `portcullis policy packs`: ready-made compliance packs.

use crate::{
    client::escaped,
    commands::desk::Desk,
    exit,
    output::table::{Table, text_at},
};
use anyhow::{Context, bail};
use clap::Args;
use portcullis_policy::{cham::read::Draft, pack};
use serde_json::{Value, json};

/// Lists compliance packs, shows what one holds, or puts it in force.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis policy packs\n  portcullis policy packs hipaa\n  \
    portcullis policy packs hipaa --apply"
)]
pub(super) struct Packs {
    /// The pack's id, e.g. `hipaa`.
    id: Option<String>,
    /// Puts the pack in force at the gate.
    #[arg(long, requires = "id")]
    apply: bool,
    /// With `--apply`: also restore policies of the pack that were changed since.
    #[arg(long, requires = "apply")]
    override_existing: bool,
}

impl Packs {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match &self.id {
            None => list(desk),
            Some(id) if self.apply => self.put_in_force(desk, id).await,
            Some(id) => show(desk, id),
        }?;
        Ok(exit::OK)
    }

    async fn put_in_force(&self, desk: &Desk, id: &str) -> anyhow::Result<()> {
        let path = format!("/v1/packs/{}/apply", escaped(id));
        let wish = json!({ "override_existing": self.override_existing });
        let applied = desk.client()?.post(&path, &wish).await?;
        let count = |name: &str| {
            applied
                .get(name)
                .and_then(Value::as_array)
                .map_or(0, Vec::len)
        };
        let sentence = format!(
            "pack `{id}` is in force: {} policies new, {} restored, {} as they were",
            count("created"),
            count("restored"),
            count("unchanged"),
        );
        Ok(desk.output.done(&applied, &sentence)?)
    }
}

fn list(desk: &Desk) -> anyhow::Result<()> {
    let packs: Vec<Value> = pack::all()
        .iter()
        .map(|pack| {
            json!({
                "id": pack.id,
                "name": pack.name,
                "description": pack.description.trim(),
                "policy_count": pack.drafts.len(),
            })
        })
        .collect();
    let columns = [
        ("id", "id"),
        ("name", "name"),
        ("policies", "policy_count"),
        ("what it does", "description"),
    ];
    let table = |_: &Value| Table::of(&packs, &columns, "no packs").uncut();
    Ok(desk.output.show(&json!({ "packs": packs }), table)?)
}

fn show(desk: &Desk, id: &str) -> anyhow::Result<()> {
    let Some(pack) = pack::find(id) else {
        bail!("there is no pack `{id}`")
    };
    let policies: Vec<Value> = pack.drafts.iter().map(written).collect::<Result<_, _>>()?;
    let value = json!({ "id": pack.id, "name": pack.name, "policies": policies });
    if desk.output.is_json() {
        return Ok(desk.output.json(&value)?);
    }
    desk.output
        .line(&format!("{}: {}", pack.name, pack.description.trim()))?;
    let mut table = Table::new(&["type", "rule", "says"], "").uncut();
    for policy in &policies {
        let kind = text_at(policy, "type");
        match policy.pointer("/config/rules").and_then(Value::as_array) {
            Some(rules) => {
                for rule in rules {
                    table.push([
                        kind.clone(),
                        text_at(rule, "id"),
                        text_at(rule, "description"),
                    ]);
                }
            }
            None => {
                let reason = text_at(policy, "config.reason");
                table.push([kind, text_at(policy, "name"), reason]);
            }
        }
    }
    Ok(desk.output.raw(&table.render())?)
}

fn written(draft: &Draft) -> anyhow::Result<Value> {
    let rule = serde_json::to_value(&draft.rule).context("a policy cannot be written")?;
    Ok(json!({
        "type": draft.rule.kind(),
        "name": draft.name,
        "config": rule.get("config").cloned().unwrap_or_default(),
    }))
}
