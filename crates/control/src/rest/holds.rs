//! `/v1/holds`: actions that wait for people.

mod asking;

use crate::{
    intake::{
        body::{MaybeSent, body},
        id::Named,
        page::{Cut, Paging, PagingParams, page},
        query::{Asked, query},
        word::{Since, Until},
    },
    rights::{Anybody, Gate, PlainWatcher, Watcher},
    wire::{evidence::Evidence, hold::Hold, tenant::Waiting, words},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    approval::{Choice, Way},
    batch::DocumentKind,
    click::Click,
    error::GateError,
    hold::{self, HoldStatus},
    principal::Principal,
    query::DocumentQuery,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(stats))
        .routes(routes!(review))
        .routes(routes!(evidence))
        .routes(routes!(release))
        .routes(routes!(kill))
        .merge(asking::routes())
}

query! {
    /// Which holds.
    pub(crate) struct HoldFilter {
        /// Only in this status.
        #[param(value_type = Option<words::HoldStatus>)]
        status: HoldStatus,
        /// Only of this agent.
        agent: String,
        /// Only made at or after this moment or day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10")]
        start_date: Since,
        /// Only made before this moment, or up to the end of this day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10T12:00:00Z")]
        end_date: Until,
    }
}

page! {
    /// A page of holds, newest first.
    pub(crate) struct HoldPage { holds: Hold }
}

body! {
    /// What is said with a decision; may be left away, with or without the braces.
    pub(crate) struct Decision {
        /// Why, for the record.
        reason: Option<String>,
        /// The signed request that is answered (`/v1/holds/{id}/request`): then the decision is
        /// about what it was asked about, or none.
        token: Option<String>,
    }
}

impl Decision {
    fn click(self, choice: Choice) -> Click {
        Click {
            choice,
            reason: self.reason,
            way: Way::Api,
            token: self.token,
            presence: None,
        }
    }
}

impl HoldFilter {
    /// The page of holds to ask for.
    fn query(&self, paging: Paging) -> DocumentQuery {
        DocumentQuery {
            statuses: self
                .status
                .iter()
                .map(|status| status.as_str().to_owned())
                .collect(),
            agent: self.agent.clone(),
            since: self.start_date.map(|since| since.0),
            until: self.end_date.map(|until| until.0),
            ..paging.documents(DocumentKind::Hold)
        }
    }

    /// The page of holds that fit.
    pub(crate) async fn find(
        &self,
        gate: &Gate,
        caller: &Principal,
        paging: Paging,
    ) -> Result<Cut<hold::Hold>, GateError> {
        let holds = gate.holds(caller, self.query(paging)).await?;
        let mut cut = paging.cut_rest(holds.into_iter());
        // What was HELD when it was stored may be over by now.
        cut.items
            .retain(|hold| self.status.is_none_or(|status| status == hold.status));
        Ok(cut)
    }
}

/// Lists holds
///
/// A hold whose time is over shows as TIMED_OUT, whether or not its end is recorded yet. Whoever
/// may look at some holds alone sees those.
#[utoipa::path(
    get, path = "/v1/holds", tag = "holds",
    params(HoldFilter, PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of holds.", body = HoldPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked((filter, paging)): Asked<(HoldFilter, Paging)>,
) -> Reply<Json<HoldPage>> {
    Ok(Json(filter.find(&gate, &caller, paging).await?.into()))
}

/// Counts the holds that wait
///
/// How many of those that the caller sees wait for people, and since when the oldest does.
#[utoipa::path(
    get, path = "/v1/holds/stats", tag = "holds",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The queue.", body = Waiting)),
)]
async fn stats(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
) -> Reply<Json<Waiting>> {
    Ok(Json(gate.overview(&caller).await?.waiting.into()))
}

/// Shows everything about a hold
///
/// What a person needs to decide it. (`GET /v1/holds/{id}` is the agent's view of the same hold.)
#[utoipa::path(
    get, path = "/v1/holds/{id}/review", tag = "holds",
    params(("id" = String, Path, description = "The hold's id.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The hold.", body = Hold)),
)]
async fn review(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(id): Named,
) -> Reply<Json<Hold>> {
    Ok(Json(gate.hold(&caller, &id).await?.into()))
}

/// Gives the evidence of a decided hold
///
/// Everything that proves who decided about what, for other tools to verify without the gate: the
/// action in its canonical bytes (RFC 8785), each answer as an in-toto statement in a DSSE envelope,
/// the reasons of the rules, the records of the verdict and of the end with their proofs of
/// inclusion, a signed checkpoint of the tree, and the gate's public key. Whoever may look at the
/// hold may have it.
#[utoipa::path(
    get, path = "/v1/holds/{id}/evidence", tag = "holds",
    params(("id" = String, Path, description = "The hold's id.")),
    security(("bearer" = ["client"])),
    responses(
        (status = 200, description = "The bundle.", body = Evidence),
        (status = 409, description = "It waits still, or its end is not recorded yet."),
    ),
)]
async fn evidence(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(id): Named,
) -> Reply<Json<Evidence>> {
    Ok(Json(gate.evidence(&caller, &id).await?.into()))
}

/// Approves a hold
///
/// With enough approvals by different people the hold is released: the agent can fetch its permit,
/// once. Until then the hold stays HELD and lists who has approved.
#[utoipa::path(
    post, path = "/v1/holds/{id}/release", tag = "holds",
    params(("id" = String, Path, description = "The hold's id.")),
    request_body = Option<Decision>,
    security(("bearer" = ["operator"])),
    responses(
        (status = 200, description = "The hold as it is now.", body = Hold),
        (status = 409, description = "It is decided or over already, or this person has approved \
            it already."),
    ),
)]
async fn release(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(decision): MaybeSent<Decision>,
) -> Reply<Json<Hold>> {
    let click = decision.click(Choice::Approve);
    Ok(Json(gate.decide(&caller, &id, click).await?.into()))
}

/// Refuses a hold
///
/// One person's refusal is final.
#[utoipa::path(
    post, path = "/v1/holds/{id}/kill", tag = "holds",
    params(("id" = String, Path, description = "The hold's id.")),
    request_body = Option<Decision>,
    security(("bearer" = ["operator"])),
    responses(
        (status = 200, description = "The hold, killed.", body = Hold),
        (status = 409, description = "It is decided or over already."),
    ),
)]
async fn kill(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(decision): MaybeSent<Decision>,
) -> Reply<Json<Hold>> {
    let click = decision.click(Choice::Reject);
    Ok(Json(gate.decide(&caller, &id, click).await?.into()))
}
