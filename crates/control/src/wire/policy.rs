//! A policy as the wire shows it: seed 001's shape, its metrics, and its earlier versions.

use super::{config::PolicyConfig, moment::Moment, words};
use portcullis_firewall::{firewall::PolicyView, rulebook::Entry, tally::metrics::Metrics};
use portcullis_policy::cham::{self, Severity, read};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A policy with its metrics.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
    /// How it performs.
    #[serde(flatten)]
    pub metrics: PolicyMetrics,
}

/// A policy in one of its versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyBody {
    /// `pol_…`
    #[schema(example = "pol_2f61c0ffee00000000000001")]
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = words::PolicyType)]
    pub kind: &'static str,
    /// The same as `type`.
    #[schema(value_type = words::PolicyType)]
    pub policy_type: &'static str,
    /// For people.
    pub name: String,
    /// Whom it is for.
    #[schema(value_type = words::PolicyScope)]
    pub scope: &'static str,
    /// The agent it is for, when the scope is `agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// What it says; the keys depend on the type.
    #[schema(value_type = PolicyConfig)]
    pub config: Value,
    /// Whether it is loaded for judging.
    pub active: bool,
    /// Whether it is recorded but not enforced.
    pub log_only: bool,
    /// How long a hold it causes lives, in minutes, instead of the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_minutes: Option<u32>,
    /// How bad a violation of it is, instead of the default for its tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Severity>)]
    pub severity: Option<Severity>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// 1, and one more with every change.
    pub version: u32,
}

/// How a policy performs. Trying out and replaying are never counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyMetrics {
    /// How often it was loaded for an evaluation.
    pub evaluation_count: u64,
    /// How often it changed an outcome.
    pub fire_count: u64,
    /// The same as `fire_count`.
    pub fired_count: u64,
    /// `fire_count / evaluation_count`; 0 when never evaluated.
    pub fire_rate: f64,
    /// When it last changed an outcome.
    pub last_fired_at: Option<Moment>,
    /// The verdicts of the actions it fired on.
    pub verdict_impact: VerdictCounts,
    /// How often it was used as a grant.
    pub grant_uses: u32,
}

/// Counts by verdict.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct VerdictCounts {
    /// CLEARED.
    #[serde(rename = "CLEARED")]
    pub cleared: u64,
    /// HELD.
    #[serde(rename = "HELD")]
    pub held: u64,
    /// BLOCKED.
    #[serde(rename = "BLOCKED")]
    pub blocked: u64,
}

/// A policy as it was from some record on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyVersion {
    /// The record of the change that made it.
    pub since_seq: u64,
    /// The policy.
    #[serde(flatten)]
    pub policy: PolicyBody,
}

impl From<PolicyView> for Policy {
    fn from(view: PolicyView) -> Self {
        Self {
            policy: PolicyBody::of(&view.policy),
            metrics: view.metrics.into(),
        }
    }
}

impl PolicyBody {
    /// A policy in seed 001's shape.
    pub(crate) fn of(policy: &cham::Policy) -> Self {
        let kind = policy.rule.kind();
        Self {
            id: policy.id.to_string(),
            kind,
            policy_type: kind,
            name: policy.name.clone(),
            scope: if policy.agent.is_some() {
                "agent"
            } else {
                "tenant"
            },
            agent_id: policy.agent.as_ref().map(ToString::to_string),
            config: config(policy),
            active: policy.active,
            log_only: policy.log_only,
            hold_minutes: policy.hold_minutes,
            severity: policy.severity,
            created_at: policy.created_at.into(),
            updated_at: policy.updated_at.into(),
            version: policy.version,
        }
    }
}

/// The configuration as seed 001 writes it.
fn config(policy: &cham::Policy) -> Value {
    match read::wire(policy) {
        Value::Object(mut written) => written.remove("config").unwrap_or_default(),
        _ => Value::Object(Map::new()),
    }
}

impl From<Metrics> for PolicyMetrics {
    fn from(metrics: Metrics) -> Self {
        Self {
            evaluation_count: metrics.evaluations,
            fire_count: metrics.fires,
            fired_count: metrics.fires,
            fire_rate: metrics.fire_rate(),
            last_fired_at: metrics.last_fired_at().map(Moment),
            verdict_impact: metrics.verdicts.into(),
            grant_uses: metrics.uses,
        }
    }
}

impl From<[u64; 3]> for VerdictCounts {
    fn from([cleared, held, blocked]: [u64; 3]) -> Self {
        Self {
            cleared,
            held,
            blocked,
        }
    }
}

/// A version as the firewall keeps it.
#[derive(Debug, Deserialize)]
pub(crate) struct KeptVersion {
    /// The record of the change that made it.
    pub since_seq: u64,
    /// The policy with its number.
    pub policy: Entry,
}

impl PolicyVersion {
    /// A version from how it is kept.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub(crate) fn of_kept(kept: Value) -> Result<Self, serde_json::Error> {
        let kept: KeptVersion = serde_json::from_value(kept)?;
        Ok(Self {
            since_seq: kept.since_seq,
            policy: PolicyBody::of(&kept.policy.policy),
        })
    }
}
