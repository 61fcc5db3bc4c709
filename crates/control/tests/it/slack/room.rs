//! A gate in memory whose tenant works in Slack.

use axum::{Router, body::Body, http::Request};
use portcullis_control::slack::{
    self,
    desk::{Desk, World},
    desks::Desks,
    links::Links,
    settings::SlackSettings,
};
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    error::GateError,
    firewall::{Firewall, Ports},
    hold::Hold,
    house::House,
    kept_scope::{Attachment, ScopeDraft},
    person::SlackUser,
    principal::{Principal, Role},
    scope::{Mode, Scope},
    session::SessionDraft,
    sign::SigningKey,
    turn::{NewAgent, NewKey, WorkspaceDraft},
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{ScopeName, TenantId, WorkspaceId},
    tenant,
};
use portcullis_testkit::{
    FakeClock, FakeHands, FakeIssuer, FakeRooms, MemoryLedger, SeededEntropy, StandInSlack,
    slack::{APP, CHANNELS, Person, Posted, SlackCourier, TEAM},
};
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tower::ServiceExt;

const TENANT_POLICY: &str = "
version: 1
timezone: UTC
actions:
  - action: data_read
  - action: report_generate
  - action: reservations.create
  - action: workloads.cancel
slack: { channel: C0OPS00001, escalation_channel: '#gpu-leads' }
budgets:
  daily_usd: 100
";

/// Ann and Bob decide; Zoe is in the workspace, and linked to nobody.
pub(crate) const ANN: Person = Person::of_team("U0ANN00001");
pub(crate) const BOB: Person = Person::of_team("U0BOB00001");
pub(crate) const ZOE: Person = Person::of_team("U0ZOE00001");

/// The gate, its Slack, and how they are joined.
pub(crate) struct Room {
    pub(crate) slack: StandInSlack,
    pub(crate) firewall: Firewall,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) tenant: TenantId,
    pub(crate) architect: Principal,
    /// Ann and Bob, as they are at the console.
    pub(crate) people: Vec<Principal>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) desks: Arc<Desks>,
    pub(crate) door: Router,
    agent: Principal,
    world: World,
}

/// The settings that the stand-in goes with.
pub(crate) fn settings() -> SlackSettings {
    let settings = json!({
        "team": TEAM, "app_id": APP, "channel": CHANNELS[0], "escalation_channel": CHANNELS[1],
        "bot_token": "bot", "signing_secret": "signing", "app_token": "app",
    });
    serde_json::from_value(settings).unwrap()
}

impl Room {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    pub(crate) async fn with(settings: SlackSettings) -> Self {
        let (ledger, clock) = (
            Arc::new(MemoryLedger::new()),
            Arc::new(FakeClock::default()),
        );
        let entropy = Arc::new(SeededEntropy::new(23));
        let ports = Ports {
            ledger: ledger.clone(),
            house: House {
                clock: clock.clone(),
                entropy: entropy.clone(),
                signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
                origin: "gate.test/audit".into(),
            },
            spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
        };
        let firewall = Firewall::open(ports).await.unwrap();
        let slack = StandInSlack::new();
        let courier = Arc::new(SlackCourier(slack.clone()));
        let world = World {
            gate: firewall.clone(),
            courier: courier.clone(),
            keyring: courier,
            clock: clock.clone(),
            entropy,
            links: Links::new("https://gate.example.com/"),
        };
        let tenant = TenantId::new("acme").unwrap();
        let (architect, agent) = found(&firewall, &tenant).await;
        let desk = Arc::new(Desk::new(tenant.clone(), settings, world.clone()));
        let desks = Arc::new(Desks::new(vec![desk.clone()], world.clone()));
        let door = threshold(slack::router(desks.clone()), RequestIds::new(0xfeed));
        let mut room = Self {
            slack,
            firewall,
            ledger,
            clock,
            tenant,
            architect,
            people: Vec::new(),
            desk,
            desks,
            door,
            agent,
            world,
        };
        for (name, user) in [("ann", ANN), ("bob", BOB)] {
            let person = room.operator(name).await;
            room.link(&person, user).await.unwrap();
            room.people.push(person);
        }
        room
    }

    /// Another desk over the same gate.
    pub(crate) fn desk_of(&self, tenant: TenantId, settings: SlackSettings) -> Arc<Desk> {
        Arc::new(Desk::new(tenant, settings, self.world.clone()))
    }

    /// Somebody who may decide.
    async fn operator(&self, name: &str) -> Principal {
        let new = NewKey::of(name, Role::Operator);
        let (_, token) = self.firewall.issue_key(&self.architect, new).await.unwrap();
        self.firewall.authenticate(token.reveal()).unwrap()
    }

    /// Links somebody to a user of Slack.
    pub(crate) async fn link(&self, person: &Principal, who: Person) -> Result<(), GateError> {
        let user = SlackUser {
            team: who.team.to_owned(),
            user: who.user.to_owned(),
        };
        self.firewall.link_slack(person, user).await.map(drop)
    }

    /// The agent asks for something.
    pub(crate) async fn govern(&self, action: &str, parameters: Value) -> Option<String> {
        let action = json!({
            "action_type": action, "target_service": "cluster-1", "parameters": parameters,
            "reasoning": "The team was promised <!channel> these nodes",
            "confidence": {"incident": 0.9, "fix": 0.8, "containment": 0.7},
        });
        let request = self
            .firewall
            .read_request(&self.agent, action.to_string().as_bytes(), None)
            .unwrap();
        let answer = self.firewall.govern(&self.agent, request).await.unwrap();
        answer.hold.map(|hold| hold.id)
    }

