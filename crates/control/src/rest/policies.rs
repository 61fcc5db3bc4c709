//! `/v1/policies`: the CHAM policies of seed 001, and how they perform.

mod conflicts;
mod draft;
pub(crate) mod trial;

pub(crate) use draft::{PolicyDraft, of_items};

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::Named,
        page::{Paging, PagingParams, page},
        query::{Asked, query},
    },
    rights::{Architect, Gate, Reader, Searcher},
    wire::{
        config::PolicyConfig,
        conflict::Conflict,
        policy::{Policy, PolicyVersion},
        words,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use draft::Drafts;
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::{
    error::GateError, firewall::PolicyView, principal::Principal, proposal::PolicyPatch,
};
use portcullis_policy::{cham::read, conflict};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .merge(conflicts::routes())
        .merge(trial::routes())
        .routes(routes!(show, update, deactivate))
        .routes(routes!(toggle))
        .routes(routes!(versions))
}

query! {
    /// Which policies.
    pub(crate) struct PolicyFilter {
        /// Only active ones, or only inactive ones.
        active: bool,
        /// Only of this type.
        #[param(value_type = Option<words::PolicyType>)]
        r#type: String,
        /// The same as `type`.
        #[param(value_type = Option<words::PolicyType>)]
        policy_type: String,
        /// Only for this agent.
        agent_id: String,
    }
}

page! {
    /// A page of policies, oldest first.
    pub(crate) struct PolicyPage { policies: Policy }
}

body! {
    /// What to change of a policy; what is not sent stays, and its type always does.
    pub(crate) struct PolicyChange {
        /// A new name.
        name: Option<String>,
        /// A new configuration; it replaces the present one as a whole.
        #[schema(value_type = Option<PolicyConfig>)]
        config: Option<Value>,
        /// On or off.
        active: Option<bool>,
        /// Recorded but not enforced.
        log_only: Option<bool>,
    }
}

body! {
    /// How a policy shall stand; may be left away, with or without the braces.
    pub(crate) struct Switch {
        /// On or off; over when not given.
        active: Option<bool>,
    }
}

/// A policy that was just made, and where it disagrees with others.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewPolicy {
    /// The policy.
    #[serde(flatten)]
    pub policy: Policy,
    /// Where it disagrees with active policies; reported, not refused.
    pub conflicts: Vec<Conflict>,
}

/// What was made: one policy, or all of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Created {
    /// One.
    One(Box<NewPolicy>),
    /// A list.
    Many {
        /// In the order they were sent.
        policies: Vec<NewPolicy>,
    },
}

/// The versions of a policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionList {
    /// Newest first.
    pub versions: Vec<PolicyVersion>,
}

impl PolicyFilter {
    fn fits(&self, view: &PolicyView) -> bool {
        let kind = self.r#type.as_ref().or(self.policy_type.as_ref());
        let policy = &view.policy;
        self.active.is_none_or(|active| active == policy.active)
            && kind.is_none_or(|kind| kind == policy.rule.kind())
            && self.agent_id.as_ref().is_none_or(|id| {
                policy
                    .agent
                    .as_ref()
                    .is_some_and(|agent| agent.as_str() == id)
            })
    }
}

/// A policy with its disagreements.
fn with_conflicts(view: PolicyView, all: &[PolicyView]) -> NewPolicy {
    let policies: Vec<_> = all.iter().map(|other| Arc::clone(&other.policy)).collect();
    let found = conflict::between(&policies, &view.policy);
    let conflicts = if view.policy.active {
        found
    } else {
        Vec::new()
    };
    NewPolicy {
        policy: view.into(),
        conflicts: conflicts.into_iter().map(Conflict::from).collect(),
    }
}

/// A policy as it is now, with its disagreements.
pub(crate) async fn reviewed(gate: &Gate, caller: &Principal, id: &str) -> Reply<NewPolicy> {
    let all = gate.policies(caller).await?;
    let missing = || GateError::NotFound("policy", id.to_owned());
    let view = all
        .iter()
        .find(|view| view.policy.id.as_str() == id)
        .ok_or_else(missing)?
        .clone();
    Ok(with_conflicts(view, &all))
}

/// Lists policies
///
/// The inactive ones too, each with how often it was evaluated and fired.
#[utoipa::path(
    get, path = "/v1/policies", tag = "policies",
    params(PolicyFilter, PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of policies.", body = PolicyPage)),
)]
pub(crate) async fn list(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked((filter, paging)): Asked<(PolicyFilter, Paging)>,
) -> Reply<Json<PolicyPage>> {
    if filter.r#type.is_some() && filter.policy_type.is_some() {
        return Err(Refusal::invalid(
            "policy_type",
            "says the same as `type`; give only one",
        ));
    }
    let mut policies = gate.policies(&caller).await?;
    policies.retain(|view| filter.fits(view));
    Ok(Json(paging.cut(policies).into()))
}

