//! The running counts of one tenant: the sum of the effects of all its records.
//!
//! Kept as a document every few thousand records, so that starting again reads only the rest.

pub mod books;
pub mod log;
pub mod metrics;
pub mod sum;

use crate::effects::{AttemptEffects, DecisionEffects, Effects};
use books::Books;
use log::Log;
use metrics::Metrics;
use portcullis_policy::{
    facts::{Counter, RateNeed, SumNeed},
    id::AgentId,
    tenant::RateLimits,
    tier::Verdict,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use sum::RecentSum;

/// All running counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The record up to which effects are counted.
    pub seq: u64,
    agents: BTreeMap<AgentId, AgentTally>,
    all: Log,
    writes: Log,
    policies: Vec<Metrics>,
    /// The budgets.
    pub books: Books,
    sums: BTreeMap<String, RecentSum>,
}

/// The counts of one agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentTally {
    /// Actions judged.
    pub governed: u64,
    /// Of these CLEARED.
    pub cleared: u64,
    /// Of these HELD.
    pub held: u64,
    /// Of these BLOCKED.
    pub blocked: u64,
    /// The last one, in milliseconds since 1970.
    pub last_seen_ms: Option<i64>,
    all: Log,
    writes: Log,
}

/// How many of the newest moments each log must keep for the rules in force.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Keep {
    /// For [`Counter::Agent`].
    pub agent: u32,
    /// For [`Counter::Tenant`].
    pub tenant: u32,
    /// For [`Counter::AgentWrites`].
    pub agent_writes: u32,
    /// For [`Counter::TenantWrites`].
    pub tenant_writes: u32,
}

impl Tally {
    /// Counts the effects of a record.
    pub fn apply(&mut self, seq: u64, effects: &Effects, keep: Keep) {
        self.seq = seq;
        if let Some(decision) = &effects.decision {
            self.decide(seq, decision, keep);
        }
        if let Some(attempt) = &effects.attempt {
            self.attempt(attempt, keep);
        }
        if let Some(settlement) = &effects.settlement {
            self.books.settle(settlement.seq, &settlement.spent);
        }
    }

    /// What was refused unjudged counts for the rates like everything else, and as nothing more.
    fn attempt(&mut self, attempt: &AttemptEffects, keep: Keep) {
        let now = attempt.at_ms;
        self.all.push(now, keep.tenant);
        let agent = self.agents.entry(attempt.agent.clone()).or_default();
        agent.last_seen_ms = Some(now);
        agent.all.push(now, keep.agent);
    }

    fn decide(&mut self, seq: u64, decision: &DecisionEffects, keep: Keep) {
        let now = decision.at_ms;
        self.all.push(now, keep.tenant);
        if decision.writes {
            self.writes.push(now, keep.tenant_writes);
        }
        match self.agents.get_mut(&decision.agent) {
            Some(agent) => agent.count(decision, keep),
            None => self
                .agents
                .entry(decision.agent.clone())
                .or_default()
                .count(decision, keep),
        }
        for number in &decision.evaluated {
            self.policy_mut(*number).evaluations += 1;
        }
        for number in &decision.fired {
            self.policy_mut(*number).fire(now, decision.policy_verdict);
        }
        if let Some(number) = decision.grant {
            self.policy_mut(number).uses += 1;
        }
        self.books.reserve(seq, &decision.reserve);
        for budget in &decision.warned {
            self.books.warn(budget);
        }
        if let Some(period) = RateLimits::split_period() {
            for (key, amount) in &decision.sums {
                self.sums
                    .entry(key.clone())
                    .or_default()
                    .push(now, *amount, period);
            }
        }
    }

    /// Forgets recent sums that nothing recent is part of.
    pub fn forget_sums(&mut self, now_ms: i64) {
        if let Some(period) = RateLimits::split_period() {
            self.sums.retain(|_, sum| sum.sum(now_ms, period) > 0);
        }
    }

    fn policy_mut(&mut self, number: u32) -> &mut Metrics {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if self.policies.len() <= place {
            self.policies
                .resize(place.saturating_add(1), Metrics::default());
        }
        #[expect(clippy::indexing_slicing, reason = "resized just above")]
        &mut self.policies[place]
    }

    /// How many actions a window holds, the one being judged included.
    ///
    /// The action is not in the tally yet: it is added to the count.
    #[must_use]
    pub fn rate(&self, agent: &AgentId, need: &RateNeed, now_ms: i64, writes: bool) -> u32 {
        let own = self.agents.get(agent);
        let (log, counts) = match need.counter {
            Counter::Agent => (own.map(|a| &a.all), true),
            Counter::AgentWrites => (own.map(|a| &a.writes), writes),
            Counter::Tenant => (Some(&self.all), true),
            Counter::TenantWrites => (Some(&self.writes), writes),
        };
        let before = log.map_or(0, |log| log.count(now_ms, need.period, need.enough));
        before.saturating_add(u32::from(counts)).min(need.enough)
    }

    /// What similar actions added up to, without the one being judged.
    #[must_use]
    pub fn sum(&self, need: &SumNeed, now_ms: i64) -> u64 {
        self.sums
            .get(&need.key)
            .map_or(0, |sum| sum.sum(now_ms, need.period))
    }

    /// The counts of one policy, by its number.
    #[must_use]
    pub fn policy(&self, number: u32) -> Metrics {
        usize::try_from(number)
            .ok()
            .and_then(|n| self.policies.get(n))
            .copied()
            .unwrap_or_default()
    }

    /// The counts of one agent.
    #[must_use]
    pub fn agent(&self, agent: &AgentId) -> Option<&AgentTally> {
        self.agents.get(agent)
    }

    /// The counts of all agents together: CLEARED, HELD, BLOCKED.
    #[must_use]
    pub fn verdicts(&self) -> [u64; 3] {
        self.agents.values().fold([0; 3], |[c, h, b], agent| {
            [c + agent.cleared, h + agent.held, b + agent.blocked]
        })
    }
}

impl AgentTally {
    fn count(&mut self, decision: &DecisionEffects, keep: Keep) {
        self.governed += 1;
        match decision.verdict {
            Verdict::Cleared => self.cleared += 1,
            Verdict::Held => self.held += 1,
            Verdict::Blocked => self.blocked += 1,
        }
        self.last_seen_ms = Some(decision.at_ms);
        self.all.push(decision.at_ms, keep.agent);
        if decision.writes {
            self.writes.push(decision.at_ms, keep.agent_writes);
        }
    }
}
