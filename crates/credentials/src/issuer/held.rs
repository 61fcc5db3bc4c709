//! What only its holder can end: sealed at rest before anybody gets it, brought back to be ended by a
//! gate that did not mint it, and let go of when it has ended.

use super::Tools;
use crate::sealed::SealError;
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    outside::SecretName,
};
use zeroize::Zeroizing;

/// What such a credential's one part is called.
pub(super) const PART: &str = "token";

/// Why there is nothing to end a credential with.
pub(crate) enum Lost {
    /// It may be there later.
    ForNow(LeaseError),
    /// It will not be there any more.
    ForGood(String),
}

/// Takes a token in: sealed at rest and hidden in texts from now on.
///
/// *Fails closed:* one that cannot be sealed is not to be given to anybody; whoever asked for it gives
/// it back.
pub(super) async fn take_in(
    tools: &Tools,
    ask: &LeaseAsk,
    token: &Zeroizing<Vec<u8>>,
) -> Result<Vec<(String, SecretName)>, LeaseError> {
    let sealed = match &tools.embers {
        Some(embers) => embers.seal(ask, token.clone()).await,
        None => Ok(()),
    };
    // Kept either way, so that ending it can be tried again.
    let kept = tools
        .strongbox
        .keep(ask, vec![(PART.to_owned(), token.clone())]);
    sealed.map_err(|error| unsealed(&error))?;
    kept
}

/// Why nothing is minted, now that it was tried to give back what came.
///
/// *Fails closed:* what could not be given back may live, and is told so.
pub(super) async fn given_back(
    tools: &Tools,
    ask: &LeaseAsk,
    why: LeaseError,
    ended: Result<(), LeaseError>,
) -> LeaseError {
    let over = match ended {
        Ok(()) => {
            tools.strongbox.forget(ask, None);
            let_go(tools, ask).await
        }
        Err(error) => Err(error),
    };
    match (over, &why) {
        (Ok(()), _) | (Err(_), LeaseError::Exceeded(_)) => why,
        (Err(error), _) => LeaseError::Unanswered(format!("{why}; it is not ended yet: {error}")),
    }
}

/// Brings the token of a lease back from rest, unless this gate has it in its hands or has ended it.
pub(crate) async fn bring_back(tools: &Tools, ask: &LeaseAsk) -> Result<(), Lost> {
    let Some(embers) = &tools.embers else {
        return Ok(());
    };
    let strongbox = &tools.strongbox;
    if strongbox.has_ended(ask) || strongbox.name(ask, PART).is_some() {
        return Ok(());
    }
    match embers.open(ask).await {
        Ok(None) => Ok(()),
        Ok(Some(token)) => {
            let kept = strongbox.keep(ask, vec![(PART.to_owned(), token)]);
            kept.map(drop).map_err(Lost::ForNow)
        }
        Err(error @ SealError::Damaged(_)) => {
            tracing::warn!(lease = ask.id, %error, "a token cannot be ended any more");
            Err(Lost::ForGood(error.to_string()))
        }
        // Another key may be named, and a disk be mended.
        Err(error) => Err(Lost::ForNow(unsealed(&error))),
    }
}

/// Lets go of what was kept to end a lease.
///
/// *Fails closed:* until it is gone the lease is not told as over.
pub(crate) async fn let_go(tools: &Tools, ask: &LeaseAsk) -> Result<(), LeaseError> {
    match &tools.embers {
        Some(embers) => embers.discard(ask).await.map_err(|error| unsealed(&error)),
        None => Ok(()),
    }
}

fn unsealed(error: &SealError) -> LeaseError {
    LeaseError::Unsealed(error.to_string())
}
