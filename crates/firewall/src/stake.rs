//! What the first judgement of an action counted for it, so that it does not speak against the
//! same action when that is judged again.

use crate::{digest::Means, effects::DecisionEffects};
use portcullis_policy::facts::{Facts, Needs};
use serde::{Deserialize, Serialize};

/// What an action took when it was judged; what others took is not among it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Stake {
    /// The record of its decision; its reservation is under this number.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The number of the grant it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<u32>,
    /// What it added to recent sums.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<(String, u64)>,
    /// How the gate would have carried it out then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<Means>,
}

impl Stake {
    /// What a decision took.
    #[must_use]
    pub fn of(seq: u64, effects: &DecisionEffects, means: Option<Means>) -> Self {
        let sums = effects.sums.clone();
        Self {
            seq,
            at_ms: effects.at_ms,
            grant: effects.grant,
            sums,
            means,
        }
    }

    /// Takes its own use of a grant and its own part of recent sums out of the facts.
    ///
    /// *Fails closed:* what it did not take itself, or what no longer counts, stays.
    pub fn leave_out(
        &self,
        needs: &Needs,
        facts: &mut Facts,
        number_of: impl Fn(&portcullis_policy::id::PolicyId) -> Option<u32>,
    ) {
        for (grant, uses) in needs.grants.iter().zip(&mut facts.grants) {
            if self.grant.is_some() && number_of(grant) == self.grant {
                *uses = uses.saturating_sub(1);
            }
        }
        let age = facts.now.as_millisecond().saturating_sub(self.at_ms);
        for (need, sum) in needs.sums.iter().zip(&mut facts.sums) {
            let own = self.sums.iter().find(|(key, _)| *key == need.key);
            if let Some((_, amount)) = own.filter(|_| age < need.period.milliseconds()) {
                *sum = sum.saturating_sub(*amount);
            }
        }
    }
}
