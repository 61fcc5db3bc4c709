//! The tenant policy: the deny-by-default list of what this tenant's agents may do (layer 2).
//!
//! [`TenantPolicy`] is what a person writes (YAML or JSON, one schema); [`rules::TenantRules`] is
//! what runs. An action that no entry allows is refused, reads included.

mod cap;
pub mod change;
pub mod estimate;
mod folders;
pub mod read;
pub mod rules;
mod scope;

use crate::{
    catalogue::entry::CatalogueEntry, cham::rate_limit::Period, command::policy::Commands,
    label::Label, tier::RiskTier,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a tenant's agents may do; whatever is not allowed here is refused.
///
/// Deserializing goes through [`read::from_value`]: there is no laxer way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct TenantPolicy {
    /// The version of the schema: 1.
    pub version: u32,
    /// The tenant this is for; loading it for another is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// `deny`, the only accepted value.
    pub default: Stance,
    /// IANA name of the zone that budget days and months follow; `UTC` unless given.
    pub timezone: String,
    /// How often heartbeats run, 1 to 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat_minutes: Option<u32>,
    /// Where people are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackChannels>,
    /// This tenant's own action types, and raised tiers of built-in ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub catalogue: Vec<CatalogueEntry>,
    /// What is allowed, and within which limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionEntry>,
    /// Budgets over all actions of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Budgets>,
    /// Budgets of single agents, by agent id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub agent_budgets: BTreeMap<String, Budgets>,
    /// Budgets of single workspaces, by workspace id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workspace_budgets: BTreeMap<String, Budgets>,
    /// Rate limits over all actions of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limits: Option<RateLimits>,
    /// Who approves what, and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<Approvals>,
    /// What things cost, for estimates the agent cannot talk down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// The mail domains that are inside; mail to all others is outside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub internal_domains: Vec<Label>,
    /// Which commands are allowed without asking, and which never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commands: Option<Commands>,
}

/// What happens to an action that no entry allows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It is refused; there is no other stance.
    #[default]
    Deny,
}

/// Slack channels by id.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct SlackChannels {
    /// Where approvals and notices go.
    pub channel: String,
    /// Where a hold goes when its first level expires, for tiers that have no
    /// [`TierApproval::escalate`] of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation_channel: Option<String>,
}

/// One entry of the list: what is allowed (or forbidden), where, for whom, within which limits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionEntry {
    /// An action type, or a glob: `*` stands for any run of characters.
    pub action: Label,
    /// `false` forbids, and beats every entry that allows.
    pub allow: bool,
    /// Only in these environments; empty is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// Only in these workspaces; empty is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub workspaces: Vec<String>,
    /// Only for these agents; empty is all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Raises the risk tier; never lowers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<RiskTier>,
    /// The most of a number. A key is a well-known cap (`max_gpus_per_job`, `max_instances`,
    /// `max_cost_usd`, `max_gpu_hours`) or `max_` and a parameter's path. A capped number the
    /// action does not state is a breach; only reads need not state a well-known one. The
    /// smallest cap over all matching entries counts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub caps: BTreeMap<String, f64>,
    /// The permitted values of a parameter, by its path (`target` is the action's target). A
    /// limited value the action does not state is a breach. Where several entries match, a value
    /// must be permitted by each that limits it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Vec<String>>,
    /// Permitted teams, pools, clusters, GPU types, job classes and other things, each by id,
    /// wherever in the parameters an id stands. As with limits, what is not stated is a breach,
    /// and every matching entry must agree.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub scope: BTreeMap<String, Vec<String>>,
    /// Where in a file system the action may reach. An action that names no path is a breach, and
    /// every matching entry must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folders: Option<Folders>,
}

