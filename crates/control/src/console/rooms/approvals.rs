//! What waits for people, and one hold with everything they need to decide it.

use super::{
    answer::{Answer, Body, file},
    deciding,
    names::Agents,
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        desk::Desk,
        pages::approvals::{self as page, Inbox, Line, Shown},
        paths,
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Extension, Router,
    extract::State,
    routing::{get, post},
};
use maud::html;
use portcullis_firewall::{
    batch::DocumentKind,
    error::GateError,
    firewall::{HoldEntry, Waiting},
    hold::HoldStatus,
    query::DocumentQuery,
};
use std::sync::Arc;

/// The most decided holds that are looked through.
const DECIDED_MOST: usize = 500;

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::APPROVALS);
    Router::new()
        .route(paths::APPROVALS, get(list))
        .route(&one(""), get(show))
        .route(&one("/parameters"), get(parameters))
        .route(&one("/evidence"), get(evidence))
        .route(&one("/approve"), post(deciding::approve))
        .route(&one("/reject"), post(deciding::reject))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let shown = match asked.word("show") {
        "waiting" => Shown::Waiting,
        "decided" => Shown::Decided,
        _ => Shown::Mine,
    };
    let waiting = gate.inbox(&seat.principal).await?;
    let mine = count(waiting.iter().filter(|one| one.is_asked).count());
    let in_all = count(waiting.len());
    let holds: Vec<HoldEntry> = match shown {
        Shown::Decided => decided(&gate, &seat).await?,
        Shown::Waiting => waiting.into_iter().map(|one| one.hold).collect(),
        Shown::Mine => asked_of_me(waiting),
    };
    let agents = Agents::read(&gate, &seat.principal).await?;
    let (search, risk) = (
        asked.word("q").to_lowercase(),
        asked.word("risk").to_owned(),
    );
    let fits = |hold: &HoldEntry| {
        let words = [
            hold.action_type.as_str(),
            &hold.target_service,
            &agents.name(hold.agent_id.as_str()),
        ]
        .map(str::to_lowercase);
        let found = search.is_empty() || words.iter().any(|word| word.contains(&search));
        found && (risk.is_empty() || risk == hold.risk_tier.number().to_string())
    };
    let holds = holds.into_iter().filter(fits).collect();
    let (holds, pager) = asked.cut(holds)?;
    let view = Inbox {
        now: gate.now(),
        shown,
        mine,
        waiting: in_all,
        lines: holds.iter().map(|hold| line(hold, &agents)).collect(),
        search: asked.word("q").to_owned(),
        risk,
        pager,
    };
    Body {
        title: "Approvals",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::approvals(&view),
    }
    .ok(&seat)
}

fn asked_of_me(waiting: Vec<Waiting>) -> Vec<HoldEntry> {
    let mine = waiting.into_iter().filter(|one| one.is_asked);
    mine.map(|one| one.hold).collect()
}

async fn decided(gate: &Gate, seat: &Seated) -> Result<Vec<HoldEntry>, GateError> {
    let ended = [
        HoldStatus::Released,
        HoldStatus::Killed,
        HoldStatus::TimedOut,
        HoldStatus::Superseded,
    ];
    let query = DocumentQuery {
        statuses: ended.map(|status| status.as_str().to_owned()).to_vec(),
        limit: DECIDED_MOST,
        ..DocumentQuery::all(DocumentKind::Hold)
    };
    let holds = gate.holds(&seat.principal, query).await?;
    Ok(holds.iter().map(HoldEntry::from).collect())
}

fn line(hold: &HoldEntry, agents: &Agents) -> Line {
    Line {
        id: hold.id.clone(),
        action: hold.action_type.clone(),
        target: hold.target_service.clone(),
        environment: hold.environment.clone(),
        agent: agents.name(hold.agent_id.as_str()),
        risk: hold.risk_tier,
        why: hold.why.clone(),
        approvals: hold.approvals,
        approvals_required: hold.approvals_required,
        created_at: hold.created_at,
        timeout_at: hold.timeout_at,
        status: hold.status,
    }
}

async fn show(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
    asked: Question,
) -> Answer {
    let said = deciding::said(asked.word("said"));
    deciding::page(&gate, &desk, &seat, &id, said).await
}

/// The parameters whole, as they are.
async fn parameters(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    let hold = gate.hold(&seat.principal, &id).await?;
    let text = serde_json::to_vec_pretty(&hold.parameters).unwrap_or_default();
    file(
        &format!("{}-parameters.json", hold.id),
        "application/json",
        text,
    )
}

/// The evidence of a decided hold.
async fn evidence(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    let evidence = gate.evidence(&seat.principal, &id).await?;
    let text = serde_json::to_vec_pretty(&evidence).unwrap_or_default();
    file(
        &format!("{}-evidence.json", evidence.hold),
        "application/json",
        text,
    )
}
