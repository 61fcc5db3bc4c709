//! `portcullis doctor`: what is wrong with this installation, and what to do about it.

mod checks;
mod finding;
mod followers;
mod groups;
mod memory;
mod providers;
mod walls;

use super::desk::Desk;
use crate::{
    exit,
    output::{clean::one_line, painted, style},
};
use clap::Args;
use finding::{Finding, Health};
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf};

/// Examines the data directory, ledger, clock, disk, memory, port, walls and providers of credentials.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis doctor --data /var/lib/portcullis\n\n\
    The exit code is 3 when something has failed; warnings are none. Works beside a running gate,\n\
    which is then asked instead of its files."
)]
pub(super) struct Doctor {
    /// The data directory.
    #[arg(
        long,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// The address the gate listens on.
    #[arg(
        long,
        env = "PORTCULLIS_LISTEN",
        default_value = "127.0.0.1:8088",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    /// The operator's file: its bounds of commands count, and its providers of credentials are asked.
    #[arg(long, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Doctor {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let mut findings = checks::examine(&self.data, self.listen).await;
        findings.extend(memory::examine(self.config.as_deref()));
        if let Some(file) = &self.config {
            findings.extend(providers::examine(file, &self.data).await);
        }
        if desk.output.is_json() {
            let list: Vec<Value> = findings.iter().map(json_of).collect();
            desk.output.json(&json!({ "checks": list }))?;
        } else {
            desk.output
                .raw(&findings.iter().map(text_of).collect::<String>())?;
        }
        let failed = findings
            .iter()
            .any(|finding| finding.health == Health::Fail);
        Ok(if failed { exit::REFUSED } else { exit::OK })
    }
}

fn json_of(finding: &Finding) -> Value {
    json!({
        "check": finding.check,
        "health": finding.health.word(),
        "found": finding.found,
        "remedy": finding.remedy,
    })
}

fn text_of(finding: &Finding) -> String {
    let word = finding.health.word();
    let mark = painted(style::of_word(word), word) + if word == "ok" { "  " } else { "" };
    let mut text = format!(
        "{mark}  {:<11}  {}\n",
        finding.check,
        one_line(&finding.found)
    );
    if let Some(remedy) = &finding.remedy {
        text.push_str(&format!(
            "{:19}{}\n",
            "",
            painted(style::FAINT, &one_line(remedy))
        ));
    }
    text
}
