//! The agents, and one of them.

use super::{
    answer::{Answer, Body, back},
    fields::Fields,
    question::Question,
    seat::Seated,
};
use crate::{
    console::{
        pages::agents::{self, Agent, AgentHold, AgentViolation, OneAgent, State as Standing},
        paths,
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};
use maud::html;
use portcullis_firewall::{
    agent::Step,
    batch::{DocumentKind, RecordKind},
    error::GateError,
    firewall::AgentView,
    hold::Hold,
    person::Person,
    principal::Principal,
    query::{DocumentQuery, RecordQuery},
    turn::AgentPatch,
    violation::{Violation, ViolationStatus},
};
use portcullis_policy::facts::AgentStatus;

/// How many holds and violations are shown of one agent.
const NEWEST: usize = 10;
/// The most decisions that are counted for the hours of one agent.
const COUNTED: usize = 10_000;

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::AGENTS);
    Router::new()
        .route(paths::AGENTS, get(list))
        .route(&one(""), get(show))
        .route(&one("/pause"), post(pause))
        .route(&one("/resume"), post(resume))
        .route(&one("/unblock"), post(unblock))
        .route(&one("/owner"), post(own))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let mut views = gate.agents(&seat.principal).await?;
    let (search, state) = (
        asked.word("q").to_lowercase(),
        asked.one::<AgentStatus>("state")?,
    );
    views.retain(|view| {
        let agent = &view.agent;
        let found = agent.name.to_lowercase().contains(&search) || agent.id.as_str() == search;
        found && state.is_none_or(|state| state == agent.status)
    });
    let (views, pager) = asked.cut(views)?;
    let people = people(&gate, &seat.principal).await?;
    let view = agents::Agents {
        now: gate.now(),
        search: asked.word("q").to_owned(),
        state: asked.word("state").to_owned(),
        lines: views.iter().map(|view| line(view, &people)).collect(),
        pager,
    };
    let body = Body {
        title: "Agents",
        section: agents::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: agents::agents(&view),
    };
    body.ok(&seat)
}

/// Who there is; somebody at the machine itself sees ids alone.
pub(super) async fn people(gate: &Gate, caller: &Principal) -> Result<Vec<Person>, GateError> {
    match gate.people(caller).await {
        Err(GateError::Forbidden(_)) => Ok(Vec::new()),
        known => known,
    }
}

fn line(view: &AgentView, people: &[Person]) -> Agent {
    let (agent, tally) = (&view.agent, &view.tally);
    let owner = agent.owner.as_ref().map(|id| {
        let known = people.iter().find(|person| person.id == *id);
        known.map_or_else(|| id.to_string(), |person| person.name.clone())
    });
    Agent {
        id: agent.id.to_string(),
        name: agent.name.clone(),
        owner: owner.unwrap_or_default(),
        state: match agent.status {
            AgentStatus::Active => Standing::Active,
            AgentStatus::Paused => Standing::Paused,
            AgentStatus::Blocked => Standing::Blocked,
            AgentStatus::Deregistered => Standing::Deregistered,
            AgentStatus::IdentityRevoked => Standing::Revoked,
        },
        seen_at: tally
            .last_seen_ms
            .and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        verdicts: [tally.cleared, tally.held, tally.blocked],
    }
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    page(&gate, &seat, &id, None).await
}

