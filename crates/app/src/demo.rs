//! The demo: a gate of its own in a temporary directory, and an agent that tries its luck at it.
//!
//! Everything goes through the real doors over HTTP; only the clock is the story's own, so that
//! the same things happen on every day of the week.

mod act;
mod clock;
mod ending;
mod files;
mod paper;
mod props;
mod script;
mod setting;
mod stage;
pub(crate) mod vault;

use crate::output::Output;
use anyhow::bail;

/// Plays the demo. Leaves nothing behind, whatever happens on the way.
///
/// # Errors
/// When something does not go as the story says, which would be a mistake of ours.
pub(crate) async fn play(output: Output, fast: bool) -> anyhow::Result<()> {
    let setting = setting::Setting::new().await?;
    let told = tokio::select! {
        told = tell(&setting, output, fast) => told,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("the demo was interrupted")),
    };
    let gone = setting.strike().await;
    told.and(gone)
}

async fn tell(setting: &setting::Setting, output: Output, fast: bool) -> anyhow::Result<()> {
    let mut stage = stage::Stage::new(setting, output, fast)?;
    stage.opening()?;
    script::looking(&mut stage).await?;
    script::submitting(&mut stage).await?;
    script::limits(&mut stage).await?;
    script::windows(&mut stage).await?;
    script::grave(&mut stage).await?;
    script::impostor(&mut stage).await?;
    files::tell(&mut stage).await?;
    ending::tell(&mut stage).await?;
    if stage.surprises() > 0 {
        bail!("{} verdicts were not those of the story", stage.surprises());
    }
    Ok(())
}
