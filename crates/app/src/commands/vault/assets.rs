//! `portcullis vault assets`: what a vault may hold.

use super::{
    change::{Change, Look},
    inspect,
};
use crate::{exit, output::Output};
use clap::{Args, Subcommand};
use portcullis_evm::{Address, errand::manager};
use serde_json::json;

/// What a vault may hold, of what its registry lists.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault assets add 0x8335… --deposits --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Assets {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Lists them, with what the vault has of each and what that is worth.
    List(Look),
    /// Enables an asset.
    Add {
        /// The asset.
        #[arg(value_name = "ADDRESS")]
        asset: Address,
        /// Lets people deposit it too.
        #[arg(long)]
        deposits: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Takes an asset of which nothing is left off the list.
    Remove {
        /// The asset.
        #[arg(value_name = "ADDRESS")]
        asset: Address,
        #[command(flatten)]
        change: Change,
    },
}

impl Assets {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::List(look) => {
                let (_, survey, _) = look.survey().await?;
                let holdings: Vec<_> = survey.holdings.iter().map(inspect::holding).collect();
                output.show(&json!(holdings), |_| inspect::holdings(&survey.holdings))?;
                Ok(exit::OK)
            }
            Deed::Add {
                asset,
                deposits,
                change,
            } => {
                let add = |logic, names: &_| manager::add_asset(logic, asset, deposits, names);
                change.at_logic(output, add).await
            }
            Deed::Remove { asset, change } => {
                let remove = |logic, names: &_| manager::remove_asset(logic, asset, names);
                change.at_logic(output, remove).await
            }
        }
    }
}
