//! Workspaces: the list, one of them, and the forms.

use super::{
    Changing, below, deed,
    form::{Filled, FormPage, plain},
    found, listing, page,
};
use crate::{
    console::{
        pages::directory::workspaces as view,
        parts::field::{Field, Kind, choices},
        paths,
        rooms::{
            answer::{Answer, Body},
            fields::Fields,
            question::Question,
            seat::Seated,
        },
    },
    intake::{field::Field as _, id::Named, word::Word},
    rights::Gate,
};
use axum::{Router, extract::State, routing::get};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    error::GateError, principal::Principal, turn::WorkspaceDraft, workspace::Workspace,
};
use portcullis_policy::{fault::Faults, id::WorkspaceId};
use serde_json::Value;

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::WORKSPACES);
    Router::new()
        .route(paths::WORKSPACES, get(list))
        .route(paths::NEW_WORKSPACE, get(new).post(create))
        .route(&one(""), get(show))
        .route(&one("/edit"), get(edit).post(save))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let workspaces = gate.workspaces(&seat.principal).await?;
    let texts = |one: &Workspace| {
        vec![
            one.id.to_string(),
            one.short_name.clone(),
            one.description.clone(),
        ]
    };
    let listing = listing(&asked, workspaces, texts, line)?;
    let body = Body {
        deeds: deed(&seat, paths::NEW_WORKSPACE, "Make a workspace"),
        ..page("Workspaces", view::SECTION, view::workspaces(&listing))
    };
    body.ok(&seat)
}

fn line(one: Workspace) -> view::Workspace {
    view::Workspace {
        id: one.id.to_string(),
        short_name: one.short_name,
        description: one.description,
        is_active: one.active,
        created_at: one.created_at,
    }
}

/// A workspace that the caller has to do with.
async fn find(gate: &Gate, seat: &Seated, id: &str) -> Result<Workspace, GateError> {
    let workspaces = gate.workspaces(&seat.principal).await?;
    found(workspaces, ("workspace", id), |one| one.id.as_str() == id)
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    let drawn = line(find(&gate, &seat, &id).await?);
    let edit = paths::deed(paths::WORKSPACES, &id, "edit");
    let body = Body {
        crumbs: view::crumbs(),
        deeds: deed(&seat, &edit, "Change"),
        ..page(
            &drawn.id,
            view::SECTION,
            view::workspace(&drawn, gate.now()),
        )
    };
    body.ok(&seat)
}

async fn new(Changing(seat): Changing) -> Answer {
    unknown(&Filled::blank()).ask(&seat)
}

async fn create(State(gate): State<Gate>, Changing(seat): Changing, sent: Fields) -> Answer {
    let made = created(&gate, &seat.principal, &sent).await;
    unknown(&Filled::Sent(&sent)).answer(&seat, made)
}

async fn created(gate: &Gate, caller: &Principal, sent: &Fields) -> Result<String, Refusal> {
    let mut faults = Faults::default();
    let id = WorkspaceId::read(Value::String(sent.one("id").to_owned()), "id", &mut faults);
    faults.or(()).map_err(GateError::from)?;
    let id = id.ok_or_else(|| Refusal::invalid("id", "cannot be read"))?;
    let draft = WorkspaceDraft {
        short_name: short_name(sent),
        description: sent.one("description").to_owned(),
        active: true,
    };
    let made = gate.create_workspace(caller, id, draft).await?;
    Ok(paths::one(paths::WORKSPACES, made.id.as_str()))
}

/// The short name that was sent; one is made from the name when none was.
fn short_name(sent: &Fields) -> Option<String> {
    let short_name = sent.one("short_name");
    (!short_name.is_empty()).then(|| short_name.to_owned())
}

fn unknown<'v>(filled: &Filled<'_>) -> FormPage<'v> {
    let id = filled
        .line("id", "Name")
        .hint("Lower case. It never changes: actions, rules and roles name it.")
        .required();
    let mut fields = vec![id];
    fields.extend(lines(filled));
    FormPage {
        title: "Make a workspace",
        section: view::SECTION,
        crumbs: view::crumbs(),
        path: paths::NEW_WORKSPACE.to_owned(),
        cancel: paths::WORKSPACES.to_owned(),
        call: "Make the workspace",
        more: "",
        parts: vec![plain(fields)],
    }
}

/// The fields that can be changed.
fn lines(filled: &Filled<'_>) -> [Field; 2] {
    [
        filled
            .line("short_name", "Short name")
            .hint("What its tickets begin with: a letter, then letters, digits, - and _; at most 10. Left empty, it is made from the name."),
        filled.line("description", "What it is for").kind(Kind::Text),
    ]
}

async fn edit(State(gate): State<Gate>, Changing(seat): Changing, Named(id): Named) -> Answer {
    let known = find(&gate, &seat, &id).await?;
    let active = if known.active { "true" } else { "false" };
    let fields = [
        ("short_name", known.short_name.as_str()),
        ("description", known.description.as_str()),
        ("active", active),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    change(&Filled::Known(fields.to_vec()), &known).ask(&seat)
}

async fn save(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let known = find(&gate, &seat, &id).await?;
    let saved = saved(&gate, &seat.principal, &sent, &id).await;
    change(&Filled::Sent(&sent), &known).answer(&seat, saved)
}

async fn saved(
    gate: &Gate,
    caller: &Principal,
    sent: &Fields,
    id: &str,
) -> Result<String, Refusal> {
    let active = <bool as Word>::read(sent.one("active"));
    let draft = WorkspaceDraft {
        short_name: short_name(sent),
        description: sent.one("description").to_owned(),
        active: active.map_err(|message| Refusal::invalid("active", message))?,
    };
    let saved = gate.update_workspace(caller, id, draft).await?;
    Ok(paths::one(paths::WORKSPACES, saved.id.as_str()))
}

fn change<'v>(filled: &Filled<'_>, known: &Workspace) -> FormPage<'v> {
    let path = paths::one(paths::WORKSPACES, known.id.as_str());
    let active = filled
        .line("active", "State")
        .kind(choices(&[("true", "Active"), ("false", "Not active")]));
    let mut fields = lines(filled).to_vec();
    fields.push(active);
    FormPage {
        title: "Change a workspace",
        crumbs: below(view::crumbs(), known.id.as_str(), path.clone()),
        path: paths::deed(paths::WORKSPACES, known.id.as_str(), "edit"),
        cancel: path,
        call: "Save",
        parts: vec![plain(fields)],
        ..unknown(filled)
    }
}
