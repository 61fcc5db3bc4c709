//! Judging.

use crate::{
    action::Action,
    cham::{Policy, rate_limit::Period},
    code::Code,
    conflict::ConflictReport,
    facts::{Counter, Facts, Needs},
    fault::Faults,
    findings::Findings,
    id::TenantId,
    judgement::{Detail, Judgement, Obligations, Source as Speaker},
    tenant::{TenantPolicy, rules::TenantRules},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// Everything a rule set is made from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Whose rules.
    pub tenant: TenantId,
    /// The deny-by-default list; without one everything is refused.
    pub tenant_policy: Option<TenantPolicy>,
    /// The CHAM policies; inactive ones are skipped.
    pub policies: Vec<Arc<Policy>>,
    /// What an agent's own policy does to tenant-wide ones of its type.
    pub scope_mode: ScopeMode,
}

/// What an agent's own policy does to tenant-wide ones of the same type.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeMode {
    /// Both apply, and the stricter decides.
    #[default]
    Strict,
    /// The agent's own stands in for the tenant-wide ones.
    Override,
}

/// The rules of one tenant, ready to judge; never changed, only replaced.
#[derive(Debug)]
pub struct RuleSet {
    policies: Vec<Arc<Policy>>,
    tenant_rules: TenantRules,
    digest: [u8; 32],
}

impl RuleSet {
    /// Compiles rules.
    ///
    /// # Errors
    /// Every mistake in any of the rules, with its path.
    pub fn compile(source: Source) -> Result<Self, Faults> {
        Ok(Self { policies: source.policies, tenant_rules: TenantRules {}, digest: [0; 32] })
    }

    /// What must be read before this action can be judged.
    #[must_use]
    pub fn needs(&self, _action: &Action, _now: Timestamp) -> Needs {
        Needs::default()
    }

    /// Judges an action.
    #[must_use]
    pub fn judge<'r>(&'r self, _action: &Action, _facts: &Facts) -> Judgement<'r> {
        let mut findings = Findings::default();
        findings.refuse(Code::StageFailed, Speaker::Stage("judging"), Detail::None);
        Judgement {
            verdict: findings.verdict,
            tier: findings.tier,
            risk: findings.risk,
            would: (findings.would_verdict, findings.would_tier),
            reasons: findings.reasons,
            fired: SmallVec::new(),
            evaluated: SmallVec::new(),
            conflicts: SmallVec::new(),
            obligations: Obligations::default(),
        }
    }

    /// What identifies these rules: SHA-256 over a canonical description of all of them.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The active policies; [`Judgement::evaluated`] holds places in this slice.
    #[must_use]
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// How much must be kept to count: the longest period and the largest most; `None` when
    /// nothing is counted.
    #[must_use]
    pub fn retention(&self, _counter: Counter) -> Option<(Period, u32)> {
        None
    }

    /// Where the policies of this set disagree, whatever the action.
    #[must_use]
    pub fn conflicts(&self) -> Vec<ConflictReport> {
        Vec::new()
    }

    /// What runs of the tenant policy.
    #[must_use]
    pub const fn tenant_rules(&self) -> &TenantRules {
        &self.tenant_rules
    }
}
