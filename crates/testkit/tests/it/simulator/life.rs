//! One life of the gate: opened over the same ledger, ended in order or by force.

use super::{dice::Dice, witness::Witness};
use portcullis_firewall::{
    error::GateError,
    firewall::{Firewall, Ports},
    house::House,
    key::Token,
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{cham, id::TenantId, tenant};
use portcullis_testkit::{FakeClock, MemoryLedger, SeededEntropy};
use std::{future::Future, sync::Arc};
use tokio::runtime::Runtime;

const TENANT_POLICY: &str = "
version: 1
timezone: America/New_York
catalogue:
  - { action: note_write, tier: 2 }
actions:
  - { action: workloads.list }
  - { action: note_write }
  - { action: log_rotate }
  - { action: workloads.submit, caps: { max_gpus_per_job: 64 } }
  - { action: allocations.release }
budgets: { daily_usd: 250, monthly_usd: 4000 }
rate_limits: { writes_per_minute: 40 }
prices: { gpu_hour_usd: { default: 1 }, default_hours: 1 }
";

const POLICIES: &str = "
- type: rate_limit
  name: burst
  config: { windows: [{ period: 1m, max: 25 }], on_exceed: block }
- type: grant_lifecycle
  name: rotation
  config:
    action_type: log_rotate
    max_uses: 7
    expires_at: '2030-01-01T00:00:00Z'
    tier_override: A
    required: true
- type: confidence_floor
  name: care
  config: { environment: production, floors: { fix: 0.5 }, escalation: tier_up }
";

/// An open gate in a runtime of its own.
pub(super) struct Life {
    runtime: Runtime,
    pub(super) firewall: Firewall,
    pub(super) ledger: Arc<MemoryLedger>,
    pub(super) clock: Arc<FakeClock>,
}

impl Life {
    pub(super) fn begin(
        ledger: &Arc<MemoryLedger>,
        clock: &Arc<FakeClock>,
        seed: u64,
        witness: &mut Witness,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let firewall = runtime
            .block_on(open(ledger, clock, seed))
            .expect("the gate opens");
        witness.hands.lend(&firewall);
        let life = Self {
            runtime,
            firewall,
            ledger: Arc::clone(ledger),
            clock: Arc::clone(clock),
        };
        if witness.people.is_empty() {
            life.wait(life.found(witness)).expect("a tenant is founded");
        }
        life
    }

    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Starts something and does not wait for it.
    pub(super) fn start(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }

    /// Ends the gate: in order, or wherever its tasks stand.
    pub(super) fn end(self, in_order: bool, dice: &mut Dice) {
        let Self {
            runtime, firewall, ..
        } = self;
        drop(firewall);
        if in_order {
            let pauses = 50 + dice.below(50);
            runtime.block_on(async {
                for _ in 0..pauses {
                    tokio::task::yield_now().await;
                }
            });
        }
        runtime.shutdown_background();
    }

    async fn found(&self, witness: &mut Witness) -> Result<(), GateError> {
        let id = TenantId::new("acme").expect("an id");
        let new = self.firewall.create_tenant(id, "Acme").await?;
        let architect = self.known(&new.token);
        let policy = tenant::read::parse(TENANT_POLICY).expect("a tenant policy");
        self.firewall
            .apply_tenant_policy(&architect, policy)
            .await?;
        let drafts = cham::read::yaml(POLICIES).expect("policies");
        self.firewall.create_policies(&architect, drafts).await?;
        for name in ["ann", "ben"] {
            let new = NewKey::of(name, Role::Operator);
            let (_, token) = self.firewall.issue_key(&architect, new).await?;
            witness.people.push(self.known(&token));
        }
        for name in ["one", "two", "three"] {
            let new = NewAgent {
                name: name.to_owned(),
                ..NewAgent::default()
            };
            let agent = self.firewall.register_agent(&architect, new).await?.id;
            let new = NewKey::of(name, Role::Agent(agent.clone()));
            let (_, token) = self.firewall.issue_key(&architect, new).await?;
            witness.agents.push((agent, self.known(&token)));
        }
        witness.people.push(architect);
        Ok(())
    }

    fn known(&self, token: &Token) -> Principal {
        let caller = self.firewall.authenticate(token.reveal());
        caller.expect("a token that was just issued")
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
            origin: Arc::from("portcullis.example/simulator"),
        },
        spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
    })
    .await
}