/// The page of one agent, with what was wrong with the owner that was sent.
async fn page(gate: &Gate, seat: &Seated, id: &str, wrong: Option<(String, String)>) -> Answer {
    let caller = &seat.principal;
    let view = gate.agent(caller, id).await?;
    let now = gate.now();
    let newest = |kind| DocumentQuery {
        agent: Some(id.to_owned()),
        limit: NEWEST,
        ..DocumentQuery::all(kind)
    };
    let holds = gate.holds(caller, newest(DocumentKind::Hold)).await?;
    let violations = gate
        .violations(caller, newest(DocumentKind::Violation))
        .await?;
    let mut agent = line(&view, &people(gate, caller).await?);
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let (owner, owner_error) = wrong.unwrap_or_else(|| (agent.owner.clone(), String::new()));
    agent.owner = owner;
    let drawn = OneAgent {
        now,
        csrf: seat.csrf.clone(),
        by_hour: by_hour(gate, caller, (id, now)).await?,
        facts: vec![
            ("Does".to_owned(), view.agent.description.clone()),
            ("Type".to_owned(), view.agent.agent_type.clone()),
        ],
        holds: holds.into_iter().map(hold).collect(),
        violations: violations.into_iter().map(violation).collect(),
        owner_error,
        may_change: caller.configures(),
        agent,
    };
    let body = Body {
        title: &view.agent.name,
        section: agents::SECTION,
        crumbs: agents::crumbs(),
        deeds: html! {},
        markup: agents::agent(&drawn),
    };
    Ok(body.show(seat, status, &[]))
}

/// The judgements of the last 24 hours, oldest first.
async fn by_hour(
    gate: &Gate,
    caller: &Principal,
    (id, now): (&str, Timestamp),
) -> Result<Vec<u64>, GateError> {
    let query = RecordQuery {
        kind: Some(RecordKind::Decision),
        agent: Some(id.to_owned()),
        since: now.checked_sub(SignedDuration::from_hours(24)).ok(),
        newest_first: true,
        limit: COUNTED,
        ..RecordQuery::default()
    };
    let mut hours = vec![0_u64; 24];
    for record in gate.records(caller, query).await? {
        let ago = now.duration_since(record.at).as_hours();
        let place = usize::try_from(23 - ago.clamp(0, 23)).unwrap_or_default();
        if let Some(hour) = hours.get_mut(place) {
            *hour += 1;
        }
    }
    Ok(hours)
}

fn hold(hold: Hold) -> AgentHold {
    AgentHold {
        what: format!("{} on {}", hold.action_type, hold.target_service),
        id: hold.id,
        status: hold.status,
        at: hold.created_at,
    }
}

fn violation(one: Violation) -> AgentViolation {
    AgentViolation {
        record: one.seq,
        kind: one.kind.as_str().to_owned(),
        reason: one.reason,
        is_open: one.status == ViolationStatus::Open,
        at: one.timestamp,
    }
}

/// Takes a step, from the one status it is meant for.
async fn step(gate: &Gate, seat: &Seated, id: &str, step: Step) -> Answer {
    gate.move_agent(&seat.principal, id, step, None).await?;
    back(&paths::one(paths::AGENTS, id))
}

async fn pause(State(gate): State<Gate>, seat: Seated, Named(id): Named, _: Fields) -> Answer {
    let way = Step {
        from: Some(AgentStatus::Active),
        to: AgentStatus::Paused,
    };
    step(&gate, &seat, &id, way).await
}

async fn resume(State(gate): State<Gate>, seat: Seated, Named(id): Named, _: Fields) -> Answer {
    let way = Step {
        from: Some(AgentStatus::Paused),
        to: AgentStatus::Active,
    };
    step(&gate, &seat, &id, way).await
}

async fn unblock(State(gate): State<Gate>, seat: Seated, Named(id): Named, _: Fields) -> Answer {
    let way = Step {
        from: Some(AgentStatus::Blocked),
        to: AgentStatus::Active,
    };
    step(&gate, &seat, &id, way).await
}

async fn own(State(gate): State<Gate>, seat: Seated, Named(id): Named, sent: Fields) -> Answer {
    let name = sent.one("owner").to_owned();
    seat.must_configure()?;
    let owner = if name.is_empty() {
        None
    } else {
        let people = gate.people(&seat.principal).await?;
        let named = people
            .iter()
            .find(|person| person.name.eq_ignore_ascii_case(&name));
        match named {
            Some(person) => Some(person.id.to_string()),
            None => {
                let error = "There is nobody of this name.".to_owned();
                return page(&gate, &seat, &id, Some((name, error))).await;
            }
        }
    };
    let patch = AgentPatch {
        owner: Some(owner),
        ..AgentPatch::default()
    };
    gate.update_agent(&seat.principal, &id, patch).await?;
    back(&paths::one(paths::AGENTS, &id))
}
