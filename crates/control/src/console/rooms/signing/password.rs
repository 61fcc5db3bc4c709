//! By name and password.

use super::{Tried, form, let_in, safe_next};
use crate::{
    console::{
        desk::Desk,
        rooms::{
            answer::{Answer, Refused},
            fields::Fields,
        },
    },
    porter::{For, tenant_meant},
};
use axum::{Extension, http::HeaderMap};
use std::sync::Arc;

pub(super) async fn sign_in(
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
    sent: Fields,
) -> Answer {
    let next = safe_next(sent.one("next"));
    let named = Some(sent.one("tenant")).filter(|tenant| !tenant.is_empty());
    let tried = |error: String| Tried {
        tenant: sent.one("tenant").to_owned(),
        name: sent.one("name").to_owned(),
        error,
        next: next.clone(),
    };
    let signed_in = match tenant_meant(desk.firewall(), named) {
        Ok(tenant) => {
            let (name, password) = (sent.one("name"), sent.verbatim("password").to_owned());
            desk.parts
                .porter
                .sign_in(&tenant, name, password, For::Browser)
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match signed_in {
        Ok(signed_in) => Ok(let_in(&desk, &headers, &signed_in, &next).await),
        Err(refusal) => {
            let refused = Refused::from(refusal);
            let words = match refused.status().as_u16() {
                401 => "Name and password do not belong together.".to_owned(),
                _ => refused.words().to_owned(),
            };
            form(&desk, &headers, refused.status(), tried(words))
        }
    }
}
