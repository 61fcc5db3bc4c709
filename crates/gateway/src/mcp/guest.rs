//! Who speaks, and how.

use super::{
    aside::{Aside, Bond},
    era::{Abilities, Era},
};
use portcullis_firewall::principal::Principal;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// A caller whose credential was checked, as one client speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) principal: Principal,
    pub(super) era: Era,
    pub(super) abilities: Abilities,
    /// What its client says that it can do.
    pub(super) capabilities: Value,
    /// How it is told and asked something during its request.
    pub(super) aside: Aside,
    /// What lasts from one request to the next, after a handshake.
    pub(super) bond: Option<Arc<Bond>>,
    /// What the request repeats in headers of its arguments; `None` where there are no headers.
    pub(super) repeated: Option<BTreeMap<String, String>>,
}

impl Guest {
    /// Whether each result says what it is.
    pub(super) fn is_stateless(&self) -> bool {
        self.era == Era::Stateless
    }

    /// Whether it looks after tasks.
    pub(super) fn takes_tasks(&self) -> bool {
        self.is_stateless() && self.abilities.tasks
    }
}
