//! `portcullis approvals evidence`: what proves who decided about what, to be verified elsewhere.

use crate::{
    client::escaped,
    commands::desk::{self, Desk},
    exit,
};
use clap::Args;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// Gives the evidence of a decided hold, as JSON that other tools verify.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis approvals evidence esc_… --to evidence.json")]
pub(super) struct Evidence {
    /// The hold's id, `esc_…`.
    id: String,
    /// The file to write, which must not exist; standard output unless given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Evidence {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let path = format!("/v1/holds/{}/evidence", escaped(&self.id));
        // To the letter: what is verified is what the gate wrote.
        let bundle = desk.client()?.text(&path).await?;
        let Some(path) = &self.to else {
            let mut out = io::stdout().lock();
            writeln!(out, "{bundle}")?;
            out.flush()?;
            return Ok(exit::OK);
        };
        let shown = path.display();
        desk::create(path)?.write_all(bundle.as_bytes())?;
        let value = serde_json::json!({ "file": shown.to_string(), "bytes": bundle.len() });
        desk.output
            .done(&value, &format!("evidence in `{shown}`"))?;
        Ok(exit::OK)
    }
}
