//! `portcullis permits`: claiming, checking and spending permits.

use super::desk::Desk;
use crate::{
    client::escaped,
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Claims, checks and spends permits.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis permits claim esc_…\n  \
    portcullis permits verify \"$PERMIT\"\n  \
    portcullis permits redeem \"$PERMIT\" --digest 5f1c…")]
pub(super) struct Permits {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes the permit of a released hold; it is given once.
    #[command(
        after_help = "Example:\n  PERMIT=$(portcullis permits claim esc_… -o json | jq -r .permit)"
    )]
    Claim {
        /// The hold's id, `esc_…`.
        hold: String,
    },
    /// Spends a permit: from now on it is spent, whatever becomes of the action.
    #[command(after_help = "Example:\n  portcullis permits redeem \"$PERMIT\" && do-it")]
    Redeem(Permit),
    /// Says whether a permit is genuine and in time, without spending it.
    #[command(after_help = "Example:\n  portcullis permits verify \"$PERMIT\"")]
    Verify(Permit),
}

#[derive(Args, Debug)]
struct Permit {
    /// The permit as it was given.
    permit: String,
    /// The digest of the action about to be done; a permit for another is refused.
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
}

impl Permit {
    fn body(&self) -> Value {
        json!({ "permit": self.permit, "action_digest": self.digest })
    }
}

const FACTS: &[Column] = &[
    ("permit", "permit_id"),
    ("valid", "valid"),
    ("because", "reason"),
    ("agent", "agent_id"),
    ("hold", "hold_id"),
    ("verdict's record", "decision_seq"),
    ("record", "seq"),
    ("digest", "action_digest"),
    ("ends", "expires_at"),
];

impl Permits {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::Claim { hold } => {
                let path = format!("/v1/holds/{}/claim", escaped(&hold));
                let claimed = client.post(&path, &json!({})).await?;
                let permit = claimed
                    .get("permit")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                desk.output.done(&claimed, permit)?;
                Ok(exit::OK)
            }
            Command::Redeem(permit) => {
                let redeemed = client.post("/v1/permits/redeem", &permit.body()).await?;
                desk.output
                    .show(&redeemed, |redeemed| Table::about(redeemed, FACTS))?;
                Ok(exit::OK)
            }
            Command::Verify(permit) => {
                let verdict = client.post("/v1/permits/verify", &permit.body()).await?;
                desk.output
                    .show(&verdict, |verdict| Table::about(verdict, FACTS))?;
                let valid = verdict
                    .get("valid")
                    .and_then(Value::as_bool)
                    .unwrap_or(false);
                Ok(if valid { exit::OK } else { exit::REFUSED })
            }
        }
    }
}
