//! Whether what stands at an address is what the artifacts say.

use super::hand::Hand;
use anyhow::{Context, bail};
use portcullis_evm::{
    Address, Bytes,
    deployment::{Part, Placed},
    errand::{Errand, trial::Trial},
    keccak256,
    snapshot::End,
};

/// What came of trying to create a part.
pub(super) async fn tried(hand: &Hand<'_>, placed: &Placed, part: &Part) -> anyhow::Result<Trial> {
    let words = format!("Creates `{}`", part.name);
    hand.tries(&Errand::create(part.creation(placed)?, words))
        .await
}

/// The code that a trial left behind.
pub(super) fn made(trial: &Trial) -> Option<Bytes> {
    match &trial.ending.as_ref().ok()?.end {
        End::Success(code) => Some(code.clone()),
        End::Revert(_) | End::Halt(_) => None,
    }
}

/// Whether the code at an address is what the artifact makes of its arguments; nothing at all is no.
///
/// Fails closed: other code is an error, and nothing is built on it.
pub(super) async fn stands(
    hand: &Hand<'_>,
    placed: &Placed,
    (part, address): (&Part, Address),
) -> anyhow::Result<bool> {
    let code = hand.ground.asker().await?.code(address).await?;
    if code.is_empty() {
        return Ok(false);
    }
    let expected = made(&tried(hand, placed, part).await?);
    let name = &part.name;
    let expected = expected.with_context(|| format!("`{name}` cannot be compared"))?;
    if code != expected {
        let (seen, due) = (keccak256(&code), keccak256(&expected));
        bail!(
            "the code at {address} is not that of `{name}` (it has the hash {seen}, and should have {due}): \
             nothing was sent"
        );
    }
    Ok(true)
}
