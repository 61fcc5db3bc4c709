//! The tenant policy: the deny-by-default list of what this tenant's agents may do (layer 2).
//!
//! [`TenantPolicy`] is what a person writes (YAML or JSON, one schema); [`rules::TenantRules`] is
//! what runs. An action that no entry allows is refused, reads included.

pub mod estimate;
pub mod read;
pub mod rules;

use crate::{cham::rate_limit::Period, label::Label, tier::RiskTier};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a tenant's agents may do; whatever is not allowed here is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantPolicy {
    /// The version of the schema: 1.
    pub version: u32,
    /// The tenant this is for; loading it for another is an error.
    #[serde(default, alias = "org", skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// `deny`, the only accepted value.
    #[serde(default)]
    pub default: Default_,
    /// IANA name of the zone that budget days and months follow.
    #[serde(default = "utc")]
    pub timezone: String,
    /// How often heartbeats run, 1 to 30.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_minutes: Option<u32>,
    /// Where people are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackChannels>,
    /// This tenant's own action types, and raised tiers of built-in ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catalogue: Vec<CatalogueEntry>,
    /// What is allowed, and within which limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionEntry>,
    /// Budgets over all actions of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Budgets>,
    /// Budgets of single agents, by agent id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agent_budgets: BTreeMap<String, Budgets>,
    /// Budgets of single workspaces, by workspace id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub workspace_budgets: BTreeMap<String, Budgets>,
    /// Rate limits over all actions of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limits: Option<RateLimits>,
    /// Who approves what, and for how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Approvals>,
    /// What things cost, for estimates the agent cannot talk down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
}

/// The only default there is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::module_name_repetitions, reason = "`Default` is taken by the prelude")]
pub enum Default_ {
    /// Refuse.
    #[default]
    Deny,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Slack channels by id.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackChannels {
    /// Where approvals and notices go.
    pub channel: String,
    /// Where expired approvals go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_channel: Option<String>,
}

/// One action type of this tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
    /// The type, or a glob over types.
    pub action: Label,
    /// Its risk tier; for a built-in type never below the built-in tier. Without one, tier 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<RiskTier>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// One entry of the list: what is allowed (or forbidden), where, for whom, within which limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionEntry {
    /// An action type, or a glob: `*` stands for any run of characters.
    pub action: Label,
    /// `false` forbids, and beats every entry that allows.
    #[serde(default = "yes")]
    pub allow: bool,
    /// Only in these environments; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// Only in these workspaces; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workspaces: Vec<String>,
    /// Only for these agents; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Raises the risk tier; never lowers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<RiskTier>,
    /// The most of a number. A key is a well-known cap (`max_gpus_per_job`, `max_instances`,
    /// `max_cost_usd`, `max_gpu_hours`) or `max_` and a parameter's path. A capped number the
    /// action does not state is a breach. The smallest cap over all matching entries counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caps: BTreeMap<String, f64>,
    /// The permitted values of a parameter, by its path (`target` is the action's target). A
    /// limited value the action does not state is a breach.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Vec<String>>,
    /// Permitted teams, pools, clusters, GPU types and job classes, each by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scope: BTreeMap<String, Vec<String>>,
}

const fn yes() -> bool {
    true
}

/// Limits in money and GPU-hours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// The most US dollars one action may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_action_usd: Option<f64>,
    /// The most US dollars a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_usd: Option<f64>,
    /// The most US dollars a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<f64>,
    /// The most GPU-hours one action may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_action_gpu_hours: Option<f64>,
    /// The most GPU-hours a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_gpu_hours: Option<f64>,
    /// The most GPU-hours a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_gpu_hours: Option<f64>,
    /// Warn when this much is committed, in percent; 80 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_at_percent: Option<u8>,
}

/// Limits on how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimits {
    /// Writes of the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes_per_minute: Option<u32>,
    /// Writes of the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes_per_hour: Option<u32>,
    /// Actions of the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions_per_minute: Option<u32>,
    /// Actions of the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions_per_hour: Option<u32>,
    /// Small GPU writes of one team that together pass the small-write bound within
    /// [`RateLimits::SPLIT_PERIOD_SECONDS`] become high writes; this factor widens the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_factor: Option<u32>,
}

impl RateLimits {
    /// How long small writes are added up: ten minutes.
    pub const SPLIT_PERIOD_SECONDS: u32 = 600;

    /// The period small writes are added up over.
    #[must_use]
    pub const fn split_period() -> Option<Period> {
        Period::from_seconds(Self::SPLIT_PERIOD_SECONDS)
    }
}

/// Who approves, and for how long a hold waits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// How long a hold waits, in minutes; 30 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_minutes: Option<u32>,
    /// For risk tier 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier3: Option<TierApproval>,
    /// For risk tier 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier4: Option<TierApproval>,
    /// Whether who asked may approve; `false` unless given.
    #[serde(default)]
    pub self_approval: bool,
}

/// Who approves one risk tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierApproval {
    /// People (`person:…`), groups (`group:…`) or Slack users (`U…`); empty is any operator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// How many different people; never fewer than the tier demands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<u8>,
    /// How long, in minutes, instead of [`Approvals::expires_minutes`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_minutes: Option<u32>,
}

/// What things cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// US dollars for one GPU for one hour, by GPU type; `default` for the rest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gpu_hour_usd: BTreeMap<String, f64>,
    /// The hours a job takes when it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_hours: Option<f64>,
}
