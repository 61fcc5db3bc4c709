//! Permission sets: the list, one of them, and the form with one part for each entry.

use super::{
    Changing, below, deed, entries,
    form::{Filled, FormPage, plain},
    listing, page,
};
use crate::{
    console::{
        pages::directory::{
            permission_sets::{self as view, Grant, OneSet},
            sheet::Part,
        },
        parts::field::{Choice, Field, Kind, choices},
        paths,
        rooms::{
            answer::{Answer, Body, Refused, back, bad},
            fields::Fields,
            question::Question,
            seat::Seated,
        },
    },
    intake::{body::read, id::Named, permission_set::SetBody},
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    access::{self, Effect, Pattern, PermissionSet},
    error::GateError,
    group::Group,
    turn::SetDraft,
    workspace::Workspace,
};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::PERMISSION_SETS);
    Router::new()
        .route(paths::PERMISSION_SETS, get(list))
        .route(paths::NEW_PERMISSION_SET, get(new).post(create))
        .route(&one(""), get(show))
        .route(&one("/edit"), get(edit).post(save))
        .route(&one("/delete"), post(delete))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let mut sets = gate.permission_sets(&seat.principal).await?;
    sets.sort_by_cached_key(|set| set.name.to_lowercase());
    let groups = gate.groups(&seat.principal).await?;
    let texts = |set: &PermissionSet| vec![set.name.clone(), set.description.clone()];
    let listing = listing(&asked, sets, texts, |set| line(&set, &groups))?;
    let body = Body {
        deeds: deed(&seat, paths::NEW_PERMISSION_SET, "Make a permission set"),
        ..page(
            "Permission sets",
            view::SECTION,
            view::permission_sets(&listing),
        )
    };
    body.ok(&seat)
}

fn line(set: &PermissionSet, groups: &[Group]) -> view::PermissionSet {
    let texts = |patterns: &[Pattern]| patterns.iter().map(ToString::to_string).collect();
    let grant = |one: &access::Entry| Grant {
        denies: one.effect == Effect::Deny,
        workspace: one.workspace.to_string(),
        agents: texts(&one.agents),
        scopes: texts(&one.scopes),
    };
    view::PermissionSet {
        set: set.into(),
        description: set.description.clone(),
        grants: set.entries.iter().map(grant).collect(),
        groups: entries(groups, |group| group.permission_sets.contains(&set.id)),
    }
}

/// A set by its id.
///
/// # Errors
/// [`GateError::NotFound`], and as [`portcullis_firewall::firewall::Firewall::permission_sets`].
async fn find(gate: &Gate, seat: &Seated, id: &str) -> Result<PermissionSet, GateError> {
    let mut sets = gate.permission_sets(&seat.principal).await?.into_iter();
    let found = sets.find(|set| set.id == id);
    found.ok_or_else(|| GateError::NotFound("permission set", id.to_owned()))
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    draw(&gate, &seat, &id, None).await
}

async fn draw(gate: &Gate, seat: &Seated, id: &str, refused: Option<Refused>) -> Answer {
    let set = find(gate, seat, id).await?;
    let groups = gate.groups(&seat.principal).await?;
    let drawn = OneSet {
        csrf: seat.csrf.clone(),
        set: line(&set, &groups),
        may_change: seat.principal.configures(),
    };
    let edit = paths::deed(paths::PERMISSION_SETS, id, "edit");
    let body = Body {
        crumbs: view::crumbs(),
        deeds: deed(seat, &edit, "Change"),
        ..page(&set.name, view::SECTION, view::permission_set(&drawn))
    };
    let status = refused.as_ref().map_or(StatusCode::OK, Refused::status);
    let flash: Vec<_> = refused.iter().map(|refused| bad(refused.words())).collect();
    Ok(body.show(seat, status, &flash))
}

