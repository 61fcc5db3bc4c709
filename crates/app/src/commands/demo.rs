//! `portcullis demo`: the gate at work, from nothing.

use crate::{demo, exit, output::Output};
use clap::Args;

/// Starts a gate of its own, lets an agent of a GPU team try its luck, and shows what is decided
/// and why. Leaves nothing behind.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis demo --fast")]
pub(super) struct Demo {
    /// Without pauses for reading.
    #[arg(long)]
    fast: bool,
}

impl Demo {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        demo::play(output, self.fast).await?;
        Ok(exit::OK)
    }
}
