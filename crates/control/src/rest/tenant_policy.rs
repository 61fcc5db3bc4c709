//! `/v1/tenant-policy`: the deny-by-default list of what agents may do.

mod document;
mod shape;

use crate::{
    rights::{Architect, Gate, Reader},
    wire::{fault::Fault, moment::Moment},
};
use axum::{Json, extract::State};
use document::Document;
use portcullis_door::reply::Reply;
use portcullis_firewall::{error::GateError, principal::Principal, state::KeptTenantPolicy};
use portcullis_policy::tenant::{
    TenantPolicy,
    change::{self, diff},
    read,
};
use serde::Serialize;
use serde_json::Value;
use shape::TenantPolicyDocument;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(show, replace))
        .routes(routes!(validate))
        .routes(routes!(compare))
        .routes(routes!(versions))
}

/// A tenant policy, and since when it is in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppliedTenantPolicy {
    /// How often it was replaced.
    pub version: u32,
    /// The record since which it is in force.
    pub since_seq: u64,
    /// When it was applied.
    pub applied_at: Moment,
    /// By whom, as records name them.
    pub applied_by: String,
    /// Itself.
    #[schema(value_type = TenantPolicyDocument)]
    pub policy: Value,
}

/// Every version of the tenant policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantPolicyVersions {
    /// Newest first.
    pub versions: Vec<AppliedTenantPolicy>,
}

/// A tenant policy that was just applied, and what changed with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Replaced {
    /// The new version.
    #[serde(flatten)]
    pub applied: AppliedTenantPolicy,
    /// What changed.
    #[serde(flatten)]
    pub changes: Comparison,
}

/// What changed between the tenant policy in force and another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Comparison {
    /// Every difference.
    pub changes: Vec<Change>,
    /// Whether any of them makes more possible than before.
    pub loosens: bool,
}

/// One difference.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Where.
    #[schema(example = "actions[workloads.submit].caps.max_gpus_per_job")]
    pub path: String,
    /// What was written before; nothing when it is new.
    pub before: Option<String>,
    /// What is written now; nothing when it is gone.
    pub after: Option<String>,
    /// Whether more is possible than before.
    pub loosens: bool,
}

/// What is wrong with a tenant policy, or what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Validation {
    /// Whether it could be applied.
    pub valid: bool,
    /// Every fault.
    pub errors: Vec<Fault>,
    /// What is in it, when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// What is in a tenant policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Summary {
    /// Entries that allow.
    pub allowed: usize,
    /// Entries that forbid.
    pub forbidden: usize,
    /// The tenant's own lines of the catalogue.
    pub catalogue: usize,
    /// Whether there are budgets for the tenant, an agent or a workspace.
    pub budgets: bool,
    /// Whether there are rate limits.
    pub rate_limits: bool,
    /// Whether there are approvers of its own.
    pub approvals: bool,
    /// The zone its budget days follow.
    pub timezone: String,
}

impl AppliedTenantPolicy {
    fn of(kept: KeptTenantPolicy) -> Result<Self, GateError> {
        let policy = serde_json::to_value(&kept.policy)
            .map_err(|error| GateError::Unavailable(format!("the tenant policy: {error}")))?;
        Ok(Self {
            version: kept.version,
            since_seq: kept.since_seq,
            applied_at: kept.applied_at.into(),
            applied_by: kept.applied_by,
            policy,
        })
    }
}

impl From<Vec<change::Change>> for Comparison {
    fn from(changes: Vec<change::Change>) -> Self {
        Self {
            loosens: changes.iter().any(|change| change.loosens),
            changes: changes.into_iter().map(Change::from).collect(),
        }
    }
}

impl From<change::Change> for Change {
    fn from(change: change::Change) -> Self {
        let change::Change {
            path,
            before,
            after,
            loosens,
        } = change;
        Self {
            path,
            before,
            after,
            loosens,
        }
    }
}

impl From<&TenantPolicy> for Summary {
    fn from(policy: &TenantPolicy) -> Self {
        let allowed = policy.actions.iter().filter(|entry| entry.allow).count();
        Self {
            allowed,
            forbidden: policy.actions.len().saturating_sub(allowed),
            catalogue: policy.catalogue.len(),
            budgets: policy.budgets.is_some()
                || !policy.agent_budgets.is_empty()
                || !policy.workspace_budgets.is_empty(),
            rate_limits: policy.rate_limits.is_some(),
            approvals: policy.approvals.is_some(),
            timezone: policy.timezone.clone(),
        }
    }
}

