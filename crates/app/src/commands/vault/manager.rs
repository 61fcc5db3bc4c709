//! `portcullis vault manager`: who runs a vault.

use super::change::Change;
use crate::output::Output;
use clap::{Args, Subcommand};
use portcullis_evm::{Address, errand::manager};

/// Hands the manager's seat of a vault on. The old manager offers it, the new one takes it; the trader of before loses
/// theirs.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault manager propose 0x5e11… --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Manager {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Offers the seat.
    Propose {
        /// Who it is offered to.
        #[arg(value_name = "ADDRESS")]
        next: Address,
        #[command(flatten)]
        change: Change,
    },
    /// Takes the seat that was offered to the sender.
    Accept(Change),
}

impl Manager {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Propose { next, change } => {
                let propose = |logic, names: &_| manager::propose_manager(logic, next, names);
                change.at_logic(output, propose).await
            }
            Deed::Accept(change) => {
                change
                    .at_logic(output, |logic, _| manager::accept_manager(logic))
                    .await
            }
        }
    }
}
