//! `/v1/violations`: refused actions, to be looked at by people.

use crate::{
    intake::{
        body::{MaybeSent, body},
        id::Named,
        page::{Cut, Paging, PagingParams, page},
        query::{Asked, query},
        word::{Since, Until},
    },
    rights::{Decider, Gate, PlainWatcher, Watcher},
    wire::{violation::Violation, words},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    batch::DocumentKind,
    error::GateError,
    principal::Principal,
    query::DocumentQuery,
    violation::{self, ViolationKind, ViolationStatus},
};
use portcullis_policy::cham::Severity;
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many violations are read at once when a filter looks inside them.
const CHUNK: usize = 500;

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(resolve))
}

query! {
    /// Which violations.
    pub(crate) struct ViolationFilter {
        /// Only this bad.
        #[param(value_type = Option<words::Severity>)]
        severity: Severity,
        /// Only of this type.
        #[param(value_type = Option<words::ViolationType>)]
        r#type: ViolationKind,
        /// Only in this status.
        #[param(value_type = Option<words::ViolationStatus>)]
        status: ViolationStatus,
        /// Only by this agent.
        agent: String,
        /// Only at or after this moment or day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10")]
        start_date: Since,
        /// Only before this moment, or up to the end of this day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10T12:00:00Z")]
        end_date: Until,
    }
}

page! {
    /// A page of violations, newest first.
    pub(crate) struct ViolationPage { violations: Violation }
}

body! {
    /// What was done about a violation.
    pub(crate) struct Resolution {
        /// In words, for the record.
        notes: Option<String>,
    }
}

impl ViolationFilter {
    fn query(&self) -> DocumentQuery {
        let status = self.status.map(|status| match status {
            ViolationStatus::Open => "OPEN".to_owned(),
            ViolationStatus::Resolved => "RESOLVED".to_owned(),
        });
        DocumentQuery {
            statuses: status.into_iter().collect(),
            agent: self.agent.clone(),
            since: self.start_date.map(|since| since.0),
            until: self.end_date.map(|until| until.0),
            ..DocumentQuery::all(DocumentKind::Violation)
        }
    }

    fn fits(&self, violation: &violation::Violation) -> bool {
        self.severity
            .is_none_or(|severity| severity == violation.severity)
            && self.r#type.is_none_or(|kind| kind == violation.kind)
    }

    const fn looks_inside(&self) -> bool {
        self.severity.is_some() || self.r#type.is_some()
    }

    /// The page of violations that fit.
    pub(crate) async fn find(
        &self,
        gate: &Gate,
        caller: &Principal,
        paging: Paging,
    ) -> Result<Cut<violation::Violation>, GateError> {
        if !self.looks_inside() {
            let wanted = paging.documents(DocumentKind::Violation);
            let query = DocumentQuery {
                offset: wanted.offset,
                limit: wanted.limit,
                ..self.query()
            };
            return Ok(paging.cut_rest(gate.violations(caller, query).await?.into_iter()));
        }
        let enough = paging.offset.saturating_add(paging.limit).saturating_add(1);
        let mut found = Vec::new();
        let mut offset = 0;
        while found.len() < enough {
            let query = DocumentQuery {
                offset,
                limit: CHUNK,
                ..self.query()
            };
            let chunk = gate.violations(caller, query).await?;
            let read = chunk.len();
            found.extend(chunk.into_iter().filter(|violation| self.fits(violation)));
            offset = offset.saturating_add(read);
            if read < CHUNK {
                break;
            }
        }
        Ok(paging.cut_rest(found.into_iter().skip(paging.offset)))
    }
}

/// Lists violations
///
/// Every BLOCKED verdict opens one. Whoever sees some of them alone gets those among the newest
/// 10,000.
#[utoipa::path(
    get, path = "/v1/violations", tag = "violations",
    params(ViolationFilter, PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of violations.", body = ViolationPage)),
)]
pub(crate) async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked((filter, paging)): Asked<(ViolationFilter, Paging)>,
) -> Reply<Json<ViolationPage>> {
    Ok(Json(filter.find(&gate, &caller, paging).await?.into()))
}

/// Shows a violation
///
/// Its `seq` leads to the record of the refused action.
#[utoipa::path(
    get, path = "/v1/violations/{id}", tag = "violations",
    params(("id" = String, Path, description = "The violation's id.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The violation.", body = Violation)),
)]
pub(crate) async fn show(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(id): Named,
) -> Reply<Json<Violation>> {
    Ok(Json(gate.violation(&caller, &id).await?.into()))
}

/// Resolves a violation
///
/// Once; the verdict stays what it was.
#[utoipa::path(
    patch, path = "/v1/violations/{id}/resolve", tag = "violations",
    params(("id" = String, Path, description = "The violation's id.")),
    request_body = Option<Resolution>,
    security(("bearer" = ["operator"])),
    responses(
        (status = 200, description = "The violation, resolved.", body = Violation),
        (status = 403, description = "The caller may look at what it is about, and not decide it."),
        (status = 409, description = "It is resolved already."),
    ),
)]
pub(crate) async fn resolve(
    State(gate): State<Gate>,
    Decider(caller): Decider,
    Named(id): Named,
    MaybeSent(resolution): MaybeSent<Resolution>,
) -> Reply<Json<Violation>> {
    let notes = resolution.notes.unwrap_or_default();
    Ok(Json(
        gate.resolve_violation(&caller, &id, &notes).await?.into(),
    ))
}
