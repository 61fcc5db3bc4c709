//! What a handshake settles.

use super::{
    aside::{Aside, Bond},
    asks::noted,
    era::{Abilities, Era},
    guest::Guest,
    message::Request,
};
use portcullis_firewall::principal::Principal;
use serde_json::Value;
use std::sync::Arc;

/// How a client speaks after its handshake.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) era: Era,
    pub(super) bond: Arc<Bond>,
    abilities: Abilities,
    /// What the client says that it can do.
    capabilities: Value,
}

impl Settled {
    /// What a request for a handshake says of its client.
    pub(super) fn of(era: Era, request: &Request) -> Self {
        let capabilities = request.params.get("capabilities").cloned();
        let capabilities = capabilities.unwrap_or_default();
        Self {
            era,
            bond: Arc::default(),
            abilities: Abilities::of(&capabilities),
            capabilities: noted(&capabilities),
        }
    }

    /// The client, as it speaks for a caller.
    pub(super) fn guest(self, principal: Principal, aside: Aside) -> Guest {
        Guest {
            principal,
            era: self.era,
            abilities: self.abilities,
            capabilities: self.capabilities,
            aside,
            bond: Some(self.bond),
            repeated: None,
        }
    }
}
