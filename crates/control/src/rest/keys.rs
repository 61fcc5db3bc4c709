//! `/v1/keys`: what callers are known by.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        field::{Field, kind_of},
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Gate, Person, PlainPerson},
    wire::{
        key::{IssuedKey, Key},
        words,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::{error::GateError, principal::Role, turn};
use portcullis_policy::{fault::Faults, id::AgentId};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most groups of one key.
const GROUPS_MAX: usize = 64;

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, issue))
        .routes(routes!(show, revoke))
}

page! {
    /// A page of keys, in the order of their ids.
    pub(crate) struct KeyPage { keys: Key }
}

/// What a key is for, as sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RoleWord {
    Agent,
    Client,
    Architect,
    Operator,
    Viewer,
    Member,
}

impl Field for RoleWord {
    fn read(value: Value, path: &str, faults: &mut Faults) -> Option<Self> {
        let words = words::KeyRole::WORDS.join("`, `");
        let shown = value.as_str().unwrap_or_else(|| kind_of(&value));
        match value.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("agent") => Some(Self::Agent),
            Some("client") => Some(Self::Client),
            Some("architect") => Some(Self::Architect),
            Some("operator") => Some(Self::Operator),
            Some("viewer") => Some(Self::Viewer),
            Some("member") => Some(Self::Member),
            _ => {
                faults.add(path, format!("expected one of `{words}`, not `{shown}`"));
                None
            }
        }
    }
}

body! {
    /// A key to issue.
    pub(crate) struct NewKey {
        /// What it is called; of a person's token, whose it is. A person who is not known yet is
        /// made known; one who is issues their own tokens.
        #[schema(example = "ops-bot in production")]
        name: String,
        /// What it is for. Only the key of a person (architect, operator, viewer) can ever decide
        /// or change anything.
        #[schema(value_type = words::KeyRole)]
        role: RoleWord,
        /// The agent it belongs to; needed for the role `agent`, and only there.
        agent_id: Option<String>,
        /// The groups the new person is to be in; they are made when there are none.
        groups: Option<Vec<String>>,
        /// When it ends by itself.
        #[schema(value_type = Option<String>, format = DateTime)]
        expires_at: Option<Timestamp>,
    }
}

impl NewKey {
    /// The role, and every fault of how it is put together.
    fn role(&self) -> Result<Role, Refusal> {
        let mut faults = Faults::default();
        let agent = match (self.role, &self.agent_id) {
            (RoleWord::Agent, None) => {
                faults.add("agent_id", "is required for the role `agent`");
                None
            }
            (RoleWord::Agent, Some(id)) => AgentId::new(id)
                .map_err(|error| faults.add("agent_id", error.to_string()))
                .ok(),
            (_, Some(_)) => {
                faults.add("agent_id", "only stands with the role `agent`");
                None
            }
            (_, None) => None,
        };
        let groups = self.groups.as_deref().unwrap_or_default();
        if groups.len() > GROUPS_MAX {
            faults.add("groups", format!("has at most {GROUPS_MAX} items"));
        }
        if !groups.is_empty() && matches!(self.role, RoleWord::Agent | RoleWord::Client) {
            faults.add("groups", "only stand with the role of a person");
        }
        let role = match self.role {
            RoleWord::Agent => agent.map(Role::Agent),
            RoleWord::Client => Some(Role::Client),
            RoleWord::Architect => Some(Role::Architect),
            RoleWord::Operator => Some(Role::Operator),
            RoleWord::Viewer => Some(Role::Viewer),
            RoleWord::Member => Some(Role::Member),
        };
        faults.or(())?;
        role.ok_or_else(|| Refusal::invalid("role", "cannot be read"))
    }
}

/// Lists keys
///
/// Without secrets; revoked keys stay in the list.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of keys.", body = KeyPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Person(caller): Person,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<KeyPage>> {
    Ok(Json(paging.cut(gate.keys(&caller).await?).into()))
}

/// Issues a key
///
/// The token is in the reply and nowhere else: only its SHA-256 is kept. Architects issue keys of
/// agents and clients, and the first token of somebody who is not known yet; everybody else issues
/// their own tokens, for no more than they may.
#[utoipa::path(
    post, path = "/v1/keys", tag = "keys",
    request_body = NewKey,
    security(("bearer" = ["viewer"])),
    responses(
        (status = 201, description = "The key with its token, shown once.", body = IssuedKey),
        (status = 404, description = "There is no such agent."),
        (status = 409, description = "It is another person's to issue, or for more than theirs."),
    ),
)]
async fn issue(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Sent(new): Sent<NewKey>,
) -> Reply<(StatusCode, Json<IssuedKey>)> {
    let role = new.role()?;
    let new = turn::NewKey {
        name: new.name,
        role,
        groups: new.groups.unwrap_or_default(),
        expires_at: new.expires_at,
    };
    let (key, token) = gate.issue_key(&caller, new).await?;
    let issued = IssuedKey {
        key: key.into(),
        token: token.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Shows a key
///
/// Without its secret.
#[utoipa::path(
    get, path = "/v1/keys/{id}", tag = "keys",
    params(("id" = String, Path, description = "The key's id.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The key.", body = Key)),
)]
async fn show(
    State(gate): State<Gate>,
    Person(caller): Person,
    Named(id): Named,
) -> Reply<Json<Key>> {
    let mut keys = gate.keys(&caller).await?.into_iter();
    let found = keys.find(|key| key.id == id);
    Ok(Json(found.ok_or(GateError::NotFound("key", id))?.into()))
}

/// Revokes a key
///
/// No door knows it any more when the reply is sent. Everybody may revoke their own, architects
/// any. The last one that lets an architect in stays.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "keys",
    params(("id" = String, Path, description = "The key's id.")),
    security(("bearer" = ["viewer"])),
    responses(
        (status = 200, description = "The key, revoked.", body = Key),
        (status = 409, description = "It is the last architect's key."),
    ),
)]
async fn revoke(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Key>> {
    Ok(Json(gate.revoke_key(&caller, &id).await?.into()))
}