async fn delete(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    match gate.remove_set(&seat.principal, &id).await {
        Ok(()) => back(paths::PERMISSION_SETS),
        Err(error) => draw(&gate, &seat, &id, Some(error.into())).await,
    }
}

/// One entry as it stands in the form.
#[derive(Clone, Debug, Default)]
struct Typed {
    workspace: String,
    effect: String,
    /// One pattern a line.
    agents: String,
    scopes: String,
}

impl From<&access::Entry> for Typed {
    fn from(entry: &access::Entry) -> Self {
        let lines = |patterns: &[Pattern]| {
            let texts: Vec<&str> = patterns.iter().map(Pattern::as_str).collect();
            texts.join("\n")
        };
        let effect = match entry.effect {
            Effect::Allow => "ALLOW",
            Effect::Deny => "DENY",
        };
        Self {
            workspace: entry.workspace.to_string(),
            effect: effect.to_owned(),
            agents: lines(&entry.agents),
            scopes: lines(&entry.scopes),
        }
    }
}

/// The name of a field of an entry: the path that a fault of it has.
fn field(at: usize, name: &str) -> String {
    format!("entries[{at}].{name}")
}

/// The entries that were sent, without those to be left out.
fn typed(sent: &Fields) -> Vec<Typed> {
    let there = (0..).take_while(|at| sent.has(&field(*at, "effect")));
    let kept = there.filter(|at| sent.one(&field(*at, "leave_out")).is_empty());
    let read = |at: usize| Typed {
        workspace: sent.one(&field(at, "workspace")).to_owned(),
        effect: sent.one(&field(at, "effect")).to_owned(),
        agents: sent.verbatim(&field(at, "agents")).to_owned(),
        scopes: sent.verbatim(&field(at, "scopes")).to_owned(),
    };
    kept.map(read).collect()
}

/// What was sent, read as the API reads it: both refuse the same, in the same words.
fn draft(sent: &Fields, entries: &[Typed]) -> Result<SetDraft, Refusal> {
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let entry = |one: &Typed| {
        json!({
            "workspace": one.workspace,
            "effect": one.effect,
            "agents": lines(&one.agents),
            "scopes": lines(&one.scopes),
        })
    };
    let body = json!({
        "name": sent.one("name"),
        "description": sent.one("description"),
        "entries": entries.iter().map(entry).collect::<Vec<Value>>(),
    });
    read::<SetBody>(body)?.draft()
}

/// What a form with entries is made of.
struct Drawing<'d> {
    filled: Filled<'d>,
    entries: Vec<Typed>,
    workspaces: Vec<Workspace>,
}

impl Drawing<'_> {
    fn parts(&self) -> Vec<Part> {
        let name = self.filled.line("name", "Name").required();
        let what = self
            .filled
            .line("description", "What it is for")
            .kind(Kind::Text);
        let mut parts = vec![plain(vec![name, what])];
        let entries = self.entries.iter().enumerate();
        parts.extend(entries.map(|(at, one)| self.entry(at, one)));
        parts
    }

    fn entry(&self, at: usize, one: &Typed) -> Part {
        let line = |name: &str, label: &str, value: &str| {
            Field::new("form", &field(at, name), label).value(value)
        };
        let effects = [("ALLOW", "Allow"), ("DENY", "Deny")];
        Part {
            legend: format!("Entry {}", at.saturating_add(1)),
            hint: "In each list one a line: a name, or regex: and a regular expression over the whole name; regex:.* is every one. \
                   To allow takes both lists. To deny, an empty list stands for all."
                .to_owned(),
            fields: vec![
                line("effect", "Effect", &one.effect).kind(choices(&effects)),
                line("workspace", "Workspace", &one.workspace).kind(self.places(&one.workspace)),
                line("agents", "Ids of agents", &one.agents).kind(Kind::Code),
                line("scopes", "Scopes: of an action, its target", &one.scopes).kind(Kind::Code),
            ],
            leave_out: Some((field(at, "leave_out"), false)),
        }
    }

    /// The workspaces there are, and one that is not there but was sent.
    fn places(&self, sent: &str) -> Kind {
        let choice = |id: &str| Choice {
            value: id.to_owned(),
            name: portcullis_firewall::visible::visible_line(id).into_owned(),
        };
        let known = self.workspaces.iter().map(|one| one.id.as_str());
        let missing = !sent.is_empty() && known.clone().all(|id| id != sent);
        let all = missing.then_some(sent).into_iter().chain(known);
        Kind::Choice(all.map(choice).collect())
    }
}

