//! One reason of a judgement, as the documentation describes it.

use super::words;
use serde_json::Value;
use utoipa::ToSchema;

/// One thing that speaks for a verdict.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: reasons are shown as they were sealed"
)]
pub(crate) struct Reason {
    /// A stable code.
    #[schema(example = "tier.approval_required")]
    code: String,
    /// Which layer says so, e.g. `tenant_policy` or `principle`.
    layer: String,
    /// The policy that says so.
    policy_id: Option<String>,
    /// The principle that says so, e.g. `SGP-13`.
    principle: Option<String>,
    /// The entry of the tenant policy that says so, e.g. `actions[3]`.
    path: Option<String>,
    /// The least tier it demands.
    #[schema(value_type = words::Tier)]
    tier: String,
    /// The hardest verdict it demands.
    #[schema(value_type = words::Verdict)]
    verdict: String,
    /// False when it is only recorded: in audit-only mode, or from a log-only policy.
    enforced: bool,
    /// For people.
    text: String,
    /// What the asker can do about it.
    remedy: String,
    /// The limit, when there is one.
    limit: Option<Value>,
    /// What was asked, when there is a limit.
    requested: Option<Value>,
}
