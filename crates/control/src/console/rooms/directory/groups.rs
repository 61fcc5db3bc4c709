//! Groups: the list, one of them, and what is done with it.

use super::{
    Changing, below, deed, entries,
    form::{Filled, FormPage, plain},
    found, listing, page,
};
use crate::{
    console::{
        pages::directory::groups::{self as view, Line},
        parts::field::Kind,
        paths,
        rooms::{
            answer::{Answer, Body, Refused, back},
            fields::Fields,
            question::{Question, count},
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
    error::GateError,
    group::Group,
    turn::{GroupPatch, Membership},
};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::GROUPS);
    Router::new()
        .route(paths::GROUPS, get(list))
        .route(paths::NEW_GROUP, get(new).post(create))
        .route(&one(""), get(show))
        .route(&one("/edit"), get(edit).post(save))
        .route(&one("/delete"), post(delete))
        .route(&one("/people/add"), post(add))
        .route(&one("/people/remove"), post(remove))
        .route(&one("/permission-sets/add"), post(give))
        .route(&one("/permission-sets/remove"), post(take))
}

async fn list(State(gate): State<Gate>, seat: Seated, asked: Question) -> Answer {
    let caller = &seat.principal;
    let groups = gate.groups(caller).await?;
    let sets = gate.permission_sets(caller).await?;
    let waiting = count(gate.elevations(caller).await?.len());
    let texts = |group: &Group| vec![group.name.clone(), group.description.clone()];
    let listing = listing(&asked, groups, texts, |group| Line {
        people: count(group.members.len()),
        permission_sets: entries(&sets, |set| group.permission_sets.contains(&set.id)),
        group: (&group).into(),
        description: group.description,
    })?;
    let body = Body {
        deeds: deed(&seat, paths::NEW_GROUP, "Make a group"),
        ..page(
            "Groups",
            view::SECTION,
            view::groups(&view::Groups { listing, waiting }),
        )
    };
    body.ok(&seat)
}

/// A group by its id.
///
/// # Errors
/// [`GateError::NotFound`], and as [`portcullis_firewall::firewall::Firewall::groups`].
async fn find(gate: &Gate, seat: &Seated, id: &str) -> Result<Group, GateError> {
    let groups = gate.groups(&seat.principal).await?;
    found(groups, ("group", id), |group| group.id.as_str() == id)
}

async fn show(State(gate): State<Gate>, seat: Seated, Named(id): Named) -> Answer {
    draw(&gate, &seat, &id, None).await
}

/// Its page, with why something was not done.
async fn draw(gate: &Gate, seat: &Seated, id: &str, refused: Option<Refused>) -> Answer {
    let group = find(gate, seat, id).await?;
    let people = gate.people(&seat.principal).await?;
    let sets = gate.permission_sets(&seat.principal).await?;
    let drawn = view::Group {
        csrf: seat.csrf.clone(),
        group: (&group).into(),
        description: group.description.clone(),
        people: entries(&people, |person| group.has(&person.id)),
        other_people: entries(&people, |person| person.active && !group.has(&person.id)),
        permission_sets: entries(&sets, |set| group.permission_sets.contains(&set.id)),
        other_sets: entries(&sets, |set| !group.permission_sets.contains(&set.id)),
        may_change: seat.principal.configures(),
    };
    let edit = paths::deed(paths::GROUPS, id, "edit");
    let body = Body {
        crumbs: view::crumbs(),
        deeds: deed(seat, &edit, "Change"),
        ..page(&group.name, view::SECTION, view::group(&drawn))
    };
    body.after(seat, refused.as_ref())
}

/// Back to the group, or its page with what was wrong.
async fn done<T>(gate: &Gate, seat: &Seated, id: &str, deed: Result<T, GateError>) -> Answer {
    match deed {
        Ok(_) => back(&paths::one(paths::GROUPS, id)),
        Err(error) => draw(gate, seat, id, Some(error.into())).await,
    }
}

async fn new(Changing(seat): Changing) -> Answer {
    unknown(&Filled::blank()).ask(&seat)
}

async fn create(State(gate): State<Gate>, Changing(seat): Changing, sent: Fields) -> Answer {
    let (name, description) = (sent.one("name"), sent.one("description"));
    let made = gate.create_group(&seat.principal, name, description).await;
    let made = made.map(|group| paths::one(paths::GROUPS, group.id.as_str()));
    unknown(&Filled::Sent(&sent)).answer(&seat, made.map_err(Into::into))
}

fn unknown<'v>(filled: &Filled<'_>) -> FormPage<'v> {
    FormPage {
        title: "Make a group",
        section: view::SECTION,
        crumbs: view::crumbs(),
        path: paths::NEW_GROUP.to_owned(),
        cancel: paths::GROUPS.to_owned(),
        call: "Make the group",
        more: "",
        parts: vec![plain(vec![
            filled
                .line("name", "Name")
                .hint("Unique in the tenant, whatever its case. Approver lists name groups by it.")
                .required(),
            filled
                .line("description", "What it is for")
                .kind(Kind::Text),
        ])],
    }
}

async fn edit(State(gate): State<Gate>, Changing(seat): Changing, Named(id): Named) -> Answer {
    let group = find(&gate, &seat, &id).await?;
    let fields = [("name", &group.name), ("description", &group.description)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.clone()));
    change(&Filled::Known(fields.to_vec()), &group).ask(&seat)
}

async fn save(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let group = find(&gate, &seat, &id).await?;
    let patch = GroupPatch {
        name: Some(sent.one("name").to_owned()),
        description: Some(sent.one("description").to_owned()),
        permission_sets: None,
    };
    let saved = gate.update_group(&seat.principal, &id, patch).await;
    let saved = saved.map(|group| paths::one(paths::GROUPS, group.id.as_str()));
    change(&Filled::Sent(&sent), &group).answer(&seat, saved.map_err(Into::into))
}

fn change<'v>(filled: &Filled<'_>, group: &Group) -> FormPage<'v> {
    let path = paths::one(paths::GROUPS, group.id.as_str());
    FormPage {
        title: "Change a group",
        crumbs: below(view::crumbs(), &group.name, path.clone()),
        path: paths::deed(paths::GROUPS, group.id.as_str(), "edit"),
        cancel: path,
        call: "Save",
        ..unknown(filled)
    }
}

async fn delete(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    match gate.remove_group(&seat.principal, &id).await {
        Ok(()) => back(paths::GROUPS),
        refused => done(&gate, &seat, &id, refused).await,
    }
}

async fn add(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    match gate.add_member(&seat.principal, &id, sent.one("id")).await {
        Ok(Membership::Waits(_)) => back(paths::ELEVATIONS),
        other => done(&gate, &seat, &id, other).await,
    }
}

async fn remove(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let removed = gate
        .remove_member(&seat.principal, &id, sent.one("id"))
        .await;
    done(&gate, &seat, &id, removed).await
}

async fn give(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let mut sets = find(&gate, &seat, &id).await?.permission_sets;
    sets.push(sent.one("id").to_owned());
    carry(&gate, &seat, &id, sets).await
}

async fn take(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let mut sets = find(&gate, &seat, &id).await?.permission_sets;
    sets.retain(|set| set != sent.one("id"));
    carry(&gate, &seat, &id, sets).await
}

/// Has a group carry these sets and no others.
async fn carry(gate: &Gate, seat: &Seated, id: &str, sets: Vec<String>) -> Answer {
    let patch = GroupPatch {
        permission_sets: Some(sets),
        ..GroupPatch::default()
    };
    let changed = gate.update_group(&seat.principal, id, patch).await;
    done(gate, seat, id, changed).await
}
