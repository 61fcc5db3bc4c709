//! By an identity provider.

use super::{end_before, errand, safe_next};
use crate::{
    console::{
        desk::{Desk, Entrance, Errand, Kind, is_from_elsewhere},
        page::alone,
        paths,
        rooms::{
            answer::{Answer, Refused, document, led_to, with_cookie},
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
    proof::Proof,
    turn::Newcomer,
    visible::{excerpt, visible_line},
};
use portcullis_policy::id::TenantId;
use std::sync::Arc;

/// The longest name that is taken over, in bytes: a number may come behind it.
const NAME_MAX_BYTES: usize = 120;

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
        .put(&id, Errand::Provider(tenant, begun, next), now)?;
    Ok(with_cookie(led_to(&url), &desk.set_errand(&id)))
}

pub(super) async fn finish(
    Extension(desk): Extension<Arc<Desk>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Answer {
    // Only so is a sign-in seen that there is already, and ended.
    if is_from_elsewhere(&headers) {
        return Err(Refused::once_more());
    }
    let Errand::Provider(tenant, begun, next) = errand(&desk, &headers, Kind::Provider)? else {
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
    end_before(&desk, &headers).await;
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
        name: name(&identity),
        email: identity.email.clone().filter(|_| identity.email_verified),
        subject: Subject {
            issuer: identity.issuer,
            subject: identity.subject,
        },
        roles: entrance.newcomers.clone(),
    }
}

/// What somebody is called who comes for the first time: a name of theirs as people may have one.
fn name(identity: &Identity) -> String {
    let named = [identity.name.as_deref(), identity.email.as_deref()];
    let fitting = named.into_iter().flatten().map(fit);
    let mut fitting = fitting.filter(|name| !name.is_empty());
    fitting.next().unwrap_or_else(|| fit(&identity.subject))
}

/// A text as the name of a person: all of it seen, and not too long.
fn fit(text: &str) -> String {
    let seen = visible_line(text.trim());
    excerpt(&seen, NAME_MAX_BYTES).text.trim().to_owned()
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
