//! `portcullis demo`: the gate at work, from nothing.

use crate::{demo, exit, output::Output};
use clap::Args;

/// Starts a gate of its own, lets an agent of a GPU team try its luck, and shows what is decided
/// and why. Leaves nothing behind.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis demo --fast\n  portcullis demo --vault")]
pub(super) struct Demo {
    /// Without pauses for reading.
    #[arg(long)]
    fast: bool,
    /// Shows a vault on a chain in memory in the gate's place, and what its contracts refuse.
    #[arg(long)]
    vault: bool,
}

impl Demo {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        if self.vault {
            demo::vault::play(output, self.fast).await?;
        } else {
            demo::play(output, self.fast).await?;
        }
        Ok(exit::OK)
    }
}
