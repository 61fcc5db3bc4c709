//! What the headers of a request say, and that they say what its body says.

use super::Address;
use crate::mcp::{coded::decoded, era::STATELESS, fault::Fault, message::Request, repeated::PARAM};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use portcullis_door::reply::Refusal;
use std::collections::BTreeMap;

pub(super) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// A request comes from a program or from the gate's own pages, and names the gate.
///
/// Fails closed: an origin that cannot be read is a foreign one.
pub(super) fn must_be_here(headers: &HeaderMap, address: &Address) -> Result<(), Refusal> {
    let forbidden = |why: &str| Refusal::new(StatusCode::FORBIDDEN, "request.foreign_origin", why);
    for origin in headers.get_all(header::ORIGIN) {
        if !origin.to_str().is_ok_and(|origin| is_own(origin, address)) {
            return Err(forbidden("pages of other sites do not come in here"));
        }
    }
    if let Some(hosts) = &address.hosts {
        let mut named = headers.get_all(header::HOST).iter();
        let host = named.next().and_then(|host| host.to_str().ok());
        let is_known = host.is_some_and(|host| hosts.iter().any(|known| known == host));
        if !is_known || named.next().is_some() {
            return Err(forbidden("the gate has another name"));
        }
    }
    Ok(())
}

/// Whether an origin is that of the gate's own pages, under any name that leads here.
fn is_own(origin: &str, address: &Address) -> bool {
    let local = origin.strip_prefix("http://");
    let hosts = address.hosts.as_deref().unwrap_or_default();
    origin == address.public_url.trim_end_matches('/')
        || local.is_some_and(|local| hosts.iter().any(|known| known == local))
}

/// Messages are JSON, and so are answers.
pub(super) fn must_speak_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let takes = |accepted: &str| {
        let mut kinds = accepted
            .split(',')
            .map(|kind| kind.split(';').next().unwrap_or("").trim());
        kinds.any(|kind| ["application/json", "application/*", "*/*"].contains(&kind))
    };
    match text(header::ACCEPT) {
        Some(accepted) if !takes(accepted) => {
            let why = "answers are JSON, which the request does not accept";
            Err(Refusal::new(
                StatusCode::NOT_ACCEPTABLE,
                "request.refused",
                why,
            ))
        }
        _ => Ok(()),
    }
}

/// The protocol's own headers, each there once at most.
#[derive(Debug)]
pub(super) struct Checked<'h> {
    pub(super) version: Option<&'h str>,
    pub(super) session: Option<&'h str>,
    method: Option<&'h str>,
    name: Option<&'h str>,
    /// What is repeated of arguments, by the names of the headers without what they begin with.
    pub(super) repeated: BTreeMap<String, String>,
}

impl<'h> Checked<'h> {
    /// Fails closed: a header that is there twice, or cannot be read, is a mismatch.
    pub(super) fn read(headers: &'h HeaderMap) -> Result<Self, Fault> {
        Ok(Self {
            version: only(headers, &VERSION)?,
            session: only(headers, &SESSION)?,
            method: only(headers, &METHOD)?,
            name: only(headers, &NAME)?,
            repeated: repeated(headers)?,
        })
    }

    /// The headers of a self-contained request say what its body says (MCP 2026-07-28, transports).
    pub(super) fn must_agree(&self, request: &Request) -> Result<(), Fault> {
        let must = |holds: bool, name: &HeaderName| {
            let why = || Fault::header_mismatch(format!("`{name}` is not what the body says"));
            if holds { Ok(()) } else { Err(why()) }
        };
        must(self.version == Some(STATELESS), &VERSION)?;
        must(self.method == Some(request.method.as_str()), &METHOD)?;
        let named = named_by(&request.method).and_then(|key| request.params.get(key)?.as_str());
        if named_by(&request.method).is_some() {
            let said = self.name.and_then(decoded);
            must(named.is_some() && said.as_deref() == named, &NAME)?;
        }
        if request.method != "tools/call" && !self.repeated.is_empty() {
            let why = format!("only tools ask for `{PARAM}` headers");
            return Err(Fault::header_mismatch(why));
        }
        Ok(())
    }
}

/// What the headers repeat of arguments; whether it is what they say, the tool's definition tells.
fn repeated(headers: &HeaderMap) -> Result<BTreeMap<String, String>, Fault> {
    let names = headers.keys();
    let names = names.filter_map(|name| Some((name, name.as_str().strip_prefix(PARAM)?)));
    let mut all = BTreeMap::new();
    for (name, short) in names {
        if let Some(value) = only(headers, name)? {
            all.insert(short.to_owned(), value.to_owned());
        }
    }
    Ok(all)
}

/// The parameter that `Mcp-Name` repeats.
fn named_by(method: &str) -> Option<&'static str> {
    Some(match method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
        _ => return None,
    })
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Fault> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) if values.next().is_none() => Ok(Some(text.trim())),
        _ => Err(Fault::header_mismatch(format!(
            "`{name}` cannot be read in one way"
        ))),
    }
}
