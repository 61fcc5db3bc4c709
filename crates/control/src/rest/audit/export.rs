//! `/v1/audit/export`: many records as one file, written while it is read.

use super::RecordFilter;
use crate::{
    export::Format,
    intake::{
        query::{Asked, query},
        word::Word,
    },
    rights::{Gate, Searcher},
    wire::words,
};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::stream;
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    batch::StoredRecord, error::GateError, principal::Principal, query::RecordQuery,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How many records are read at once.
const CHUNK: usize = 500;

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(download))
}

query! {
    /// How the file is written.
    pub(crate) struct ExportAs {
        /// `jsonl` when not given.
        #[param(value_type = Option<words::ExportFormat>)]
        format: Format,
    }
}

impl Word for Format {
    fn read(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|format| format.as_str()).collect();
            format!("expected one of `{}`", names.join("`, `"))
        })
    }
}

/// Exports records
///
/// Oldest first, up to the record that was the last when the export began. `jsonl` holds the
/// records as they were sealed and can be verified offline; `csv`, `ocsf` and `cef` are views of
/// them for other programs. No policy is asked before an export. An export that breaks off is not
/// ended properly, so that nobody takes it for the whole.
#[utoipa::path(
    get, path = "/v1/audit/export", tag = "audit",
    params(ExportAs, RecordFilter),
    security(("bearer" = ["client"])),
    responses(
        (status = 200, description = "The file.", content(
            (String = "application/x-ndjson"),
            (String = "text/csv"),
            (String = "text/plain"),
        )),
    ),
)]
pub(crate) async fn download(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked((how, filter)): Asked<(ExportAs, RecordFilter)>,
) -> Reply {
    gate.may_export(&caller)?;
    let format = how.format.unwrap_or_default();
    let last = gate.overview(&caller).await?.head.seq;
    file(Export {
        gate,
        caller,
        format,
        filter: filter.query(),
        last,
    })
    .await
}

/// An export to be written.
#[derive(Debug)]
pub(crate) struct Export {
    /// Where the records are.
    pub gate: Gate,
    /// Who asks.
    pub caller: Principal,
    /// How they are written.
    pub format: Format,
    /// Which of them.
    pub filter: RecordQuery,
    /// The last of them.
    pub last: u64,
}

/// The reply whose body is written while it is read.
///
/// # Errors
/// When the first records cannot be read; later failures break the body off.
pub(crate) async fn file(export: Export) -> Reply {
    let first = export.chunk(0).await?;
    let name = format!(
        "attachment; filename=\"audit.{}\"",
        export.format.extension()
    );
    let kind = HeaderValue::from_static(export.format.content_type());
    let head = Bytes::from_static(export.format.head().as_bytes());
    let state = Writing {
        export,
        chunk: Some(first),
        head: Some(head),
    };
    let mut response = Response::new(Body::from_stream(stream::unfold(Some(state), step)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Where the writing stands.
struct Writing {
    export: Export,
    /// What was read and not written yet.
    chunk: Option<Vec<StoredRecord>>,
    /// What stands before the first record, until it is written.
    head: Option<Bytes>,
}

type Step = Option<(Result<Bytes, GateError>, Option<Writing>)>;

/// Writes the next piece.
async fn step(state: Option<Writing>) -> Step {
    let mut state = state?;
    if let Some(head) = state.head.take().filter(|head| !head.is_empty()) {
        return Some((Ok(head), Some(state)));
    }
    let chunk = state.chunk.take()?;
    let last = chunk.last()?.seq;
    let mut bytes = Vec::with_capacity(chunk.len().saturating_mul(1_024));
    for record in chunk
        .iter()
        .filter(|record| record.seq <= state.export.last)
    {
        state.export.format.write(record, &mut bytes);
    }
    if chunk.len() == CHUNK && last < state.export.last {
        match state.export.chunk(last).await {
            Ok(next) => state.chunk = Some(next),
            Err(error) => {
                tracing::error!(%error, "an export breaks off");
                return Some((Err(error), None));
            }
        }
    }
    Some((Ok(Bytes::from(bytes)), Some(state)))
}

impl Export {
    /// The next records after a number.
    async fn chunk(&self, after: u64) -> Result<Vec<StoredRecord>, GateError> {
        let query = RecordQuery {
            beyond: after,
            limit: CHUNK,
            newest_first: false,
            ..self.filter.clone()
        };
        self.gate.records(&self.caller, query).await
    }
}
