//! `portcullis audit tail`: the latest records, and those to come.

use crate::{
    client::{Client, Query},
    commands::desk::{Desk, entries, pages},
    exit,
    output::{Output, clean::one_line, painted, style, table::text_at},
};
use clap::Args;
use serde_json::Value;
use std::time::Duration;

/// How often new records are asked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The most records that are caught up at one look.
const CATCH_UP: usize = 2_000;

/// Shows the latest records, oldest first; with `-f` also those to come.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis audit tail -n 50\n  \
    portcullis audit tail -f --verdict BLOCKED\n  portcullis audit tail -f -o json | jq .seq")]
pub(super) struct Tail {
    /// Stays, and shows records as they come.
    #[arg(short, long)]
    follow: bool,
    /// How many to begin with.
    #[arg(short = 'n', long, default_value_t = 20, value_name = "COUNT")]
    lines: usize,
    /// Only of this agent.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// Only with this verdict.
    #[arg(long)]
    verdict: Option<String>,
    /// Only of this action type.
    #[arg(long, value_name = "TYPE")]
    action: Option<String>,
}

impl Tail {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let mut seen = self.show(desk.output, &client, (0, self.lines)).await?;
        if !self.follow {
            return Ok(exit::OK);
        }
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            seen = self.show(desk.output, &client, (seen, CATCH_UP)).await?;
        }
    }

    /// Shows the records after one, the latest of them at most; the last one shown.
    async fn show(
        &self,
        output: Output,
        client: &Client,
        (seen, most): (u64, usize),
    ) -> anyhow::Result<u64> {
        let query = Query::of("/v1/audit")
            .and("agent", self.agent.as_deref())
            .and("verdict", self.verdict.as_deref())
            .and("action_type", self.action.as_deref());
        // The newest come first; looking for new ones needs few of them.
        let first = if seen == 0 { most } else { most.min(50) };
        let mut list = pages(client, &query, "records", first).await?;
        let reaches = |list: &Value| {
            let oldest = entries(list, "records").last().map_or(0, number);
            seen == 0 || oldest <= seen + 1
        };
        if !reaches(&list) {
            list = pages(client, &query, "records", most).await?;
        }
        let records = entries(&list, "records");
        let mut last = seen;
        for record in records.iter().rev().filter(|record| number(record) > seen) {
            if output.is_json() {
                output.raw(&format!("{record}\n"))?;
            } else {
                output.raw(&line(record))?;
            }
            last = number(record);
        }
        Ok(last)
    }
}

fn number(record: &Value) -> u64 {
    record.get("seq").and_then(Value::as_u64).unwrap_or(0)
}

/// One record on one line.
fn line(record: &Value) -> String {
    let kind = text_at(record, "record_type");
    let at = text_at(record, "timestamp");
    let head = format!("{:>6}  {}", number(record), one_line(&at));
    let head = painted(style::FAINT, &head);
    if kind != "decision" {
        let actor = text_at(record, "actor");
        return format!("{head}  {}  by {}\n", one_line(&kind), one_line(&actor));
    }
    let verdict = text_at(record, "verdict");
    format!(
        "{head}  {}  {} on {} by {}\n",
        painted(style::of_word(&verdict), &format!("{verdict:<7}")),
        one_line(&text_at(record, "action_type")),
        one_line(&text_at(record, "target_service")),
        one_line(&text_at(record, "agent_id")),
    )
}
