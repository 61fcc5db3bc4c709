//! One's own account.

mod slack;

use super::{
    answer::{Answer, Body, Refused, back, bad},
    deciding::answer_in,
    fields::Fields,
    seat::Seated,
};
use crate::{
    console::{
        desk::{Desk, Errand, Kind},
        page::Flash,
        pages::account::{self as page, Account, Passkey, SignedIn, Token},
        parts::badge::Tone,
        paths,
    },
    intake::id::Named,
    passkey::{Owner, registration_options, verify_registration},
    rights::Gate,
};
use axum::{
    Extension, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use maud::html;
use portcullis_firewall::{error::GateError, key::Usage, person::Person};
use std::sync::Arc;

/// How long a token lives that is made here, in seconds: a quarter of a year.
const TOKEN_SECONDS: u32 = 90 * 24 * 3_600;

pub(super) fn routes() -> Router<Gate> {
    let under = |path: &str| format!("{}{path}", paths::ACCOUNT);
    Router::new()
        .route(paths::ACCOUNT, get(show))
        .route(&under("/tokens"), post(make_token))
        .route(&under("/tokens/{id}/remove"), post(end_key))
        .route(&under("/sign-ins/{id}/remove"), post(end_key))
        .route(&under("/passkeys"), post(add_passkey))
        .route(&under("/passkeys/{id}/remove"), post(remove_passkey))
        .route(&under("/password"), post(change_password))
        .merge(slack::routes())
}

async fn show(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
) -> Answer {
    draw(&gate, &desk, &seat, StatusCode::OK, Told::default()).await
}

/// What is told beside the account.
#[derive(Default)]
pub(super) struct Told {
    flash: Vec<Flash>,
    token: String,
}

/// The account page after something did not work.
pub(super) async fn refused(gate: &Gate, desk: &Desk, seat: &Seated, error: Refused) -> Answer {
    let told = Told {
        flash: vec![bad(error.words())],
        token: String::new(),
    };
    draw(gate, desk, seat, error.status(), told).await
}

/// Back to the account after a deed, or the account with what was wrong.
pub(super) async fn done<T>(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    deed: Result<T, GateError>,
) -> Answer {
    match deed {
        Ok(_) => back(paths::ACCOUNT),
        Err(error) => refused(gate, desk, seat, error.into()).await,
    }
}

async fn draw(gate: &Gate, desk: &Desk, seat: &Seated, status: StatusCode, told: Told) -> Answer {
    let person = person(gate, seat).await?;
    let keys = gate.keys(&seat.principal).await?;
    let own = keys
        .into_iter()
        .filter(|key| key.person.as_ref() == Some(&person.id) && key.is_live(gate.now()));
    let (tokens, sign_ins): (Vec<_>, Vec<_>) = own.partition(|key| key.usage == Usage::Token);
    let view = Account {
        now: gate.now(),
        csrf: seat.csrf.clone(),
        passkey_options: options(desk, seat, &person)?,
        passkeys: person.passkeys.iter().map(passkey).collect(),
        tokens: tokens
            .into_iter()
            .map(|key| Token {
                id: key.id,
                name: key.name,
                created_at: key.created_at,
                expires_at: key.expires_at,
            })
            .collect(),
        new_token: told.token,
        sign_ins: sign_ins
            .into_iter()
            .map(|key| SignedIn {
                is_this: key.id == seat.principal.key,
                id: key.id,
                at: key.created_at,
                expires_at: key.expires_at,
            })
            .collect(),
        has_password: person.password.is_some(),
        slack: desk
            .parts
            .slack
            .get(&seat.principal.tenant)
            .map(|_| page::Slack {
                user: person
                    .slack
                    .as_ref()
                    .map_or_else(String::new, |slack| slack.user.clone()),
            }),
    };
    let body = Body {
        title: "Account",
        section: page::SECTION,
        crumbs: Vec::new(),
        deeds: html! {},
        markup: page::account(&view),
    };
    Ok(body.show(seat, status, &told.flash))
}

fn passkey(passkey: &portcullis_firewall::passkey::Passkey) -> Passkey {
    Passkey {
        id: passkey.credential_id.clone(),
        name: passkey.name.clone(),
        created_at: passkey.at,
    }
}

/// The options to register a passkey with; what is to be signed is kept with the sign-in.
fn options(desk: &Desk, seat: &Seated, person: &Person) -> Result<String, GateError> {
    if !desk.has_passkeys() {
        return Ok(String::new());
    }
    let challenge = desk.challenge()?;
    let now = desk.firewall().now();
    desk.errands
        .put(&seat.secret, Errand::Registration(challenge), now)?;
    let owner = Owner {
        handle: person.id.as_str().as_bytes().to_vec(),
        name: person.name.clone(),
        display_name: person.name.clone(),
    };
    let options = registration_options(&desk.ceremony(challenge), &owner, &person.passkeys);
    Ok(options.to_string())
}

async fn person(gate: &Gate, seat: &Seated) -> Result<Person, GateError> {
    let nobody = || GateError::Forbidden("only a person has an account".to_owned());
    let badge = seat.principal.person.as_ref().ok_or_else(nobody)?;
    gate.person(&seat.principal, badge.id.as_str()).await
}

async fn make_token(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    sent: Fields,
) -> Answer {
    let ends = portcullis_firewall::moment::later(gate.now(), TOKEN_SECONDS);
    let issued = gate
        .issue_own_token(&seat.principal, sent.one("name"), Some(ends))
        .await;
    match issued {
        Ok((_, token)) => {
            let told = Told {
                flash: Vec::new(),
                token: token.reveal().to_owned(),
            };
            draw(&gate, &desk, &seat, StatusCode::OK, told).await
        }
        Err(error) => refused(&gate, &desk, &seat, error.into()).await,
    }
}

async fn end_key(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
    _: Fields,
) -> Answer {
    let ended = gate.revoke_key(&seat.principal, &id).await;
    done(&gate, &desk, &seat, ended).await
}

async fn add_passkey(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    sent: Fields,
) -> Answer {
    let added = registered(&gate, &desk, &seat, &sent).await;
    done(&gate, &desk, &seat, added).await
}

async fn registered(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    sent: &Fields,
) -> Result<(), GateError> {
    let late = || {
        let message = "this took too long, or was done already; try again";
        GateError::conflict("passkey.over", message)
    };
    let kept = desk
        .errands
        .take(&seat.secret, Kind::Registration, gate.now());
    let Some(Errand::Registration(challenge)) = kept else {
        return Err(late());
    };
    let answer = answer_in(sent.one("credential"))?;
    let ceremony = desk.ceremony(challenge);
    let made = verify_registration(&ceremony, &answer, sent.one("name"), gate.now());
    let passkey = made.map_err(|error| GateError::conflict(error.code(), error.to_string()))?;
    gate.add_passkey(&seat.principal, passkey).await.map(drop)
}

async fn remove_passkey(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    Named(id): Named,
    _: Fields,
) -> Answer {
    let removed = gate.remove_passkey(&seat.principal, &id).await;
    done(&gate, &desk, &seat, removed).await
}

async fn change_password(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    sent: Fields,
) -> Answer {
    match changed_password(&gate, &desk, &seat, &sent).await {
        Ok(()) => {
            let told = Told {
                flash: vec![Flash {
                    tone: Tone::Good,
                    words: "Your password is changed.".to_owned(),
                }],
                token: String::new(),
            };
            draw(&gate, &desk, &seat, StatusCode::OK, told).await
        }
        Err(error) => refused(&gate, &desk, &seat, error).await,
    }
}

async fn changed_password(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    sent: &Fields,
) -> Result<(), Refused> {
    let new = sent.verbatim("new");
    if new != sent.verbatim("again") {
        return Err(GateError::invalid("again", "is not the same").into());
    }
    let old = sent.verbatim("old").to_owned();
    let porter = &desk.parts.porter;
    let shown = porter
        .shown(&seat.principal, old)
        .await
        .map_err(Refused::from)?;
    let hashed = porter.new_password(&seat.principal, new.to_owned()).await;
    let hashed = hashed.map_err(Refused::from)?;
    gate.set_password(&seat.principal, shown, hashed).await?;
    Ok(())
}
