//! What is refused before it is judged, on record.

use super::{
    fault::Fault,
    message::Request,
    order::agent_named,
    passed::Passed,
    shop::{Shelf, Shop},
};
use portcullis_firewall::{
    attempt::{Attempt, Door},
    error::GateError,
    principal::Principal,
    tool::ToolStatus,
};
use serde_json::{Map, Value};

/// Why a request was refused before it was judged.
#[derive(Clone, Debug)]
pub(super) struct Unjudged {
    code: String,
    because: String,
}

impl Unjudged {
    /// Why nothing was judged; `None` when something was, or when the gate could not be asked.
    pub(super) fn of(tried: &Result<Passed, Fault>) -> Option<Self> {
        match tried {
            Err(fault) => Some(Self::by(fault.unjudged()?, fault)),
            Ok(Passed::Refused(refusal)) => refusal.unrecorded().map(|(code, because)| Self {
                code: code.to_owned(),
                because: because.to_owned(),
            }),
            Ok(_) => None,
        }
    }

    /// A fault with its code in records.
    pub(super) fn by(code: &str, fault: &Fault) -> Self {
        Self {
            code: code.to_owned(),
            because: fault.text().to_owned(),
        }
    }
}

impl Shop {
    /// Puts a request on record that was refused before it was judged.
    ///
    /// Agents are told that a tool is not there; the record says why.
    ///
    /// # Errors
    /// The gate's, when it cannot be written; then the client is told so, and nothing was done.
    pub(super) async fn note_unjudged(
        &self,
        principal: &Principal,
        request: &Request,
        why: Unjudged,
    ) -> Result<(), GateError> {
        let shelf = self.shelf(&principal.tenant).unwrap_or_default();
        let (server, name) = named(&shelf, request);
        let code = match (why.code.as_str(), request.method.as_str()) {
            ("request.invalid", "tools/call") => self.tool_code(principal, (server, name)).await?,
            ("request.invalid", _) if server.is_none() => "server.unknown",
            (code, _) => code,
        };
        let attempt = Attempt {
            door: Door::Mcp,
            agent: agent_named(request)
                .and_then(Value::as_str)
                .map(str::to_owned),
            method: request.method.clone(),
            target: server.unwrap_or_default().to_owned(),
            name: name.to_owned(),
            code: code.to_owned(),
            because: why.because,
            parameters: parameters(request),
        };
        self.firewall.note_attempt(principal, attempt).await?;
        Ok(())
    }

    /// Why there is no such tool to call, or what else is wrong with the call.
    async fn tool_code(
        &self,
        principal: &Principal,
        (server, name): (Option<&str>, &str),
    ) -> Result<&'static str, GateError> {
        let Some(server) = server else {
            return Ok("server.unknown");
        };
        let known = self.firewall.tool(&principal.tenant, server, name).await?;
        Ok(match known.map(|tool| tool.status()) {
            None => "tool.unknown",
            Some(ToolStatus::New) => "tool.not_accepted",
            Some(ToolStatus::Changed) => "tool.changed",
            Some(ToolStatus::Pinned) => "request.invalid",
        })
    }

    /// Puts a request on record that its headers refused and that could have touched something.
    ///
    /// # Errors
    /// As [`Self::note_unjudged`].
    pub(super) async fn note_mismatch(
        &self,
        principal: &Principal,
        request: &Request,
        fault: &Fault,
    ) -> Result<(), GateError> {
        match fault.unjudged() {
            Some(code @ "headers.mismatch") => {
                let why = Unjudged::by(code, fault);
                self.note_unjudged(principal, request, why).await
            }
            _ => Ok(()),
        }
    }
}

/// The server that a request means, if there is one, and what it names there.
fn named<'n>(shelf: &'n Shelf, request: &'n Request) -> (Option<&'n str>, &'n str) {
    let reference = request.params.get("ref");
    let inside = |key: &str| reference.and_then(|reference| reference.get(key)?.as_str());
    let name = request.text("name").ok().or_else(|| inside("name"));
    let uri = request.text("uri").ok().or_else(|| inside("uri"));
    let found = match (name, uri) {
        (Some(name), _) => shelf.named(name),
        (None, Some(uri)) => shelf.addressed(uri),
        (None, None) => None,
    };
    match found {
        Some((server, own)) => (Some(server.settings.name.as_str()), own),
        None => (None, name.or(uri).unwrap_or_default()),
    }
}

/// What came with it; what a client says about the request is not part of it.
fn parameters(request: &Request) -> Value {
    let members = request.params.iter().filter(|(key, _)| *key != "_meta");
    Value::Object(
        members
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map<_, _>>(),
    )
}
