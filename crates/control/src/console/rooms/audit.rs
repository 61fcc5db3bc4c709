//! The audit trail: the explorer, one record, and what can be taken away.

use super::{
    answer::{Answer, Body, bad, file},
    fields::Fields,
    names::{Agents, People},
    question::Question,
    seat::Seated,
    telling::Telling,
};
use crate::{
    console::{
        page::Flash,
        pages::audit::{self, Audit, Chain, Filter, Line, Record},
        parts::badge::Tone,
        paths,
    },
    export::Format,
    intake::{
        id::Numbered,
        word::{Since, Until},
    },
    rest::audit::{export, proof::InclusionProof},
    rights::Gate,
    wire::record::{self, members},
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use maud::html;
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    error::GateError,
    query::RecordQuery,
};
use portcullis_policy::tier::Verdict;

pub(super) fn routes() -> Router<Gate> {
    let at = |place: &str| format!("{}{place}", paths::AUDIT);
    Router::new()
        .route(paths::AUDIT, get(list))
        .route(&at("/export"), get(download))
        .route(&at("/checkpoint"), get(checkpoint))
        .route(&at("/verify"), post(verify))
        .route(&at("/{id}"), get(show))
        .route(&at("/{id}/json"), get(json))
        .route(&at("/{id}/proof"), get(proof))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    explorer(&gate, &seat, &asked, &[]).await
}

async fn explorer(gate: &Gate, seat: &Seated, asked: &Question, flash: &[Flash]) -> Answer {
    let caller = &seat.principal;
    let overview = gate.overview(caller).await?;
    let agents = Agents::read(gate, caller).await?;
    let people = People::read(gate, caller).await?;
    let (query, filter) = filtered(asked, &agents)?;
    let (records, pager) = asked.records((gate, caller), query).await?;
    let chain = match overview.broken_at {
        Some(record) => Chain::Broken { record },
        None => Chain::Holds {
            size: overview.head.seq,
            root: root(&gate.checkpoint(caller).await?),
        },
    };
    let view = Audit {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        chain,
        filter,
        lines: records
            .iter()
            .map(|record| line(record, &agents, &people))
            .collect(),
        pager,
        may_export: gate.may_export(caller).is_ok(),
    };
    let body = Body {
        title: "Audit",
        section: audit::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: audit::audit(&view),
    };
    Ok(body.show(seat, StatusCode::OK, flash))
}

/// What is asked for, as the ledger knows it and as the form shows it again.
fn filtered(asked: &Question, agents: &Agents) -> Result<(RecordQuery, Filter), GateError> {
    let (kind, _) = asked.typed::<RecordKind>("type");
    if kind.is_none() && !asked.word("type").is_empty() {
        return Err(GateError::invalid("type", "is no kind of record"));
    }
    let (since, from_error) = asked.typed::<Since>("from");
    let (until, to_error) = asked.typed::<Until>("to");
    let query = RecordQuery {
        kind,
        since: since.map(|since| since.0),
        until: until.map(|until| until.0),
        agent: agents.meant(asked.word("agent")),
        verdict: asked.one::<Verdict>("verdict")?,
        ..RecordQuery::default()
    };
    let word = |name| asked.word(name).to_owned();
    let filter = Filter {
        kind: word("type"),
        verdict: word("verdict"),
        agent: word("agent"),
        from: word("from"),
        to: word("to"),
        from_error,
        to_error,
    };
    Ok((query, filter))
}

/// The root in a checkpoint: the third line of a signed note (C2SP tlog-checkpoint).
fn root(note: &str) -> String {
    note.lines().nth(2).unwrap_or_default().to_owned()
}

fn line(record: &StoredRecord, agents: &Agents, people: &People) -> Line {
    let told = Telling::of(record);
    let by = told.text("actor");
    // What people do to an agent's action is theirs, not the agent's.
    let actor = if record.agent.is_empty() || by.starts_with("person:") {
        people.actor(by, by)
    } else {
        agents.actor(&record.agent)
    };
    Line {
        record: record.seq,
        at: record.at,
        kind: record.kind.as_str().to_owned(),
        verdict: record.verdict,
        actor,
        what: told.what(),
        hash: record.hash.to_string(),
    }
}

async fn show(State(gate): State<Gate>, seat: Seated, Numbered(seq): Numbered) -> Answer {
    let caller = &seat.principal;
    let record = gate.record(caller, seq).await?;
    let agents = Agents::read(&gate, caller).await?;
    let people = People::read(&gate, caller).await?;
    let size = gate.overview(caller).await?.head.seq;
    let prev_hash = record
        .prev
        .map_or_else(|| "0".to_owned(), |hash| hash.to_string());
    let view = Record {
        now: gate.now(),
        line: line(&record, &agents, &people),
        prev_hash,
        json: indented(&record)?,
        size,
    };
    let body = Body {
        title: &format!("Record #{seq}"),
        section: audit::SECTION,
        crumbs: audit::crumbs(),
        deeds: html! {},
        markup: audit::record(&view),
    };
    body.ok(&seat)
}

fn indented(record: &StoredRecord) -> Result<String, GateError> {
    serde_json::to_string_pretty(&members(record))
        .map_err(|error| GateError::Unavailable(format!("record {}: {error}", record.seq)))
}

/// The record as it was sealed.
async fn json(State(gate): State<Gate>, seat: Seated, Numbered(seq): Numbered) -> Answer {
    let record = gate.record(&seat.principal, seq).await?;
    let name = format!("record-{seq}.json");
    file(&name, "application/json", record::sealed(&record))
}

async fn proof(State(gate): State<Gate>, seat: Seated, Numbered(seq): Numbered) -> Answer {
    let proof = InclusionProof::from(gate.inclusion(&seat.principal, seq).await?);
    let bytes = serde_json::to_vec_pretty(&proof)
        .map_err(|error| GateError::Unavailable(error.to_string()))?;
    file(
        &format!("record-{seq}-proof.json"),
        "application/json",
        bytes,
    )
}

async fn checkpoint(State(gate): State<Gate>, seat: Seated) -> Answer {
    let note = gate.checkpoint(&seat.principal).await?;
    file(
        "checkpoint.txt",
        "text/plain; charset=utf-8",
        note.into_bytes(),
    )
}

async fn download(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = seat.principal;
    let agents = Agents::read(&gate, &caller).await?;
    let (filter, shown) = filtered(&asked, &agents)?;
    // A wrong day must not become a file of everything.
    let faults = [("from", shown.from_error), ("to", shown.to_error)];
    if let Some((name, error)) = faults.into_iter().find(|(_, error)| !error.is_empty()) {
        return Err(GateError::invalid(name, error).into());
    }
    let format = asked.one::<Format>("format")?.unwrap_or_default();
    gate.may_export(&caller)?;
    let last = gate.overview(&caller).await?.head.seq;
    let export = export::Export {
        gate,
        caller,
        format,
        filter,
        last,
    };
    Ok(export::file(export).await?)
}

/// Walks over the whole chain, and says what was found.
async fn verify(State(gate): State<Gate>, seat: Seated, asked: Question, _: Fields) -> Answer {
    let found = gate
        .verify(&seat.principal, (None, None), &mut |_, _| ())
        .await?;
    let checked = found.walk.records_checked;
    let told = if found.is_good() {
        Flash {
            tone: Tone::Good,
            words: format!("The chain holds: {checked} records were walked over."),
        }
    } else {
        bad("The chain does not hold.")
    };
    explorer(&gate, &seat, &asked, &[told]).await
}
