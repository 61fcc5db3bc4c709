//! `POST /slack/interactivity`: clicks over HTTP.
//!
//! The order is: the signature over the bytes as they came, its moment, whether they came before,
//! and only then what they say. Slack is answered at once; the click is taken in the background,
//! well within its three seconds.
//!
//! What no app of this gate signed is counted ([`super::refusals`]): anybody can send it. What one
//! of them did sign, but not now or not for the first time, is a record in the tenant's chain.

use super::{
    desk::Desk,
    desks::{self, Crowded, Desks},
    envelope::{self, EnvelopeError},
    replay::ReplayError,
    signature::{Claimed, SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER},
};
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use portcullis_door::{
    body::{BODY_MAX_BYTES, collect},
    reply::{Refusal, Reply},
};
use std::sync::Arc;

/// The route that Slack sends clicks to. The door's threshold belongs before it.
pub fn router(desks: Arc<Desks>) -> Router {
    Router::new()
        .route("/slack/interactivity", post(interactivity))
        .with_state(desks)
}

async fn interactivity(State(desks): State<Arc<Desks>>, request: Request) -> Reply {
    let taken = take(&desks, request).await;
    if let Err(refusal) = &taken {
        desks.refusals.count(refusal.code());
    }
    taken
}

async fn take(desks: &Desks, request: Request) -> Reply {
    let now = desks.world.clock.now();
    let claimed = claimed(request.headers())?;
    let body = collect(request.into_body(), BODY_MAX_BYTES).await?;
    let signers = signers(desks, &claimed, &body);
    if signers.is_empty() {
        return Err(SignatureError::Wrong.into());
    }
    if let Err(error) = claimed.must_be_of(now) {
        note(&signers, &body, (error.code(), error.to_string())).await;
        return Err(error.into());
    }
    if let Err(error) = desks.seen.take(claimed, now) {
        if error == ReplayError::Seen {
            note(&signers, &body, (error.code(), error.to_string())).await;
        }
        return Err(error.into());
    }
    let click = envelope::read(payload(&body)?.as_bytes())?;
    if let Some(objection) = click.objection() {
        return Ok(Json(objection).into_response());
    }
    desks.start(&signers, click)?;
    Ok(StatusCode::OK.into_response())
}

/// Puts a genuine request on record that is not taken for its moment. One that cannot be read does
/// nothing either way.
async fn note(signers: &[Arc<Desk>], body: &[u8], why: (&'static str, String)) {
    let Ok(click) = payload(body).and_then(|payload| envelope::read(payload.as_bytes())) else {
        return;
    };
    if let Some(desk) = desks::choose(signers, &click) {
        desk.note(&click, why).await;
    }
}

fn claimed(headers: &HeaderMap) -> Result<Claimed, SignatureError> {
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        value
            .filter(|_| values.next().is_none())
            .ok_or(SignatureError::Missing)
    };
    Claimed::read(one(TIMESTAMP_HEADER)?, one(SIGNATURE_HEADER)?)
}

/// The desks whose secret made the signature.
///
/// Fails closed: a desk whose secret cannot be read has signed nothing.
fn signers(desks: &Desks, claimed: &Claimed, body: &[u8]) -> Vec<Arc<Desk>> {
    let is_signer = |desk: &&Arc<Desk>| {
        let Some(secret) = &desk.settings.signing_secret else {
            return false;
        };
        claimed.is_by(&*desks.world.keyring, secret, body).unwrap_or_else(|error| {
            tracing::error!(tenant = %desk.tenant, %error, "slack's signatures cannot be checked");
            false
        })
    };
    desks.iter().filter(is_signer).cloned().collect()
}

/// The one field of the form.
fn payload(body: &[u8]) -> Result<String, EnvelopeError> {
    let mut fields = form_urlencoded::parse(body);
    match (fields.next(), fields.next()) {
        (Some((name, value)), None) if name == "payload" => Ok(value.into_owned()),
        _ => Err(EnvelopeError::Form("payload")),
    }
}

impl From<SignatureError> for Refusal {
    fn from(error: SignatureError) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error.code(), error.to_string())
    }
}

impl From<ReplayError> for Refusal {
    fn from(error: ReplayError) -> Self {
        let status = match error {
            ReplayError::Seen => StatusCode::CONFLICT,
            ReplayError::Full => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<EnvelopeError> for Refusal {
    fn from(error: EnvelopeError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.code(), error.to_string())
    }
}

impl From<Crowded> for Refusal {
    fn from(error: Crowded) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "slack.too_many",
            error.to_string(),
        )
    }
}
