//! `portcullis vault pause` and `resume`: nothing enters and nothing is traded; whoever wants to leave does.

use super::change::{Change, Keeping};
use crate::output::Output;
use clap::{Args, Subcommand};
use portcullis_evm::{
    errand::{manager, registry},
    rules::pauses::{Pause, Side},
    survey::Survey,
};

/// What is paused. Withdrawals always go on.
#[derive(Debug, Subcommand)]
pub(super) enum Pausing {
    /// Deposits and trades of one vault (dh2): its manager, or with `--house` the registry's owner or guardian.
    Vault(OneVault),
    /// Trades of one vault alone (dh20): its manager, or with `--house` the registry's owner or guardian.
    Trades(OneVault),
    /// Deposits and trades of all vaults of a registry (dh1): its owner or guardian; the owner alone resumes.
    Everything(Keeping),
}

#[derive(Args, Debug)]
pub(super) struct OneVault {
    /// For the registry, as its owner or guardian; the guardian resumes nothing.
    #[arg(long)]
    house: bool,
    #[command(flatten)]
    change: Change,
}

impl Pausing {
    pub(super) async fn run(self, output: Output, on: bool) -> anyhow::Result<u8> {
        match self {
            Self::Vault(one) => one.set(output, Pause::Vault, on).await,
            Self::Trades(one) => one.set(output, Pause::Trades, on).await,
            Self::Everything(keeping) => {
                let errand = if on {
                    registry::pause
                } else {
                    registry::resume
                };
                keeping.does(output, |at, _| Ok(errand(at))).await
            }
        }
    }
}

impl OneVault {
    async fn set(self, output: Output, pause: Pause, on: bool) -> anyhow::Result<u8> {
        let side = if self.house {
            Side::House
        } else {
            Side::Manager
        };
        let errand = |now: &Survey| manager::set_pause(now.logic, now.pauses, (side, pause), on);
        self.change.after_a_look(output, errand).await
    }
}
