//! What was asked for in a session, and what became of it, as records tell it.

use crate::{
    console::{pages::sessions::Work, rooms::telling::Telling},
    rights::Gate,
};
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    error::GateError,
    principal::Principal,
    query::RecordQuery,
    session::Session,
};
use portcullis_policy::tier::Verdict;
use std::collections::HashMap;

/// How many records of the agent are looked through.
const LOOKED_THROUGH: usize = 2_000;
/// How many actions are shown.
const MOST: usize = 100;
/// How long after a session an action of it may still end, as an outcome that nobody told counts
/// as unknown by then.
const HEARD_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// What was done in a session, as far as the reader sees it.
pub(super) struct Doings {
    /// The newest actions.
    pub(super) work: Vec<Work>,
    /// Whether there may be more.
    pub(super) has_more: bool,
}

/// Reads it.
///
/// # Errors
/// As [`portcullis_firewall::firewall::Firewall::records`].
pub(super) async fn of(
    gate: &Gate,
    caller: &Principal,
    session: &Session,
) -> Result<Doings, GateError> {
    let query = RecordQuery {
        agent: Some(session.agent.to_string()),
        since: Some(session.opened_at),
        until: session.end.as_ref().and_then(|end| heard_by(end.at)),
        newest_first: true,
        limit: LOOKED_THROUGH,
        ..RecordQuery::default()
    };
    let records = gate.records(caller, query).await?;
    let mut outcomes: HashMap<u64, (String, String)> = HashMap::new();
    let mut work = Vec::new();
    // An outcome is newer than the decision it belongs to, and a person's newer than the gate's.
    for record in &records {
        let told = Telling::of(record);
        match record.kind {
            RecordKind::Outcome => {
                let end = (told.text("outcome"), told.text("effect"));
                let parent = told.number("parent_seq").unwrap_or_default();
                outcomes
                    .entry(parent)
                    .or_insert_with(|| (end.0.to_owned(), end.1.to_owned()));
            }
            RecordKind::Decision if told.text("session_id") == session.id.as_str() => {
                let end = outcomes.remove(&record.seq).unwrap_or_default();
                work.push(one(record, &told, end));
            }
            _ => {}
        }
    }
    let has_more = work.len() > MOST || records.len() >= LOOKED_THROUGH;
    work.truncate(MOST);
    Ok(Doings { work, has_more })
}

fn heard_by(end: Timestamp) -> Option<Timestamp> {
    end.checked_add(HEARD_WITHIN).ok()
}

fn one(record: &StoredRecord, told: &Telling, (outcome, effect): (String, String)) -> Work {
    Work {
        record: record.seq,
        at: record.at,
        // A decision without a verdict permitted nothing.
        verdict: record.verdict.unwrap_or(Verdict::Blocked),
        action: told.text("action_type").to_owned(),
        target: told.text("target_service").to_owned(),
        scope: told.text("scope").to_owned(),
        outcome,
        effect,
    }
}
