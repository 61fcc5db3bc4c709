//! `portcullis policy lint`: what is wrong with a file, without asking a gate.

use super::document::{self, Document};
use crate::{
    exit,
    output::{Output, clean::clean, painted, style},
};
use clap::Args;
use portcullis_policy::{conflict, fault::Fault};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Checks files of policies: every fault with its path, and where policies disagree.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis policy lint examples/gpu-team/*.yaml\n\n\
    The exit code is 3 when there are faults; disagreements are none."
)]
pub(super) struct Lint {
    /// The files; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What was found in one file.
struct Found {
    file: String,
    what: String,
    faults: Vec<Fault>,
    conflicts: Vec<String>,
}

impl Lint {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let found: Vec<Found> = self
            .files
            .iter()
            .map(|path| {
                let file = path.display().to_string();
                Ok(look(file, document::read(path)?))
            })
            .collect::<anyhow::Result<_>>()?;
        if output.is_json() {
            output.json(&json!({ "files": found.iter().map(Found::json).collect::<Vec<_>>() }))?;
        } else {
            output.raw(&found.iter().map(Found::text).collect::<String>())?;
        }
        let valid = found.iter().all(|one| one.faults.is_empty());
        Ok(if valid { exit::OK } else { exit::REFUSED })
    }
}

fn look(file: String, read: Result<Document, portcullis_policy::fault::Faults>) -> Found {
    let (what, faults, conflicts) = match read {
        Ok(Document::Policies(drafts)) => {
            let count = drafts.len();
            let policies = document::policies(&drafts).unwrap_or_default();
            let conflicts = conflict::among(&policies);
            let conflicts = conflicts
                .into_iter()
                .map(|report| report.description)
                .collect();
            (
                format!("{count} {}", if count == 1 { "policy" } else { "policies" }),
                vec![],
                conflicts,
            )
        }
        Ok(Document::Tenant(policy, _)) => (
            format!("a tenant policy of {} entries", policy.actions.len()),
            vec![],
            vec![],
        ),
        Err(faults) => (String::new(), faults.0, vec![]),
    };
    Found {
        file,
        what,
        faults,
        conflicts,
    }
}

impl Found {
    fn json(&self) -> Value {
        json!({
            "file": self.file,
            "valid": self.faults.is_empty(),
            "errors": self.faults,
            "conflicts": self.conflicts,
        })
    }

    fn text(&self) -> String {
        let file = clean(&self.file);
        let mut text = if self.faults.is_empty() {
            format!("{} {file}: {}\n", painted(style::GOOD, "ok"), self.what)
        } else {
            let count = self.faults.len();
            let faults = if count == 1 { "fault" } else { "faults" };
            format!("{} {file}: {count} {faults}\n", painted(style::BAD, "fail"))
        };
        for fault in &self.faults {
            text.push_str(&format!("  {}\n", clean(&fault.to_string())));
        }
        for conflict in &self.conflicts {
            text.push_str(&format!(
                "  {} {}\n",
                painted(style::WAITING, "note"),
                clean(conflict)
            ));
        }
        text
    }
}
