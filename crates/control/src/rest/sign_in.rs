//! `/v1/sign-in` and `/v1/invitations/accept`: for who has no credential yet.

use crate::{
    intake::{
        body::{Sent, body},
        field::Field,
    },
    porter::{For, Porter, tenant_meant},
    rights::Stranger,
    wire::moment::Moment,
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::firewall::SignedIn;
use portcullis_policy::fault::Faults;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Porter> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(accept))
}

/// A text that is never printed by accident.
pub(crate) struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([hidden])")
    }
}

impl Field for Secret {
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        if let Value::String(text) = value {
            return Some(Self(text));
        }
        faults.add(path, "expected a string");
        None
    }
}

body! {
    /// Who signs in.
    pub(crate) struct Credentials {
        /// The tenant; may be left away when there is only one.
        tenant: Option<String>,
        /// Their name, or their mail address.
        name: String,
        /// Their password.
        #[schema(value_type = String, format = Password)]
        password: Secret,
    }
}

body! {
    /// An invitation that is taken up.
    pub(crate) struct Acceptance {
        /// The code of the invitation.
        #[schema(value_type = String, format = Password)]
        code: Secret,
        /// The new password, at least 15 characters.
        #[schema(value_type = String, format = Password)]
        password: Secret,
    }
}

/// A personal token, which is never shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonalToken {
    /// The token, to be sent as `Authorization: Bearer <token>`.
    #[schema(example = "pcl_2f61c0ffee00000000000001_4f1d…")]
    pub token: String,
    /// When it ends by itself.
    pub expires_at: Option<Moment>,
}

impl From<SignedIn> for PersonalToken {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            token: signed_in.secret,
            expires_at: signed_in.expires_at.map(Moment),
        }
    }
}

/// Signs a person in by password
///
/// The answer is a personal token for programs, good for twelve hours and for no more than the
/// person may. Whatever is wrong is answered alike. After five failures of one name each further
/// one makes its next attempt wait longer, up to 15 minutes, whether or not there is such a name.
#[utoipa::path(
    post, path = "/v1/sign-in", tag = "signing in",
    request_body = Credentials,
    security(()),
    responses(
        (status = 201, description = "The token, shown once.", body = PersonalToken),
        (status = 401, description = "Name and password do not belong together."),
        (status = 409, description = "The person has too many tokens."),
        (status = 429, description = "Too many failures; `Retry-After` says when it is worth \
            another try."),
        (status = 503, description = "Too many sign in at this moment, or the gate cannot record; \
            `Retry-After` says when it is worth another try."),
    ),
)]
async fn sign_in(
    State(porter): State<Porter>,
    _: Stranger,
    Sent(credentials): Sent<Credentials>,
) -> Reply<(StatusCode, Json<PersonalToken>)> {
    let Credentials {
        tenant,
        name,
        password: Secret(password),
    } = credentials;
    let tenant = tenant_meant(porter.firewall(), tenant.as_deref())?;
    let signed_in = porter
        .sign_in(&tenant, &name, password, For::Program)
        .await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}

/// Takes up an invitation
///
/// Sets the password of who was invited; the answer is a personal token for programs, as of
/// `/v1/sign-in`. An invitation is good once.
#[utoipa::path(
    post, path = "/v1/invitations/accept", tag = "signing in",
    request_body = Acceptance,
    security(()),
    responses(
        (status = 201, description = "The token, shown once.", body = PersonalToken),
        (status = 401, description = "There is no such invitation, or it is over."),
        (status = 409, description = "The person has too many tokens."),
        (status = 503, description = "Too many sign in at this moment, or the gate cannot record; \
            `Retry-After` says when it is worth another try."),
    ),
)]
async fn accept(
    State(porter): State<Porter>,
    _: Stranger,
    Sent(acceptance): Sent<Acceptance>,
) -> Reply<(StatusCode, Json<PersonalToken>)> {
    let Acceptance {
        code: Secret(code),
        password: Secret(password),
    } = acceptance;
    let firewall = porter.firewall();
    let invited = firewall.invited(&code);
    let invited = invited.ok_or_else(Refusal::unauthenticated)?;
    let password = porter.new_password(&invited, password).await?;
    let signed_in = firewall.accept_for_program(&invited, password).await?;
    Ok((StatusCode::CREATED, Json(signed_in.into())))
}