/// Makes policies
///
/// One policy, or a list under `policies`: all of the list or, when any has a fault, none. The
/// next judgement follows them.
#[utoipa::path(
    post, path = "/v1/policies", tag = "policies",
    request_body = draft::PolicyOrList,
    security(("bearer" = ["architect"])),
    responses((status = 201, description = "What was made.", body = Created)),
)]
pub(crate) async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Drafts { drafts, listed }: Drafts,
) -> Reply<(StatusCode, Json<Created>)> {
    let ids = gate.create_policies(&caller, drafts).await?;
    let all = gate.policies(&caller).await?;
    let made = ids
        .iter()
        .filter_map(|id| all.iter().find(|view| view.policy.id == *id));
    let mut made: Vec<_> = made
        .map(|view| with_conflicts(view.clone(), &all))
        .collect();
    let created = match made.pop() {
        Some(one) if !listed => Created::One(Box::new(one)),
        last => {
            made.extend(last);
            Created::Many { policies: made }
        }
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Shows a policy
///
/// In its present form, with its metrics.
#[utoipa::path(
    get, path = "/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "The policy's id.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The policy.", body = Policy)),
)]
pub(crate) async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Named(id): Named,
) -> Reply<Json<Policy>> {
    Ok(Json(gate.policy(&caller, &id).await?.into()))
}

/// Changes a policy in place
///
/// Its version counts up; the previous one stays in the audit trail and in its versions.
#[utoipa::path(
    put, path = "/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "The policy's id.")),
    request_body = PolicyChange,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The policy as it is now.", body = NewPolicy)),
)]
pub(crate) async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<PolicyChange>,
) -> Reply<Json<NewPolicy>> {
    change.make(&gate, &caller, &id).await?;
    Ok(Json(reviewed(&gate, &caller, &id).await?))
}

impl PolicyChange {
    /// Changes a policy.
    ///
    /// # Errors
    /// 404, or 422 with every fault of the new configuration.
    pub(crate) async fn make(self, gate: &Gate, caller: &Principal, id: &str) -> Reply<()> {
        let kind = gate.policy(caller, id).await?.policy.rule.kind();
        if self
            .name
            .as_deref()
            .is_some_and(|name| name.trim().is_empty())
        {
            return Err(Refusal::invalid("name", "must not be empty"));
        }
        let rule = self
            .config
            .map(|config| read::config(kind, &config))
            .transpose()?;
        let patch = PolicyPatch {
            name: self.name,
            rule,
            active: self.active,
            log_only: self.log_only,
            seen: None,
        };
        Ok(gate.update_policy(caller, id, patch).await?)
    }
}

/// Deactivates a policy
///
/// It is no longer loaded for judging, and stays for the audit: nothing deletes a policy.
#[utoipa::path(
    delete, path = "/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "The policy's id.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The policy, inactive.", body = Policy)),
)]
pub(crate) async fn deactivate(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Policy>> {
    Ok(Json(switch(&gate, &caller, &id, Some(false)).await?))
}

/// Switches a policy on or off
///
/// As the body says, or over when it says nothing.
#[utoipa::path(
    patch, path = "/v1/policies/{id}/toggle", tag = "policies",
    params(("id" = String, Path, description = "The policy's id.")),
    request_body = Option<Switch>,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The policy as it is now.", body = NewPolicy)),
)]
pub(crate) async fn toggle(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(wanted): MaybeSent<Switch>,
) -> Reply<Json<NewPolicy>> {
    switch(&gate, &caller, &id, wanted.active).await?;
    Ok(Json(reviewed(&gate, &caller, &id).await?))
}

/// Switches a policy on or off, or over; one that is there already stays untouched.
pub(crate) async fn switch(
    gate: &Gate,
    caller: &Principal,
    id: &str,
    active: Option<bool>,
) -> Reply<Policy> {
    let is = gate.policy(caller, id).await?.policy.active;
    let active = active.unwrap_or(!is);
    if active != is {
        let patch = PolicyPatch {
            active: Some(active),
            ..PolicyPatch::default()
        };
        gate.update_policy(caller, id, patch).await?;
    }
    Ok(gate.policy(caller, id).await?.into())
}

/// Lists the versions of a policy
///
/// Each with the record since which it was in force.
#[utoipa::path(
    get, path = "/v1/policies/{id}/versions", tag = "policies",
    params(("id" = String, Path, description = "The policy's id.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Every version.", body = VersionList)),
)]
pub(crate) async fn versions(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Named(id): Named,
) -> Reply<Json<VersionList>> {
    let kept = gate.policy_versions(&caller, &id).await?;
    let versions: Result<Vec<_>, _> = kept.into_iter().map(PolicyVersion::of_kept).collect();
    let mut versions = versions
        .map_err(|error| GateError::Unavailable(format!("a version of `{id}`: {error}")))?;
    versions.sort_by_key(|version| std::cmp::Reverse(version.policy.version));
    Ok(Json(VersionList { versions }))
}
