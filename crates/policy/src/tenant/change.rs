//! What changed between two tenant policies, and what of it loosens the reins.

mod commands;
mod compare;
mod entry;
mod escalation;
mod policy;

use super::TenantPolicy;
use compare::Changes;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// One difference between two tenant policies.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Change {
    /// Where, e.g. `budgets.daily_usd` or `actions[workloads.submit].caps.max_gpus_per_job`.
    pub path: String,
    /// What was written before; nothing when it is new.
    pub before: Option<String>,
    /// What is written now; nothing when it is gone.
    pub after: Option<String>,
    /// Whether more is possible than before.
    pub loosens: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, .. } = self;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "~ {path}: {before} -> {after}")?,
            (None, Some(after)) => write!(f, "+ {path}: {after}")?,
            (Some(before), None) => write!(f, "- {path}: {before}")?,
            (None, None) => f.write_str(path)?,
        }
        f.write_str(if self.loosens { " (loosens)" } else { "" })
    }
}

/// What changed from one tenant policy to another; no policy at all allows nothing.
///
/// A change counts as loosening when any action could pass because of it that could not before,
/// or when people are asked less, later or more loosely.
#[must_use]
pub fn diff(old: Option<&TenantPolicy>, new: Option<&TenantPolicy>) -> Vec<Change> {
    let mut changes = Changes::default();
    match (old, new) {
        (Some(old), Some(new)) => changes.policy(old, new),
        (None, Some(new)) => changes.policy(&bare(new), new),
        (Some(old), None) => changes.policy(old, &bare(old)),
        (None, None) => {}
    }
    changes.0
}

/// A policy like another, but empty.
fn bare(like: &TenantPolicy) -> TenantPolicy {
    TenantPolicy {
        version: like.version,
        tenant: like.tenant.clone(),
        default: like.default,
        timezone: like.timezone.clone(),
        heartbeat_minutes: None,
        slack: None,
        catalogue: Vec::new(),
        actions: Vec::new(),
        budgets: None,
        agent_budgets: BTreeMap::new(),
        workspace_budgets: BTreeMap::new(),
        rate_limits: None,
        approvals: None,
        prices: None,
        internal_domains: Vec::new(),
        commands: None,
    }
}

#[cfg(test)]
mod tests;
