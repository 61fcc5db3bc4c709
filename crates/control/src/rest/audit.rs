//! `/v1/audit`: the tenant's chain of records, and how anybody can check it.

pub(crate) mod export;
mod filter;
pub(crate) mod proof;

pub(crate) use filter::RecordFilter;

use crate::{
    intake::{
        id::Numbered,
        page::{Cut, Paging, PagingParams},
        query::Asked,
    },
    rights::{Gate, PlainWatcher, Watcher},
    wire::record::Record,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{batch::StoredRecord, error::GateError, query::RecordQuery};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .merge(export::routes())
        .merge(proof::routes())
        .routes(routes!(show))
}

/// A page of records, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordPage {
    /// The records of this page.
    pub records: Vec<Record>,
    /// The most entries of a page.
    pub limit: usize,
    /// How many entries come before this page.
    pub offset: usize,
    /// Whether there are entries after this page.
    pub has_more: bool,
}

impl RecordPage {
    /// A page of stored records.
    ///
    /// Fails closed: a record that cannot be shown is no page at all.
    pub(crate) fn of(cut: &Cut<StoredRecord>) -> Result<Self, GateError> {
        let records: Result<Vec<_>, _> = cut.items.iter().map(shown).collect();
        Ok(Self {
            records: records?,
            limit: cut.paging.limit,
            offset: cut.paging.offset,
            has_more: cut.has_more,
        })
    }
}

/// A stored record as lists show it.
pub(crate) fn shown(record: &StoredRecord) -> Result<Record, GateError> {
    Record::of(record).map_err(|error| {
        GateError::Unavailable(format!("record {} cannot be read: {error}", record.seq))
    })
}

/// The query for a page of records, newest first, and one more.
pub(crate) fn page_query(filter: &RecordFilter, paging: Paging) -> RecordQuery {
    RecordQuery {
        offset: paging.offset,
        limit: paging.limit.saturating_add(1),
        newest_first: true,
        ..filter.query()
    }
}

/// Lists records
///
/// Newest first. Words of other products are understood for verdicts: ALLOW, ESCROW and DENY. Whoever
/// sees some records alone gets those among the newest 10,000.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit",
    params(RecordFilter, PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of records.", body = RecordPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked((filter, paging)): Asked<(RecordFilter, Paging)>,
) -> Reply<Json<RecordPage>> {
    let records = gate.records(&caller, page_query(&filter, paging)).await?;
    Ok(Json(RecordPage::of(&paging.cut_rest(records.into_iter()))?))
}

/// Shows a record
///
/// As it was sealed.
#[utoipa::path(
    get, path = "/v1/audit/{seq}", tag = "audit",
    params(("seq" = u64, Path, description = "The record's number.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The record.", body = Record)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Numbered(seq): Numbered,
) -> Reply<Json<Record>> {
    Ok(Json(shown(&gate.record(&caller, seq).await?)?))
}
