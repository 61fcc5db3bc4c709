//! The rules in force for one tenant, with what it took to make them.

use crate::{error::GateError, tally::Keep};
use portcullis_policy::{
    cham::Policy,
    facts::Counter,
    id::{PolicyId, TenantId},
    rules::{RuleSet, ScopeMode, Source},
    tenant::TenantPolicy,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A policy with the number it got when it was made; numbers are never used again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number.
    pub number: u32,
    /// The policy.
    pub policy: Arc<Policy>,
}

/// What rules are made from; a change makes a new one.
#[derive(Clone, Debug)]
pub struct Manuscript {
    /// Whose rules.
    pub tenant: TenantId,
    /// The tenant policy; without one nothing is allowed.
    pub tenant_policy: Option<Arc<TenantPolicy>>,
    /// How often the tenant policy was replaced.
    pub tenant_policy_version: u32,
    /// Every policy, the inactive ones too.
    pub policies: BTreeMap<PolicyId, Entry>,
    /// How scopes combine.
    pub scope_mode: ScopeMode,
}

/// Compiled rules with their manuscript. Never changed: a change makes a new one and swaps it in.
#[derive(Debug)]
pub struct Rulebook {
    /// Counts the changes.
    pub revision: u64,
    /// What the rules are made from.
    pub manuscript: Manuscript,
    /// The rules.
    pub rules: RuleSet,
    /// The number of the policy at each place of the rules.
    numbers: Vec<u32>,
    /// What the tally must keep for these rules.
    pub keep: Keep,
}

impl Rulebook {
    /// Compiles a manuscript.
    ///
    /// # Errors
    /// [`GateError::Invalid`] with every fault; the rules in force stay in force.
    pub fn compile(revision: u64, manuscript: Manuscript) -> Result<Self, GateError> {
        let active: Vec<&Entry> = manuscript
            .policies
            .values()
            .filter(|entry| entry.policy.active)
            .collect();
        let rules = RuleSet::compile(Source {
            tenant: manuscript.tenant.clone(),
            tenant_policy: manuscript.tenant_policy.as_deref().cloned(),
            policies: active
                .iter()
                .map(|entry| Arc::clone(&entry.policy))
                .collect(),
            scope_mode: manuscript.scope_mode,
        })?;
        let number = |policy: &Arc<Policy>| {
            manuscript
                .policies
                .get(&policy.id)
                .map_or(u32::MAX, |entry| entry.number)
        };
        let numbers = rules.policies().iter().map(number).collect();
        let most = |counter| rules.retention(counter).map_or(0, |(_, max)| max);
        let keep = Keep {
            agent: most(Counter::Agent),
            tenant: most(Counter::Tenant),
            agent_writes: most(Counter::AgentWrites),
            tenant_writes: most(Counter::TenantWrites),
        };
        Ok(Self {
            revision,
            manuscript,
            rules,
            numbers,
            keep,
        })
    }

    /// The number of the policy at a place of the rules.
    #[must_use]
    pub fn number_at(&self, place: u32) -> Option<u32> {
        self.numbers.get(usize::try_from(place).ok()?).copied()
    }

    /// The number of a policy.
    #[must_use]
    pub fn number_of(&self, policy: &PolicyId) -> Option<u32> {
        self.manuscript
            .policies
            .get(policy)
            .map(|entry| entry.number)
    }
}
