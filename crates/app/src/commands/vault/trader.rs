//! `portcullis vault trader`: who helps the manager, and what they may change.

use super::change::{Change, Look};
use crate::{
    exit,
    output::{Output, table::Table},
};
use clap::{ArgAction, Args, Subcommand};
use portcullis_evm::{Address, errand::manager};
use serde_json::json;

/// Who helps the manager of a vault, and what they may change about it.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:\n  portcullis vault trader set 0x9d8A… --vault 0x2b5A… \\\n    \
    --rpc https://base.example.com --chain-id 8453 \\\n    --keystore manager.json --password env:PASSWORD"
)]
pub(super) struct Trader {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Shows the trader and the two toggles.
    Show(Look),
    /// Seats another trader; the one of before loses the seat.
    Set {
        /// Who it is.
        #[arg(value_name = "ADDRESS")]
        trader: Address,
        #[command(flatten)]
        change: Change,
    },
    /// Takes the trader's seat away.
    Remove(Change),
    /// Says what the trader may change. For an agent, switch both off.
    Toggles {
        /// Whether the trader may enable and disable listed assets: `true` or `false`.
        #[arg(long, value_name = "BOOL", action = ArgAction::Set)]
        assets: bool,
        /// Whether the trader may open and close the vault: `true` or `false`.
        #[arg(long, value_name = "BOOL", action = ArgAction::Set)]
        privacy: bool,
        #[command(flatten)]
        change: Change,
    },
}

impl Trader {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::Show(look) => show(look, output).await,
            Deed::Set { trader, change } => {
                let set = |logic, names: &_| manager::set_trader(logic, trader, names);
                change.at_logic(output, set).await
            }
            Deed::Remove(change) => {
                let none = |logic, names: &_| manager::set_trader(logic, Address::ZERO, names);
                change.at_logic(output, none).await
            }
            Deed::Toggles {
                assets,
                privacy,
                change,
            } => {
                let set = |logic, _: &_| manager::set_toggles(logic, assets, privacy);
                change.at_logic(output, set).await
            }
        }
    }
}

async fn show(look: Look, output: Output) -> anyhow::Result<u8> {
    let (_, survey, _) = look.survey().await?;
    let (assets, privacy) = survey.toggles;
    let trader = (!survey.trader.is_zero()).then(|| survey.trader.to_string());
    let value = json!({
        "manager": survey.manager.to_string(),
        "trader": trader,
        "changes_assets": assets,
        "toggles_privacy": privacy,
    });
    let columns = [
        ("manager", "manager"),
        ("trader", "trader"),
        ("may change assets", "changes_assets"),
        ("may open and close it", "toggles_privacy"),
    ];
    output.show(&value, |value| Table::about(value, &columns))?;
    Ok(exit::OK)
}
