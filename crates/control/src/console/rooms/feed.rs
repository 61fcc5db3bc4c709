//! The feed of judgements.

use super::{
    answer::{Answer, Body},
    names::Agents,
    question::Question,
    seat::Seated,
    telling::Telling,
};
use crate::{
    console::{
        pages::feed::{self, Feed, Filter, Line},
        paths,
    },
    intake::word::{Since, Until},
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    query::RecordQuery,
};
use portcullis_policy::{
    label::Label,
    tier::{Tier, Verdict},
};

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::FEED, get(show))
}

async fn show(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let agents = Agents::read(&gate, caller).await?;
    let (since, from_error) = asked.typed::<Since>("from");
    let (until, to_error) = asked.typed::<Until>("to");
    let action = asked.word("action");
    let query = RecordQuery {
        kind: Some(RecordKind::Decision),
        since: since.map(|since| since.0),
        until: until.map(|until| until.0),
        agent: agents.meant(asked.word("agent")),
        verdict: asked.one::<Verdict>("verdict")?,
        tier: asked.one::<Tier>("tier")?,
        action_type: (!action.is_empty()).then(|| Label::new(action).to_string()),
        ..RecordQuery::default()
    };
    let (records, pager) = asked.records((&gate, caller), query).await?;
    let word = |name| asked.word(name).to_owned();
    let view = Feed {
        now: gate.now(),
        filter: Filter {
            verdict: word("verdict"),
            tier: word("tier"),
            agent: word("agent"),
            action: word("action"),
            from: word("from"),
            to: word("to"),
            from_error,
            to_error,
        },
        lines: records.iter().map(|record| line(record, &agents)).collect(),
        pager,
    };
    let body = Body {
        title: "Activity",
        section: feed::SECTION,
        crumbs: Vec::new(),
        deeds: feed::live(),
        markup: feed::feed(&view),
    };
    body.ok(&seat)
}

fn line(record: &StoredRecord, agents: &Agents) -> Line {
    let told = Telling::of(record);
    Line {
        record: record.seq,
        at: record.at,
        // A decision without a verdict permitted nothing.
        verdict: record.verdict.unwrap_or(Verdict::Blocked),
        risk: told.risk(),
        action: told.text("action_type").to_owned(),
        target: told.text("target_service").to_owned(),
        environment: told.text("environment").to_owned(),
        agent: agents.name(&record.agent),
        reasons: told.reasons(),
        hold: told.text("hold_id").to_owned(),
    }
}
