//! Permission sets: the list, one of them, and the form with one part for each entry.

mod typed;

use super::{
    Changing, below, deed, entries,
    form::{Filled, FormPage, attempted},
    found, listing, page,
};
use crate::{
    console::{
        pages::directory::permission_sets::{self as view, Grant, OneSet},
        paths,
        rooms::{
            answer::{Answer, Body, Refused, back},
            fields::Fields,
            question::Question,
            seat::Seated,
        },
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use portcullis_firewall::{
    access::{self, Effect, Pattern, PermissionSet},
    error::GateError,
    group::Group,
};
use typed::{Drawing, Typed, draft, typed};

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
    let sets = gate.permission_sets(&seat.principal).await?;
    found(sets, ("permission set", id), |set| set.id == id)
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
    body.after(seat, refused.as_ref())
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
    let made = attempted(draft(&sent, &drawing.entries), |draft| {
        gate.create_set(&seat.principal, draft)
    })
    .await;
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
    let saved = attempted(draft(&sent, &drawing.entries), |draft| {
        gate.replace_set(&seat.principal, &id, draft)
    })
    .await;
    form.answer(
        &seat,
        saved.map(|set| paths::one(paths::PERMISSION_SETS, &set.id)),
    )
}