/// The tenant policy in force, if there is one.
async fn in_force(gate: &Gate, caller: &Principal) -> Result<Option<KeptTenantPolicy>, GateError> {
    match gate.tenant_policy(caller).await {
        Ok(kept) => Ok(Some(kept)),
        Err(GateError::NotFound(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What would change from the tenant policy in force to another.
async fn changes_to(gate: &Gate, caller: &Principal, new: &TenantPolicy) -> Reply<Comparison> {
    let old = in_force(gate, caller).await?;
    Ok(diff(old.as_ref().map(|kept| &kept.policy), Some(new)).into())
}

/// Shows the tenant policy
///
/// The one in force. Until one is applied every action is refused.
#[utoipa::path(
    get, path = "/v1/tenant-policy", tag = "tenant policy",
    security(("bearer" = ["client"])),
    responses(
        (status = 200, description = "The tenant policy.", body = AppliedTenantPolicy),
        (status = 404, description = "None was ever applied."),
    ),
)]
async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<AppliedTenantPolicy>> {
    Ok(Json(AppliedTenantPolicy::of(
        gate.tenant_policy(&caller).await?,
    )?))
}

/// Replaces the tenant policy
///
/// The body is the whole policy as YAML or JSON. With any fault nothing changes: the policy in
/// force stays in force. The next judgement follows the new one.
#[utoipa::path(
    put, path = "/v1/tenant-policy", tag = "tenant policy",
    request_body(
        description = "The tenant policy as YAML or JSON.",
        content((TenantPolicyDocument = "application/json"), (String = "application/yaml")),
    ),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The new version, and what changed.", body = Replaced)),
)]
async fn replace(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    document: Document,
) -> Reply<Json<Replaced>> {
    let policy = document.parse()?;
    let changes = changes_to(&gate, &caller, &policy).await?;
    gate.apply_tenant_policy(&caller, policy).await?;
    let applied = AppliedTenantPolicy::of(gate.tenant_policy(&caller).await?)?;
    Ok(Json(Replaced { applied, changes }))
}

/// Checks a tenant policy
///
/// Says everything that is wrong with it, or what is in it. Nothing is applied.
#[utoipa::path(
    post, path = "/v1/tenant-policy/validate", tag = "tenant policy",
    request_body(
        description = "The tenant policy as YAML or JSON.",
        content((TenantPolicyDocument = "application/json"), (String = "application/yaml")),
    ),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Its faults, or a summary.", body = Validation)),
)]
async fn validate(Reader(caller): Reader, document: Document) -> Reply<Json<Validation>> {
    let checked = read::parse(&document.0)
        .and_then(|policy| document::fits(&policy, &caller.tenant).map(|()| policy));
    Ok(Json(match checked {
        Ok(policy) => Validation {
            valid: true,
            errors: Vec::new(),
            summary: Some((&policy).into()),
        },
        Err(faults) => Validation {
            valid: false,
            errors: faults.0.into_iter().map(Fault::from).collect(),
            summary: None,
        },
    }))
}

/// Compares a tenant policy with the one in force
///
/// Lists every difference, and marks those that make more possible. Nothing is applied.
#[utoipa::path(
    post, path = "/v1/tenant-policy/diff", tag = "tenant policy",
    request_body(
        description = "The tenant policy as YAML or JSON.",
        content((TenantPolicyDocument = "application/json"), (String = "application/yaml")),
    ),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The differences.", body = Comparison)),
)]
async fn compare(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    document: Document,
) -> Reply<Json<Comparison>> {
    let policy = document.parse()?;
    document::fits(&policy, &caller.tenant)?;
    Ok(Json(changes_to(&gate, &caller, &policy).await?))
}

/// Lists the versions of the tenant policy
///
/// Every one that was ever in force.
#[utoipa::path(
    get, path = "/v1/tenant-policy/versions", tag = "tenant policy",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Every version.", body = TenantPolicyVersions)),
)]
async fn versions(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<TenantPolicyVersions>> {
    let kept = gate.tenant_policy_versions(&caller).await?;
    let versions: Result<Vec<_>, _> = kept.into_iter().map(AppliedTenantPolicy::of).collect();
    let mut versions = versions?;
    versions.sort_by_key(|version| std::cmp::Reverse(version.version));
    Ok(Json(TenantPolicyVersions { versions }))
}
