//! One server on this machine, judged by a gate that runs elsewhere.
//!
//! What the client says is passed on to the server when it only asks what there is. Whatever can
//! touch something is asked for at the gate first; only with a permit that was spent is the server
//! asked. When the gate is away, nothing is.

mod errand;
mod judge;
mod line;

pub(super) use judge::Judge;

use errand::{Errand, protocols_own, refusal};
use line::ServerLine;
use portcullis_firewall::{outside, strict};
use portcullis_gateway::mcp::{Ears, Mouth};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

/// How many requests of the client are answered at once.
const AT_ONCE: usize = 64;

/// What only asks what there is, and is passed on.
const PASSED: [&str; 7] = [
    "initialize",
    "ping",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "server/discover",
    "tools/list",
];

/// JSON-RPC 2.0, 5.1, and the codes of the gate's own door.
const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const NO_METHOD: i64 = -32601;
const INTERNAL: i64 = -32603;

/// Serves one client until it hangs up.
pub(super) async fn serve(
    judge: Judge,
    line: Box<dyn outside::Line>,
    mut ears: Box<dyn Ears>,
    mut mouth: Box<dyn Mouth>,
) {
    let (tell, mut told) = mpsc::channel::<String>(AT_ONCE);
    let speaking = tokio::spawn(async move {
        while let Some(line) = told.recv().await {
            if !mouth.say(line).await {
                return;
            }
        }
    });
    let table = Arc::new(Table {
        judge,
        server: ServerLine::over(line, tell.clone()),
    });
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut answering = JoinSet::new();
    while let Some(line) = ears.hear().await {
        while answering.try_join_next().is_some() {}
        // The client waits when it asks for too much at once.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            break;
        };
        let (table, tell) = (Arc::clone(&table), tell.clone());
        answering.spawn(async move {
            if let Some(reply) = table.reply(&line).await {
                // Whoever has hung up does not hear it.
                let _ = tell.send(reply.to_string()).await;
            }
            drop(place);
        });
    }
    while answering.join_next().await.is_some() {}
    drop((table, tell));
    // It ends when everything is said, or when nobody listens.
    let _ = speaking.await;
}

struct Table {
    judge: Judge,
    server: ServerLine,
}

impl Table {
    /// What the client is answered; nothing when it wants no answer.
    ///
    /// Fails closed: a line that could be read in two ways is not passed on.
    async fn reply(&self, line: &[u8]) -> Option<Value> {
        if line.trim_ascii().is_empty() {
            return None;
        }
        let message = strict::parse(line, &strict::Limits::default());
        let Ok(Value::Object(mut message)) = message else {
            return Some(failed(&Value::Null, PARSE_ERROR, "expected one message"));
        };
        let params = match message.remove("params") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Some(failed(&Value::Null, INVALID_REQUEST, "expected an object")),
        };
        let method = message.get("method").and_then(Value::as_str)?.to_owned();
        let Some(id) = message.get("id").filter(|id| !id.is_null()) else {
            if method == "notifications/initialized" {
                self.server.tell(&method).await;
            }
            return None;
        };
        let outcome = self.outcome(&method, params).await;
        Some(match outcome {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
        })
    }

    async fn outcome(&self, method: &str, mut params: Map<String, Value>) -> Result<Value, Value> {
        if PASSED.contains(&method) {
            if method == "initialize" {
                // The server gets nothing from the client: it may not ask for anything.
                params.insert("capabilities".to_owned(), json!({}));
            }
            if let Some(Value::Object(meta)) = params.get_mut("_meta") {
                *meta = protocols_own(meta);
            }
            let patience = self.judge.patience();
            return self.server.ask(method, params, patience).await;
        }
        let Some(errand) = Errand::of(&self.judge.server, method, params) else {
            let why = format!("`{method}` is not passed on, or not in this form");
            return Err(error(NO_METHOD, &why));
        };
        let errand = errand?;
        let permitted = match self.judge.permitted(&errand).await {
            Ok(permitted) => permitted,
            Err(why) => return refusal(&errand, &why),
        };
        let patience = self.judge.patience();
        let answer = match errand.order(&permitted.action) {
            Some(order) => {
                let answer = self.server.ask(&errand.method, order, patience).await;
                answer.and_then(whole)
            }
            None => Err(error(INTERNAL, "the gate gave a permit for something else")),
        };
        match self.judge.report(&permitted, &errand, &answer).await {
            Ok(()) => answer,
            Err(why) => {
                let why = format!("it was done, but what came of it is not on record: {why}");
                Err(error(INTERNAL, &why))
            }
        }
    }
}

/// A result that is one.
///
/// Fails closed: a server that wants something of the client first gets nothing, and what it did
/// until then nobody knows.
fn whole(result: Value) -> Result<Value, Value> {
    match result.get("resultType").and_then(Value::as_str) {
        None | Some("complete") => Ok(result),
        Some(_) => {
            let message = "the server wants more than the gate gives to servers";
            Err(json!({ "code": INTERNAL, "message": message, "unknown": true }))
        }
    }
}

fn error(code: i64, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

fn failed(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error(code, message) })
}
