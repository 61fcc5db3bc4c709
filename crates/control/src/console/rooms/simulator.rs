//! The simulator. It asks the firewall what would be; nothing is changed, counted or recorded.

use super::{
    answer::{Answer, Body},
    drafts::{self, Names},
    fields::Fields,
    names::Agents,
    policies::{names, written},
    question::Question,
    seat::Seated,
    telling::{reasons, sentence},
};
use crate::{
    console::{
        pages::simulator::{self as page, Found, Outcome, Simulator},
        parts::conflict::{Conflict, Named},
        paths,
    },
    rest::policies::trial::read_action,
    rights::Gate,
};
use axum::{Router, extract::State, http::StatusCode, routing::get};
use maud::html;
use portcullis_firewall::{
    error::GateError,
    firewall::{Outlook, PolicyTest},
    principal::Principal,
};
use portcullis_policy::{action::Action, cham::read, conflict::Resolution, fault::Faults};
use serde_json::Value;

/// What the field of the action begins with.
const BEGINNING: &str = r#"{
  "action": "code_deploy",
  "target": "cluster-1/web",
  "environment": "production",
  "parameters": {},
  "reasoning": "Why the agent would say it asks",
  "confidence": { "incident": 0.9, "fix": 0.9, "containment": 0.9 }
}"#;

pub(super) fn routes() -> Router<Gate> {
    Router::new().route(paths::SIMULATOR, get(show).post(judge))
}

/// The form, with a policy in it if one is named by `?policy=`.
async fn show(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let id = asked.word("policy");
    let draft = if id.is_empty() {
        String::new()
    } else {
        written(&gate.policy(&seat.principal, id).await?.policy)
    };
    let view = Simulator {
        action: BEGINNING.to_owned(),
        draft,
        replaces: id.to_owned(),
        ..Simulator::default()
    };
    let names = names(&gate, &seat.principal).await?;
    draw(&seat, &names, view, StatusCode::OK)
}

fn draw(seat: &Seated, names: &Names, view: Simulator, status: StatusCode) -> Answer {
    let mut policies: Vec<Named> = names.0.keys().map(|id| names.of(id)).collect();
    policies.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let view = Simulator {
        csrf: seat.csrf.clone(),
        policies,
        ..view
    };
    let body = Body {
        title: "Simulator",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::simulator(&view),
    };
    Ok(body.show(seat, status, &[]))
}