    /// A credential that the agent read with, and that could not be ended with its session.
    pub(crate) async fn leave_a_lease(&self) {
        let firewall = &self.firewall;
        let issuer = FakeIssuer::of(firewall, &self.tenant);
        let (_rooms, _hands) = (FakeRooms::of(firewall), FakeHands::of(firewall));
        let (ops, name) = (WorkspaceId::new("ops").unwrap(), "cluster");
        let workspace = WorkspaceDraft {
            short_name: None,
            description: String::new(),
            active: true,
        };
        let made = firewall.create_workspace(&self.architect, ops.clone(), workspace);
        made.await.unwrap();
        let attached = Attachment {
            workspace: ops.clone(),
            agents: Some(Mode::Read),
        };
        let scope = Scope {
            name: name.to_owned(),
            description: String::new(),
            provider: "fake".to_owned(),
            environment: "staging".into(),
            mode: Mode::Read,
            filters: Map::new(),
        };
        let workspaces = vec![attached];
        let scope = ScopeDraft { scope, workspaces };
        firewall.add_scope(&self.architect, scope).await.unwrap();
        let wish = SessionDraft {
            agent: self.agent.role.agent().unwrap().clone(),
            workspace: ops,
            scopes: vec![(ScopeName::new(name).unwrap(), Mode::Read)],
            ticket: None,
            commands: SessionPatterns::default(),
            seconds: None,
        };
        let session = firewall.open_session(&self.agent, wish).await.unwrap();
        let action = json!({
            "action_type": "data_read", "target_service": "cluster-1", "environment": "staging",
            "workspace_id": "ops", "session_id": session.id, "scope": name,
        });
        let request = firewall.read_request(&self.agent, action.to_string().as_bytes(), None);
        let attended = firewall.attend(&self.agent, request.unwrap()).await;
        assert!(attended.unwrap().acted.is_some());
        issuer.fails.store(1, Ordering::SeqCst);
        let closed = firewall.close_session(&self.agent, session.id.as_str(), "done");
        assert_eq!(closed.await.unwrap().leases.len(), 1);
    }

    /// A hold that one person releases, or two.
    pub(crate) async fn held(&self, people: u8) -> String {
        let action = if people == 1 {
            "reservations.create"
        } else {
            "workloads.cancel"
        };
        self.govern(action, json!({"cost_usd": 1})).await.unwrap()
    }

    /// The hold as it stands.
    pub(crate) async fn hold(&self, id: &str) -> Hold {
        self.firewall.hold(&self.architect, id).await.unwrap()
    }

    /// The codes of the attempts that are on record.
    pub(crate) async fn refused(&self) -> Vec<String> {
        let attempts = self.attempts().await;
        let code = |record: &Value| record["code"].as_str().unwrap().to_owned();
        attempts.iter().map(code).collect()
    }

    /// The attempts that are on record.
    pub(crate) async fn attempts(&self) -> Vec<Value> {
        let records = self
            .firewall
            .records_since(&self.tenant, 0, 1_000)
            .await
            .unwrap();
        let payloads = records
            .iter()
            .map(|record| serde_json::from_slice(&record.payload).unwrap());
        payloads
            .filter(|record: &Value| record["refused_because"].is_string())
            .collect()
    }

    /// Presses a button of a message, over HTTP; the status of the answer.
    pub(crate) async fn press(&self, message: &Posted, action: &str, who: Person) -> u16 {
        let payload = self.slack.press(message, action, who);
        self.deliver(&payload).await.0
    }

    /// Sends a payload as Slack does.
    pub(crate) async fn deliver(&self, payload: &Value) -> (u16, Value) {
        let signed = StandInSlack::signed(payload, self.now());
        self.send(&signed.0, &signed.1, &signed.2).await
    }

    pub(crate) fn now(&self) -> i64 {
        use portcullis_firewall::ports::Clock;
        self.clock.now().as_second()
    }

    /// Sends anything to the door.
    pub(crate) async fn send(&self, at: &str, signature: &str, body: &str) -> (u16, Value) {
        let request = Request::post("/slack/interactivity")
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", signature)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = self.door.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// The only message there is.
    #[track_caller]
    pub(crate) fn only_message(&self) -> Posted {
        let posted = self.slack.posted();
        assert_eq!(posted.len(), 1, "{posted:#?}");
        posted[0].clone()
    }
}

async fn found(firewall: &Firewall, tenant: &TenantId) -> (Principal, Principal) {
    let new = firewall
        .create_tenant(tenant.clone(), "acme")
        .await
        .unwrap();
    let architect = firewall.authenticate(new.token.reveal()).unwrap();
    let policy = tenant::read::parse(TENANT_POLICY).unwrap();
    firewall
        .apply_tenant_policy(&architect, policy)
        .await
        .unwrap();
    let agent = NewAgent {
        name: "ops-bot".to_owned(),
        ..NewAgent::default()
    };
    let agent = firewall.register_agent(&architect, agent).await.unwrap().id;
    let key = NewKey::of("bot", Role::Agent(agent));
    let (_, token) = firewall.issue_key(&architect, key).await.unwrap();
    (architect, firewall.authenticate(token.reveal()).unwrap())
}

/// Waits for something that happens beside.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came: {what}");
}

/// The text of every piece of a message, in order.
pub(crate) fn words(blocks: &Value) -> String {
    match blocks {
        Value::Array(list) => list.iter().map(words).collect(),
        Value::Object(members) => {
            let own = members
                .get("text")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let inner = members.values().filter(|value| !value.is_string());
            own + &inner.map(words).collect::<String>()
        }
        _ => String::new(),
    }
}

/// Whether a message has a button.
pub(crate) fn has_button(message: &Posted, action: &str) -> bool {
    message
        .blocks
        .to_string()
        .contains(&format!("\"action_id\":\"{action}\""))
}
