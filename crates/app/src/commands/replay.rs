//! `portcullis replay`: recorded decisions, judged again.

use super::{
    desk::{Desk, entries},
    policy,
};
use crate::{
    client::Client,
    exit,
    output::{
        Output,
        table::{Table, text_at},
    },
    progress::Progress,
};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// How many records are judged again with one request.
const SPAN: u64 = 20_000;

/// Judges recorded decisions again: under the rules of their time, which must give the same bytes,
/// or with other policies beside those in force, to see what would come out otherwise.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis replay\n  \
    portcullis replay --from 1 --to 5000 --policies stricter.yaml\n\n\
    The exit code is 3 when something comes out otherwise.")]
pub(super) struct Replay {
    /// The first record.
    #[arg(long, default_value_t = 1, value_name = "RECORD")]
    from: u64,
    /// The last record; the end of the chain unless given.
    #[arg(long, value_name = "RECORD")]
    to: Option<u64>,
    /// Policies to add to those in force.
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,
}

impl Replay {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let policies = self.policies.as_deref().map(policy::written).transpose()?;
        let to = match self.to {
            Some(to) => to,
            None => end(&client).await?,
        };
        anyhow::ensure!(
            self.from >= 1 && self.from <= to,
            "there are records 1 to {to}"
        );
        let mut report = Report::default();
        let mut progress = Progress::of("judging again");
        let mut from = self.from;
        while from <= to {
            let last = to.min(from.saturating_add(SPAN - 1));
            let body = json!({ "from": from, "to": last, "policies": policies });
            report.add(&client.post("/v1/replay", &body).await?);
            from = last + 1;
            progress.at(from - self.from, to - self.from + 1);
        }
        drop(progress);
        report.show(desk.output)?;
        Ok(if report.same() {
            exit::OK
        } else {
            exit::REFUSED
        })
    }
}

/// The number of the last record.
async fn end(client: &Client) -> anyhow::Result<u64> {
    let tenant = client.get("/v1/tenant").await?;
    Ok(tenant
        .pointer("/chain/seq")
        .and_then(Value::as_u64)
        .unwrap_or(0))
}

/// What judging again showed, over all requests.
#[derive(Debug, Default)]
struct Report {
    replayed: u64,
    changed: u64,
    differing: u64,
    summary: Map<String, Value>,
    records: Vec<Value>,
}

impl Report {
    fn add(&mut self, part: &Value) {
        let number = |name: &str| part.get(name).and_then(Value::as_u64).unwrap_or(0);
        self.replayed += number("replayed");
        self.changed += number("changed");
        self.differing += number("differing_bytes");
        for (kind, count) in part
            .get("summary")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let before = self.summary.get(kind).and_then(Value::as_u64).unwrap_or(0);
            self.summary
                .insert(kind.clone(), json!(before + count.as_u64().unwrap_or(0)));
        }
        self.records
            .extend(entries(part, "records").iter().cloned());
    }

    const fn same(&self) -> bool {
        self.changed == 0 && self.differing == 0
    }

    fn show(&self, output: Output) -> anyhow::Result<()> {
        if output.is_json() {
            output.json(&json!({
                "replayed": self.replayed,
                "changed": self.changed,
                "differing_bytes": self.differing,
                "summary": self.summary,
                "records": self.records,
            }))?;
            return Ok(());
        }
        let Self {
            replayed,
            changed,
            differing,
            ..
        } = self;
        output.line(&format!(
            "{replayed} decisions judged again, {changed} come out otherwise, {differing} give other bytes"
        ))?;
        for (kind, count) in &self.summary {
            output.line(&format!("  {kind}: {count}"))?;
        }
        let mut table = Table::new(&["record", "action", "agent", "was", "is", "why"], "");
        for record in &self.records {
            let verdict = |when: &str| {
                let (verdict, tier) = (format!("{when}.verdict"), format!("{when}.tier"));
                format!("{} {}", text_at(record, &verdict), text_at(record, &tier))
            };
            table.push([
                text_at(record, "seq"),
                text_at(record, "action_type"),
                text_at(record, "agent_id"),
                verdict("original"),
                verdict("replayed"),
                text_at(record, "reasoning"),
            ]);
        }
        Ok(output.raw(&table.render())?)
    }
}
