//! Taking up an invitation: whoever has the link chooses a password, once.

use super::let_in;
use crate::console::{
    desk::{Desk, Errand, Kind as Of},
    page::alone,
    parts::{
        badge::Tone,
        button::{Call, submit},
        field::{Field, Kind},
        form::{Form, post},
        notice::notice,
    },
    paths,
    rooms::{
        answer::{Answer, Refused, document, led_to, with_cookie},
        fields::Fields,
        question::Question,
    },
};
use axum::{
    Extension,
    http::{HeaderMap, StatusCode},
};
use maud::html;
use portcullis_firewall::{error::GateError, principal::Principal};
use std::sync::Arc;

pub(super) async fn show(
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
    asked: Question,
) -> Answer {
    let now = desk.firewall().now();
    let code = asked.word("code");
    if code.is_empty() {
        let (id, invited, _) = held(&desk, &headers)?;
        return Ok(page(&desk, &id, &invited, StatusCode::OK, ""));
    }
    // The code goes out of the address at once: addresses are kept and shown.
    desk.firewall().invited(code).ok_or_else(over)?;
    let id = desk.secret()?;
    desk.errands
        .put(&id, Errand::Invitation(code.to_owned()), now)?;
    Ok(with_cookie(
        led_to(paths::INVITATION),
        &desk.set_errand(&id),
    ))
}

pub(super) async fn accept(
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
    sent: Fields,
) -> Answer {
    let (id, invited, _) = held(&desk, &headers)?;
    let password = sent.verbatim("password");
    if password != sent.verbatim("again") {
        let error = "The two passwords are not the same.";
        return Ok(page(
            &desk,
            &id,
            &invited,
            StatusCode::UNPROCESSABLE_ENTITY,
            error,
        ));
    }
    let hashed = desk
        .parts
        .porter
        .new_password(&invited, password.to_owned())
        .await;
    let new = match hashed.map_err(Refused::from) {
        Ok(new) => new,
        Err(refused) => {
            return Ok(page(
                &desk,
                &id,
                &invited,
                refused.status(),
                refused.words(),
            ));
        }
    };
    let signed_in = desk.firewall().accept(&invited, new).await?;
    desk.errands
        .take(&id, Of::Invitation, desk.firewall().now());
    Ok(let_in(&desk, &headers, &signed_in, paths::OVERVIEW).await)
}

/// The invitation that this browser holds.
fn held(desk: &Desk, headers: &HeaderMap) -> Result<(String, Principal, String), GateError> {
    let id = desk.errand_cookie(headers).ok_or_else(over)?;
    let code = desk
        .errands
        .invitation(id, desk.firewall().now())
        .ok_or_else(over)?;
    let invited = desk.firewall().invited(&code).ok_or_else(over)?;
    Ok((id.to_owned(), invited, code))
}

fn over() -> GateError {
    let message = "this invitation is over or was used; ask for another";
    GateError::conflict("invitation.over", message)
}

fn page(
    desk: &Desk,
    id: &str,
    invited: &Principal,
    status: StatusCode,
    error: &str,
) -> axum::response::Response {
    let csrf = desk.csrf(id);
    let form = Form {
        path: paths::INVITATION,
        csrf: &csrf,
        ..Form::default()
    };
    let field = |name: &str, label: &str| {
        Field::new("invitation", name, label)
            .kind(Kind::Password)
            .autocomplete("new-password")
            .required()
    };
    let name = invited.person.as_ref().map_or("", |badge| &*badge.name);
    let body = html! {
        div class="card stack" {
            h1 { "Welcome, " (crate::console::parts::words::line(name)) }
            p { "Choose a password of at least 15 characters; several words are best." }
            @if !error.is_empty() { (notice(Tone::Bad, &html! { (error) })) }
            (post(&form, &html! {
                (field("password", "Password").draw())
                (field("again", "The same once more").draw())
                (submit(Call::Primary, "Begin"))
            }))
        }
    };
    document(status, &alone("Welcome", &[], &body))
}
