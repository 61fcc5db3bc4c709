//! What acts at a service or a database breaks with the credential in its hands: nobody sees it,
//! and what became of the action is unknown.

use crate::leases::{http, postgres};
use portcullis_firewall::{
    firewall::{Attended, Firewall, Ports as GatePorts},
    hands::Hands,
    house::House,
    last_words,
    order::Ended,
    outside::{Arrival, Awaited, Courier, Delivery, Line, Parcel, Reach},
    principal::{Principal, Role},
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{id::TenantId, tenant};
use portcullis_targets::{
    postgres::{Database, Opener, Opening},
    targets::{Ports, Targets},
};
use portcullis_testkit::{
    FakeClock, MemoryLedger, SeededEntropy,
    planted::{Log, forms, must_hide},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    panic,
    sync::{Arc, Mutex, Once},
};

/// What is in somebody's hands. It has no known form, and nobody registered it.
const IN_HAND: &str = "plum/otter+quartz \"9471\" %41";
const POLICY: &str = "
version: 1
actions:
  - action: it.do
catalogue:
  - { action: it.do, tier: 0, free: true }
";

/// What this process tells of its panics.
static TOLD: Mutex<String> = Mutex::new(String::new());
static LISTEN: Once = Once::new();

fn listen() {
    LISTEN.call_once(|| {
        panic::set_hook(Box::new(|what| {
            TOLD.lock().unwrap().push_str(&last_words::told(what));
        }));
    });
}

/// Breaks at once, or later when it is waited for.
#[derive(Debug)]
struct Breaks {
    at_once: bool,
}

impl Breaks {
    fn at(&self, at_once: bool) {
        assert_ne!(self.at_once, at_once, "it had {:?}", forms(IN_HAND));
    }
}

impl Courier for Breaks {
    fn send(&self, _: Parcel) -> Awaited<'_, Delivery> {
        unreachable!("targets wait for answers that come over time")
    }

    fn begin(&self, _: Parcel) -> Awaited<'_, Arrival> {
        self.at(true);
        Box::pin(async {
            tokio::task::yield_now().await;
            self.at(false);
            unreachable!("it broke")
        })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        unreachable!("targets open no lines")
    }
}

impl Opener for Breaks {
    fn open<'a>(&'a self, _: &'a Database) -> Opening<'a> {
        self.at(true);
        Box::pin(async {
            tokio::task::yield_now().await;
            self.at(false);
            unreachable!("it broke")
        })
    }
}

/// A gate that acts by these hands.
struct Gate {
    firewall: Firewall,
    ledger: Arc<MemoryLedger>,
    agent: Principal,
}

impl Gate {
    async fn with(hands: impl FnOnce(&TenantId) -> Hands) -> Self {
        let ledger = Arc::new(MemoryLedger::new());
        let firewall = Firewall::open(GatePorts {
            ledger: ledger.clone(),
            house: House {
                clock: Arc::new(FakeClock::default()),
                entropy: Arc::new(SeededEntropy::new(7)),
                signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
                origin: "gate.test/audit".into(),
            },
            spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
        })
        .await
        .unwrap();
        let tenant = TenantId::new("acme").unwrap();
        let new = firewall.create_tenant(tenant.clone(), "acme");
        let new = new.await.unwrap();
        let architect = firewall.authenticate(new.token.reveal()).unwrap();
        let policy = tenant::read::parse(POLICY).unwrap();
        let applied = firewall.apply_tenant_policy(&architect, policy);
        applied.await.unwrap();
        let agent = NewAgent {
            name: "first".to_owned(),
            ..NewAgent::default()
        };
        let agent = firewall.register_agent(&architect, agent).await.unwrap().id;
        let key = NewKey::of("a", Role::Agent(agent));
        let (_, token) = firewall.issue_key(&architect, key).await.unwrap();
        firewall.use_hands(hands(&tenant));
        Self {
            agent: firewall.authenticate(token.reveal()).unwrap(),
            firewall,
            ledger,
        }
    }

    async fn act(&self, target: &str) -> Attended {
        let action = json!({
            "action_type": "it.do", "target_service": target, "environment": "production",
            "parameters": {"statement": "select 1"},
        });
        let bytes = action.to_string();
        let request = self
            .firewall
            .read_request(&self.agent, bytes.as_bytes(), None);
        let attended = self.firewall.attend(&self.agent, request.unwrap());
        attended.await.unwrap()
    }
}

#[tokio::test]
async fn a_panic_with_a_credential_in_hand_shows_nothing() {
    listen();
    let (log, _logged) = Log::listen();
    for target in ["tickets", "orders"] {
        for at_once in [true, false] {
            let gate = Gate::with(|tenant| {
                let ports = Ports {
                    courier: Arc::new(Breaks { at_once }),
                    opener: Arc::new(Breaks { at_once }),
                };
                let all = BTreeMap::from([(tenant.clone(), vec![http(None), postgres(None)])]);
                Arc::new(Targets::new(all, &ports)).hands()
            })
            .await;
            let attended = gate.act(target).await;
            let acted = attended.acted.as_ref().unwrap();
            assert_eq!(acted.effect.result, Ended::Unknown, "{attended:?}");
            let told = TOLD.lock().unwrap().clone();
            assert!(told.contains("a panic at "), "{told}");
            must_hide("the answer", &format!("{attended:?}"), IN_HAND);
            must_hide("the panic", &told, IN_HAND);
            must_hide("the store", &gate.ledger.text(), IN_HAND);
        }
    }
    must_hide("the log", &log.text(), IN_HAND);
}
