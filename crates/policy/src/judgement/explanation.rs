//! A judgement as JSON: its own explanation.

use super::{Detail, Judgement, Obligations, Reason, Reserve, Source, Step, Warning};
use crate::{
    amount::Micros,
    cham::Policy,
    code::Code,
    conflict::{Conflict, Detector, Resolution},
    facts::{BudgetNeed, Span, Unit},
    tier::{RiskTier, Tier, Verdict},
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

impl Serialize for Judgement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (verdict, tier) = self.would;
        Explanation {
            verdict: self.verdict,
            tier: self.tier,
            risk_tier: self.risk,
            would: (self.would != (self.verdict, self.tier)).then_some(Would { verdict, tier }),
            rule_violated: self.rule_violated(),
            reasons: self.reasons.iter().map(Because::of).collect(),
            policies_fired: self
                .fired
                .iter()
                .map(|policy| Fired::of(self, policy))
                .collect(),
            policies_evaluated: self.evaluated.len(),
            conflicts: self.conflicts.iter().map(Dispute::of).collect(),
            obligations: Duties::of(&self.obligations),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct Explanation<'j> {
    verdict: Verdict,
    tier: Tier,
    risk_tier: RiskTier,
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<Would>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_violated: Option<String>,
    reasons: Vec<Because<'j>>,
    policies_fired: Vec<Fired<'j>>,
    policies_evaluated: usize,
    conflicts: Vec<Dispute<'j>>,
    obligations: Duties<'j>,
}

#[derive(Serialize)]
struct Would {
    verdict: Verdict,
    tier: Tier,
}

#[derive(Serialize)]
struct Because<'j> {
    code: Code,
    layer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_id: Option<&'j str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'j str>,
    tier: Tier,
    verdict: Verdict,
    enforced: bool,
    text: String,
    remedy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<Value>,
}

impl<'j> Because<'j> {
    fn of(reason: &'j Reason<'_>) -> Self {
        let (limit, requested) = figures(&reason.detail);
        let (mut policy_id, mut principle, mut path) = (None, None, None);
        let layer = match reason.source {
            Source::Identity => "identity",
            Source::TenantPolicy(at) => {
                path = Some(at).filter(|at| !at.is_empty());
                "tenant_policy"
            }
            Source::Catalogue => "catalogue",
            Source::Principle(broken) => {
                principle = Some(broken.to_string());
                "principles"
            }
            Source::Policy(policy) => {
                policy_id = Some(policy.id.as_str());
                "policies"
            }
            Source::Stage(stage) => {
                path = Some(stage);
                "gate"
            }
        };
        Self {
            code: reason.code,
            layer,
            policy_id,
            principle,
            path,
            tier: reason.tier,
            verdict: reason.verdict,
            enforced: reason.enforced,
            text: reason.to_string(),
            remedy: reason.remedy(),
            limit,
            requested,
        }
    }
}

/// The limit and what was asked, for programs.
fn figures(detail: &Detail<'_>) -> (Option<Value>, Option<Value>) {
    match detail {
        Detail::None | Detail::Text(_) | Detail::Risk(_) | Detail::Rule(_) => (None, None),
        Detail::Cap { limit, asked, .. } => (Some(json!(limit)), asked.map(Value::from)),
        Detail::Member { allowed, asked, .. } => {
            (Some(json!(allowed)), asked.as_deref().map(Value::from))
        }
        Detail::Floor {
            floor, reported, ..
        } => (Some(json!(floor)), reported.map(Value::from)),
        Detail::Rate { max, count, .. } => (Some(json!(max)), Some(json!(count))),
        Detail::Budget {
            limit,
            committed,
            asked,
            ..
        } => {
            let total = asked.map(|asked| json!(asked.plus(*committed).units()));
            (Some(json!(limit.units())), total)
        }
        Detail::Field { min_length, .. } => (min_length.map(Value::from), None),
        Detail::Sum { limit, sum } => (Some(json!(limit)), Some(json!(sum))),
    }
}

#[derive(Serialize)]
struct Fired<'j> {
    policy_id: &'j str,
    name: &'j str,
    #[serde(rename = "type")]
    kind: &'static str,
    reason: String,
}

impl<'j> Fired<'j> {
    fn of(judgement: &'j Judgement<'_>, policy: &'j Policy) -> Self {
        let says = |reason: &&Reason<'_>| match reason.source {
            Source::Policy(other) => std::ptr::eq(other, policy),
            _ => false,
        };
        let reason = judgement.reasons.iter().find(says).map(Reason::to_string);
        Self {
            policy_id: policy.id.as_str(),
            name: &policy.name,
            kind: policy.rule.kind(),
            reason: reason.unwrap_or_default(),
        }
    }
}

#[derive(Serialize)]
struct Dispute<'j> {
    detector: Detector,
    winner_policy_id: &'j str,
    resolution: Resolution,
    loser_policy_ids: Vec<&'j str>,
}

impl<'j> Dispute<'j> {
    fn of(conflict: &'j Conflict<'_>) -> Self {
        Self {
            detector: conflict.detector,
            winner_policy_id: conflict.winner.id.as_str(),
            resolution: conflict.resolution,
            loser_policy_ids: conflict
                .losers
                .iter()
                .map(|loser| loser.id.as_str())
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Duties<'j> {
    dry_run: bool,
    notify: bool,
    approvals: u8,
    approvers: &'j [String],
    hold_seconds: u32,
    #[serde(skip_serializing_if = "<[Step<'_>]>::is_empty")]
    escalation: &'j [Step<'j>],
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling_seconds: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    owner_approval: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<&'j str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reserve: Vec<Set<'j>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_days: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Set<'j>>,
}

impl<'j> Duties<'j> {
    fn of(obligations: &'j Obligations<'_>) -> Self {
        Self {
            dry_run: obligations.dry_run,
            notify: obligations.notify,
            approvals: obligations.approvals,
            approvers: obligations.approvers,
            hold_seconds: obligations.hold_seconds,
            escalation: &obligations.escalation,
            ceiling_seconds: Some(obligations.ceiling_seconds).filter(|seconds| *seconds > 0),
            owner_approval: obligations.owner_approval,
            grant: obligations.grant.map(|grant| grant.id.as_str()),
            reserve: obligations.reserve.iter().map(Set::aside).collect(),
            retention_days: obligations.retention_days,
            warnings: obligations.warnings.iter().map(Set::near).collect(),
        }
    }
}

/// An amount in a budget.
#[derive(Serialize)]
struct Set<'j> {
    scope: &'j str,
    unit: Unit,
    span: Span,
    amount: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
}

impl<'j> Set<'j> {
    const fn new(budget: &'j BudgetNeed, amount: f64) -> Self {
        let BudgetNeed { scope, unit, span } = budget;
        Self {
            scope: scope.as_str(),
            unit: *unit,
            span: *span,
            amount,
            limit: None,
            percent: None,
        }
    }

    fn aside(reserve: &'j Reserve) -> Self {
        Self::new(&reserve.budget, reserve.amount.units())
    }

    fn near(warning: &'j Warning) -> Self {
        let limit = Some(Micros::units(warning.limit));
        let percent = Some(warning.percent);
        Self {
            limit,
            percent,
            ..Self::new(&warning.budget, warning.committed.units())
        }
    }
}
