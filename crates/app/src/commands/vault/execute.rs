//! `portcullis vault execute`: a call of a vault, looked at, signed and sent.

use super::{
    ground::ChainArgs,
    hand::{KeyArgs, refused},
    simulate::{CallArgs, Shown},
};
use crate::{exit, output::Output, world::SystemClock};
use clap::Args;
use portcullis_evm::rules::Verdict;
use portcullis_firewall::ports::Clock;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    portcullis vault execute --vault 0x2b5A… --to 0x4752… \\\n    \
    --rpc https://base.example.com --deployment guards.json \\\n    --keystore trader.json --password env:TRADER_PASSWORD 0x38ed1739…\n\n\
    For agents there is the gate, which judges besides: docs/preflight.md.")]
pub(super) struct Execute {
    #[command(flatten)]
    call: CallArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    key: KeyArgs,
}

impl Execute {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let errand = self.call.errand(&ground.names)?;
        let hand = self.key.open(&ground, output)?;
        let pilot = self.call.pilot(&ground);
        let trial = hand.tries(&errand).await?;
        let mut snapshot = pilot.begin().await?;
        let now = SystemClock.now();
        let seen = pilot.look(&mut snapshot, &trial.transaction, now).await?;
        if let Verdict::Deny(denial) = &seen.verdict {
            output.note(&errand.words)?;
            return refused(output, denial);
        }
        let gas = match &trial.ending {
            Ok(run) => run.gas_used,
            Err(denial) => return refused(output, denial),
        };
        let shown = Shown {
            seen,
            chain: Ok(gas),
            names: &pilot.outfit.names,
        };
        if output.is_json() {
            output.aside(&shown.text())?;
        } else {
            output.raw(&shown.text())?;
        }
        if !hand.agreed(&format!("Send it as {}?", hand.address()))? {
            output.note("nothing was sent")?;
            return Ok(exit::FAILED);
        }
        let sent = hand.signs(&trial, |_| Ok(())).await?;
        hand.tell(&errand, &sent, serde_json::Value::Null)
    }
}
