//! Getting acquainted with a server: a handshake, or no need for one.

use super::{Along, Link, UpstreamError, client, contained};
use crate::mcp::{
    asks::{Ask, capabilities_of_any},
    era::{HANDSHAKES, STATELESS},
};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long a server may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server says of itself.
#[derive(Clone, Debug)]
pub(in crate::mcp) struct Greeted {
    /// Whether each request has to be self-contained.
    pub(in crate::mcp) stateless: bool,
    /// What it offers.
    pub(in crate::mcp) capabilities: Value,
}

impl Greeted {
    /// Whether it offers something, e.g. `tools`.
    pub(in crate::mcp) fn offers(&self, what: &str) -> bool {
        self.capabilities.get(what).is_some_and(Value::is_object)
    }
}

/// Greets a server as servers were greeted before 2026-07-28, which most understand, and if it
/// does not, as they are since.
pub(in crate::mcp) async fn greet(link: &Link, may_ask: &[Ask]) -> Result<Greeted, UpstreamError> {
    let [newest, ..] = HANDSHAKES;
    let hello = json!({
        "protocolVersion": newest,
        "capabilities": capabilities_of_any(may_ask),
        "clientInfo": client(),
    });
    let welcome = link.ask("initialize", object(hello), PATIENCE, Along::default());
    match welcome.await {
        Ok(welcome) => {
            let version = welcome.get("protocolVersion").and_then(Value::as_str);
            let known = HANDSHAKES.into_iter().find(|known| Some(*known) == version);
            let Some(known) = known else {
                let why = "it speaks a version that the gate does not";
                return Err(UpstreamError::NotAsked(why.to_owned()));
            };
            if let Link::Http(http) = link {
                http.speaks(known);
            }
            link.tell("notifications/initialized").await;
            let greeted = greeted(false, &welcome);
            if greeted.offers("logging") {
                // Each client says what it wants to read; a server that cannot tell more tells less.
                let all = object(json!({"level": "debug"}));
                let _ = link
                    .ask("logging/setLevel", all, PATIENCE, Along::default())
                    .await;
            }
            Ok(greeted)
        }
        Err(UpstreamError::Refused { .. }) => discover(link).await,
        // Over HTTP a server of the newer kind may refuse without a message.
        Err(UpstreamError::NotAsked(_)) if matches!(link, Link::Http(_)) => discover(link).await,
        Err(error) => Err(error),
    }
}

/// Greets a server as servers are greeted since 2026-07-28.
pub(in crate::mcp) async fn discover(link: &Link) -> Result<Greeted, UpstreamError> {
    if let Link::Http(http) = link {
        http.speaks(STATELESS);
    }
    let found = link
        .ask(
            "server/discover",
            contained(Map::new(), json!({}), Map::new()),
            PATIENCE,
            Along::default(),
        )
        .await?;
    let versions = found.get("supportedVersions").and_then(Value::as_array);
    if !versions.is_some_and(|versions| versions.iter().any(|one| one == STATELESS)) {
        let why = "it speaks no version that the gate speaks";
        return Err(UpstreamError::NotAsked(why.to_owned()));
    }
    Ok(greeted(true, &found))
}

fn greeted(stateless: bool, welcome: &Value) -> Greeted {
    Greeted {
        stateless,
        capabilities: welcome.get("capabilities").cloned().unwrap_or_default(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
