//! Signing in, by whichever proof, and out.

mod invitation;
mod passkey;
mod password;
mod provider;

use super::{
    answer::{Answer, document, led_to, with_cookie},
    fields::Fields,
    seat::Seated,
};
use crate::{
    console::{
        desk::{Desk, Errand, Kind},
        page::Flash,
        pages::sign_in::{Provider, SignIn, sign_in},
        paths,
    },
    passkey as webauthn,
    rights::Gate,
};
use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use portcullis_firewall::{error::GateError, firewall::SignedIn};
use std::sync::Arc;

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route(paths::SIGN_IN, get(show).post(password::sign_in))
        .route(paths::SIGN_IN_PASSKEY, post(passkey::sign_in))
        .route(paths::SIGN_OUT, post(sign_out))
        .route(paths::PROVIDER, get(provider::begin))
        .route(paths::PROVIDER_BACK, get(provider::finish))
        .route(
            paths::INVITATION,
            get(invitation::show).post(invitation::accept),
        )
}

async fn show(
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
    asked: super::question::Question,
) -> Answer {
    let next = safe_next(asked.word("next"));
    let secret = desk.sign_in_cookie(&headers).unwrap_or_default();
    if desk.firewall().signed_in(secret).is_some() {
        return Ok(led_to(&next));
    }
    form(
        &desk,
        &headers,
        StatusCode::OK,
        Tried {
            next,
            ..Tried::default()
        },
    )
}

/// What was tried, to be tried again.
#[derive(Default)]
struct Tried {
    tenant: String,
    name: String,
    error: String,
    next: String,
}

/// The sign-in page, with an errand of its own: its forms are good in this browser alone.
fn form(desk: &Desk, headers: &HeaderMap, status: StatusCode, tried: Tried) -> Answer {
    let id = match desk.errand_cookie(headers) {
        Some(id) if id.len() == 64 => id.to_owned(),
        _ => desk.secret()?,
    };
    let passkey_options = passkey_options(desk, &id)?;
    let view = SignIn {
        csrf: desk.csrf(&id),
        has_password: true,
        asks_tenant: desk.firewall().tenants().len() > 1,
        tenant: tried.tenant,
        name: tried.name,
        error: tried.error,
        providers: providers(desk, &tried.next),
        passkey_options,
        next: tried.next,
    };
    let flashes: [Flash; 0] = [];
    let page = document(status, &sign_in(&view, &flashes));
    Ok(with_cookie(page, &desk.set_errand(&id)))
}

/// The options to sign in with a passkey; none where browsers know none, and none in a crowd.
fn passkey_options(desk: &Desk, id: &str) -> Result<String, GateError> {
    let challenge = desk.challenge()?;
    let now = desk.firewall().now();
    let errand = Errand::Passkey(challenge);
    if !desk.has_passkeys() || desk.errands.put(id, errand, now).is_err() {
        return Ok(String::new());
    }
    let ceremony = desk.ceremony(challenge);
    Ok(webauthn::assertion_options(&ceremony, &[]).to_string())
}

fn providers(desk: &Desk, next: &str) -> Vec<Provider> {
    let mut providers: Vec<Provider> = desk
        .parts
        .entrances
        .iter()
        .map(|(tenant, entrance)| Provider {
            name: entrance.name.clone(),
            path: paths::with_query(
                paths::PROVIDER,
                &[("tenant", tenant.as_str()), ("next", next)],
            ),
        })
        .collect();
    providers.sort_by(|a, b| a.path.cmp(&b.path));
    providers
}

/// Leads somebody in, with a new secret: one that was there before is good for nothing.
async fn let_in(desk: &Desk, headers: &HeaderMap, signed_in: &SignedIn, next: &str) -> Response {
    end_before(desk, headers).await;
    with_cookie(led_to(&safe_next(next)), &desk.set_sign_in(signed_in))
}

/// Ends the sign-in that a browser had before.
async fn end_before(desk: &Desk, headers: &HeaderMap) {
    let before = desk.sign_in_cookie(headers).unwrap_or_default();
    if let Some(before) = desk.firewall().signed_in(before) {
        // They are somebody already; that sign-in ends, but its end must not keep them out.
        if let Err(error) = desk.firewall().sign_out(&before).await {
            tracing::warn!(%error, "an earlier sign-in was not ended");
        }
    }
}

/// Where to go after signing in: a page of this console, or its first.
///
/// Fails closed: whatever a browser could take for another host leads to the first page.
fn safe_next(next: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>');
    let inside =
        next == paths::OVERVIEW || next.starts_with("/console/") || next.starts_with("/console?");
    let elsewhere = next.contains("//") || next.contains("/.") || next.starts_with(paths::SIGN_IN);
    if inside && !elsewhere && next.len() <= 2_048 && next.chars().all(plain) {
        next.to_owned()
    } else {
        paths::OVERVIEW.to_owned()
    }
}

/// The errand that a form belongs to; it is taken, so that nothing is done twice.
fn errand(desk: &Desk, headers: &HeaderMap, kind: Kind) -> Result<Errand, GateError> {
    let late = || {
        let message = "this took too long, or was done already; begin again";
        GateError::conflict("sign_in.over", message)
    };
    let id = desk.errand_cookie(headers).ok_or_else(late)?;
    desk.errands
        .take(id, kind, desk.firewall().now())
        .ok_or_else(late)
}

async fn sign_out(
    State(gate): State<Gate>,
    Extension(desk): Extension<Arc<Desk>>,
    seat: Seated,
    _: Fields,
) -> Answer {
    gate.sign_out(&seat.principal).await?;
    Ok(with_cookie(led_to(paths::SIGN_IN), &desk.unset_sign_in()))
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn nobody_is_led_away() {
        for inside in [
            "/console",
            "/console/approvals/esc_1",
            "/console/activity?agent=a%2F1",
        ] {
            assert_eq!(safe_next(inside), inside);
        }
        for outside in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/console/../x",
            "/console//evil.example",
            "/consolex",
            "javascript:alert(1)",
            "/console/\r\nx: y",
            "/console/sign-in",
            "\\\\evil",
            "/console/\u{202E}",
        ] {
            assert_eq!(safe_next(outside), "/console", "{outside}");
        }
    }
}
