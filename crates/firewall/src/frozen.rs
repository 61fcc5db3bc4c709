//! An action that may still happen, kept with its digest until its outcome is known.

use crate::{
    digest::{ActionDigest, Nonce},
    error::GateError,
    freeze::{self, FrozenAction},
    stake::Stake,
};
use portcullis_policy::action::Action;
use serde::{Deserialize, Serialize};

/// A frozen action as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The hold or permit it belongs to.
    pub id: String,
    /// The action, whole.
    pub action: Action,
    /// What keeps the digest from being guessed.
    pub nonce: Nonce,
    /// What was judged.
    pub digest: ActionDigest,
    /// What was counted for it then.
    pub stake: Stake,
}

impl Frozen {
    /// What to keep of a frozen action.
    #[must_use]
    pub fn of(id: &str, frozen: &FrozenAction, stake: Stake) -> Self {
        Self {
            id: id.to_owned(),
            action: frozen.action.clone(),
            nonce: frozen.nonce,
            digest: frozen.digest,
            stake,
        }
    }

    /// The action, after making sure that it is still the one that was judged.
    ///
    /// Fails closed: an action whose digest differs is not given out.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when the bytes and the digest disagree.
    pub fn thaw(&self) -> Result<FrozenAction, GateError> {
        freeze::freeze(self.action.clone(), self.nonce)
            .ok()
            .filter(|frozen| frozen.digest == self.digest)
            .ok_or_else(|| {
                GateError::Unavailable(format!("the frozen action of `{}` was changed", self.id))
            })
    }
}
