//! A gate in memory with two tenants, and a way to knock at the doors for people.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use portcullis_control::{Porter, docs, notify::link::ConsoleAddress, rest, thewardn};
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    answer::Answer,
    firewall::{Firewall, Ports},
    house::House as Shared,
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{
    id::{AgentId, TenantId},
    tenant,
};
use portcullis_testkit::{FakeClock, MemoryLedger, SeededEntropy};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// What both tenants allow.
pub(crate) const TENANT_POLICY: &str = "
version: 1
timezone: Europe/Berlin
actions:
  - action: data_read
  - action: log_rotate
  - action: reservations.create
  - action: workloads.cancel
budgets:
  daily_usd: 100
  monthly_usd: 1000
";

/// What newcomers choose as their password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Somebody who has chosen a password.
pub(crate) struct Newcomer {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A gate with two tenants.
pub(crate) struct House {
    pub(crate) firewall: Firewall,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) acme: Tenant,
    pub(crate) globex: Tenant,
    pub(crate) doors: Router,
}

/// A tenant with somebody of every kind.
pub(crate) struct Tenant {
    pub(crate) architect: String,
    pub(crate) operator: String,
    pub(crate) second_operator: String,
    pub(crate) viewer: String,
    pub(crate) member: String,
    pub(crate) client: String,
    pub(crate) agent_token: String,
    pub(crate) agent: AgentId,
    pub(crate) agent_principal: Principal,
}

