//! Scopes: the list, one of them, and the form with one part for each workspace.

mod typed;

use super::{
    Changing, below, deed,
    form::{Filled, FormPage, attempted},
    found, listing, page,
};
use crate::{
    console::{
        pages::directory::scopes::{self as view, OneScope, Place, Scope},
        paths,
        rooms::{
            answer::{Answer, Body, Refused, back},
            fields::Fields,
            names::People,
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
use portcullis_firewall::{error::GateError, kept_scope::KeptScope};
use typed::{Drawing, Typed, changed, draft, known, typed};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::SCOPES);
    Router::new()
        .route(paths::SCOPES, get(list))
        .route(paths::NEW_SCOPE, get(new).post(create))
        .route(&one(""), get(show))
        .route(&one("/edit"), get(edit).post(save))
        .route(&one("/remove"), post(remove))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let scopes = gate.scopes(&seat.principal).await?;
    let texts = |kept: &KeptScope| {
        let places = kept.workspaces.iter();
        let own = [
            kept.scope.name.clone(),
            kept.scope.description.clone(),
            kept.scope.provider.clone(),
            kept.scope.environment.to_string(),
        ];
        own.into_iter()
            .chain(places.map(|place| place.workspace.to_string()))
            .collect()
    };
    let listing = listing(&asked, scopes, texts, |kept| line(&kept))?;
    let body = Body {
        deeds: deed(&seat, paths::NEW_SCOPE, "Add a scope"),
        ..page("Scopes", view::SECTION, view::scopes(&listing))
    };
    body.ok(&seat)
}

fn line(kept: &KeptScope) -> Scope {
    let scope = &kept.scope;
    let places = kept.workspaces.iter();
    Scope {
        name: scope.name.clone(),
        description: scope.description.clone(),
        provider: scope.provider.clone(),
        environment: scope.environment.to_string(),
        mode: scope.mode,
        places: places
            .map(|place| Place {
                workspace: place.workspace.to_string(),
                agents: place.agents,
            })
            .collect(),
    }
}

/// A scope by its name.
///
/// # Errors
/// [`GateError::NotFound`], and as [`portcullis_firewall::firewall::Firewall::scopes`].
async fn find(gate: &Gate, seat: &Seated, name: &str) -> Result<KeptScope, GateError> {
    let scopes = gate.scopes(&seat.principal).await?;
    found(scopes, ("scope", name), |kept| kept.scope.name == name)
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(name): Named) -> Answer {
    draw(&gate, &seat, &name, None).await
}

async fn draw(gate: &Gate, seat: &Seated, name: &str, refused: Option<Refused>) -> Answer {
    let kept = find(gate, seat, name).await?;
    let people = People::read(gate, &seat.principal).await?;
    let drawn = OneScope {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        scope: line(&kept),
        filters: typed::filters(&kept.scope.filters),
        revision: kept.revision,
        added_by: people.actor(&kept.added_by, &kept.added_by),
        added_at: kept.added_at,
        changed_at: kept.changed_at,
        may_change: seat.principal.configures(),
    };
    let edit = paths::deed(paths::SCOPES, name, "edit");
    let body = Body {
        crumbs: view::crumbs(),
        deeds: deed(seat, &edit, "Change"),
        ..page(name, view::SECTION, view::scope(&drawn))
    };
    body.after(seat, refused.as_ref())
}

async fn remove(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(name): Named,
    _: Fields,
) -> Answer {
    match gate.remove_scope(&seat.principal, &name).await {
        Ok(_) => back(paths::SCOPES),
        Err(error) => draw(&gate, &seat, &name, Some(error.into())).await,
    }
}

fn unknown<'v>(drawing: &Drawing<'_>) -> FormPage<'v> {
    FormPage {
        title: "Add a scope",
        section: view::SECTION,
        crumbs: view::crumbs(),
        path: paths::NEW_SCOPE.to_owned(),
        cancel: paths::SCOPES.to_owned(),
        call: "Add the scope",
        more: "Add a workspace",
        parts: drawing.parts(true),
    }
}

fn change<'v>(drawing: &Drawing<'_>, name: &str) -> FormPage<'v> {
    let path = paths::one(paths::SCOPES, name);
    FormPage {
        title: "Change a scope",
        crumbs: below(view::crumbs(), name, path.clone()),
        path: paths::deed(paths::SCOPES, name, "edit"),
        cancel: path,
        call: "Save",
        parts: drawing.parts(false),
        ..unknown(drawing)
    }
}

async fn new(State(gate): State<Gate>, Changing(seat): Changing) -> Answer {
    let drawing = Drawing {
        filled: Filled::blank(),
        places: vec![Typed::default()],
        workspaces: gate.workspaces(&seat.principal).await?,
    };
    unknown(&drawing).ask(&seat)
}

/// What was sent, as a form shows it again.
async fn again<'s>(gate: &Gate, seat: &Seated, sent: &'s Fields) -> Result<Drawing<'s>, GateError> {
    let mut places = typed(sent);
    if sent.has("more") {
        places.push(Typed::default());
    }
    Ok(Drawing {
        filled: Filled::Sent(sent),
        places,
        workspaces: gate.workspaces(&seat.principal).await?,
    })
}

async fn create(State(gate): State<Gate>, Changing(seat): Changing, sent: Fields) -> Answer {
    let drawing = again(&gate, &seat, &sent).await?;
    let form = unknown(&drawing);
    if sent.has("more") {
        return form.ask(&seat);
    }
    let added = attempted(draft(&sent, &drawing.places), |draft| {
        gate.add_scope(&seat.principal, draft)
    })
    .await;
    form.answer(
        &seat,
        added.map(|kept| paths::one(paths::SCOPES, &kept.scope.name)),
    )
}

async fn edit(State(gate): State<Gate>, Changing(seat): Changing, Named(name): Named) -> Answer {
    let kept = find(&gate, &seat, &name).await?;
    let drawing = Drawing {
        filled: Filled::Known(known(&kept)),
        places: kept.workspaces.iter().map(Typed::from).collect(),
        workspaces: gate.workspaces(&seat.principal).await?,
    };
    change(&drawing, &name).ask(&seat)
}

async fn save(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(name): Named,
    sent: Fields,
) -> Answer {
    find(&gate, &seat, &name).await?;
    let drawing = again(&gate, &seat, &sent).await?;
    let form = change(&drawing, &name);
    if sent.has("more") {
        return form.ask(&seat);
    }
    let saved = attempted(changed(&sent, &drawing.places, &name), |draft| {
        gate.change_scope(&seat.principal, draft)
    })
    .await;
    form.answer(
        &seat,
        saved.map(|kept| paths::one(paths::SCOPES, &kept.scope.name)),
    )
}
