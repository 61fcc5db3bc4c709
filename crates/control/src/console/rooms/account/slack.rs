//! Linking one's user in Slack, by Sign in with Slack.

use super::{done, refused};
use crate::{
    console::{
        desk::{Desk, Errand, Kind, SlackEntrance},
        paths,
        rooms::{
            answer::{Answer, back, led_to, with_cookie},
            fields::Fields,
            seat::Seated,
        },
    },
    oidc::Callback,
    rights::Gate,
    slack::linking::slack_user,
};
use axum::{
    Extension, Router,
    extract::{Query, State},
    http::HeaderMap,
    routing::{get, post},
};
use portcullis_firewall::{error::GateError, person::SlackUser};
use std::sync::Arc;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route(paths::SLACK, get(begin))
        .route(paths::SLACK_BACK, get(finish))
        .route(&format!("{}/remove", paths::SLACK), post(unlink))
}

fn entrance<'d>(desk: &'d Desk, seat: &Seated) -> Result<&'d SlackEntrance, GateError> {
    let missing = || GateError::NotFound("Slack workspace", seat.principal.tenant.to_string());
    desk.parts
        .slack
        .get(&seat.principal.tenant)
        .ok_or_else(missing)
}

async fn begin(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
) -> Answer {
    let entrance = entrance(&desk, &seat)?;
    let to = format!("{}{}", desk.parts.public_url, paths::SLACK_BACK);
    let begun = entrance
        .party
        .begin(gate.now(), &to, &*desk.parts.entropy)
        .await;
    let begun = begun.map_err(|error| {
        tracing::warn!(%error, code = error.code(), "Slack cannot be asked");
        GateError::Unavailable("Slack cannot be asked now".to_owned())
    })?;
    let (id, url) = (desk.secret()?, begun.url.clone());
    desk.errands.put(&id, Errand::Slack(begun), gate.now())?;
    Ok(with_cookie(led_to(&url), &desk.set_errand(&id)))
}

async fn finish(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
    seat: Seated,
) -> Answer {
    match linked(&gate, &desk, &seat, (&callback, &headers)).await {
        Ok(user) => {
            gate.link_slack(&seat.principal, user).await?;
            back(paths::ACCOUNT)
        }
        Err(error) => refused(&gate, &desk, &seat, error.into()).await,
    }
}

async fn linked(
    gate: &Gate,
    desk: &Desk,
    seat: &Seated,
    (callback, headers): (&Callback, &HeaderMap),
) -> Result<SlackUser, GateError> {
    let entrance = entrance(desk, seat)?;
    let late = || {
        let message = "this took too long, or was done already; begin again";
        GateError::conflict("slack.over", message)
    };
    let id = desk.errand_cookie(headers).ok_or_else(late)?;
    let Some(Errand::Slack(begun)) = desk.errands.take(id, Kind::Slack, gate.now()) else {
        return Err(late());
    };
    let refused = |code: &'static str, why: String| {
        tracing::warn!(code, why, "a link to Slack was refused");
        GateError::Forbidden(format!("Slack's answer is not accepted: {why}"))
    };
    let identity = entrance
        .party
        .finish(gate.now(), callback, &begun)
        .await
        .map_err(|error| refused(error.code(), error.to_string()))?;
    slack_user(&identity, &entrance.settings)
        .map_err(|error| refused(error.code(), error.to_string()))
}

async fn unlink(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    _: Fields,
) -> Answer {
    let id = seat
        .principal
        .person
        .as_ref()
        .map_or("", |badge| badge.id.as_str());
    let unlinked = gate.unlink_slack(&seat.principal, id).await;
    done(&gate, &desk, &seat, unlinked).await
}
