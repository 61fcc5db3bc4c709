//! A server behind the gate that says what a test wants, and counts what was done.

use crate::house::{House, Reply};
use axum::{
    Router,
    body::Body,
    http::{Request, request::Builder},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    outside::{Awaited, Courier, Delivery, Line, OutsideError, Parcel, Program, Reach, Starter},
    tool::FirstSight,
};
use portcullis_gateway::mcp::{
    Address, Ask, Parts, ServerSettings, Shop, ShopSettings, Transport, router,
};
use portcullis_policy::tenant;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tower::ServiceExt;

const POLICY: &str = "
version: 1
actions:
  - action: mcp.files.read
  - action: mcp.files.write
  - action: mcp.files.drop
  - action: mcp.files.resources/read
catalogue:
  - { action: mcp.files.read, tier: 0 }
  - { action: mcp.files.write, tier: 3 }
  - { action: mcp.files.drop, tier: 5 }
  - { action: mcp.files.resources/read, tier: 0 }
";

/// What stands in the file that nobody should read: a token of a well-known form.
pub(super) const TOKEN: &str = concat!("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a");

/// What the server makes of a request: its result or error, or nothing at all.
pub(super) type Manner = fn(&Script, &Value) -> Option<Value>;

/// The server's behaviour, which a test may change at any moment.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) tools: Mutex<Vec<Value>>,
    pub(super) manner: Mutex<Manner>,
    /// Every method that was asked for.
    pub(super) asked: Mutex<Vec<String>>,
    /// Every `tools/call` that arrived.
    pub(super) calls: Mutex<Vec<Value>>,
    /// What the gate said besides: notifications, and answers to requests.
    pub(super) heard: Mutex<Vec<Value>>,
    /// What to say unasked before the next answer.
    pub(super) unasked: Mutex<Vec<String>>,
    /// What to say when the gate has answered a question.
    pub(super) then: Mutex<Vec<Value>>,
    pub(super) starts: AtomicUsize,
}

impl Script {
    pub(super) fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub(super) fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Changes a member of a tool's description.
    pub(super) fn rewrites(&self, tool: &str, member: &str, value: Value) {
        let mut tools = self.tools.lock().unwrap();
        let tool = tools.iter_mut().find(|one| one["name"] == tool).unwrap();
        tool[member] = value;
    }
}

/// A server that does what it is asked.
pub(super) fn obliging(script: &Script, asked: &Value) -> Option<Value> {
    let result = match asked["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "stage", "version": "1"},
        }),
        "tools/list" => json!({"tools": *script.tools.lock().unwrap()}),
        "resources/list" => json!({"resources": [{"uri": "file:///a", "name": "a"}]}),
        "resources/read" => json!({
            "contents": [{"uri": asked["params"]["uri"], "text": "inside"}],
        }),
        "tools/call" => {
            script.calls.lock().unwrap().push(asked["params"].clone());
            let text = match asked["params"]["arguments"]["path"].as_str() {
                Some("/token") => TOKEN,
                _ => "done",
            };
            json!({"content": [{"type": "text", "text": text}], "kept": {"unknown": true}})
        }
        _ => return Some(json!({"error": {"code": -32601, "message": "no such method"}})),
    };
    Some(json!({"result": result}))
}

/// The tools at first.
fn tools() -> Vec<Value> {
    let path = json!({
        "type": "object",
        "properties": {"path": {"type": "string"}, "size": {"type": "integer", "minimum": 1}},
        "required": ["path"],
        "additionalProperties": false,
    });
    ["read", "write", "drop", "unlisted"]
        .into_iter()
        .map(
            |name| json!({"name": name, "description": format!("Can {name}"), "inputSchema": path}),
        )
        .collect()
}

#[derive(Debug)]
struct Stagehand(Arc<Script>);

impl Starter for Stagehand {
    fn start(&self, _: Program) -> Awaited<'_, Box<dyn Line>> {
        self.0.starts.fetch_add(1, Ordering::Relaxed);
        let line = StageLine {
            script: Arc::clone(&self.0),
            to_say: VecDeque::new(),
        };
        Box::pin(async { Ok(Box::new(line) as Box<dyn Line>) })
    }
}

#[derive(Debug)]
struct StageLine {
    script: Arc<Script>,
    to_say: VecDeque<String>,
}

