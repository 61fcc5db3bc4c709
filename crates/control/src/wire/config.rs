//! The configurations of the eight types of policy, as the documentation describes them.
//!
//! They are read and written by the rules themselves; a test compares the keys.
#![expect(dead_code, reason = "only described")]

use super::words::{Tier, Weekday};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a policy says; which of these follows from its `type`.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub(crate) enum PolicyConfig {
    /// For `confidence_floor`.
    ConfidenceFloor(ConfidenceFloorConfig),
    /// For `environment_restriction`.
    EnvironmentRestriction(EnvironmentRestrictionConfig),
    /// For `action_type_block`.
    ActionTypeBlock(ActionTypeBlockConfig),
    /// For `rate_limit`.
    RateLimit(RateLimitConfig),
    /// For `require_reasoning`.
    RequireReasoning(RequireReasoningConfig),
    /// For `grant_lifecycle`.
    GrantLifecycle(GrantLifecycleConfig),
    /// For `compliance_pack`.
    CompliancePack(CompliancePackConfig),
    /// For `time_window`.
    TimeWindow(TimeWindowConfig),
}

/// `confidence_floor`: breached when a floored dimension is reported below its floor, or not
/// reported at all.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfidenceFloorConfig {
    /// Where; everywhere when not given. `environments` takes a list.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// The floors, each from 0 to 1; a dimension without a floor is not tested.
    floors: Floors,
    /// What a breach does: `tier_up` raises the tier by one step, `block` refuses.
    #[schema(default = "tier_up")]
    escalation: Option<String>,
}

/// Floors by dimension; at least one of them.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floors {
    /// That the agent understands the situation.
    #[schema(minimum = 0, maximum = 1)]
    incident: Option<f64>,
    /// That the action will work.
    #[schema(minimum = 0, maximum = 1)]
    fix: Option<f64>,
    /// That nothing else is harmed.
    #[schema(minimum = 0, maximum = 1)]
    containment: Option<f64>,
}

/// `environment_restriction`: raises every matching action to at least `max_tier`.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentRestrictionConfig {
    /// Where. `environments` takes a list; one of the two is required.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// The freest tier permitted: with B, an action of tier A becomes B.
    #[schema(value_type = Tier)]
    max_tier: String,
    /// Which action types; all when not given.
    action_types: Option<Vec<String>>,
    /// Shown with the verdict.
    reason: Option<String>,
}

/// `action_type_block`: refuses action types, whatever their tier or confidence.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActionTypeBlockConfig {
    /// The types refused.
    action_types: Vec<String>,
    /// Where; everywhere when not given. `environments` takes a list.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// Always `BLOCKED`.
    verdict: Option<String>,
    /// `C` for a policy violation, `X` for one as severe as a principle's.
    #[schema(value_type = Option<Tier>, default = "C")]
    tier: Option<String>,
    /// Shown with the verdict.
    reason: Option<String>,
}

/// `rate_limit`: breached when, with this action, any window holds more than its most. Every
/// governed action of the agent counts, refused ones too.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimitConfig {
    /// Sliding windows, all of them enforced.
    windows: Vec<RateWindow>,
    /// What a breach does: `block` or `hold`.
    #[schema(default = "block")]
    on_exceed: Option<String>,
    /// Shown with the verdict.
    reason: Option<String>,
}

/// One sliding window.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateWindow {
    /// How long: a number and `s`, `m`, `h` or `d`, at most 31 days.
    #[schema(example = "5m")]
    period: String,
    /// The most actions in any such time.
    #[schema(minimum = 1)]
    max: u32,
}

/// `require_reasoning`: breached when the reasoning is too short or a field is missing.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequireReasoningConfig {
    /// The fewest characters in `reasoning`.
    min_length: Option<u32>,
    /// Fields that must be there and not blank; dotted paths reach into the parameters.
    required_fields: Option<Vec<String>>,
    /// Where; everywhere when not given. `environments` takes a list.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// What a breach does: `block` or `hold`.
    #[schema(default = "block")]
    on_missing: Option<String>,
    /// Shown with the verdict.
    reason: Option<String>,
}

/// `grant_lifecycle`: gives matching actions a tier of its own, a limited number of times. It
/// never passes a principle, the tenant policy or a block.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantLifecycleConfig {
    /// The one action type granted.
    action_type: String,
    /// Where; everywhere when not given. `environments` takes a list.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// Uses before it is spent.
    #[schema(minimum = 1)]
    max_uses: u32,
    /// End of life: at this moment it is over.
    #[schema(format = DateTime)]
    expires_at: String,
    /// The tier granted actions get: `A` or `B`.
    #[schema(value_type = Tier)]
    tier_override: String,
    /// What must hold of the parameters: `max_k` and `min_k` compare numbers, `allowed_ks` lists
    /// what is permitted, any other key must be equal. What is absent fails.
    #[schema(value_type = Option<Object>)]
    conditions: Option<Map<String, Value>>,
    /// Whether matching actions without a live grant are refused; false when not given.
    required: Option<bool>,
}

/// `compliance_pack`: the rules of one standard.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompliancePackConfig {
    /// `HIPAA`, `SOC2`, `PCI-DSS`, `GDPR` or another.
    standard: String,
    /// The rules.
    rules: Vec<ComplianceRule>,
}

/// One rule: it matches when the action type is listed, or none is, and any data class is
/// declared, or none is listed.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComplianceRule {
    /// Stable name, e.g. `hipaa_phi_access`.
    id: String,
    /// For people.
    description: Option<String>,
    /// Which action types; all when not given.
    action_types: Option<Vec<String>>,
    /// Which data classes; any when not given.
    data_classifications: Option<Vec<String>>,
    /// The least tier of a matching action.
    #[schema(value_type = Option<Tier>)]
    min_tier: Option<String>,
    /// How long records of matching actions are kept, in days.
    #[schema(minimum = 1)]
    retention_days: Option<u32>,
}

/// `time_window`: breached when none of its windows is open.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeWindowConfig {
    /// Where; everywhere when not given. `environments` takes a list.
    environment: Option<String>,
    /// Where, as a list; instead of `environment`.
    environments: Option<Vec<String>>,
    /// The windows; open when any is.
    windows: Vec<WeeklyWindow>,
    /// What happens outside: `block` or `hold`.
    #[schema(default = "block")]
    outside_window: Option<String>,
    /// Whether actions marked as an emergency pass; false when not given.
    emergency_override: Option<bool>,
    /// Shown with the verdict.
    reason: Option<String>,
}

/// A time of day on some weekdays: `start` is inside, `end` is not. An end not after its start
/// crosses midnight and belongs to the start day.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeeklyWindow {
    /// On which days it starts.
    #[schema(value_type = Vec<Weekday>)]
    days: Vec<String>,
    /// `HH:MM`.
    #[schema(example = "02:00")]
    start: String,
    /// `HH:MM`; `24:00` is the day's end.
    #[schema(example = "06:00")]
    end: String,
    /// IANA name.
    #[schema(example = "America/New_York")]
    timezone: String,
}
