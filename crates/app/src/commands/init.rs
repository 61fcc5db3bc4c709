//! `portcullis init`: makes a house and its first tenant without opening the gate.

use super::desk;
use crate::{exit, founding, output::Output, wire};
use anyhow::ensure;
use clap::Args;
use std::path::PathBuf;

/// Makes a data directory with a first tenant, agent and keys, and prints them once.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis init --data ./data\n  \
    portcullis init --data ./data --policy tenant-policy.yaml -o json")]
pub(super) struct Init {
    /// The directory to make.
    #[arg(
        long,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// The id of the first tenant.
    #[arg(long, default_value = "default", value_name = "ID")]
    tenant: String,
    /// The address the gate will be served on, for the printed URL.
    #[arg(
        long,
        env = "PORTCULLIS_LISTEN",
        default_value = "127.0.0.1:8088",
        value_name = "ADDRESS"
    )]
    listen: String,
    /// A tenant policy to apply; without one everything is refused.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Init {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let policy = self.policy.as_deref().map(desk::read).transpose()?;
        let policy = policy.as_deref().map(founding::tenant_policy).transpose()?;
        let opened = wire::open(&self.data).await?;
        ensure!(
            opened.firewall.tenants().is_empty(),
            "`{}` holds a house already",
            self.data.display()
        );
        let founded = founding::found(&opened.firewall, &self.tenant, policy).await?;
        opened.close().await?;
        let url = format!("http://{}", self.listen);
        output.founded(&founded, (&url, &url), &self.data)?;
        Ok(exit::OK)
    }
}
