//! `portcullis audit acknowledge`: a person takes note of a broken chain.

use crate::{commands::desk::Desk, exit, output::table::text_at};
use clap::Args;
use serde_json::json;

/// Takes note of a broken chain, so that the tenant's verdicts go on. Find out first what broke it.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis audit acknowledge --reason \"disk failure, see ticket 42\""
)]
pub(super) struct Acknowledge {
    /// What was found; it goes into the record.
    #[arg(long)]
    reason: String,
}

impl Acknowledge {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let said = json!({ "reason": self.reason });
        let sealed = desk.client()?.post("/v1/chain/acknowledge", &said).await?;
        let seq = text_at(&sealed, "seq");
        desk.output.done(
            &sealed,
            &format!("acknowledged in record {seq}; verdicts go on"),
        )?;
        Ok(exit::OK)
    }
}