async fn judge(State(gate): State<Gate>, seat: Seated, sent: Fields) -> Answer {
    let caller = &seat.principal;
    let names = names(&gate, caller).await?;
    let mut view = Simulator {
        agent: sent.one("agent").to_owned(),
        action: drafts::visible_json(sent.verbatim("action")),
        draft: drafts::visible_json(sent.verbatim("draft")),
        replaces: sent.one("policy").to_owned(),
        ..Simulator::default()
    };
    match tried(&gate, caller, &view, &names).await {
        Ok(found) => {
            view.found = Some(found);
            // The form of a draft brings no action: it is begun here.
            if sent.one("deed") == "try" {
                BEGINNING.clone_into(&mut view.action);
            }
            draw(&seat, &names, view, StatusCode::OK)
        }
        Err(GateError::Invalid(faults)) => {
            view.faults = drafts::faults(faults);
            draw(&seat, &names, view, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(GateError::NotFound("agent", _)) => {
            "There is no such agent.".clone_into(&mut view.agent_error);
            draw(&seat, &names, view, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(GateError::NotFound("policy", _)) => {
            view.faults = drafts::fault("policy", "there is no such policy");
            draw(&seat, &names, view, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error.into()),
    }
}

/// Tries what was typed.
async fn tried(
    gate: &Gate,
    caller: &Principal,
    view: &Simulator,
    names: &Names,
) -> Result<Found, GateError> {
    let blank = |text: &str| text.trim().is_empty();
    let action = if blank(&view.action) {
        None
    } else {
        let agents = Agents::read(gate, caller).await?;
        let agent = agents.meant(&view.agent);
        Some(action(gate, caller, &view.action, agent)?)
    };
    if blank(&view.draft) {
        let action = action.ok_or_else(|| GateError::invalid("action", "is required"))?;
        let outlook = gate.preview(caller, action).await?;
        return Ok(Found {
            outcome: Some(outcome(&outlook, names)),
            ..Found::default()
        });
    }
    let draft = within(
        "draft",
        drafts::json(&view.draft).and_then(|value| read::draft(&value)),
    )?;
    let replaces = Some(view.replaces.clone()).filter(|id| !id.is_empty());
    let mut with_draft = names.clone();
    with_draft.0.remove(view.replaces.as_str());
    let test = PolicyTest {
        draft,
        replaces,
        action,
    };
    let simulation = gate.test_policy(caller, test).await?;
    within("draft", Faults(simulation.faults).or(()))?;
    let reports = simulation.conflicts.iter();
    let conflicts = reports.map(|report| with_draft.report(report)).collect();
    let (with, now) = simulation.outlook.unzip();
    Ok(Found {
        conflicts: Some(conflicts),
        outcome: with.map(|outlook| outcome(&outlook, &with_draft)),
        now: now.map(|outlook| outcome(&outlook, names)),
    })
}

/// Reads an action; who would ask may be named beside it.
fn action(
    gate: &Gate,
    caller: &Principal,
    text: &str,
    agent: Option<String>,
) -> Result<Action, GateError> {
    let mut value = within("action", drafts::json(text))?;
    if let (Some(agent), Value::Object(members)) = (agent, &mut value) {
        let said = members
            .entry("agent_id")
            .or_insert(Value::from(agent.as_str()));
        if *said != agent {
            let words = "is another agent than the one above";
            return Err(GateError::invalid("action.agent_id", words));
        }
    }
    read_action(gate, caller, value)
}

/// Says in which field a fault is.
fn within<T>(field: &str, read: Result<T, Faults>) -> Result<T, GateError> {
    read.map_err(|found| {
        let mut faults = Faults::default();
        for fault in found.0 {
            let dot = if fault.path.is_empty() { "" } else { "." };
            faults.add(format!("{field}{dot}{}", fault.path), fault.message);
        }
        GateError::Invalid(faults)
    })
}

fn outcome(outlook: &Outlook, names: &Names) -> Outcome {
    let fired = outlook.policies_fired.iter();
    let kept = reasons(&outlook.reasons).into_iter();
    Outcome {
        verdict: outlook.verdict,
        tier: outlook.tier,
        risk: outlook.risk_tier,
        reasons: kept.map(|(code, text)| (code, sentence(&text))).collect(),
        fired: fired.map(|id| names.of(id)).collect(),
        conflicts: disputes(&outlook.conflicts, names),
    }
}

/// Conflicts as a record tells them.
fn disputes(kept: &Value, names: &Names) -> Vec<Conflict> {
    let list = kept.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |one: &Value, name: &str| {
        let member = one.get(name).and_then(Value::as_str);
        member.unwrap_or_default().to_owned()
    };
    let losers = |one: &Value| {
        let ids = one.get("loser_policy_ids").and_then(Value::as_array);
        let ids = ids.into_iter().flatten().filter_map(Value::as_str);
        ids.map(|id| names.of(id)).collect()
    };
    let conflict = |one: &Value| Conflict {
        kind: text(one, "detector"),
        winner: names.of(&text(one, "winner_policy_id")),
        losers: losers(one),
        words: String::new(),
        why: why(&text(one, "resolution")).to_owned(),
    };
    list.iter().map(conflict).collect()
}

/// Why a policy wins, from the word of a record.
fn why(word: &str) -> &'static str {
    [
        ("more_restrictive", Resolution::MoreRestrictive),
        ("agent_scoped", Resolution::AgentScoped),
        ("newer", Resolution::Newer),
    ]
    .into_iter()
    .find(|(name, _)| *name == word)
    .map_or("takes effect", |(_, resolution)| resolution.why())
}
