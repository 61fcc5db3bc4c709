//! What the outside world was told, and must be able to rely on.

use portcullis_firewall::{chain::Hash, principal::Principal};
use portcullis_policy::{id::AgentId, tier::Verdict};
use portcullis_testkit::FakeHands;
use std::{collections::BTreeMap, sync::Arc};

/// Everything that was answered, over all lives of the gate.
#[derive(Default)]
pub(super) struct Witness {
    /// The architect, and two operators.
    pub(super) people: Vec<Principal>,
    /// The agents with their own credentials.
    pub(super) agents: Vec<(AgentId, Principal)>,
    /// Every verdict that was told: record, hash, verdict.
    pub(super) verdicts: Vec<(u64, Hash, Verdict)>,
    /// Every hold that was told.
    pub(super) holds: Vec<String>,
    /// Every permit that was handed out.
    pub(super) permits: Vec<String>,
    /// How often each permit was accepted.
    pub(super) redeemed: BTreeMap<String, usize>,
    /// How often the permit of each hold was handed out.
    pub(super) claimed: BTreeMap<String, usize>,
    /// What every life of the gate acts by.
    pub(super) hands: Arc<FakeHands>,
}
