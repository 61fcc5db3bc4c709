//! The end of judging: what was found becomes a judgement.

use super::hearing::{Case, Hearing};
use crate::{
    conflict::Conflict,
    findings::Findings,
    judgement::{Judgement, Obligations, Reason},
    tenant::rules::TenantRules,
    tier::Verdict,
};
use smallvec::SmallVec;
use std::cmp::Reverse;

/// What the CHAM policies contributed, apart from reasons.
#[derive(Debug)]
pub(super) struct Heard<'r> {
    fired: SmallVec<[u32; 4]>,
    hold_minutes: Option<u32>,
    retention_days: Option<u32>,
    grant: Option<&'r crate::cham::Policy>,
    conflicts: SmallVec<[Conflict<'r>; 1]>,
}

impl<'r> Heard<'r> {
    /// What came out of a hearing.
    pub(super) fn from(hearing: Hearing<'r, '_>, conflicts: SmallVec<[Conflict<'r>; 1]>) -> Self {
        Self {
            grant: hearing.grant(),
            fired: hearing.fired,
            hold_minutes: hearing.hold_minutes,
            retention_days: hearing.retention_days,
            conflicts,
        }
    }
}

/// Makes the judgement.
pub(super) fn conclude<'r>(
    case: Case<'r, '_>,
    mut findings: Findings<'r>,
    heard: Heard<'r>,
    mut obligations: Obligations<'r>,
    tenant_rules: &'r TenantRules,
) -> Judgement<'r> {
    oblige(&mut obligations, &findings, &heard, tenant_rules);
    if findings.reasons.len() > 1 {
        findings.reasons.sort_by_key(hardness);
    }
    Judgement {
        verdict: findings.verdict,
        tier: findings.tier,
        risk: findings.risk,
        would: (findings.would_verdict, findings.would_tier),
        reasons: findings.reasons,
        fired: heard
            .fired
            .into_iter()
            .filter_map(|place| case.policy(place))
            .collect(),
        evaluated: case.docket.places(&case.shelves.places),
        conflicts: heard.conflicts,
        obligations,
    }
}

/// What is enforced comes first, and of that the hardest.
fn hardness(reason: &Reason<'_>) -> impl Ord + use<> {
    Reverse((reason.enforced, reason.verdict, reason.tier))
}

/// Fits the obligations to the verdict: a refusal reserves nothing and uses no grant, and only
/// what is HELD waits.
fn oblige<'r>(
    obligations: &mut Obligations<'r>,
    findings: &Findings<'r>,
    heard: &Heard<'r>,
    tenant_rules: &'r TenantRules,
) {
    obligations.retention_days = obligations.retention_days.max(heard.retention_days);
    obligations.ask_nobody();
    if findings.verdict != Verdict::Blocked {
        obligations.grant = heard.grant;
    } else {
        obligations.dry_run = false;
        obligations.reserve.clear();
    }
    if findings.verdict == Verdict::Held {
        let approval = tenant_rules.approval(findings.risk);
        let asked = heard.hold_minutes.map(|minutes| minutes.saturating_mul(60));
        obligations.approvals = approval.required.max(findings.risk.approvals()).max(1);
        approval.lasting(asked).oblige(obligations);
    }
}
