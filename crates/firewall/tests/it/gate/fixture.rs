//! A gate with one tenant, two operators, an architect and an agent.

use portcullis_firewall::{
    answer::Answer,
    error::GateError,
    firewall::{Firewall, Ports},
    house::House,
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{
    cham,
    id::{AgentId, PolicyId, TenantId},
    tenant,
};
use portcullis_testkit::{FakeClock, FakeHands, MemoryLedger, SeededEntropy};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// What the fixture's agents may do, unless a test says otherwise.
const TENANT_POLICY: &str = "
version: 1
timezone: America/New_York
catalogue: [{ action: note_write, tier: 1 }]
actions:
  - { action: workloads.list }
  - { action: workloads.submit, caps: { max_gpus_per_job: 64 } }
  - { action: allocations.release }
  - { action: note_write }
budgets: { daily_usd: 100 }
";

pub(super) struct Gate {
    pub(super) firewall: Firewall,
    pub(super) ledger: Arc<MemoryLedger>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) architect: Principal,
    pub(super) ann: Principal,
    pub(super) ben: Principal,
    pub(super) agent: AgentId,
    pub(super) own: Principal,
    pub(super) client: Principal,
}

impl Gate {
    pub(super) async fn open() -> Self {
        Self::with_policy(TENANT_POLICY).await
    }

    pub(super) async fn with_policy(policy: &str) -> Self {
        let (ledger, clock) = (
            Arc::new(MemoryLedger::new()),
            Arc::new(FakeClock::default()),
        );
        let firewall = open(&ledger, &clock, 1).await.expect("the gate opens");
        let id = TenantId::new("acme").expect("an id");
        let new = firewall.create_tenant(id, "Acme").await.expect("a tenant");
        let architect = firewall
            .authenticate(new.token.reveal())
            .expect("known at once");
        let policy = tenant::read::parse(policy).expect("a tenant policy");
        firewall
            .apply_tenant_policy(&architect, policy)
            .await
            .expect("applied");
        let agent = register(&firewall, &architect, "worker").await;
        let key = |name: &'static str, role: Role| {
            let (firewall, architect) = (firewall.clone(), architect.clone());
            async move {
                let issued = firewall.issue_key(&architect, NewKey::of(name, role)).await;
                let (key, token) = issued.expect("a key");
                let principal = firewall
                    .authenticate(token.reveal())
                    .expect("known at once");
                assert_eq!(principal.key, key.id);
                principal
            }
        };
        Self {
            ann: key("ann", Role::Operator).await,
            ben: key("ben", Role::Operator).await,
            own: key("worker", Role::Agent(agent.clone())).await,
            client: key("tools", Role::Client).await,
            firewall,
            ledger,
            clock,
            architect,
            agent,
        }
    }

    /// Opens the gate again over the same ledger, as after a crash.
    pub(super) async fn reopen(&mut self) {
        self.firewall = open(&self.ledger, &self.clock, 2)
            .await
            .expect("the gate opens");
    }

    /// The gate opened again, with the same hands.
    pub(super) async fn reopened(&mut self, hands: &Arc<FakeHands>) -> Firewall {
        self.reopen().await;
        hands.lend(&self.firewall);
        self.firewall.clone()
    }

    /// Asks as the agent.
    pub(super) async fn ask(&self, action: Value) -> Result<Answer, GateError> {
        self.ask_as(&self.own, action, None).await
    }

    pub(super) async fn ask_as(
        &self,
        principal: &Principal,
        action: Value,
        key: Option<&str>,
    ) -> Result<Answer, GateError> {
        let bytes = action.to_string();
        let request = self
            .firewall
            .read_request(principal, bytes.as_bytes(), key)?;
        self.firewall.govern(principal, request).await
    }

    pub(super) async fn policies(&self, yaml: &str) -> Vec<PolicyId> {
        let drafts = cham::read::yaml(yaml).expect("policies");
        self.firewall
            .create_policies(&self.architect, drafts)
            .await
            .expect("adopted")
    }

    pub(super) async fn head(&self) -> u64 {
        self.firewall
            .overview(&self.architect)
            .await
            .expect("an overview")
            .head
            .seq
    }

    pub(super) async fn payload(&self, seq: u64) -> Value {
        let record = self
            .firewall
            .record(&self.architect, seq)
            .await
            .expect("a record");
        serde_json::from_slice(&record.payload).expect("JSON")
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

pub(super) async fn open(
    ledger: &Arc<MemoryLedger>,
    clock: &Arc<FakeClock>,
    seed: u64,
) -> Result<Firewall, GateError> {
    Firewall::open(Ports {
        ledger: Arc::<MemoryLedger>::clone(ledger),
        house: House {
            clock: Arc::<FakeClock>::clone(clock),
            entropy: Arc::new(SeededEntropy::new(seed)),
            signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
            origin: Arc::from("portcullis.example/audit"),
        },
        spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
    })
    .await
}

pub(super) async fn register(firewall: &Firewall, architect: &Principal, name: &str) -> AgentId {
    let new = NewAgent {
        name: name.to_owned(),
        ..NewAgent::default()
    };
    firewall
        .register_agent(architect, new)
        .await
        .expect("an agent")
        .id
}

/// A read.
pub(super) fn list() -> Value {
    json!({ "action": "workloads.list", "target": "cluster-1" })
}

/// A job of so many GPUs for so many dollars.
pub(super) fn submit(gpus: u32, usd: f64) -> Value {
    json!({
        "action": "workloads.submit",
        "target": "cluster-1",
        "parameters": {
            "requested_gpus": gpus, "gpu_type": "H100", "estimated_cost_usd": usd,
        },
    })
}

/// Something irreversible.
pub(super) fn release() -> Value {
    json!({ "action": "allocations.release", "target": "alloc-1",
            "parameters": { "estimated_cost_usd": 0 } })
}
