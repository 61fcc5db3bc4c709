//! What the gate carried out or tried, and what people found out about it.

mod view;

use super::{
    answer::{Answer, Body, Refused, back, bad},
    deciding,
    fields::Fields,
    names::{Agents, People},
    question::{Question, count},
    seat::Seated,
};
use crate::{
    console::{
        pages::executions::{self as page, Executions, OneExecution, Resolve},
        parts::field::{Field, Kind, choices},
        paths,
    },
    intake::{body::read, id::Numbered},
    rest::executions::Found,
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use maud::html;
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    error::GateError,
    execution::{Execution, Stage},
    principal::Role,
};
use serde_json::{Map, Value};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::EXECUTIONS);
    Router::new()
        .route(paths::EXECUTIONS, get(list))
        .route(&one(""), get(show))
        .route(&one("/resolve"), post(resolve))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let agents = Agents::read(&gate, caller).await?;
    let stage = stage(asked.word("state"))?;
    let agent = agents.meant(asked.word("agent"));
    let mut all = gate.executions(caller, (stage, agent)).await?;
    let unknown = gate
        .executions(caller, (Some(Stage::Unknown), None))
        .await?;
    // What somebody has to find out comes first.
    all.sort_by_key(|one| one.stage != Stage::Unknown);
    let (all, pager) = asked.cut(all)?;
    let view = Executions {
        now: gate.now(),
        state: asked.word("state").to_owned(),
        agent: asked.word("agent").to_owned(),
        unknown: count(unknown.len()),
        lines: all
            .into_iter()
            .map(|one| view::line(one, &agents))
            .collect(),
        pager,
    };
    let body = Body {
        title: "Executions",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::executions(&view),
    };
    body.ok(&seat)
}

fn stage(word: &str) -> Result<Option<Stage>, GateError> {
    let all = [Stage::Started, Stage::Unknown, Stage::Done, Stage::Failed];
    let found = all.into_iter().find(|stage| stage.as_str() == word);
    if found.is_none() && !word.is_empty() {
        return Err(GateError::invalid("state", "is no state of an execution"));
    }
    Ok(found)
}

async fn show(State(gate): State<Gate>, seat: Seated, Numbered(seq): Numbered) -> Answer {
    draw(&gate, &seat, seq, None).await
}

/// The page of one, with what was sent and why it was refused.
async fn draw(gate: &Gate, seat: &Seated, seq: u64, wrong: Option<(&Fields, Refusal)>) -> Answer {
    let caller = &seat.principal;
    let (execution, foreseen) = gate.foreseen_execution(caller, seq).await?;
    let agents = Agents::read(gate, caller).await?;
    let people = People::read(gate, caller).await?;
    let trail = view::trail(gate, caller, &execution, &people).await?;
    let now = gate.now();
    let may_resolve = may_resolve(seat) && is_open(&execution, now);
    let status = wrong.as_ref().map_or(StatusCode::OK, |one| one.1.status());
    let (fields, left) = fields(wrong);
    let digest = execution.action_digest.to_string();
    let line = view::line(execution, &agents);
    let drawn = OneExecution {
        now,
        csrf: seat.csrf.clone(),
        digest,
        hold: trail.hold,
        dry_run: foreseen.map(deciding::foreseen),
        looks: trail.looks,
        outcomes: trail.outcomes,
        resolve: may_resolve.then_some(Resolve { fields }),
        line,
    };
    let body = Body {
        title: &drawn.line.action,
        section: page::SECTION,
        crumbs: page::crumbs(),
        deeds: html! {},
        markup: page::execution(&drawn),
    };
    let flash: Vec<_> = left.into_iter().map(bad).collect();
    Ok(body.show(seat, status, &flash))
}

/// Whether the form is drawn; whether it is done, the firewall says.
const fn may_resolve(seat: &Seated) -> bool {
    matches!(seat.principal.role, Role::Operator | Role::Architect)
}

/// Whether there is something to find out.
fn is_open(execution: &Execution, now: jiff::Timestamp) -> bool {
    match execution.stage {
        Stage::Unknown => true,
        Stage::Started => now >= execution.due_at,
        Stage::Done | Stage::Failed => false,
    }
}

/// The fields of the form, with what is wrong at each; and what is wrong with none of them.
fn fields(wrong: Option<(&Fields, Refusal)>) -> (Vec<Field>, Vec<String>) {
    let (sent, refusal) = wrong.unzip();
    let filled = |name, label: &str| {
        let value = sent.map_or("", |sent| sent.verbatim(name));
        Field::new("resolve", name, label).value(value)
    };
    let done = [
        ("", "Choose"),
        ("true", "It was done"),
        ("false", "It was not done"),
    ];
    let mut fields = vec![
        filled("done", "What became of it")
            .kind(choices(&done))
            .required(),
        filled("reason", "How you know").kind(Kind::Text).required(),
        filled("cost_usd", "What it cost, in US dollars")
            .hint("Left empty, what was reserved counts."),
        filled("gpu_hours", "What it took, in GPU-hours")
            .hint("Left empty, what was reserved counts."),
    ];
    let mut left = Vec::new();
    let Some(refusal) = refusal else {
        return (fields, left);
    };
    if refusal.details().is_empty() {
        left.push(refusal.message().to_owned());
    }
    for fault in refusal.details() {
        match fields.iter_mut().find(|field| field.name == fault.path) {
            Some(field) => field.error.clone_from(&fault.message),
            None => left.push(fault.to_string()),
        }
    }
    (fields, left)
}

async fn resolve(
    State(gate): State<Gate>,
    seat: Seated,
    Numbered(seq): Numbered,
    sent: Fields,
) -> Answer {
    if !may_resolve(&seat) {
        let message = "only an operator or an architect resolves an unknown outcome";
        return Err(GateError::Forbidden(message.to_owned()).into());
    }
    let resolved = match found(&sent) {
        Ok(resolution) => gate
            .resolve_execution(&seat.principal, seq, resolution)
            .await
            .map_err(Refusal::from),
        Err(refusal) => Err(refusal),
    };
    match resolved {
        Ok(_) => back(&paths::one(paths::EXECUTIONS, &seq.to_string())),
        Err(refusal) if refusal.status() == StatusCode::FORBIDDEN => Err(Refused::from(refusal)),
        Err(refusal) => draw(&gate, &seat, seq, Some((&sent, refusal))).await,
    }
}

/// What was sent, read as the API reads it: both refuse the same, in the same words.
fn found(sent: &Fields) -> Result<portcullis_firewall::turn::Resolution, Refusal> {
    let mut body = Map::new();
    let done = match sent.one("done") {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => None,
    };
    body.extend(done.map(|done| ("done".to_owned(), done)));
    body.insert("reason".to_owned(), sent.one("reason").into());
    for name in ["cost_usd", "gpu_hours"] {
        let typed = sent.one(name);
        if !typed.is_empty() {
            // What is no number is refused as the text that it is.
            let number = serde_json::from_str(typed).ok().filter(Value::is_number);
            body.insert(name.to_owned(), number.unwrap_or_else(|| typed.into()));
        }
    }
    read::<Found>(Value::Object(body))?.resolution()
}
