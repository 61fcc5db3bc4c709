//! The ledger of leases.

use super::{
    answer::{Answer, Body},
    names::{Agents, People},
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        pages::leases::{self as page, End, Filter, Leases, Life, Why},
        paths,
    },
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use maud::html;
use portcullis_firewall::{
    error::GateError,
    kept_lease::{Lease, LeaseStage},
};
use serde_json::{Map, Value};

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::LEASES, get(list))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let agents = Agents::read(&gate, caller).await?;
    let people = People::read(&gate, caller).await?;
    let filter = filter(&asked)?;
    let live = is_live(&filter.state);
    let session = Some(filter.session.as_str()).filter(|session| !session.is_empty());
    let mut leases = gate.leases(caller, (live, session)).await?;
    let all_live = gate.leases(caller, (true, None)).await?;
    let unended = all_live.iter().filter(|lease| is_unended(lease)).count();
    let agent = agents.meant(&filter.agent);
    leases.retain(|lease| {
        let stage = ["live", "all", lease.stage.as_str()].contains(&filter.state.as_str());
        let provider = [&lease.ask.scope.provider, ""].contains(&filter.provider.as_str());
        let whose = agent
            .as_ref()
            .is_none_or(|id| lease.ask.agent.as_str() == id);
        stage && provider && whose
    });
    // What may live although it should not comes first.
    leases.sort_by_key(|lease| !is_unended(lease));
    let (leases, pager) = asked.cut(leases)?;
    let view = Leases {
        now: gate.now(),
        filter,
        unended: count(unended),
        lines: lines(leases, &agents, &people),
        pager,
    };
    let body = Body {
        title: "Leases",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::leases(&view),
    };
    body.ok(&seat)
}

fn is_unended(lease: &Lease) -> bool {
    lease.stage == LeaseStage::Ending
}

/// Whether all that is asked for lives, or may.
fn is_live(state: &str) -> bool {
    state == "live" || LeaseStage::LIVE.contains(&state)
}

fn filter(asked: &Question) -> Result<Filter, GateError> {
    let state = match asked.word("state") {
        "" => "live",
        word => word,
    };
    let ended = LeaseStage::Ended.as_str();
    if !is_live(state) && !["all", ended].contains(&state) {
        return Err(GateError::invalid("state", "is no state of a lease"));
    }
    let word = |name| asked.word(name).to_owned();
    Ok(Filter {
        state: state.to_owned(),
        provider: word("provider"),
        agent: word("agent"),
        session: word("session"),
    })
}

/// Leases as pages draw them.
pub(super) fn lines(leases: Vec<Lease>, agents: &Agents, people: &People) -> Vec<page::Lease> {
    let line = |lease| line(lease, agents, people);
    leases.into_iter().map(line).collect()
}

fn line(lease: Lease, agents: &Agents, people: &People) -> page::Lease {
    let longer = lease.longer_by_seconds().unwrap_or_default();
    let life = Life {
        asked_at: lease.ask.asked_at,
        granted_at: lease.grant.as_ref().map(|grant| grant.at),
        ends_at: lease.ask.ends_at,
        expires_at: lease.expires_at(),
        longer_by_seconds: u64::try_from(longer).unwrap_or_default(),
    };
    let ask = lease.ask;
    page::Lease {
        id: ask.id,
        stage: lease.stage,
        session: ask.session.to_string(),
        agent: agents.actor(ask.agent.as_str()),
        workspace: ask.workspace.to_string(),
        scope: ask.scope.name,
        provider: ask.scope.provider,
        mode: ask.mode,
        personal: ask.personal.map(|person| people.one(&person)),
        why: Why {
            record: ask.action.seq,
            action: ask.action.action_type,
            target: ask.action.target,
            hold: ask.action.hold.unwrap_or_default(),
        },
        request: indented(&lease.request),
        granted: indented(&lease.grant.map(|grant| grant.granted).unwrap_or_default()),
        life,
        ending: lease.ending.unwrap_or_default(),
        end: lease.end.map(|end| End {
            how: end.revoked.how,
            is_dead: end.revoked.dead,
            at: end.at,
            delay_ms: end.revoked.delay_ms,
        }),
        tries: lease.tries,
        failure: lease.failure.unwrap_or_default(),
    }
}

/// What a provider was asked or granted, to be read; nothing when it said nothing.
fn indented(words: &Map<String, Value>) -> String {
    if words.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(words).unwrap_or_default()
}
