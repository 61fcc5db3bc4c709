//! The tenant policy as the documentation describes it.
//!
//! The rules' own reader reads it; a test compares the keys.
#![expect(dead_code, reason = "only described")]

use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The deny-by-default list of what a tenant's agents may do; whatever is not allowed is refused.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantPolicyDocument {
    /// The version of the schema: 1.
    #[schema(minimum = 1, maximum = 1)]
    version: u32,
    /// The tenant this is for; applying it to another is refused.
    tenant: Option<String>,
    /// `deny`, the only stance.
    #[schema(default = "deny")]
    default: Option<String>,
    /// The IANA name of the zone that budget days and months follow.
    #[schema(default = "UTC")]
    timezone: Option<String>,
    /// How often heartbeats run, in minutes.
    #[schema(minimum = 1, maximum = 30)]
    heartbeat_minutes: Option<u32>,
    /// Where people are told.
    slack: Option<SlackChannels>,
    /// This tenant's own action types, and raised tiers of built-in ones.
    catalogue: Option<Vec<CatalogueLine>>,
    /// What is allowed, and within which limits.
    actions: Option<Vec<AllowedAction>>,
    /// Budgets over all actions of the tenant.
    budgets: Option<BudgetLimits>,
    /// Budgets of single agents, by agent id.
    agent_budgets: Option<BTreeMap<String, BudgetLimits>>,
    /// Budgets of single workspaces, by workspace id.
    workspace_budgets: Option<BTreeMap<String, BudgetLimits>>,
    /// Rate limits over all actions of the tenant.
    rate_limits: Option<TenantRateLimits>,
    /// Who approves what, and for how long.
    approvals: Option<ApprovalRules>,
    /// What things cost, for estimates an agent cannot talk down.
    prices: Option<Prices>,
    /// The mail domains that are inside; mail to all others is outside.
    internal_domains: Option<Vec<String>>,
    /// Which commands are allowed without asking, and which never.
    commands: Option<CommandLists>,
}

/// Command policies, and where they apply.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandLists {
    /// The policies; one that no mapping names decides nothing.
    policies: Option<Vec<CommandListPolicy>>,
    /// Where they apply.
    mappings: Option<Vec<CommandListMapping>>,
}

/// Two lists of regular expressions.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandListPolicy {
    /// The name mappings know it by.
    name: String,
    /// For people.
    description: Option<String>,
    /// What may run without asking, as far as this policy goes.
    allow_list: Option<Vec<String>>,
    /// What never runs.
    block_list: Option<Vec<String>>,
}

/// Where a command policy applies.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandListMapping {
    /// Its name.
    name: String,
    /// The policy, by its name.
    policy: String,
    /// `system`, `workspace` or `project`.
    level: String,
    /// The workspaces or projects; none for `system`.
    targets: Option<Vec<String>>,
    /// Whether it applies at all.
    active: bool,
}

/// Slack channels by id.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlackChannels {
    /// Where approvals and notices go.
    channel: String,
    /// Where a hold goes when its first level expires, for tiers without levels of their own.
    escalation_channel: Option<String>,
}

/// One action type of a tenant, or a glob over types.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueLine {
    /// The type, or a glob over types.
    action: String,
    /// Its risk tier, 0 to 5; 3 when not given, and never below the built-in one.
    #[schema(minimum = 0, maximum = 5)]
    tier: Option<u8>,
    /// Whether it costs nothing, so that budgets do not ask what it costs.
    free: Option<bool>,
    /// For people.
    description: Option<String>,
}

