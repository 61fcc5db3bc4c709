//! `portcullis completions`: what shells need to complete commands.

use super::Cli;
use crate::{exit, output::Output};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Prints the completions of a shell.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis completions bash > ~/.local/share/bash-completion/completions/portcullis\n  \
    portcullis completions zsh > \"${fpath[1]}/_portcullis\""
)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "portcullis", &mut script);
        output.raw(&String::from_utf8(script)?)?;
        Ok(exit::OK)
    }
}
