//! Who speaks, and how.

use super::era::{Abilities, Era};
use portcullis_firewall::principal::Principal;

/// A caller whose credential was checked, as one client speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) principal: Principal,
    pub(super) era: Era,
    pub(super) abilities: Abilities,
}

impl Guest {
    /// Whether each result says what it is.
    pub(super) fn is_stateless(&self) -> bool {
        self.era == Era::Stateless
    }
}