/// What is allowed or forbidden, where, for whom, within which limits.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowedAction {
    /// An action type, or a glob: `*` stands for any run of characters.
    action: String,
    /// `false` forbids, and beats every entry that allows; `true` when not given.
    allow: Option<bool>,
    /// Only in these environments; all when not given.
    environments: Option<Vec<String>>,
    /// Only in these workspaces; all when not given.
    workspaces: Option<Vec<String>>,
    /// Only for these agents; all when not given.
    agents: Option<Vec<String>>,
    /// Raises the risk tier, 0 to 5; never lowers it.
    #[schema(minimum = 0, maximum = 5)]
    tier: Option<u8>,
    /// The most of a number: `max_gpus_per_job`, `max_instances`, `max_cost_usd`, `max_gpu_hours`,
    /// or `max_` and a parameter's path. What is capped must be stated.
    caps: Option<BTreeMap<String, f64>>,
    /// The permitted values of a parameter, by its path. What is limited must be stated.
    limits: Option<BTreeMap<String, Vec<String>>>,
    /// Permitted teams, pools, clusters and other things, each by id. What is limited must be
    /// stated.
    scope: Option<BTreeMap<String, Vec<String>>>,
    /// Where in a file system the action may reach. A path must be named.
    folders: Option<ReachableFolders>,
}

/// Where in a file system an action may reach.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReachableFolders {
    /// Every path is in one of these folders.
    #[schema(min_items = 1)]
    within: Vec<String>,
    /// And not in one of these: an absolute path, or a name with `*` in it, wherever it stands.
    except: Option<Vec<String>>,
}

/// Limits in money and GPU-hours; spending exactly as much is permitted.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BudgetLimits {
    /// The most US dollars one action may cost.
    per_action_usd: Option<f64>,
    /// The most US dollars a day.
    daily_usd: Option<f64>,
    /// The most US dollars a month.
    monthly_usd: Option<f64>,
    /// The most GPU-hours one action may take.
    per_action_gpu_hours: Option<f64>,
    /// The most GPU-hours a day.
    daily_gpu_hours: Option<f64>,
    /// The most GPU-hours a month.
    monthly_gpu_hours: Option<f64>,
    /// Warn when this much is committed, in percent.
    #[schema(default = 80)]
    warn_at_percent: Option<u8>,
}

/// Limits on how often, over all agents.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantRateLimits {
    /// The most writes a minute.
    writes_per_minute: Option<u32>,
    /// The most writes an hour.
    writes_per_hour: Option<u32>,
    /// The most actions a minute.
    actions_per_minute: Option<u32>,
    /// The most actions an hour.
    actions_per_hour: Option<u32>,
    /// Small writes that together pass this many times the bound of a small write within ten
    /// minutes count as a large one.
    #[schema(default = 1)]
    split_factor: Option<u32>,
}

/// Who approves, and for how long a hold waits.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovalRules {
    /// How long a hold waits, in minutes.
    #[schema(default = 30)]
    expires_minutes: Option<u32>,
    /// For risk tier 3.
    tier3: Option<TierApproval>,
    /// For risk tier 4.
    tier4: Option<TierApproval>,
    /// Whether who asked may approve; false when not given.
    self_approval: Option<bool>,
}

/// Who approves one risk tier.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierApproval {
    /// People (`person:…`) and groups (`group:…`); any operator when not given.
    approvers: Option<Vec<String>>,
    /// How many different people; never fewer than the tier demands.
    required: Option<u8>,
    /// How long a hold waits, in minutes.
    expires_minutes: Option<u32>,
    /// Who is asked next, level by level, when nobody decides.
    #[schema(max_items = 5)]
    escalate: Option<Vec<EscalationStep>>,
    /// How long all levels may last together, in minutes; never less than the first.
    #[schema(minimum = 1, maximum = 10080, default = 120)]
    ceiling_minutes: Option<u32>,
    /// Whether the agent's owner may approve; false when not given.
    owner_approval: Option<bool>,
}

/// One level after the first; it asks for as many people as the first, and needs `approvers` or a
/// `channel`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EscalationStep {
    /// Who may approve from here on; whoever could on the level before when not given.
    approvers: Option<Vec<String>>,
    /// Where they are asked: a channel by name (`#…`) or by id; the usual place when not given.
    channel: Option<String>,
    /// How long the level lasts, in minutes; as long as the level before when not given.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: Option<u32>,
}

/// What things cost.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    /// US dollars for one GPU for one hour, by GPU type; `default` for the rest.
    gpu_hour_usd: Option<BTreeMap<String, f64>>,
    /// The hours a job takes when it does not say.
    default_hours: Option<f64>,
}