/// What a door answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The body, which must be JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/json",
            "{}",
            self.text
        );
        serde_json::from_str(&self.text).unwrap()
    }

    /// The JSON of a reply with this status.
    #[track_caller]
    pub(crate) fn must(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The JSON of a 200.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        self.must(200)
    }

    /// The stable code of an error with this status, whose whole shape is checked.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> String {
        let json = self.must(status);
        assert_eq!(json["detail"], json["error"]["message"], "{}", self.text);
        assert!(json["error"]["details"].is_array(), "{}", self.text);
        assert!(!json["request_id"].as_str().unwrap().is_empty());
        json["error"]["code"].as_str().unwrap().to_owned()
    }

    /// The paths of the faults of a 422, in order.
    #[track_caller]
    pub(crate) fn faults(&self) -> Vec<String> {
        let json = self.must(422);
        let details = json["error"]["details"].as_array().unwrap().clone();
        details
            .iter()
            .map(|fault| fault["path"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        let ledger = Arc::new(MemoryLedger::new());
        let clock = Arc::new(FakeClock::default());
        let ports = Ports {
            ledger: ledger.clone(),
            house: Shared {
                clock: clock.clone(),
                entropy: Arc::new(SeededEntropy::new(11)),
                signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
                origin: "gate.test/audit".into(),
            },
            spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
        };
        let firewall = Firewall::open(ports).await.unwrap();
        let acme = Tenant::new(&firewall, "acme").await;
        let globex = Tenant::new(&firewall, "globex").await;
        let porter = Porter::new(firewall.clone());
        let console = ConsoleAddress::new(Some("https://gate.example/"));
        let doors = rest::router(firewall.clone(), porter, console)
            .merge(thewardn::router(firewall.clone()))
            .merge(docs::docs_router(&rest::openapi()));
        let doors = threshold(doors, RequestIds::new(0xfeed));
        Self {
            firewall,
            ledger,
            clock,
            acme,
            globex,
            doors,
        }
    }

    /// Sends a request.
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

    /// Sends a body, or none, with a bearer token.
    pub(crate) async fn call(
        &self,
        (method, path): (&str, &str),
        token: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// Gets as acme's architect.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(("GET", path), &self.acme.architect, Body::empty())
            .await
    }

    /// Sends JSON as acme's architect.
    pub(crate) async fn act(&self, method: &str, path: &str, body: Value) -> Reply {
        self.call((method, path), &self.acme.architect, body.to_string())
            .await
    }

    /// Sends JSON without any credential.
    pub(crate) async fn knock(&self, path: &str, body: Value) -> Reply {
        let request = Request::post(path).body(body.to_string().into()).unwrap();
        self.send(request).await
    }

    /// Makes somebody known to acme, who takes up the invitation.
    pub(crate) async fn newcomer(&self, name: &str, roles: Value) -> Newcomer {
        let new = json!({"name": name, "roles": roles});
        let person = self.act("POST", "/v1/people", new).await.must(201);
        let id = person["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/people/{id}/invitation");
        let invited = self.act("POST", &path, json!({})).await.must(201);
        let taken = json!({"code": invited["code"], "password": PASSWORD});
        let token = self.knock("/v1/invitations/accept", taken).await.must(201);
        Newcomer {
            id,
            token: token["token"].as_str().unwrap().to_owned(),
        }
    }

    /// Who a token belongs to.
    pub(crate) async fn me(&self, token: &str) -> Value {
        self.call(("GET", "/v1/me"), token, "").await.ok()
    }

    /// Has acme's agent ask for something.
    pub(crate) async fn govern(&self, action: Value) -> Answer {
        self.govern_as(&self.acme.agent_principal, action).await
    }

    /// Has an agent ask for something.
    pub(crate) async fn govern_as(&self, agent: &Principal, mut action: Value) -> Answer {
        for (name, value) in [
            ("target_service", json!("cluster-1")),
            ("reasoning", json!("The team was promised these nodes")),
            (
                "confidence",
                json!({"incident": 0.9, "fix": 0.8, "containment": 0.7}),
            ),
        ] {
            action.as_object_mut().unwrap().entry(name).or_insert(value);
        }
        let bytes = action.to_string();
        let request = self
            .firewall
            .read_request(agent, bytes.as_bytes(), None)
            .unwrap();
        self.firewall.govern(agent, request).await.unwrap()
    }

    /// Has acme's agent make a hold that one approval releases.
    pub(crate) async fn held(&self) -> String {
        let answer = self
            .govern(json!({"action_type": "reservations.create", "parameters": {"cost_usd": 1}}))
            .await;
        answer
            .hold
            .unwrap_or_else(|| panic!("not held: {}", answer.reasoning))
            .id
    }

    /// Has acme's agent make another such hold.
    pub(crate) async fn held_again(&self) -> String {
        let again = json!({"action_type": "reservations.create", "parameters": {"cost_usd": 2}});
        self.govern(again).await.hold.unwrap().id
    }

    /// Has acme's agent ask for something that is refused.
    pub(crate) async fn blocked(&self) -> Answer {
        let answer = self.govern(json!({"action_type": "database_drop"})).await;
        assert_eq!(answer.verdict.as_str(), "BLOCKED", "{}", answer.reasoning);
        answer
    }
}

impl Tenant {
    async fn new(firewall: &Firewall, name: &str) -> Self {
        let id = TenantId::new(name).unwrap();
        let new = firewall.create_tenant(id, name).await.unwrap();
        let architect = new.token.reveal().to_owned();
        let principal = firewall.authenticate(&architect).unwrap();
        let policy = tenant::read::parse(TENANT_POLICY).unwrap();
        firewall
            .apply_tenant_policy(&principal, policy)
            .await
            .unwrap();
        let agent = NewAgent {
            name: "ops-bot".to_owned(),
            ..NewAgent::default()
        };
        let agent = firewall.register_agent(&principal, agent).await.unwrap().id;
        let issue = async |name: &str, role: Role| {
            let new = NewKey::of(name, role);
            let issued = firewall.issue_key(&principal, new).await.unwrap();
            issued.1.reveal().to_owned()
        };
        let agent_token = issue("bot", Role::Agent(agent.clone())).await;
        Self {
            operator: issue("ann", Role::Operator).await,
            second_operator: issue("bob", Role::Operator).await,
            viewer: issue("vera", Role::Viewer).await,
            member: issue("milo", Role::Member).await,
            client: issue("client", Role::Client).await,
            agent_principal: firewall.authenticate(&agent_token).unwrap(),
            agent_token,
            agent,
            architect,
        }
    }
}
