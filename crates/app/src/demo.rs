//! x
use crate::output::Output;
/// x
pub(crate) async fn play(_output: Output, _fast: bool) -> anyhow::Result<()> {
    Ok(())
}
