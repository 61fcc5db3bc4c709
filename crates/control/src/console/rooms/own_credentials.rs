//! What somebody says of their own credentials.

use super::{
    answer::{Answer, Body, Refused, back},
    fields::Fields,
    seat::Seated,
};
use crate::{
    console::{
        pages::own_credentials::{self as page, Line, OwnCredentials},
        paths,
    },
    intake::id::Named,
    rights::Gate,
};
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use maud::html;
use portcullis_firewall::{
    access::{Resource, Verb},
    error::GateError,
    kept_scope::KeptScope,
    principal::Principal,
};

pub(super) fn routes() -> Router<Gate> {
    let one = |deed: &str| format!("{}/{{id}}{deed}", paths::OWN_CREDENTIALS);
    Router::new()
        .route(paths::OWN_CREDENTIALS, get(list).post(add))
        .route(&one("/on"), post(on))
        .route(&one("/off"), post(off))
        .route(&one("/forget"), post(forget))
}

async fn list(State(gate): State<Gate>, seat: Seated) -> Answer {
    draw(&gate, &seat, None).await
}

async fn draw(gate: &Gate, seat: &Seated, refused: Option<Refused>) -> Answer {
    let caller = &seat.principal;
    let said = gate.own_credentials(caller).await?;
    let mut scopes = gate.scopes(caller).await?;
    scopes.retain(|kept| {
        let is_new = said.iter().all(|one| one.scope != kept.scope.name);
        is_new && may_have(caller, kept) && gate.knows_people(caller, &kept.scope)
    });
    let view = OwnCredentials {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        lines: said
            .into_iter()
            .map(|one| Line {
                scope: one.scope,
                is_on: one.enabled,
                since: one.since,
            })
            .collect(),
        others: scopes.into_iter().map(|kept| kept.scope.name).collect(),
    };
    let body = Body {
        title: "Own credentials",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::own_credentials(&view),
    };
    body.after(seat, refused.as_ref())
}

/// Whether a scope is offered; whether it may be said, the firewall says.
fn may_have(caller: &Principal, kept: &KeptScope) -> bool {
    kept.workspaces.iter().any(|place| {
        let resource = Resource {
            workspace: Some(&place.workspace),
            agent: None,
            scope: Some(&kept.scope.name),
        };
        caller.may(Verb::IssueCredential, &resource)
    })
}

/// Back to the list, or the list with what was wrong; what is not there is no list's matter.
async fn done<T>(gate: &Gate, seat: &Seated, deed: Result<T, GateError>) -> Answer {
    match deed {
        Ok(_) => back(paths::OWN_CREDENTIALS),
        Err(error @ GateError::NotFound(..)) => Err(error.into()),
        Err(error) => draw(gate, seat, Some(error.into())).await,
    }
}

async fn add(State(gate): State<Gate>, seat: Seated, sent: Fields) -> Answer {
    let scope = sent.one("scope");
    let said = gate.say_own_credential(&seat.principal, scope, true).await;
    done(&gate, &seat, said).await
}

async fn on(State(gate): State<Gate>, seat: Seated, Named(scope): Named, _: Fields) -> Answer {
    let said = gate.say_own_credential(&seat.principal, &scope, true).await;
    done(&gate, &seat, said).await
}

async fn off(State(gate): State<Gate>, seat: Seated, Named(scope): Named, _: Fields) -> Answer {
    let said = gate
        .say_own_credential(&seat.principal, &scope, false)
        .await;
    done(&gate, &seat, said).await
}

async fn forget(State(gate): State<Gate>, seat: Seated, Named(scope): Named, _: Fields) -> Answer {
    let forgotten = gate.forget_own_credential(&seat.principal, &scope).await;
    done(&gate, &seat, forgotten).await
}
