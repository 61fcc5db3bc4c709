//! The demo of vaults: a chain in memory, and contracts that refuse what they must.
//!
//! What the contracts say is what they say; the story only says what is tried. When something comes
//! out otherwise than told, the demo fails.

mod script;
mod stage;

use crate::output::Output;
use anyhow::bail;
use serde_json::json;

/// Plays it. Nothing is fetched, and nothing is left behind.
///
/// # Errors
/// When something does not go as the story says, which would be a mistake of ours.
pub(crate) async fn play(output: Output, fast: bool) -> anyhow::Result<()> {
    let mut stage = stage::Stage::new(output, fast)?;
    stage.opening()?;
    script::tell(&mut stage).await?;
    if output.is_json() {
        output.json(&json!({ "acts": stage.acts() }))?;
    }
    match stage.surprises() {
        [] => Ok(()),
        surprises => bail!("not as the story says: {}", surprises.join("; ")),
    }
}