impl Line for StageLine {
    fn hear(&mut self) -> Awaited<'_, Option<String>> {
        Box::pin(async {
            match self.to_say.pop_front() {
                Some(text) if text == "(ends)" => Ok(None),
                Some(text) => Ok(Some(text)),
                None => std::future::pending().await,
            }
        })
    }

    fn say(&mut self, text: String) -> Awaited<'_, ()> {
        let asked: Value = serde_json::from_str(&text).unwrap();
        if asked.get("id").is_none() || asked.get("method").is_none() {
            if asked.get("method").is_none() {
                let then = self.script.then.lock().unwrap().split_off(0);
                self.to_say.extend(then.iter().map(Value::to_string));
            }
            self.script.heard.lock().unwrap().push(asked);
            return Box::pin(async { Ok(()) });
        }
        let method = asked["method"].as_str().unwrap().to_owned();
        self.script.asked.lock().unwrap().push(method);
        let manner = *self.script.manner.lock().unwrap();
        let answer = manner(&self.script, &asked);
        self.to_say
            .extend(self.script.unasked.lock().unwrap().drain(..));
        match answer {
            Some(Value::String(raw)) => self.to_say.push_back(raw),
            Some(mut answer) => {
                answer["jsonrpc"] = "2.0".into();
                if answer.get("id").is_none() {
                    answer["id"] = asked["id"].clone();
                }
                self.to_say.push_back(answer.to_string());
            }
            None => {}
        }
        Box::pin(async { Ok(()) })
    }
}

/// Nobody is called over the network here.
#[derive(Debug)]
struct NoCourier;

impl Courier for NoCourier {
    fn send(&self, _: Parcel) -> Awaited<'_, Delivery> {
        Box::pin(async {
            Err(OutsideError::Forbidden {
                url: String::new(),
                why: "nothing is called here".to_owned(),
            })
        })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        Box::pin(async {
            Err(OutsideError::Forbidden {
                url: String::new(),
                why: "nothing is called here".to_owned(),
            })
        })
    }
}

/// A gate in front of the staged server.
pub(super) struct Stage {
    pub(super) house: House,
    pub(super) script: Arc<Script>,
    pub(super) doors: Router,
    courier: Arc<dyn Courier>,
}

impl Stage {
    /// With tools that are pinned as they are first seen.
    pub(super) async fn new() -> Self {
        Self::with(FirstSight::Pin).await
    }

    pub(super) async fn with(first_sight: FirstSight) -> Self {
        Self::build(first_sight, &[], Arc::new(NoCourier)).await
    }

    /// With a server that may ask for this.
    pub(super) async fn that_lends(may_ask: &[Ask]) -> Self {
        Self::build(FirstSight::Pin, may_ask, Arc::new(NoCourier)).await
    }

    /// With a server that is called over HTTP.
    pub(super) async fn over(courier: Arc<dyn Courier>) -> Self {
        Self::build(FirstSight::Pin, &[], courier).await
    }

    async fn build(first_sight: FirstSight, may_ask: &[Ask], courier: Arc<dyn Courier>) -> Self {
        let house = House::new().await;
        let policy = tenant::read::parse(POLICY).unwrap();
        let architect = &house.acme.architect;
        house
            .firewall
            .apply_tenant_policy(architect, policy)
            .await
            .unwrap();
        let script = Arc::new(Script {
            tools: Mutex::new(tools()),
            manner: Mutex::new(obliging),
            asked: Mutex::default(),
            calls: Mutex::default(),
            heard: Mutex::default(),
            unasked: Mutex::default(),
            then: Mutex::default(),
            starts: AtomicUsize::new(0),
        });
        let doors = open(&house, &script, (first_sight, may_ask, "stage"), &courier);
        Self {
            courier,
            house,
            script,
            doors,
        }
    }

    /// A gate over the same ledger whose door and servers have just been started.
    pub(super) fn restart(&mut self) {
        self.restart_before("stage");
    }

    /// The same with another program under the server's name.
    pub(super) fn restart_before(&mut self, command: &str) {
        let how = (FirstSight::Pin, &[][..], command);
        self.doors = open(&self.house, &self.script, how, &self.courier);
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.doors.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// One self-contained request of acme's agent; its client can do nothing but wait.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Value {
        self.ask_as(&self.house.acme.agent_token, json!({}), method, params)
            .await
    }

    /// The same with other abilities and another credential.
    pub(super) async fn ask_as(
        &self,
        token: &str,
        abilities: Value,
        method: &str,
        params: Value,
    ) -> Value {
        let (builder, body) = contained(token, &abilities, method, params);
        let reply = self
            .send(builder.body(Body::from(body.to_string())).unwrap())
            .await;
        serde_json::from_str(&reply.text).unwrap()
    }

