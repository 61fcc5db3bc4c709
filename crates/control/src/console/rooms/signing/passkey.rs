//! By a passkey, which says by itself whose it is.

use super::{Tried, errand, form, let_in, safe_next};
use crate::{
    console::{
        desk::{Desk, Errand, Kind},
        rooms::{answer::Answer, deciding::answer_in, fields::Fields},
    },
    passkey::{named_passkey, verify_assertion},
};
use axum::{
    Extension,
    http::{HeaderMap, StatusCode},
};
use portcullis_firewall::{click::Presence, error::GateError, firewall::SignedIn, proof::Proof};
use portcullis_policy::id::TenantId;
use std::sync::Arc;

pub(super) async fn sign_in(
    Extension(desk): Extension<Arc<Desk>>,
    headers: HeaderMap,
    sent: Fields,
) -> Answer {
    let next = safe_next(sent.one("next"));
    let Errand::Passkey(challenge) = errand(&desk, &headers, Kind::Passkey)? else {
        let message = "this sign-in was begun in another way; begin again";
        return Err(GateError::conflict("sign_in.over", message).into());
    };
    match shown(&desk, &sent, challenge).await {
        Ok(signed_in) => Ok(let_in(&desk, &headers, &signed_in, &next).await),
        Err(GateError::Unavailable(why)) => Err(GateError::Unavailable(why).into()),
        Err(_) => {
            let error = "This passkey is not known here.".to_owned();
            let tried = Tried {
                error,
                next,
                ..Tried::default()
            };
            form(&desk, &headers, StatusCode::UNAUTHORIZED, tried)
        }
    }
}

async fn shown(desk: &Desk, sent: &Fields, challenge: [u8; 32]) -> Result<SignedIn, GateError> {
    let answer = answer_in(sent.one("credential"))?;
    let unknown = |_| GateError::Unauthenticated;
    let credential_id = named_passkey(&answer).map_err(unknown)?;
    for tenant in desk.firewall().tenants() {
        let Ok((person, passkey)) = desk.firewall().passkey(&tenant, credential_id).await else {
            continue;
        };
        let count = verify_assertion(&desk.ceremony(challenge), &passkey, &answer);
        let Ok(sign_count) = count else {
            return failed(desk, &tenant).await;
        };
        let presence = Presence {
            credential_id: credential_id.to_owned(),
            sign_count,
            challenge,
        };
        return desk
            .firewall()
            .sign_in_by_passkey(&tenant, person, presence)
            .await;
    }
    Err(GateError::Unauthenticated)
}

async fn failed(desk: &Desk, tenant: &TenantId) -> Result<SignedIn, GateError> {
    desk.firewall()
        .note_failed_sign_in(tenant, Proof::Passkey)
        .await?;
    Err(GateError::Unauthenticated)
}
