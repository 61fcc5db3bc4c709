//! The door over Streamable HTTP: `/mcp`, and what tells clients how to get in.

mod headers;
mod sessions;
mod stream;

use super::{
    aside::Aside,
    counter::{touches, welcome, wished},
    era::{ALL, Abilities, Era, META_VERSION, STATELESS},
    fault::Fault,
    guest::Guest,
    message::{Message, Request as Asked, answer, read},
    settled::Settled,
    shop::Shop,
    talk::contained,
};
use crate::events;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use headers::{Checked, VERSION};
use portcullis_door::{
    body::{BODY_MAX_BYTES, collect},
    credential::identify,
    reply::{Refusal, json_bytes},
    room::admit,
};
use portcullis_firewall::principal::Principal;
use serde_json::{Value, json};
use sessions::Sessions;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Where the door is.
const PATH: &str = "/mcp";
/// Where what it demands is described (RFC 9728, 3.1), for the whole gate and for the door.
const METADATA: &str = "/.well-known/oauth-protected-resource";
const METADATA_OF_DOOR: &str = "/.well-known/oauth-protected-resource/mcp";

/// The names under which the gate is reached.
#[derive(Clone, Debug)]
pub struct Address {
    /// The address people use, e.g. `https://gate.example.com`: pages from there may call.
    pub public_url: String,
    /// The hosts a request may name, for a gate that only this machine reaches; a page from
    /// elsewhere that has its name lead here names another one.
    pub hosts: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Desk {
    shop: Arc<Shop>,
    address: Arc<Address>,
    sessions: Arc<Sessions>,
    shutting: watch::Receiver<bool>,
}

/// `/mcp` and its metadata; the app puts the threshold before them. Whoever listens is told to stop
/// when the gate shuts.
pub fn router(shop: Arc<Shop>, address: Address, shutting: watch::Receiver<bool>) -> Router {
    let desk = Desk {
        shop,
        address: Arc::new(address),
        sessions: Arc::default(),
        shutting,
    };
    Router::new()
        .route(PATH, post(enter).get(listen).delete(leave))
        .route(METADATA, get(metadata))
        .route(METADATA_OF_DOOR, get(metadata))
        .with_state(desk)
}

async fn metadata(State(desk): State<Desk>) -> Response {
    let resource = desk.resource();
    let body = json!({
        "resource": resource,
        "resource_name": "Portcullis",
        "bearer_methods_supported": ["header"],
    });
    json_bytes(StatusCode::OK, body.to_string().into_bytes())
}

impl Desk {
    fn resource(&self) -> String {
        format!("{}{PATH}", self.address.public_url.trim_end_matches('/'))
    }

    /// Who is calling, from where.
    ///
    /// Fails closed: a page of another site, a name that is not the gate's, and an unknown
    /// credential are refused before anything of the body is read.
    fn caller(&self, headers: &HeaderMap) -> Result<Principal, Box<Response>> {
        headers::must_be_here(headers, &self.address)
            .map_err(|refusal| Box::new(refusal.into_response()))?;
        let principal = identify(&self.shop.firewall, headers)
            .map_err(|error| Box::new(self.stranger(Refusal::from(error))))?;
        if principal.role.is_person() {
            let why = "agents and clients come in here, with keys of their own";
            let refusal = Refusal::new(StatusCode::FORBIDDEN, "auth.forbidden", why);
            return Err(Box::new(refusal.into_response()));
        }
        Ok(principal)
    }

