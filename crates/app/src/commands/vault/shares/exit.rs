//! A shareholder's own way out of vaults: made once, and emptied of what could not be handed over.

use super::super::{
    change::Change,
    hand::{Mined, Sent},
};
use crate::output::Output;
use clap::Subcommand;
use portcullis_evm::{
    Address,
    bindings::Vault,
    errand::{Errand, exit},
};
use serde_json::{Value, json};

/// What is done with a way out.
#[derive(Debug, Subcommand)]
pub(super) enum Exit {
    /// Makes one: it works for the sender alone, at the vaults of this vault's registry, and has no right on any.
    Make(Change),
    /// Fetches what is left of a token in it, because it could not be handed over.
    Fetch {
        /// The token.
        #[arg(value_name = "TOKEN")]
        left: Address,
        /// The way out.
        #[arg(long, value_name = "EXIT")]
        over: Address,
        /// It waits in the vault's escrow.
        #[arg(long)]
        escrowed: bool,
        #[command(flatten)]
        change: Change,
    },
}

impl Exit {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self {
            Self::Make(change) => make(change, output).await,
            Self::Fetch {
                left,
                over,
                escrowed: false,
                change,
            } => {
                let fetch = |_, names: &_| exit::fetch(over, left, names);
                change.at_vault(output, fetch).await
            }
            Self::Fetch {
                left, over, change, ..
            } => {
                let fetch = |escrow, names: &_| exit::fetch_escrowed(over, escrow, left, names);
                change.at_escrow(output, fetch).await
            }
        }
    }
}

async fn make(change: Change, output: Output) -> anyhow::Result<u8> {
    let ground = change.chain.open().await?;
    let hand = change.key.open(&ground, output)?;
    let mut asker = ground.asker().await?;
    let registry = asker.must(change.vault, &Vault::registryCall {}).await?;
    let words = format!("Creates a way out of vaults for {} alone", hand.address());
    let errand = Errand::create(exit::creation(hand.address(), registry)?, words);
    // Where it will be is known by the count of transactions that it is sent with.
    let address = hand
        .address()
        .create(hand.tries(&errand).await?.transaction.nonce);
    let sent = hand.carry(&errand).await?;
    let more = match &sent {
        Sent::Mined(Mined { .. }) => json!({ "exit": address.to_string() }),
        Sent::Refused(_) | Sent::Declined => Value::Null,
    };
    if matches!(sent, Sent::Mined(_)) {
        output.line(&format!("the way out is {address}"))?;
    }
    hand.tell(&errand, &sent, more)
}
