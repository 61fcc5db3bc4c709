//! `portcullis openapi`: the description of everything served over HTTP.

use crate::{exit, openapi, output::Output};
use clap::Args;

/// Prints the OpenAPI document of the gate.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis openapi > docs/openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    #[expect(clippy::unused_self, reason = "every command runs alike")]
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        output.json(&openapi::document())?;
        Ok(exit::OK)
    }
}
