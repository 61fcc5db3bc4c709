//! The part of a tenant's rules that judges one agent.
//!
//! What is left out either says nothing about the agent, or only ever restricts: so the part never
//! refuses what the whole would let through.

use super::Source;
use crate::{
    catalogue::entry::CatalogueEntry,
    cham::Policy,
    command::policy::{CommandPolicy, Commands},
    id::AgentId,
    label::Label,
    tenant::{ActionEntry, RateLimits, TenantPolicy},
};
use std::sync::Arc;

impl Source {
    /// What judges this agent's actions, without other agents, people, and where people are told.
    ///
    /// Entries keep their places in the tenant policy, so that reasons name the same ones.
    /// Budgets of workspaces are left out: which of them an agent works in, the gate knows.
    #[must_use]
    pub fn narrowed_to(&self, agent: &AgentId) -> Self {
        let own = |policy: &&Arc<Policy>| {
            policy.active && policy.agent.as_ref().is_none_or(|owner| owner == agent)
        };
        Self {
            tenant: self.tenant.clone(),
            tenant_policy: self
                .tenant_policy
                .as_ref()
                .map(|policy| tenant_policy(policy, agent)),
            policies: self
                .policies
                .iter()
                .filter(own)
                .map(|policy| plain(policy))
                .collect(),
            scope_mode: self.scope_mode,
        }
    }
}

/// A policy without what only matters to people.
fn plain(policy: &Policy) -> Arc<Policy> {
    Arc::new(Policy {
        hold_minutes: None,
        severity: None,
        ..policy.clone()
    })
}

fn tenant_policy(policy: &TenantPolicy, agent: &AgentId) -> TenantPolicy {
    let split = policy
        .rate_limits
        .as_ref()
        .and_then(|limits| limits.split_factor);
    let own_budgets = policy.agent_budgets.get_key_value(agent.as_str());
    TenantPolicy {
        version: policy.version,
        tenant: policy.tenant.clone(),
        default: policy.default,
        timezone: policy.timezone.clone(),
        heartbeat_minutes: None,
        slack: None,
        catalogue: policy.catalogue.iter().map(line).collect(),
        actions: entries(&policy.actions, agent),
        budgets: policy.budgets.clone(),
        agent_budgets: own_budgets
            .map(|(id, budgets)| (id.clone(), budgets.clone()))
            .into_iter()
            .collect(),
        workspace_budgets: std::collections::BTreeMap::new(),
        rate_limits: split.map(|factor| RateLimits {
            split_factor: Some(factor),
            ..RateLimits::default()
        }),
        approvals: None,
        prices: policy.prices.clone(),
        internal_domains: policy.internal_domains.clone(),
        commands: policy.commands.as_ref().map(commands),
    }
}

/// Command policies without what only people read. Those of all workspaces stay: which of them an
/// action names, it says itself.
fn commands(commands: &Commands) -> Commands {
    let plain = |policy: &CommandPolicy| CommandPolicy {
        description: None,
        ..policy.clone()
    };
    Commands {
        policies: commands.policies.iter().map(plain).collect(),
        mappings: commands.mappings.clone(),
    }
}

fn line(line: &CatalogueEntry) -> CatalogueEntry {
    CatalogueEntry {
        description: None,
        ..line.clone()
    }
}

/// The entries at their places; those for others alone become empty seats.
fn entries(all: &[ActionEntry], agent: &AgentId) -> Vec<ActionEntry> {
    let entry = |(place, entry): (usize, &ActionEntry)| {
        // No two lists of agents become one: the reader refuses what is said twice.
        let nobody = nobody(place, agent);
        if entry.agents.is_empty() {
            entry.clone()
        } else if concerns(entry, agent) {
            ActionEntry {
                agents: vec![agent.as_str().to_owned(), nobody],
                ..entry.clone()
            }
        } else {
            empty_seat(nobody)
        }
    };
    let last = all.iter().rposition(|entry| concerns(entry, agent));
    let kept = last.map_or(0, |last| last.saturating_add(1));
    all.iter().take(kept).enumerate().map(entry).collect()
}

fn concerns(entry: &ActionEntry, agent: &AgentId) -> bool {
    entry.agents.is_empty() || entry.agents.iter().any(|id| id == agent.as_str())
}

/// An entry about nothing.
fn empty_seat(nobody: String) -> ActionEntry {
    ActionEntry {
        action: Label::new("*"),
        allow: false,
        environments: Vec::new(),
        workspaces: Vec::new(),
        agents: vec![nobody],
        tier: None,
        caps: std::collections::BTreeMap::new(),
        limits: std::collections::BTreeMap::new(),
        scope: std::collections::BTreeMap::new(),
        folders: None,
    }
}

/// An id that is not this agent's.
fn nobody(place: usize, agent: &AgentId) -> String {
    let name = format!("nobody-{place}");
    if name == agent.as_str() {
        format!("nobody-at-{place}")
    } else {
        name
    }
}
