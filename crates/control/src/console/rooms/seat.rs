//! Who sits at the console.

use crate::{
    console::{
        desk::{Desk, is_from_elsewhere},
        page::{Section, Who},
        paths,
        rooms::refused::Refused,
    },
    rights::Gate,
};
use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use portcullis_firewall::{error::GateError, principal::Principal};
use std::sync::Arc;

/// Somebody who is signed in.
///
/// Fails closed: only the cookie of a sign-in counts here, never a key or a token, and it counts
/// nowhere else.
#[derive(Clone, Debug)]
pub(super) struct Seated {
    /// Who calls.
    pub principal: Principal,
    /// The token against forged requests.
    pub csrf: String,
    /// What the frame of a page shows of them.
    pub who: Who,
    /// The secret of their sign-in.
    pub(super) secret: String,
}

impl FromRequestParts<Gate> for Seated {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Refused> {
        let desk = desk(parts)?;
        let secret = desk
            .sign_in_cookie(&parts.headers)
            .unwrap_or_default()
            .to_owned();
        let Some(principal) = gate.signed_in(&secret) else {
            return Err(stranger(parts, secret.is_empty()));
        };
        let waiting = gate.waiting_for(&principal).await?;
        let name = principal.person.as_ref();
        Ok(Self {
            csrf: desk.csrf(&secret),
            who: Who {
                name: name.map_or_else(String::new, |badge| badge.name.to_string()),
                tenant: principal.tenant.to_string(),
                sections: sections(&principal),
                waiting: waiting.try_into().unwrap_or(u64::MAX),
            },
            principal,
            secret,
        })
    }
}

impl Seated {
    /// Goes on for who has a role in the whole tenant.
    ///
    /// # Errors
    /// 403 for everybody else.
    pub(super) fn must_read(&self) -> Result<(), GateError> {
        if self.principal.reads() {
            return Ok(());
        }
        let message = "this is for roles in the whole tenant";
        Err(GateError::Forbidden(message.to_owned()))
    }

    /// Goes on for who may change rules and people.
    ///
    /// # Errors
    /// 403 for everybody else.
    pub(super) fn must_configure(&self) -> Result<(), GateError> {
        if self.principal.configures() {
            return Ok(());
        }
        Err(GateError::Forbidden(
            "only an architect may do this".to_owned(),
        ))
    }
}

/// The console's memory, as every route of it has it.
pub(super) fn desk(parts: &Parts) -> Result<Arc<Desk>, GateError> {
    let desk = parts.extensions.get::<Arc<Desk>>().cloned();
    desk.ok_or_else(|| GateError::Unavailable("the console is not set up".to_owned()))
}

/// Who reads is led to where people sign in, and back from there; who wants something done is not.
/// Who follows a link of another site, e.g. of a chat, may be signed in all the same.
fn stranger(parts: &Parts, has_no_cookie: bool) -> Refused {
    if parts.method != Method::GET {
        return GateError::Unauthenticated.into();
    }
    if has_no_cookie && is_from_elsewhere(&parts.headers) {
        return Refused::once_more();
    }
    let next = parts.uri.path_and_query().map_or("", |path| path.as_str());
    Refused::instead(paths::with_query(paths::SIGN_IN, &[("next", next)]))
}

/// The parts of the console that somebody may open.
fn sections(principal: &Principal) -> Vec<Section> {
    // Rules, people and the chain as a whole are for roles in the whole tenant.
    let narrow = [
        Section::Overview,
        Section::Approvals,
        Section::Activity,
        Section::Agents,
        Section::Sessions,
        Section::Leases,
        Section::Scopes,
        Section::Account,
        Section::OwnCredentials,
    ];
    let opens = |section: &Section| principal.reads() || narrow.contains(section);
    Section::ALL.into_iter().filter(opens).collect()
}