fn unknown<'v>(drawing: &Drawing<'_>) -> FormPage<'v> {
    FormPage {
        title: "Make a permission set",
        section: view::SECTION,
        crumbs: view::crumbs(),
        path: paths::NEW_PERMISSION_SET.to_owned(),
        cancel: paths::PERMISSION_SETS.to_owned(),
        call: "Make the set",
        more: "Add an entry",
        parts: drawing.parts(),
    }
}

fn change<'v>(drawing: &Drawing<'_>, set: &PermissionSet) -> FormPage<'v> {
    let path = paths::one(paths::PERMISSION_SETS, &set.id);
    FormPage {
        title: "Change a permission set",
        crumbs: below(view::crumbs(), &set.name, path.clone()),
        path: paths::deed(paths::PERMISSION_SETS, &set.id, "edit"),
        cancel: path,
        call: "Save",
        ..unknown(drawing)
    }
}

async fn new(State(gate): State<Gate>, Changing(seat): Changing) -> Answer {
    let drawing = Drawing {
        filled: Filled::blank(),
        entries: vec![Typed::default()],
        workspaces: gate.workspaces(&seat.principal).await?,
    };
    unknown(&drawing).ask(&seat)
}

/// What was sent, as a form shows it again.
async fn again<'s>(gate: &Gate, seat: &Seated, sent: &'s Fields) -> Result<Drawing<'s>, GateError> {
    let mut entries = typed(sent);
    if sent.has("more") {
        entries.push(Typed::default());
    }
    Ok(Drawing {
        filled: Filled::Sent(sent),
        entries,
        workspaces: gate.workspaces(&seat.principal).await?,
    })
}

async fn create(State(gate): State<Gate>, Changing(seat): Changing, sent: Fields) -> Answer {
    let drawing = again(&gate, &seat, &sent).await?;
    let form = unknown(&drawing);
    if sent.has("more") {
        return form.ask(&seat);
    }
    let made = match draft(&sent, &drawing.entries) {
        Ok(draft) => gate
            .create_set(&seat.principal, draft)
            .await
            .map_err(Refusal::from),
        Err(refusal) => Err(refusal),
    };
    form.answer(
        &seat,
        made.map(|set| paths::one(paths::PERMISSION_SETS, &set.id)),
    )
}

async fn edit(State(gate): State<Gate>, Changing(seat): Changing, Named(id): Named) -> Answer {
    let set = find(&gate, &seat, &id).await?;
    let fields = [("name", &set.name), ("description", &set.description)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
    let drawing = Drawing {
        filled: Filled::Known(fields.to_vec()),
        entries: set.entries.iter().map(Typed::from).collect(),
        workspaces: gate.workspaces(&seat.principal).await?,
    };
    change(&drawing, &set).ask(&seat)
}

async fn save(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let set = find(&gate, &seat, &id).await?;
    let drawing = again(&gate, &seat, &sent).await?;
    let form = change(&drawing, &set);
    if sent.has("more") {
        return form.ask(&seat);
    }
    let saved = match draft(&sent, &drawing.entries) {
        Ok(draft) => gate
            .replace_set(&seat.principal, &id, draft)
            .await
            .map_err(Refusal::from),
        Err(refusal) => Err(refusal),
    };
    form.answer(
        &seat,
        saved.map(|set| paths::one(paths::PERMISSION_SETS, &set.id)),
    )
}
