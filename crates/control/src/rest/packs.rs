//! `/v1/packs`: ready-made compliance packs.

use crate::{
    intake::{
        body::{MaybeSent, body},
        id::Named,
    },
    rights::{Architect, Gate, Reader},
    wire::{config::PolicyConfig, words},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    error::GateError, firewall::PolicyView, principal::Principal, proposal::PolicyPatch,
};
use portcullis_policy::{
    cham::read::Draft,
    pack::{self, Pack},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(apply))
}

/// Every pack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackList {
    /// By id.
    pub packs: Vec<PackSummary>,
}

/// A pack without its policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackSummary {
    /// Short and stable.
    #[schema(example = "hipaa")]
    pub id: String,
    /// The name of the standard.
    pub name: String,
    /// What it does.
    pub description: String,
    /// How many policies it has.
    pub policy_count: usize,
    /// Whether all of them are there and active.
    pub applied: bool,
}

/// A pack with its policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackDetail {
    /// The pack.
    #[serde(flatten)]
    pub pack: PackSummary,
    /// Its policies.
    pub policies: Vec<PackPolicy>,
}

/// A policy of a pack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackPolicy {
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = words::PolicyType)]
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What it says.
    #[schema(value_type = PolicyConfig)]
    pub config: Value,
}

body! {
    /// How to apply a pack; may be left away, with or without the braces.
    pub(crate) struct Application {
        /// Whether policies of the pack that were changed or switched off since go back to how the
        /// pack has them; false when not given.
        override_existing: Option<bool>,
    }
}

/// What applying a pack did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Applied {
    /// The pack.
    pub pack_id: String,
    /// The policies that were made.
    pub created: Vec<String>,
    /// The policies that went back to how the pack has them.
    pub restored: Vec<String>,
    /// The policies that were there already, changed or not.
    pub unchanged: Vec<String>,
}

/// The tenant-wide policy that a pack's draft became, if it was applied.
fn existing<'p>(draft: &Draft, policies: &'p [PolicyView]) -> Option<&'p PolicyView> {
    policies.iter().find(|view| {
        let policy = &view.policy;
        policy.name == draft.name
            && policy.agent == draft.agent
            && policy.rule.kind() == draft.rule.kind()
    })
}

/// Whether a policy says what the draft says, and is in force.
fn says_the_same(draft: &Draft, view: &PolicyView) -> bool {
    view.policy.rule == draft.rule
        && view.policy.active == draft.active
        && view.policy.log_only == draft.log_only
}

impl PackSummary {
    pub(crate) fn of(pack: &Pack, policies: &[PolicyView]) -> Self {
        let in_force =
            |draft: &Draft| existing(draft, policies).is_some_and(|view| view.policy.active);
        Self {
            id: pack.id.clone(),
            name: pack.name.clone(),
            description: pack.description.clone(),
            policy_count: pack.drafts.len(),
            applied: pack.drafts.iter().all(in_force),
        }
    }
}

impl From<&Draft> for PackPolicy {
    fn from(draft: &Draft) -> Self {
        let written = serde_json::to_value(&draft.rule).unwrap_or_default();
        Self {
            kind: draft.rule.kind(),
            name: draft.name.clone(),
            config: written.get("config").cloned().unwrap_or_default(),
        }
    }
}

/// The pack of an id.
///
/// # Errors
/// [`GateError::NotFound`].
pub(crate) fn find(id: &str) -> Result<&'static Pack, GateError> {
    pack::find(id).ok_or_else(|| GateError::NotFound("compliance pack", id.to_owned()))
}

/// Makes the policies of a pack that are not there, and on request restores those that are.
pub(crate) async fn put_in_force(
    gate: &Gate,
    caller: &Principal,
    (pack, override_existing): (&Pack, bool),
) -> Reply<Applied> {
    let policies = gate.policies(caller).await?;
    let (mut missing, mut unchanged, mut restored) = (Vec::new(), Vec::new(), Vec::new());
    for draft in &pack.drafts {
        match existing(draft, &policies) {
            None => missing.push(draft.clone()),
            Some(view) if override_existing && !says_the_same(draft, view) => {
                restored.push((view.policy.id.to_string(), draft));
            }
            Some(view) => unchanged.push(view.policy.id.to_string()),
        }
    }
    let created = if missing.is_empty() {
        Vec::new()
    } else {
        gate.create_policies(caller, missing).await?
    };
    for (id, draft) in &restored {
        let patch = PolicyPatch {
            name: None,
            rule: Some(draft.rule.clone()),
            active: Some(draft.active),
            log_only: Some(draft.log_only),
            seen: None,
        };
        gate.update_policy(caller, id, patch).await?;
    }
    Ok(Applied {
        pack_id: pack.id.clone(),
        created: created.iter().map(ToString::to_string).collect(),
        restored: restored.into_iter().map(|(id, _)| id).collect(),
        unchanged,
    })
}

/// Lists compliance packs
///
/// And says which are applied.
#[utoipa::path(
    get, path = "/v1/packs", tag = "packs",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Every pack.", body = PackList)),
)]
async fn list(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<PackList>> {
    let policies = gate.policies(&caller).await?;
    let packs = pack::all()
        .iter()
        .map(|pack| PackSummary::of(pack, &policies))
        .collect();
    Ok(Json(PackList { packs }))
}

/// Shows a compliance pack
///
/// With every policy it applies.
#[utoipa::path(
    get, path = "/v1/packs/{id}", tag = "packs",
    params(("id" = String, Path, description = "The pack's id, in any case.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The pack.", body = PackDetail)),
)]
async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Named(id): Named,
) -> Reply<Json<PackDetail>> {
    let pack = find(&id)?;
    let policies = gate.policies(&caller).await?;
    Ok(Json(PackDetail {
        pack: PackSummary::of(pack, &policies),
        policies: pack.drafts.iter().map(PackPolicy::from).collect(),
    }))
}

/// Applies a compliance pack
///
/// Makes its policies as a whole or not at all; they are policies like any other from then on.
/// Applying it again makes only what is missing.
#[utoipa::path(
    post, path = "/v1/packs/{id}/apply", tag = "packs",
    params(("id" = String, Path, description = "The pack's id, in any case.")),
    request_body = Option<Application>,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "What was done.", body = Applied)),
)]
async fn apply(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(how): MaybeSent<Application>,
) -> Reply<Json<Applied>> {
    let wish = (find(&id)?, how.override_existing.unwrap_or_default());
    Ok(Json(put_in_force(&gate, &caller, wish).await?))
}