    /// Calls a tool.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    /// Takes everything away from everybody.
    pub(super) async fn allow_nothing(&self) {
        let nothing = tenant::read::parse("version: 1\nactions: []\n").unwrap();
        let architect = &self.house.acme.architect;
        self.house
            .firewall
            .apply_tenant_policy(architect, nothing)
            .await
            .unwrap();
    }

    /// Has one operator release a hold.
    pub(super) async fn release(&self, hold: &str) {
        let operator = &self.house.acme.operators[0];
        self.house
            .firewall
            .release(operator, hold, Some("good"))
            .await
            .unwrap();
    }

    /// The effects that were put on record.
    pub(super) async fn outcomes(&self) -> Vec<String> {
        use portcullis_firewall::{ports::Ledger, query::RecordQuery};
        let query = RecordQuery {
            kind: Some(portcullis_firewall::batch::RecordKind::Outcome),
            limit: 1_000,
            ..RecordQuery::default()
        };
        let records = self
            .house
            .ledger
            .records(&self.house.acme.id, query)
            .await
            .unwrap();
        let effect = |payload: &[u8]| -> String {
            let record: Value = serde_json::from_slice(payload).unwrap();
            format!(
                "{}: {}",
                record["outcome"].as_str().unwrap(),
                record["effect"].as_str().unwrap()
            )
        };
        records
            .iter()
            .map(|record| effect(&record.payload))
            .collect()
    }
}

fn open(
    house: &House,
    script: &Arc<Script>,
    (first_sight, may_ask, command): (FirstSight, &[Ask], &str),
    courier: &Arc<dyn Courier>,
) -> Router {
    let transport = if format!("{courier:?}") == "NoCourier" {
        Transport::Program(Program {
            command: vec![command.to_owned()],
            folder: None,
            variables: Vec::new(),
            most_bytes: 1 << 20,
        })
    } else {
        Transport::Http {
            url: "https://files.test/mcp".to_owned(),
            bearer: None,
            reach: Reach::Public,
        }
    };
    let server = ServerSettings {
        name: "files".to_owned(),
        transport,
        workspace: None,
        environment: "production".to_owned(),
        first_sight,
        timeout: Duration::from_secs(5),
        bare: false,
        may_ask: may_ask.to_vec(),
        dry_runs: BTreeMap::new(),
    };
    let settings = ShopSettings {
        servers: vec![server],
        wait: Duration::ZERO,
        ..ShopSettings::default()
    };
    let shop = Arc::new(Shop::new(Parts {
        firewall: house.firewall.clone(),
        starter: Arc::new(Stagehand(Arc::clone(script))),
        courier: Arc::clone(courier),
        tenants: BTreeMap::from([(house.acme.id.clone(), settings)]),
        public_url: "https://gate.test".to_owned(),
    }));
    house.firewall.use_hands(shop.hands());
    let address = Address {
        public_url: "https://gate.test".to_owned(),
        hosts: Some(vec!["gate.test".to_owned()]),
    };
    let (_, never) = tokio::sync::watch::channel(false);
    threshold(router(shop, address, never), RequestIds::new(1))
}

/// A request to the door with a credential.
pub(super) fn post(token: &str) -> Builder {
    Request::builder()
        .method("POST")
        .uri("/mcp")
        .header("host", "gate.test")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("authorization", format!("Bearer {token}"))
}

/// A self-contained request with headers that agree with it.
pub(super) fn contained(
    token: &str,
    abilities: &Value,
    method: &str,
    params: Value,
) -> (Builder, Value) {
    let Value::Object(mut params) = params else {
        panic!("params are an object");
    };
    let mut builder = post(token)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method);
    let name = ["name", "uri", "taskId"]
        .iter()
        .find_map(|key| params.get(*key));
    if let Some(name) = name.and_then(Value::as_str) {
        let coded = || format!("=?base64?{}?=", STANDARD.encode(name));
        let header = if name.is_ascii() {
            name.to_owned()
        } else {
            coded()
        };
        builder = builder.header("mcp-name", header);
    }
    let meta = params
        .entry("_meta")
        .or_insert_with(|| Value::Object(Map::new()));
    meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    meta["io.modelcontextprotocol/clientCapabilities"] = abilities.clone();
    (
        builder,
        json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}),
    )
}

/// The id of the hold that a result names.
pub(super) fn hold_of(answer: &Value) -> String {
    let refusal = &answer["result"]["_meta"]["io.portcullis/refusal"];
    refusal["hold_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

/// The code of a call that was not let through.
pub(super) fn code_of(answer: &Value) -> String {
    let refusal = &answer["result"]["_meta"]["io.portcullis/refusal"];
    refusal["code"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}
