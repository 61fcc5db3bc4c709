//! `portcullis audit`: the chain of records.

mod acknowledge;
mod export;
mod prove;
mod tail;
mod verify;

use super::desk::Desk;
use clap::{Args, Subcommand};

/// Follows, verifies, exports and proves records.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis audit tail -f\n  portcullis audit verify\n  \
    portcullis audit export --to audit.jsonl && portcullis audit verify --file audit.jsonl\n  \
    portcullis audit prove 512\n  portcullis audit checkpoint > checkpoint.txt"
)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Tail(tail::Tail),
    Verify(verify::Verify),
    Export(export::Export),
    Prove(prove::Prove),
    Checkpoint(prove::Checkpoint),
    Acknowledge(acknowledge::Acknowledge),
}

impl Audit {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match self.command {
            Command::Tail(tail) => tail.run(desk).await,
            Command::Verify(verify) => verify.run(desk).await,
            Command::Export(export) => export.run(desk).await,
            Command::Prove(prove) => prove.run(desk).await,
            Command::Checkpoint(checkpoint) => checkpoint.run(desk).await,
            Command::Acknowledge(acknowledge) => acknowledge.run(desk).await,
        }
    }
}
