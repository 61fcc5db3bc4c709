//! Which actions a policy speaks about.

use crate::{
    cham::{Policy, Rule},
    id::AgentId,
    label::Label,
};
use smallvec::SmallVec;

/// The agent, action types and environments a policy applies to.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach<'p> {
    /// The one agent; `None` is all.
    pub agent: Option<&'p AgentId>,
    /// The action types, each once; empty is all.
    pub kinds: SmallVec<[&'p Label; 4]>,
    /// The environments, each once; empty is all.
    pub environments: SmallVec<[&'p Label; 4]>,
}

impl<'p> Reach<'p> {
    /// The reach of a policy.
    #[must_use]
    pub fn of(policy: &'p Policy) -> Self {
        let (kinds, environments): (SmallVec<[&Label; 4]>, &[Label]) = match &policy.rule {
            Rule::ConfidenceFloor(floor) => (SmallVec::new(), &floor.environments),
            Rule::EnvironmentRestriction(restriction) => (
                restriction.action_types.iter().collect(),
                &restriction.environments,
            ),
            Rule::ActionTypeBlock(block) => {
                (block.action_types.iter().collect(), &block.environments)
            }
            Rule::RateLimit(_) => (SmallVec::new(), &[]),
            Rule::RequireReasoning(required) => (SmallVec::new(), &required.environments),
            Rule::GrantLifecycle(grant) => (
                SmallVec::from_slice(&[&grant.action_type]),
                &grant.environments,
            ),
            Rule::CompliancePack(pack) => {
                let everything = pack.rules.iter().any(|rule| rule.action_types.is_empty());
                let rules = if everything {
                    &[]
                } else {
                    pack.rules.as_slice()
                };
                (
                    rules.iter().flat_map(|rule| &rule.action_types).collect(),
                    &[],
                )
            }
            Rule::TimeWindow(window) => (SmallVec::new(), &window.environments),
        };
        Self {
            agent: policy.agent.as_ref(),
            kinds: once(kinds),
            environments: once(environments.iter().collect()),
        }
    }

    /// Whether some action is within both.
    #[must_use]
    pub fn meets(&self, other: &Reach<'_>) -> bool {
        let agents = match (self.agent, other.agent) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        };
        agents && share(&self.kinds, &other.kinds) && share(&self.environments, &other.environments)
    }
}

fn once(mut labels: SmallVec<[&Label; 4]>) -> SmallVec<[&Label; 4]> {
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Whether two sorted lists, where empty means all, have something in common.
fn share(first: &[&Label], second: &[&Label]) -> bool {
    first.is_empty()
        || second.is_empty()
        || first
            .iter()
            .any(|label| second.binary_search(label).is_ok())
}
