//! The door: one address for each account, where a wallet library is pointed at.

use super::{
    attempts::note_stray,
    counter::{Kind, kind},
    fault::Fault,
    line::Line,
    message::{Asked, Body, answer, read},
};
use axum::{
    Router,
    extract::{FromRef, Path, State},
    http::StatusCode,
    response::Response,
    routing::post,
};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    reply::{Refusal, Reply, json_bytes},
};
use portcullis_firewall::{
    error::GateError,
    firewall::Firewall,
    principal::{Principal, Role},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Where a wallet library is pointed at.
pub const PATH: &str = "/v1/rpc/{account}";

#[derive(Clone, Debug)]
struct Desk {
    firewall: Arc<Firewall>,
    lines: Arc<Vec<Line>>,
}

impl FromRef<Desk> for Arc<Firewall> {
    fn from_ref(desk: &Desk) -> Self {
        Self::clone(&desk.firewall)
    }
}

/// The route; the app puts the threshold before it.
pub fn router(firewall: Firewall, lines: Vec<Line>) -> Router {
    let desk = Desk {
        firewall: Arc::new(firewall),
        lines: Arc::new(lines),
    };
    Router::new().route(PATH, post(enter)).with_state(desk)
}

/// One body: one request, or several.
///
/// Fails closed: who is not an agent of the account's tenant finds nothing here.
async fn enter(
    State(desk): State<Desk>,
    caller: Caller,
    Path(account): Path<String>,
    payload: Payload,
) -> Reply {
    let principal = &caller.principal;
    if !matches!(principal.role, Role::Agent(_)) {
        let why = "agents come in here, with keys of their own";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "auth.forbidden", why));
    }
    let mut lines = desk.lines.iter();
    let line = lines
        .find(|line| line.settings.tenant == principal.tenant && line.settings.name == account);
    let Some(line) = line else {
        note_stray(&desk.firewall, principal, &account).await?;
        return Err(GateError::NotFound("account", account).into());
    };
    let said = match read(&payload.0) {
        Err(fault) => answer(&Value::Null, &Err(fault)),
        Ok(Body::One(asked)) => line.told(&desk.firewall, principal, asked).await,
        Ok(Body::Many(many)) => {
            let mut told = Vec::with_capacity(many.len());
            for asked in many {
                told.push(line.told(&desk.firewall, principal, asked).await);
            }
            Value::Array(told)
        }
    };
    Ok(told(&said))
}

fn told(said: &Value) -> Response {
    json_bytes(StatusCode::OK, said.to_string().into_bytes())
}

impl Line {
    async fn told(
        &self,
        firewall: &Firewall,
        principal: &Principal,
        asked: Result<Asked, (Value, Fault)>,
    ) -> Value {
        match asked {
            Err((id, fault)) => answer(&id, &Err(fault)),
            Ok(asked) => {
                let outcome = self.done(firewall, principal, &asked).await;
                answer(&asked.id, &outcome)
            }
        }
    }

    async fn done(
        &self,
        firewall: &Firewall,
        principal: &Principal,
        asked: &Asked,
    ) -> Result<Value, Fault> {
        let Some(kind) = kind(&asked.method) else {
            let fault = Fault::unknown(&asked.method);
            return Err(self.noted(firewall, principal, (asked, fault)).await);
        };
        if !self.rate.admits(&principal.key, firewall.now().as_second()) {
            return Err(Fault::too_many());
        }
        match kind {
            Kind::Own => Ok(self.own(&asked.method)),
            Kind::Read => {
                firewall.must_be_active(principal).await?;
                self.pass_on(firewall, &principal.tenant, asked).await
            }
            Kind::Judged => self.grant(firewall, principal, asked).await,
        }
    }

    /// What the gate knows by itself.
    fn own(&self, method: &str) -> Value {
        match method {
            "eth_chainId" => json!(format!("0x{:x}", self.wallet.chain_id())),
            "net_version" => json!(self.wallet.chain_id().to_string()),
            "web3_clientVersion" => json!("portcullis"),
            _ => json!([self.wallet.account()]),
        }
    }
}
