//! By an identity provider.

use super::{errand, safe_next};
use crate::{
    console::{
        desk::{Desk, Entrance, Errand},
        page::alone,
        paths,
        rooms::{
            answer::{Answer, document, led_to, with_cookie},
            question::Question,
        },
    },
    oidc::{Callback, Identity, OidcError},
};
use axum::{
    Extension,
    extract::Query,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use maud::html;
use portcullis_firewall::{
    error::GateError,
    person::Subject,
    turn::{Newcomer, Proof},
};
use portcullis_policy::id::TenantId;
use std::sync::Arc;

pub(super) async fn begin(Extension(desk): Extension<Arc<Desk>>, asked: Question) -> Answer {
    let missing = || GateError::NotFound("identity provider", asked.word("tenant").to_owned());
    let tenant = TenantId::new(asked.word("tenant")).map_err(|_| missing())?;
    let entrance = desk.parts.entrances.get(&tenant).ok_or_else(missing)?;
    let back = format!("{}{}", desk.parts.public_url, paths::PROVIDER_BACK);
    let now = desk.firewall().now();
    let begun = entrance
        .party
        .begin(now, &back, &*desk.parts.entropy)
        .await
        .map_err(|error| away(&error))?;
    let (id, url) = (desk.secret()?, begun.url.clone());
    let next = safe_next(asked.word("next"));
    desk.errands
        .put(&id, Errand::Provider(tenant, begun, next), now);
    Ok(with_cookie(led_to(&url), &desk.set_errand(&id)))
}

pub(super) async fn finish(
    Extension(desk): Extension<Arc<Desk>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Answer {
    let Errand::Provider(tenant, begun, next) = errand(&desk, &headers)? else {
        let message = "this sign-in was begun in another way; begin again";
        return Err(GateError::conflict("sign_in.over", message).into());
    };
    let missing = || GateError::NotFound("identity provider", tenant.to_string());
    let entrance = desk.parts.entrances.get(&tenant).ok_or_else(missing)?;
    let now = desk.firewall().now();
    let identity = match entrance.party.finish(now, &callback, &begun).await {
        Ok(identity) => identity,
        Err(error) => {
            desk.firewall()
                .note_failed_sign_in(&tenant, Proof::Provider)
                .await?;
            return Err(refused(&error).into());
        }
    };
    let newcomer = newcomer(entrance, identity);
    let signed_in = desk
        .firewall()
        .sign_in_by_provider(&tenant, newcomer)
        .await?;
    Ok(with_cookie(arrived(&next), &desk.set_sign_in(&signed_in)))
}

fn newcomer(entrance: &Entrance, identity: Identity) -> Newcomer {
    let is_in = |theirs: &String| identity.groups.contains(theirs);
    Newcomer {
        groups: entrance
            .groups
            .iter()
            .map(|(theirs, ours)| (ours.clone(), is_in(theirs)))
            .collect(),
        name: identity
            .name
            .clone()
            .unwrap_or_else(|| identity.subject.clone()),
        email: identity.email.clone().filter(|_| identity.email_verified),
        subject: Subject {
            issuer: identity.issuer,
            subject: identity.subject,
        },
        roles: entrance.newcomers.clone(),
    }
}

/// The sign-in's cookie goes along with nothing that another site began: so the browser goes on
/// from a page of ours.
fn arrived(next: &str) -> Response {
    let body = html! {
        div class="card stack" {
            h1 { "Signed in" }
            p { a href=(next) { "Go on" } }
        }
    };
    let mut response = document(StatusCode::OK, &alone("Signed in", &[], &body));
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={next}")) {
        let name = HeaderName::from_static("refresh");
        response.headers_mut().insert(name, refresh);
    }
    response
}

fn away(error: &OidcError) -> GateError {
    tracing::warn!(%error, code = error.code(), "the identity provider cannot be asked");
    GateError::Unavailable("the identity provider cannot be asked now".to_owned())
}

fn refused(error: &OidcError) -> GateError {
    tracing::warn!(%error, code = error.code(), "a sign-in by an identity provider was refused");
    GateError::Forbidden("the identity provider's answer is not accepted; begin again".to_owned())
}
