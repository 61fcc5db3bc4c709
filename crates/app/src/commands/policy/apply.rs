//! `portcullis policy diff` and `apply`: from a file to the rules in force.

use super::{
    document::{self, Document},
    plan::{self, Deed, Step},
};
use crate::{
    client::{Ask, Client},
    commands::desk::{Desk, entries},
    exit,
    output::{
        painted, style,
        table::{Table, text_at},
    },
};
use anyhow::{anyhow, ensure};
use clap::Args;
use hyper::Method;
use portcullis_policy::fault::Faults;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Shows what applying a file would change, and what of it loosens the reins.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis policy diff tenant-policy.yaml\n\n\
    The exit code is 3 when something would change."
)]
pub(super) struct Diff {
    /// The file; `-` is standard input.
    file: PathBuf,
}

/// Puts the policies of a file, or a tenant policy, in force. Doing it again changes nothing.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis policy apply policies.yaml\n  \
    portcullis policy apply --tenant-policy tenant-policy.yaml\n\n\
    A policy is known again by its name, type and agent. Policies that the file does not name stay.")]
pub(super) struct Apply {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// The file must hold a tenant policy; it replaces the one in force.
    #[arg(long)]
    tenant_policy: bool,
}

impl Diff {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let changes = match valid(&self.file)? {
            Document::Tenant(_, text) => {
                let changes =
                    send_text(&client, Method::POST, "/v1/tenant-policy/diff", text).await?;
                show_changes(desk, &changes)?;
                !entries(&changes, "changes").is_empty()
            }
            Document::Policies(drafts) => {
                let steps = plan::plan(&client, &document::policies(&drafts)?).await?;
                show_steps(desk, &steps)?;
                steps.iter().any(|step| !matches!(step.deed, Deed::Keep(_)))
            }
        };
        Ok(if changes { exit::REFUSED } else { exit::OK })
    }
}

impl Apply {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match valid(&self.file)? {
            Document::Tenant(_, text) => {
                let applied = send_text(&client, Method::PUT, "/v1/tenant-policy", text).await?;
                show_changes(desk, &applied)?;
                if !desk.output.is_json() {
                    let version = text_at(&applied, "version");
                    desk.output.line(&format!(
                        "the tenant policy is in force as version {version}"
                    ))?;
                }
            }
            Document::Policies(drafts) => {
                let wrong = "this file holds CHAM policies, not a tenant policy";
                ensure!(!self.tenant_policy, wrong);
                let steps = plan::plan(&client, &document::policies(&drafts)?).await?;
                plan::carry_out(&client, &steps).await?;
                show_steps(desk, &steps)?;
            }
        }
        Ok(exit::OK)
    }
}

/// A file without faults.
pub(super) fn valid(path: &Path) -> anyhow::Result<Document> {
    document::read(path)?.map_err(|faults: Faults| {
        let lines = faults.0.iter().map(|fault| format!("\n  {fault}"));
        anyhow!(
            "`{}` is not valid:{}",
            path.display(),
            lines.collect::<String>()
        )
    })
}

async fn send_text(
    client: &Client,
    method: Method,
    path: &str,
    text: String,
) -> anyhow::Result<Value> {
    Ok(client
        .ask(
            method,
            path,
            Ask {
                body: Some(text),
                ..Ask::default()
            },
        )
        .await?)
}

/// What changes in a tenant policy, line by line.
fn show_changes(desk: &Desk, answer: &Value) -> anyhow::Result<()> {
    if desk.output.is_json() {
        return Ok(desk.output.json(answer)?);
    }
    let changes = entries(answer, "changes");
    if changes.is_empty() {
        return Ok(desk.output.line("nothing changes")?);
    }
    let mut text = String::new();
    for change in changes {
        let loosens = change.get("loosens") == Some(&Value::Bool(true));
        let (path, after) = (text_at(change, "path"), text_at(change, "after"));
        let before = text_at(change, "before");
        let line = match (before.as_str(), after.as_str()) {
            ("-", _) => format!("+ {path}: {after}"),
            (_, "-") => format!("- {path}: {before}"),
            _ => format!("~ {path}: {before} -> {after}"),
        };
        text.push_str(&crate::output::clean::one_line(&line));
        if loosens {
            text.push_str(&format!("  {}", painted(style::WAITING, "loosens")));
        }
        text.push('\n');
    }
    Ok(desk.output.raw(&text)?)
}

fn show_steps(desk: &Desk, steps: &[Step]) -> anyhow::Result<()> {
    let list: Vec<Value> = steps
        .iter()
        .map(|step| {
            json!({
                "deed": step.deed.word(),
                "id": step.deed.id(),
                "type": step.written.get("type"),
                "name": step.written.get("name"),
            })
        })
        .collect();
    let columns = [
        ("deed", "deed"),
        ("type", "type"),
        ("name", "name"),
        ("id", "id"),
    ];
    desk.output.show(&json!({ "policies": list }), |list| {
        Table::of(
            entries(list, "policies"),
            &columns,
            "the file holds no policies",
        )
    })?;
    Ok(())
}
