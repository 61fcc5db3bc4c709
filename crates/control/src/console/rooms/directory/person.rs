//! One person: what they may, and what is done with them.

use super::{Changing, deed, entries, page, people::line, rights};
use crate::{
    console::{
        desk::{Desk, Errand, Kind},
        page::Flash,
        pages::directory::people::{self as view, OnePerson},
        paths,
        rooms::{
            answer::{Answer, Body, Refused, back, bad},
            fields::Fields,
            seat::Seated,
        },
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use jiff::Timestamp;
use portcullis_firewall::{
    error::GateError,
    turn::{Membership, PersonPatch},
};
use std::sync::Arc;

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::PEOPLE);
    Router::new()
        .route(&one(""), get(show))
        .route(&one("/invite"), post(invite))
        .route(&one("/activate"), post(activate))
        .route(&one("/deactivate"), post(deactivate))
        .route(&one("/unlink-slack"), post(unlink_slack))
        .route(&one("/groups/add"), post(join))
        .route(&one("/groups/remove"), post(leave))
}

/// What is told beside the person.
struct Told {
    flash: Vec<Flash>,
    /// The link of an invitation, and when it ends.
    invitation: Option<(String, Option<Timestamp>)>,
}

/// Their page; with the link of an invitation that was made just now, once.
async fn show(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
) -> Answer {
    let shelf = shelf(&seat, &id);
    let invitation = match desk.errands.take(&shelf, Kind::Invited, gate.now()) {
        Some(Errand::Invited(link, ends)) => Some((link, ends)),
        _ => None,
    };
    let told = Told {
        flash: Vec::new(),
        invitation,
    };
    draw(&gate, &seat, &id, (StatusCode::OK, told)).await
}

/// Where a sign-in's invitation of a person is kept until it is shown.
fn shelf(seat: &Seated, id: &str) -> String {
    format!("{} {id}", seat.secret)
}

/// Their page. Everybody may look at themselves; only who looks at people sees more than that.
async fn draw(gate: &Gate, seat: &Seated, id: &str, (status, told): (StatusCode, Told)) -> Answer {
    let caller = &seat.principal;
    let person = gate.person(caller, id).await?;
    let groups = gate.groups_of(caller, id).await?;
    let (sets, others) = if caller.reads() {
        (
            gate.permission_sets(caller).await?,
            gate.groups(caller).await?,
        )
    } else {
        (Vec::new(), Vec::new())
    };
    let (invitation, invitation_ends) = told.invitation.unwrap_or_default();
    let drawn = OnePerson {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        person: line(&person, &groups),
        created_at: person.created_at,
        known_since: person.known_since,
        slack: person
            .slack
            .as_ref()
            .map_or_else(String::new, |slack| slack.user.clone()),
        rights: rights::of(&person, &groups, &sets),
        other_groups: entries(&others, |group| !group.has(&person.id)),
        may_change: caller.configures(),
        is_self: is_self(seat, id),
        invitation,
        invitation_ends,
    };
    let edit = paths::deed(paths::PEOPLE, id, "edit");
    let body = Body {
        crumbs: view::crumbs(),
        deeds: deed(seat, &edit, "Change"),
        ..page(&person.name, view::SECTION, view::person(&drawn))
    };
    Ok(body.show(seat, status, &told.flash))
}

fn is_self(seat: &Seated, id: &str) -> bool {
    let badge = seat.principal.person.as_ref();
    badge.is_some_and(|badge| badge.id.as_str() == id)
}

/// Back to them, or their page with what was wrong.
async fn done<T>(gate: &Gate, seat: &Seated, id: &str, deed: Result<T, GateError>) -> Answer {
    match deed {
        Ok(_) => back(&paths::one(paths::PEOPLE, id)),
        Err(error) => {
            let refused = Refused::from(error);
            let told = Told {
                flash: vec![bad(refused.words())],
                invitation: None,
            };
            draw(gate, seat, id, (refused.status(), told)).await
        }
    }
}

/// Makes the link of an invitation, for the next page that this sign-in is shown of them: it is in
/// no address, and loading that page again neither shows it again nor makes another.
async fn invite(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    match gate.invite(&seat.principal, &id).await {
        Ok((key, code)) => {
            let path = paths::with_query(paths::INVITATION, &[("code", code.reveal())]);
            let link = format!("{}{path}", desk.parts.public_url);
            let invited = Errand::Invited(link, key.expires_at);
            desk.errands.put(&shelf(&seat, &id), invited, gate.now())?;
            back(&paths::one(paths::PEOPLE, &id))
        }
        refused @ Err(_) => done(&gate, &seat, &id, refused).await,
    }
}

async fn stand(gate: &Gate, seat: &Seated, id: &str, active: bool) -> Answer {
    let patch = PersonPatch {
        active: Some(active),
        ..PersonPatch::default()
    };
    let changed = gate.update_person(&seat.principal, id, patch).await;
    done(gate, seat, id, changed).await
}

async fn activate(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    stand(&gate, &seat, &id, true).await
}

async fn deactivate(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    stand(&gate, &seat, &id, false).await
}

/// Everybody may end their own link, architects any.
async fn unlink_slack(
    State(gate): State<Gate>,
    seat: Seated,
    Named(id): Named,
    _: Fields,
) -> Answer {
    if !is_self(&seat, &id) {
        seat.must_configure()?;
    }
    let unlinked = gate.unlink_slack(&seat.principal, &id).await;
    done(&gate, &seat, &id, unlinked).await
}

async fn join(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    match gate.add_member(&seat.principal, sent.one("id"), &id).await {
        Ok(Membership::Waits(_)) => back(paths::ELEVATIONS),
        other => done(&gate, &seat, &id, other).await,
    }
}

async fn leave(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    sent: Fields,
) -> Answer {
    let left = gate
        .remove_member(&seat.principal, sent.one("id"), &id)
        .await;
    done(&gate, &seat, &id, left).await
}
