//! A gate in memory with two tenants, and a way to knock at its doors.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    batch::Head,
    firewall::{Firewall, Ports},
    house::House as Shared,
    key::Token,
    ports::Ledger,
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_gateway::{hook, http, thewardn};
use portcullis_policy::{
    id::{AgentId, TenantId},
    tenant,
};
use portcullis_testkit::{FakeClock, MemoryLedger, SeededEntropy};
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

/// What both tenants allow.
const TENANT_POLICY: &str = "
version: 1
actions:
  - action: data_read
  - action: log_rotate
  - action: reservations.create
  - action: allocations.release
";

/// A gate with two tenants, `acme` and `globex`.
pub(crate) struct House {
    pub(crate) firewall: Firewall,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) entropy: Arc<SeededEntropy>,
    pub(crate) acme: Tenant,
    pub(crate) globex: Tenant,
    pub(crate) doors: Router,
}

/// A tenant with somebody of every kind.
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) architect: Principal,
    pub(crate) architect_token: String,
    pub(crate) operators: [Principal; 2],
    pub(crate) viewer_token: String,
    pub(crate) client_token: String,
    pub(crate) agent: AgentId,
    pub(crate) agent_token: String,
    pub(crate) other_agent: AgentId,
    pub(crate) other_agent_token: String,
}

/// What a door answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.headers.get(header::CONTENT_TYPE).unwrap(),
            "application/json"
        );
        serde_json::from_str(&self.text).unwrap()
    }

    /// The JSON of a 200.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }

    /// Status and code of an error, whose whole shape is checked.
    pub(crate) fn error(&self) -> (u16, String) {
        let json = self.json();
        let object = json.as_object().unwrap();
        let keys: Vec<&str> = object.keys().map(String::as_str).collect();
        assert_eq!(keys, ["detail", "error", "request_id"], "{}", self.text);
        assert_eq!(json["detail"], json["error"]["message"]);
        assert!(json["error"]["details"].is_array());
        let id = self.headers.get("x-request-id").unwrap().to_str().unwrap();
        assert_eq!(json["request_id"], id);
        (
            self.status.as_u16(),
            json["error"]["code"].as_str().unwrap().to_owned(),
        )
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        let ledger = Arc::new(MemoryLedger::new());
        let clock = Arc::new(FakeClock::default());
        let entropy = Arc::new(SeededEntropy::new(7));
        let ports = Ports {
            ledger: ledger.clone(),
            house: Shared {
                clock: clock.clone(),
                entropy: entropy.clone(),
                signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
                origin: "gate.test/audit".into(),
            },
            spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
        };
        let firewall = Firewall::open(ports).await.unwrap();
        let acme = Tenant::new(&firewall, "acme").await;
        let globex = Tenant::new(&firewall, "globex").await;
        let doors = http::router(firewall.clone())
            .merge(hook::router(firewall.clone()))
            .merge(thewardn::router(firewall.clone()));
        let doors = threshold(doors, RequestIds::new(0xfeed));
        Self {
            firewall,
            ledger,
            clock,
            entropy,
            acme,
            globex,
            doors,
        }
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.doors.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Posts a body with a bearer token.
    pub(crate) async fn post(&self, path: &str, token: &str, body: impl Into<Body>) -> Reply {
        self.send(
            bearer(path, token)
                .method("POST")
                .body(body.into())
                .unwrap(),
        )
        .await
    }

    /// Posts JSON as acme's agent.
    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Reply {
        self.post(path, &self.acme.agent_token, body.to_string())
            .await
    }

    /// Gets with a bearer token.
    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(bearer(path, token).body(Body::empty()).unwrap())
            .await
    }

    /// The end of acme's chain.
    pub(crate) async fn head(&self) -> Head {
        self.ledger.head(&self.acme.id).await.unwrap()
    }

    /// Has acme's agent make a hold that one approval releases, and gives its id.
    pub(crate) async fn held(&self) -> String {
        let body = serde_json::json!({
            "action_type": "reservations.create",
            "target_service": "cluster",
            "reasoning": "Reserve the nodes that the team was promised",
            "confidence": {"incident": 0.9, "fix": 0.9, "containment": 0.9},
            "evidence": ["ticket 7"],
        });
        let answer = self.ask("/v1/govern", &body).await.ok();
        assert_eq!(answer["verdict"], "HELD", "{answer}");
        answer["hold_id"].as_str().unwrap().to_owned()
    }

    /// As [`Self::held`], and released by a person.
    pub(crate) async fn released(&self) -> String {
        let hold = self.held().await;
        self.firewall
            .release(&self.acme.operators[0], &hold, Some("promised"))
            .await
            .unwrap();
        hold
    }
}

/// A reply without what every change of a record's form changes: ids, digests, hashes, and how many
/// records came before.
pub(crate) fn masked(mut reply: Value) -> Value {
    mask("", &mut reply);
    reply
}

fn mask(name: &str, value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, one)| mask(name, one)),
        Value::Array(items) => items.iter_mut().for_each(|one| mask(name, one)),
        Value::Number(_) if name.ends_with("seq") => *value = "[seq]".into(),
        Value::String(text) => {
            let (kind, bits) = text.split_at(text.find('_').map_or(0, |at| at + 1));
            if bits.len() >= 24 && bits.bytes().all(|b| b.is_ascii_hexdigit()) {
                *text = format!("{kind}[{} digits]", bits.len());
            }
        }
        _ => {}
    }
}

fn bearer(path: &str, token: &str) -> axum::http::request::Builder {
    Request::builder()
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
}

impl Tenant {
    async fn new(firewall: &Firewall, name: &str) -> Self {
        let id = TenantId::new(name).unwrap();
        let new = firewall.create_tenant(id.clone(), name).await.unwrap();
        let architect = firewall.authenticate(new.token.reveal()).unwrap();
        let policy = tenant::read::parse(TENANT_POLICY).unwrap();
        firewall
            .apply_tenant_policy(&architect, policy)
            .await
            .unwrap();
        let agent = register(firewall, &architect, "first").await;
        let other_agent = register(firewall, &architect, "second").await;
        let issue = async |name: &str, role: Role| {
            let new = NewKey::of(name, role);
            firewall.issue_key(&architect, new).await.unwrap().1
        };
        let person = |token: &Token| firewall.authenticate(token.reveal()).unwrap();
        Self {
            operators: [
                person(&issue("ann", Role::Operator).await),
                person(&issue("bob", Role::Operator).await),
            ],
            viewer_token: issue("viewer", Role::Viewer).await.reveal().to_owned(),
            client_token: issue("client", Role::Client).await.reveal().to_owned(),
            agent_token: issue("a", Role::Agent(agent.clone()))
                .await
                .reveal()
                .to_owned(),
            other_agent_token: issue("b", Role::Agent(other_agent.clone()))
                .await
                .reveal()
                .to_owned(),
            architect_token: new.token.reveal().to_owned(),
            id,
            architect,
            agent,
            other_agent,
        }
    }
}

async fn register(firewall: &Firewall, architect: &Principal, name: &str) -> AgentId {
    let new = NewAgent {
        name: name.to_owned(),
        ..NewAgent::default()
    };
    firewall.register_agent(architect, new).await.unwrap().id
}
