//! Where policies disagree, and which one wins.
//!
//! With an action at hand the judge reports the disagreements among the policies that apply to it;
//! without one, [`between`] and [`among`] report those that some action would meet.

mod detect;
pub mod order;
pub mod reach;
mod strictness;

pub use detect::{MAX_REPORTS, among, between};
pub use strictness::differ;

use crate::{cham::Policy, id::PolicyId};
use smallvec::SmallVec;

/// One disagreement among the policies that apply, and its winner.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict<'r> {
    /// What kind of disagreement.
    pub detector: Detector,
    /// The policy that takes effect: the more restrictive, then the agent's own, then the newer.
    pub winner: &'r Policy,
    /// Why it wins.
    pub resolution: Resolution,
    /// The policies that give way, in the order of the rule set; the first 16 of them.
    pub losers: SmallVec<[&'r Policy; 2]>,
}

/// The five kinds of disagreement (seed 001).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detector {
    /// Two policies give one action type different tiers.
    TierConflict,
    /// Two time windows overlap with different rules.
    WindowOverlap,
    /// A grant allows what a block forbids.
    GrantVsBlock,
    /// Two floors differ for one dimension.
    ConfidenceConflict,
    /// An agent's policy and a tenant-wide one of the same type contradict.
    ScopeAmbiguity,
}

/// Why the winner wins (seed 001's order).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It restricts more.
    MoreRestrictive,
    /// It is the agent's own.
    AgentScoped,
    /// It is newer.
    Newer,
}

impl Resolution {
    /// The end of a sentence about the winner: "it …".
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::MoreRestrictive => "restricts more",
            Self::AgentScoped => "is the agent's own",
            Self::Newer => "is newer",
        }
    }
}

/// One disagreement between policies, found without an action; for people and the wire.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct ConflictReport {
    /// What kind of disagreement.
    pub detector: Detector,
    /// The policies that disagree, the winner first.
    pub policy_ids: Vec<PolicyId>,
    /// The disagreement in a sentence.
    pub description: String,
    /// The policy that takes effect.
    pub winner_policy_id: PolicyId,
    /// Why it wins.
    pub resolution: Resolution,
}
