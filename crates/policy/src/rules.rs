//! Compiling rules, and judging by them.
//!
//! [`RuleSet::compile`] once, then for every action [`RuleSet::needs`], reading what it asks for,
//! and [`RuleSet::judge`]. The steps of judging only ever add restrictions, so their order does
//! not matter; what they find is put together by [`crate::findings::Findings`].

mod calendar;
mod compile;
mod digest;
mod disputes;
mod docket;
mod foresight;
mod hearing;
mod identity;
mod index;
mod narrow;
mod outcome;
mod principles;
mod sessions;
mod shelves;

use crate::{
    action::Action,
    cham::{Policy, rate_limit::Period},
    conflict::{self, ConflictReport},
    facts::{Answers, Counter, Facts, Needs},
    fault::Faults,
    findings::Findings,
    id::TenantId,
    judgement::{Judgement, Obligations},
    tenant::{TenantPolicy, rules::TenantRules},
    tier::Tier,
};
use docket::Docket;
use hearing::{Case, Hearing};
use index::Index;
use jiff::Timestamp;
use outcome::Heard;
use serde::{Deserialize, Serialize};
use shelves::{Kind, Shelves};
use std::sync::Arc;

pub use digest::EDITION;
pub use foresight::Horizon;

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
    tenant: TenantId,
    scope_mode: ScopeMode,
    policies: Vec<Arc<Policy>>,
    index: Index,
    shelves: Shelves,
    tenant_rules: TenantRules,
    digest: [u8; 32],
}

impl RuleSet {
    /// Compiles rules.
    ///
    /// # Errors
    /// Every mistake in any of the rules, with its path.
    pub fn compile(source: Source) -> Result<Self, Faults> {
        let Source {
            tenant,
            tenant_policy,
            policies,
            scope_mode,
        } = source;
        let mut faults = Faults::default();
        let tenant_rules = TenantRules::compile(tenant_policy.as_ref(), &tenant);
        let policies = compile::order(policies, &mut faults);
        let listed = tenant_policy.iter().flat_map(|policy| &policy.actions);
        let (index, shelves) =
            compile::compile(&policies, listed.map(|entry| &entry.action), &mut faults);
        let digest = digest::digest(&tenant, tenant_policy.as_ref(), &policies, scope_mode);
        let digest = digest.unwrap_or_else(|error| {
            faults.add("", error.to_string());
            [0; 32]
        });
        match tenant_rules {
            Ok(tenant_rules) => faults.or(Self {
                tenant,
                scope_mode,
                policies,
                index,
                shelves,
                tenant_rules,
                digest,
            }),
            Err(mut found) => {
                found.0.append(&mut faults.0);
                Err(found)
            }
        }
    }

    /// What must be read before this action can be judged.
    #[must_use]
    pub fn needs(&self, action: &Action, now: Timestamp) -> Needs {
        let mut needs = Needs::default();
        self.tenant_rules.needs(action, now, &mut needs);
        let docket = Docket::of(self.index.matching(action), self.scope_mode);
        let case = self.case(action, &docket);
        for grant in docket.entries(Kind::Grant, &self.shelves.grants) {
            if hearing::conditions_hold(case, grant)
                && let Some(policy) = case.policy(grant.head.place)
            {
                needs.grants.push(policy.id.clone());
            }
        }
        hearing::ask_rates(case, &mut needs);
        needs.session = sessions::need(action);
        needs
    }

    /// Judges an action: pure, total, and the same for the same facts.
    ///
    /// *Fails closed:* a fact that [`RuleSet::needs`] asked for and `facts` does not hold refuses.
    #[must_use]
    pub fn judge<'r>(&'r self, action: &Action, facts: &Facts) -> Judgement<'r> {
        let mut findings = Findings::default();
        let mut obligations = Obligations::default();
        let mut answers = Answers::new(facts);
        identity::check(&self.tenant, action, facts, &mut findings);
        self.tenant_rules
            .judge(action, &mut answers, &mut findings, &mut obligations);
        principles::check(action, self.index.words(&action.kind), &mut findings);
        sessions::check(action, facts.session.as_ref(), &mut findings);
        let docket = Docket::of(self.index.matching(action), self.scope_mode);
        let case = self.case(action, &docket);
        let own = facts.agent.tier_override.unwrap_or(Tier::A);
        let base = findings.risk.tier().max(own);
        let hearing = Hearing::hold(case, &mut answers, base, &mut findings);
        let conflicts = disputes::find(case, &hearing, facts.now);
        let heard = Heard::from(hearing, conflicts);
        outcome::conclude(case, findings, heard, obligations, &self.tenant_rules)
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
    pub fn retention(&self, counter: Counter) -> Option<(Period, u32)> {
        let layer_two = self.tenant_rules.retention(counter);
        let policies = match counter {
            Counter::Agent => self.shelves.retention(),
            Counter::Tenant | Counter::AgentWrites | Counter::TenantWrites => None,
        };
        layer_two
            .into_iter()
            .chain(policies)
            .reduce(|(period, max), (other, others)| (period.max(other), max.max(others)))
    }

    /// Where the policies of this set disagree, whatever the action, two by two; at
    /// most [`conflict::MAX_REPORTS`].
    #[must_use]
    pub fn conflicts(&self) -> Vec<ConflictReport> {
        conflict::among(&self.policies)
    }

    /// What runs of the tenant policy.
    #[must_use]
    pub const fn tenant_rules(&self) -> &TenantRules {
        &self.tenant_rules
    }

    const fn case<'r, 'h>(&'r self, action: &'h Action, docket: &'h Docket<'r>) -> Case<'r, 'h> {
        Case {
            policies: self.policies.as_slice(),
            shelves: &self.shelves,
            index: &self.index,
            docket,
            action,
        }
    }
}
