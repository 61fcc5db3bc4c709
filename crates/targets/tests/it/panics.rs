//! What acts at a service or a database breaks with the credential in its hands: nobody sees it,
//! and what became of the action is unknown.

use portcullis_firewall::{
    firewall::{Attended, Firewall, Ports as GatePorts},
    hands::Hands,
    house::House,
    last_words,
    order::Ended,
    outside::{Arrival, Awaited, Courier, Delivery, Line, Method, Parcel, Reach, SecretName},
    ports::Ledger,
    principal::{Principal, Role},
    query::RecordQuery,
    sign::SigningKey,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{id::TenantId, tenant};
use portcullis_targets::{
    http::{HttpAction, HttpRequest, HttpTarget},
    postgres::{Access, Database, Opener, Opening, PostgresAction, PostgresTarget, Wording},
    target::{Kind, Target},
    targets::{Ports, Targets},
    template::Template,
};
use portcullis_testkit::{FakeClock, MemoryLedger, SeededEntropy};
use serde_json::json;
use std::{
    collections::BTreeMap,
    panic,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

/// What is in somebody's hands. It has no known form, and nobody registered it.
const IN_HAND: &str = "plum-otter-quartz-9471-in-hand";
const POLICY: &str = "
version: 1
actions:
  - action: orders.query
  - action: tickets.find
catalogue:
  - { action: orders.query, tier: 0, free: true }
  - { action: tickets.find, tier: 0, free: true }
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
        assert_ne!(self.at_once, at_once, "it had {IN_HAND} and {}", hex());
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

fn hex() -> String {
    let bytes = IN_HAND.bytes().map(|byte| format!("{byte:02x}"));
    bytes.collect()
}

fn tickets() -> Target {
    let action = HttpAction {
        request: HttpRequest {
            method: Method::Get,
            path: Template::read("/tickets").unwrap(),
        },
        preview: None,
        idempotency_header: None,
        cost_usd: None,
        gpu_hours: None,
    };
    Target {
        name: "tickets".to_owned(),
        kind: Kind::Http(HttpTarget {
            base_url: "https://tickets.example.com".to_owned(),
            credential: None,
            reach: Reach::Public,
            timeout: Duration::from_secs(20),
            actions: BTreeMap::from([("tickets.find".to_owned(), action)]),
        }),
    }
}

fn orders() -> Target {
    let action = PostgresAction {
        wording: Wording::OfTheAgent,
        access: Access::Read,
    };
    Target {
        name: "orders".to_owned(),
        kind: Kind::Postgres(PostgresTarget {
            database: Database {
                host: "db.example.com".to_owned(),
                port: 5432,
                name: "orders".to_owned(),
                user: "gate".to_owned(),
                password: Some(SecretName::new("env:ORDERS_PASSWORD")),
                tls: true,
                reach: Reach::Public,
            },
            lease: None,
            timeout: Duration::from_secs(20),
            max_rows: 5,
            actions: BTreeMap::from([("orders.query".to_owned(), action)]),
        }),
    }
}

/// A gate that acts by these hands.
struct Gate {
    firewall: Firewall,
    ledger: Arc<MemoryLedger>,
    tenant: TenantId,
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
            tenant,
        }
    }

    async fn act(&self, kind: &str, target: &str) -> Attended {
        let action = json!({
            "action_type": kind, "target_service": target, "environment": "production",
            "parameters": {"statement": "select 1"},
        });
        let bytes = action.to_string();
        let request = self
            .firewall
            .read_request(&self.agent, bytes.as_bytes(), None);
        let attended = self.firewall.attend(&self.agent, request.unwrap());
        attended.await.unwrap()
    }

    /// Everything that is on record.
    async fn recorded(&self) -> String {
        let query = RecordQuery {
            limit: 1_000,
            ..RecordQuery::default()
        };
        let records = self.ledger.records(&self.tenant, query).await.unwrap();
        let texts = records.iter().flat_map(|one| [&one.payload, &one.effects]);
        let texts = texts.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        texts.collect()
    }
}

#[tokio::test]
async fn a_panic_with_a_credential_in_hand_shows_nothing() {
    listen();
    for (target, kind) in [("tickets", "tickets.find"), ("orders", "orders.query")] {
        for at_once in [true, false] {
            let gate = Gate::with(|tenant| {
                let ports = Ports {
                    courier: Arc::new(Breaks { at_once }),
                    opener: Arc::new(Breaks { at_once }),
                };
                let all = BTreeMap::from([(tenant.clone(), vec![tickets(), orders()])]);
                Arc::new(Targets::new(all, &ports)).hands()
            })
            .await;
            let attended = gate.act(kind, target).await;
            let acted = attended.acted.as_ref().unwrap();
            assert_eq!(acted.effect.result, Ended::Unknown, "{attended:?}");
            let told = TOLD.lock().unwrap().clone();
            assert!(told.contains("a panic at "), "{told}");
            let shown = format!("{attended:?} {told} {}", gate.recorded().await);
            for form in [IN_HAND.to_owned(), hex()] {
                assert!(!shown.contains(&form), "{target}: {shown}");
            }
        }
    }
}
