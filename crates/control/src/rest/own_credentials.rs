//! `/v1/own-credentials`: whose own credential stands in for a shared one.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Gate, Person, PlainPerson},
    wire::own_credential::OwnCredential,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(say, forget))
}

page! {
    /// A page of what the caller said, in the order of the scopes' names.
    pub(crate) struct OwnCredentialPage { own_credentials: OwnCredential }
}

body! {
    /// Whether the caller's own credential is used.
    pub(crate) struct Saying {
        /// Off falls back to the shared one at once, and forgets nothing.
        enabled: bool,
    }
}

/// Lists own credentials
///
/// What the caller said; nobody sees another's.
#[utoipa::path(
    get, path = "/v1/own-credentials", operation_id = "list_own_credentials", tag = "sessions",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of them.", body = OwnCredentialPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Person(caller): Person,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<OwnCredentialPage>> {
    Ok(Json(
        paging.cut(gate.own_credentials(&caller).await?).into(),
    ))
}

/// Says whether an own credential is used
///
/// In the sessions that the caller opens, and in no other. The operator keeps the credential itself.
/// What was minted the other way is ended.
#[utoipa::path(
    put, path = "/v1/own-credentials/{scope}", operation_id = "say_own_credential", tag = "sessions",
    params(("scope" = String, Path, description = "The scope's name.")),
    request_body = Saying,
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "What holds from now on.", body = OwnCredential)),
)]
async fn say(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Named(scope): Named,
    Sent(saying): Sent<Saying>,
) -> Reply<Json<OwnCredential>> {
    let said = gate
        .say_own_credential(&caller, &scope, saying.enabled)
        .await?;
    Ok(Json(said.into()))
}

/// Takes back what was said about an own credential
///
/// The shared one is used from now on.
#[utoipa::path(
    delete, path = "/v1/own-credentials/{scope}", operation_id = "forget_own_credential", tag = "sessions",
    params(("scope" = String, Path, description = "The scope's name.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "What held until now.", body = OwnCredential)),
)]
async fn forget(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Named(scope): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<OwnCredential>> {
    Ok(Json(
        gate.forget_own_credential(&caller, &scope).await?.into(),
    ))
}
