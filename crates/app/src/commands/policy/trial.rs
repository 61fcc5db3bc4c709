//! `portcullis policy test`: what a policy would do among the others.

use super::{
    apply,
    document::{self, Document},
    plan,
};
use crate::{
    commands::desk::{self, Desk, entries},
    exit,
    output::{
        clean::one_line,
        painted, style,
        table::{text_at, text_of},
    },
};
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Tries policies among those in force: their faults, conflicts, and what becomes of an action.
/// Nothing is changed, counted or recorded.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis policy test floor.yaml --action action.json\n\n\
    The exit code is 3 when a policy is not valid."
)]
pub(super) struct Test {
    /// The file of policies; `-` is standard input.
    file: PathBuf,
    /// An action as JSON, as `govern --json` takes it.
    #[arg(long, value_name = "FILE")]
    action: Option<PathBuf>,
}

impl Test {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let Document::Policies(drafts) = apply::valid(&self.file)? else {
            bail!("a tenant policy is tried with `policy diff`");
        };
        let action = match &self.action {
            None => None,
            Some(path) => Some(desk::json(&desk::read(path)?, &path.display().to_string())?),
        };
        let mut reports = Vec::new();
        for step in plan::plan(&client, &document::policies(&drafts)?).await? {
            let body = json!({
                "policy": step.written,
                "action": action,
                "replace_policy_id": step.deed.id(),
            });
            let mut report = client.post("/v1/policies/test", &body).await?;
            if let Some(map) = report.as_object_mut() {
                let name = step.written.get("name").cloned().unwrap_or_default();
                map.insert("name".to_owned(), name);
            }
            reports.push(report);
        }
        if desk.output.is_json() {
            desk.output.json(&json!({ "policies": reports }))?;
        } else {
            desk.output
                .raw(&reports.iter().map(told).collect::<String>())?;
        }
        let valid = reports
            .iter()
            .all(|report| report.get("valid") == Some(&Value::Bool(true)));
        Ok(if valid { exit::OK } else { exit::REFUSED })
    }
}

fn told(report: &Value) -> String {
    let valid = report.get("valid") == Some(&Value::Bool(true));
    let (mark, word) = if valid {
        (style::GOOD, "ok")
    } else {
        (style::BAD, "fail")
    };
    let mut text = format!(
        "{} {}\n",
        painted(mark, word),
        one_line(&text_at(report, "name"))
    );
    for fault in entries(report, "errors") {
        let (path, message) = (text_at(fault, "path"), text_at(fault, "message"));
        text.push_str(&format!("  {}\n", one_line(&format!("{path}: {message}"))));
    }
    for conflict in entries(report, "conflicts") {
        let words = one_line(&text_at(conflict, "description"));
        text.push_str(&format!(
            "  {} {words}\n",
            painted(style::WAITING, "conflict")
        ));
    }
    if let Some(with) = report.get("simulation") {
        outlook(&mut text, "with it", with);
        if let Some(without) = with.get("baseline") {
            outlook(&mut text, "without", without);
        }
    }
    text
}

fn outlook(text: &mut String, when: &str, outlook: &Value) {
    let verdict = text_at(outlook, "verdict");
    text.push_str(&format!(
        "  {when}: {}  tier {}; {}\n",
        painted(style::of_word(&verdict), &verdict),
        one_line(&text_of(outlook.get("tier").unwrap_or(&Value::Null))),
        one_line(&text_at(outlook, "reasoning")),
    ));
}