/// Where in a file system an action may reach. Paths stand in parameters whose names end with
/// `path`, `file`, `folder`, `directory`, `source`, `destination`, `uri` and the like, however deep.
///
/// Fails closed: only plain absolute paths are understood: no `..`, no `\`, no escapes, nothing
/// that an eye cannot see.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Folders {
    /// Every path is in one of these folders, letter by letter.
    pub within: Vec<String>,
    /// And not in one of these: an absolute path, or a name with `*` for any run of characters,
    /// wherever on the way it stands; compared as a file system would that knows no case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// Limits in money and GPU-hours; a limit is reached, not passed, by spending exactly as much.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Budgets {
    /// The most US dollars one action may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_action_usd: Option<f64>,
    /// The most US dollars a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_usd: Option<f64>,
    /// The most US dollars a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<f64>,
    /// The most GPU-hours one action may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_action_gpu_hours: Option<f64>,
    /// The most GPU-hours a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_gpu_hours: Option<f64>,
    /// The most GPU-hours a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_gpu_hours: Option<f64>,
    /// Warn when this much is committed, in percent; [`Budgets::WARN_AT_PERCENT`] unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warn_at_percent: Option<u8>,
}

impl Budgets {
    /// Where the warning line is when nothing else is said.
    pub const WARN_AT_PERCENT: u8 = 80;
}

/// Limits on how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RateLimits {
    /// Writes of the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes_per_minute: Option<u32>,
    /// Writes of the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes_per_hour: Option<u32>,
    /// Actions of the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_per_minute: Option<u32>,
    /// Actions of the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_per_hour: Option<u32>,
    /// Small writes of one team that together pass this many times the small-write bound within
    /// [`RateLimits::SPLIT_PERIOD_SECONDS`] become high writes; 1 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Approvals {
    /// How long a hold waits, in minutes; [`Approvals::EXPIRES_MINUTES`] unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_minutes: Option<u32>,
    /// For risk tier 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier3: Option<TierApproval>,
    /// For risk tier 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier4: Option<TierApproval>,
    /// Whether who asked may approve; `false` unless given.
    pub self_approval: bool,
}

impl Approvals {
    /// How long a hold waits when nothing else is said.
    pub const EXPIRES_MINUTES: u32 = 30;
}

/// Who approves one risk tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TierApproval {
    /// People (`person:…`), groups (`group:…`) or Slack users (`U…`); empty is any operator.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// How many different people; never fewer than the tier demands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<u8>,
    /// How long, in minutes, instead of [`Approvals::expires_minutes`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_minutes: Option<u32>,
    /// Who is asked next, level by level, when nobody decides; at most
    /// [`TierApproval::MOST_STEPS`]. When empty, [`SlackChannels::escalation_channel`] is the one
    /// next level, if there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<EscalationStep>,
    /// How long all levels may last together, in minutes; [`TierApproval::CEILING_MINUTES`] unless
    /// given, or as long as the first level when that is longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ceiling_minutes: Option<u32>,
    /// Whether the agent's owner may approve; `false` unless given.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub owner_approval: bool,
}

impl TierApproval {
    /// How long all levels may last together when nothing else is said.
    pub const CEILING_MINUTES: u32 = 120;

    /// The most levels after the first.
    pub const MOST_STEPS: usize = 5;

    /// How long all levels last together at most, in minutes, when `written` is what stands in the
    /// policy and the first level lasts `first` minutes.
    pub(crate) fn ceiling(written: Option<u32>, first: u32) -> u32 {
        written.unwrap_or_else(|| first.max(Self::CEILING_MINUTES))
    }
}

/// One level after the first: who is asked next when nobody decides.
///
/// It never says how many people: a later level asks for as many as the first.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct EscalationStep {
    /// Who may approve from here on; empty is whoever could on the level before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Where they are asked: a channel by name (`#…`) or by id; the usual place unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// How long the level lasts, in minutes; as long as the level before unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// What things cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Prices {
    /// US dollars for one GPU for one hour, by GPU type; `default` for the rest. Without a
    /// `default` the rest costs as much as the dearest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub gpu_hour_usd: BTreeMap<String, f64>,
    /// The hours a job takes when it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_hours: Option<f64>,
}