    /// RFC 6750, 3, and RFC 9728, 5.1.
    fn stranger(&self, refusal: Refusal) -> Response {
        let mut response = refusal.into_response();
        let base = self.address.public_url.trim_end_matches('/');
        let challenge = format!("Bearer resource_metadata=\"{base}{METADATA_OF_DOOR}\"");
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// One message.
async fn enter(State(desk): State<Desk>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let principal = match desk.caller(&parts.headers) {
        Ok(principal) => principal,
        Err(response) => return *response,
    };
    if let Err(refusal) = admit(&parts.extensions, &principal) {
        return refusal.into_response();
    }
    match speak(&desk, principal, &parts.headers, body).await {
        Ok(response) => response,
        Err(Said::Refusal(refusal)) => refusal.into_response(),
        Err(Said::Fault(fault)) => {
            let (status, id) = (fault.status(), fault.id().clone());
            told(status, &answer(&id, Err(*fault)))
        }
    }
}

/// Why a message was not answered as a message.
enum Said {
    Refusal(Refusal),
    Fault(Box<Fault>),
}

impl From<Refusal> for Said {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Fault> for Said {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

async fn speak(
    desk: &Desk,
    principal: Principal,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Said> {
    headers::must_speak_json(headers)?;
    let bytes = collect(body, BODY_MAX_BYTES).await?;
    let request = match read(&bytes)? {
        Message::Request(request) => request,
        Message::Answer(id, answer) => {
            if let Some(settled) = settled(desk, &principal, &Checked::read(headers)?) {
                settled.bond.answer(&id, answer);
            }
            return Ok(StatusCode::ACCEPTED.into_response());
        }
        Message::Other => {
            Checked::read(headers)?;
            return Ok(StatusCode::ACCEPTED.into_response());
        }
    };
    let named = |fault: Fault| fault.of(request.id.clone());
    let checked = Checked::read(headers).map_err(named)?;
    if request.method == "initialize" && request.meta(META_VERSION).is_none() {
        return Ok(shake_hands(desk, &principal, &request)?);
    }
    let mut guest = match guest(desk, principal, &checked, &request) {
        Ok(guest) => guest,
        Err(Said::Fault(fault)) => {
            if touches(&request.method)
                && let Ok(principal) = desk.caller(headers)
            {
                let noted = desk.shop.note_mismatch(&principal, &request, &fault).await;
                noted.map_err(|error| named(error.into()))?;
            }
            return Err(named(*fault).into());
        }
        Err(refusal) => return Err(refusal),
    };
    let (tell, heard) = mpsc::channel(stream::WAITING);
    let tell = events::are_taken(headers).then_some(tell);
    guest.aside = Aside::during(&request, tell, Some(desk.shutting.clone()));
    let (id, is_stateless) = (request.id.clone(), guest.is_stateless());
    let shop = Arc::clone(&desk.shop);
    let outcome = match stream::answered(shop, guest, request, heard).await {
        stream::Answered::AtOnce(outcome) => outcome,
        stream::Answered::Streamed(response) => return Ok(response),
    };
    let status = match &outcome {
        Err(fault) if is_stateless => fault.status(),
        _ => 200,
    };
    Ok(told(status, &answer(&id, outcome)))
}

fn settled(desk: &Desk, principal: &Principal, checked: &Checked<'_>) -> Option<Settled> {
    desk.sessions.find(checked.session?, principal)
}

/// How the client speaks: in self-contained requests, or in a session that began with a handshake.
///
/// Fails closed: headers and body must agree.
fn guest(
    desk: &Desk,
    principal: Principal,
    checked: &Checked<'_>,
    request: &Asked,
) -> Result<Guest, Said> {
    let said = request.meta(META_VERSION);
    if said.is_some() && said.and_then(Value::as_str) != checked.version {
        let why = format!("`{VERSION}` is not what the body says");
        return Err(Fault::header_mismatch(why).into());
    }
    if let Some(capabilities) = contained(request)? {
        checked.must_agree(request)?;
        return Ok(Guest {
            principal,
            era: Era::Stateless,
            abilities: Abilities::of(&capabilities),
            capabilities,
            aside: Aside::default(),
            bond: None,
            repeated: Some(checked.repeated.clone()),
        });
    }
    if checked.version == Some(STATELESS) {
        let why = format!("`{VERSION}` says {STATELESS}, and the body does not");
        return Err(Fault::unsaid(why).into());
    }
    if let Some(version) = checked.version.filter(|named| !ALL.contains(named)) {
        return Err(Fault::version(version, &ALL).into());
    }
    if checked.session.is_none() {
        return Err(Fault::invalid("a handshake comes first, and its session is named").into());
    }
    let Some(settled) = settled(desk, &principal, checked) else {
        let why = "there is no such session; begin with a handshake";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "session.not_found", why).into());
    };
    if checked
        .version
        .is_some_and(|version| version != settled.era.version())
    {
        let why = format!("`{VERSION}` is not what the handshake settled");
        return Err(Fault::invalid(why).into());
    }
    Ok(settled.guest(principal, Aside::default()))
}

/// Opens the stream of what changes, for a client after its handshake.
async fn listen(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    let principal = match desk.caller(&headers) {
        Ok(principal) => principal,
        Err(response) => return *response,
    };
    let checked = Checked::read(&headers).ok();
    let checked = checked.filter(|checked| checked.session.is_some());
    // Without a session there is nothing to listen to (MCP 2026-07-28, transports).
    let Some(checked) = checked.filter(|_| events::are_taken(&headers)) else {
        return Refusal::of_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
    };
    let Some(settled) = settled(&desk, &principal, &checked) else {
        let why = "there is no such session; begin with a handshake";
        return Refusal::new(StatusCode::NOT_FOUND, "session.not_found", why).into_response();
    };
    let (tell, heard) = mpsc::channel(stream::WAITING);
    let aside = Aside {
        tell: Some(tell),
        shutting: Some(desk.shutting),
        ..Aside::default()
    };
    stream::of_news(desk.shop, settled.guest(principal, aside), heard)
}

fn shake_hands(desk: &Desk, principal: &Principal, request: &Asked) -> Result<Response, Fault> {
    let era = Era::negotiated(wished(request));
    let nonce = desk.shop.firewall.nonce()?;
    let settled = Settled::of(era, request);
    let id = desk.sessions.begin(&nonce, principal, settled);
    let mut response = told(200, &answer(&request.id, Ok(welcome(era.version()))));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(headers::SESSION, id);
    }
    Ok(response)
}

/// Ends a session.
async fn leave(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    let principal = match desk.caller(&headers) {
        Ok(principal) => principal,
        Err(response) => return *response,
    };
    let ended = Checked::read(&headers)
        .ok()
        .and_then(|checked| checked.session)
        .is_some_and(|id| desk.sessions.end(id, &principal));
    if ended {
        StatusCode::NO_CONTENT.into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn told(status: u16, message: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    json_bytes(status, message.to_string().into_bytes())
}
