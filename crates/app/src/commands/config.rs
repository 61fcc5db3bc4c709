//! `portcullis config`: the operator's file.

use crate::{config, exit, output::Output};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

/// Says what is wrong with a configuration file.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis config check portcullis.yaml")]
pub(super) struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks a file: its faults, secrets that cannot be read, addresses that may not be called.
    #[command(after_help = "Example:\n  portcullis config check portcullis.yaml\n\n\
        Needs no gate and calls nothing. Secrets are told by their names alone. The exit code is 3\n\
        when something is wrong.")]
    Check {
        /// The file.
        file: PathBuf,
    },
}

impl Config {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let Command::Check { file } = self.command;
        let faults = config::faults(&file)?;
        if output.is_json() {
            output.json(&json!({ "valid": faults.0.is_empty(), "faults": faults.0 }))?;
        } else if faults.0.is_empty() {
            output.line(&format!("`{}` is valid", file.display()))?;
        }
        for fault in faults.0.iter().filter(|_| !output.is_json()) {
            output.line(&fault.to_string())?;
        }
        Ok(if faults.0.is_empty() {
            exit::OK
        } else {
            exit::REFUSED
        })
    }
}
