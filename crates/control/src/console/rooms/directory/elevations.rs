//! What waits for a second architect.

use super::{Changing, entry, page};
use crate::{
    console::{
        pages::directory::elevations as view,
        paths,
        rooms::{
            answer::{Answer, Refused, back},
            fields::Fields,
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
    elevation::{Elevation, Gain},
    error::GateError,
};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::ELEVATIONS);
    Router::new()
        .route(paths::ELEVATIONS, get(list))
        .route(&one("/confirm"), post(confirm))
        .route(&one("/refuse"), post(refuse))
}

async fn list(State(gate): State<Gate>, seat: Seated) -> Answer {
    draw(&gate, &seat, None).await
}

async fn draw(gate: &Gate, seat: &Seated, refused: Option<Refused>) -> Answer {
    let caller = &seat.principal;
    let waiting = gate.elevations(caller).await?;
    let people = gate.people(caller).await?;
    let groups = gate.groups(caller).await?;
    let line = |one: Elevation| {
        let Gain::JoinGroup { group } = &one.change;
        let person = people.iter().find(|person| person.id == one.person);
        let known = groups.iter().find(|known| known.id == *group);
        let own = caller.person.as_ref().map(|badge| &badge.id);
        view::Elevation {
            person: person.map_or_else(
                || entry(one.person.as_str(), one.person.as_str()),
                Into::into,
            ),
            group: known.map_or_else(|| entry(group.as_str(), group.as_str()), Into::into),
            asked_at: one.created_at,
            ends_at: one.expires_at,
            is_own: own == Some(&one.person),
            id: one.id,
        }
    };
    let drawn = view::Elevations {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        lines: waiting.into_iter().map(line).collect(),
        may_change: caller.configures(),
    };
    let body = page(
        "Groups: what waits",
        view::SECTION,
        view::elevations(&drawn),
    );
    body.after(seat, refused.as_ref())
}

/// Back to what waits, or the list with what was wrong; what is not there is no list's matter.
async fn done<T>(gate: &Gate, seat: &Seated, deed: Result<T, GateError>) -> Answer {
    match deed {
        Ok(_) => back(paths::ELEVATIONS),
        Err(error @ GateError::NotFound(..)) => Err(error.into()),
        Err(error) => draw(gate, seat, Some(error.into())).await,
    }
}

async fn confirm(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    let confirmed = gate.confirm_elevation(&seat.principal, &id).await;
    done(&gate, &seat, confirmed).await
}

async fn refuse(
    State(gate): State<Gate>,
    Changing(seat): Changing,
    Named(id): Named,
    _: Fields,
) -> Answer {
    let refused = gate.refuse_elevation(&seat.principal, &id).await;
    done(&gate, &seat, refused).await
}
