//! Records as the documentation shows them: one number for confidence, `target` besides
//! `target_service`. What is sealed is shown by `/v1/audit`.

use crate::{
    intake::{id::Numbered, page::Paging, query::Asked},
    rest::audit::{RecordFilter, page_query},
    rights::{Gate, Reader, Searcher},
    wire::record,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::batch::StoredRecord;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A page of records.
#[derive(Debug, Serialize)]
pub(super) struct Records {
    records: Vec<Map<String, Value>>,
    has_more: bool,
}

fn shown(stored: &StoredRecord) -> Map<String, Value> {
    let mut members = record::members(stored);
    if let Some(scores) = members.remove("confidence") {
        let least = scores
            .as_object()
            .and_then(|all| all.values().filter_map(Value::as_f64).reduce(f64::min));
        members.insert("confidence".to_owned(), json!(least));
        members.insert("confidence_scores".to_owned(), scores);
    }
    if let Some(target) = members.get("target_service").cloned() {
        members.insert("target".to_owned(), target);
    }
    members
}

/// A page of records, newest first.
pub(super) async fn list(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked((filter, paging)): Asked<(RecordFilter, Paging)>,
) -> Reply<Json<Records>> {
    let records = gate.records(&caller, page_query(&filter, paging)).await?;
    let cut = paging.cut_rest(records.into_iter());
    Ok(Json(Records {
        records: cut.items.iter().map(shown).collect(),
        has_more: cut.has_more,
    }))
}

/// One record.
pub(super) async fn show(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Numbered(seq): Numbered,
) -> Reply<Json<Map<String, Value>>> {
    Ok(Json(shown(&gate.record(&caller, seq).await?)))
}
