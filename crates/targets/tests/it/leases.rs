//! Credentials that come with an order: whose they are, and how they go along.

use crate::stage::{action as wanted, order as bare, tenant};
use portcullis_firewall::{
    digest::Means,
    lease::InHand,
    order::{Effect, Ended, Order},
    outside::{
        Arrival, Awaited, Courier, Credential, Delivery, Line, Method, OutsideError, Parcel, Reach,
        SecretName,
    },
    ports::Executor as _,
    scope::Mode,
};
use portcullis_targets::{
    http::{HttpAction, HttpRequest, HttpTarget, Shown},
    lease::{Leased, Way},
    postgres::{Access, Database, Opener, Opening, PostgresAction, PostgresTarget, Wording},
    target::{Kind, Target},
    targets::{Ports, Targets},
    template::Template,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Remembers with what it was called.
#[derive(Debug, Default)]
struct World {
    shown: Mutex<Vec<Option<Credential>>>,
    opened: Mutex<Vec<Database>>,
}

impl Courier for World {
    fn send(&self, _: Parcel) -> Awaited<'_, Delivery> {
        unreachable!("targets wait for answers that come over time")
    }

    fn begin(&self, parcel: Parcel) -> Awaited<'_, Arrival> {
        self.shown.lock().unwrap().push(parcel.credential);
        Box::pin(async {
            Ok(Arrival::of(Delivery {
                status: 200,
                headers: Vec::new(),
                body: b"{}".to_vec(),
            }))
        })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        unreachable!("targets open no lines")
    }
}

impl Opener for World {
    fn open<'a>(&'a self, database: &'a Database) -> Opening<'a> {
        self.opened.lock().unwrap().push(database.clone());
        let nobody = OutsideError::NoSecret("nobody opens".to_owned());
        Box::pin(async { Err(nobody) })
    }
}

/// A service behind an action, `it.do`.
pub(crate) fn http(shown: Option<Shown>) -> Target {
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
            credential: shown,
            reach: Reach::Public,
            timeout: Duration::from_secs(20),
            actions: BTreeMap::from([("it.do".to_owned(), action)]),
        }),
    }
}

/// A database behind the same.
pub(crate) fn postgres(lease: Option<&str>) -> Target {
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
            lease: lease.map(str::to_owned),
            timeout: Duration::from_secs(20),
            max_rows: 5,
            actions: BTreeMap::from([("it.do".to_owned(), action)]),
        }),
    }
}

fn leased(provider: &str, way: Way) -> Option<Shown> {
    let provider = provider.to_owned();
    Some(Shown::Leased(Leased { provider, way }))
}

fn lease(provider: &str, secrets: &[&str], open: &[(&str, &str)]) -> InHand {
    let owned = |text: &str| text.to_owned();
    let name = |part: &&str| SecretName::new(&format!("lease:lse_1/{part}"));
    InHand {
        scope: "orders".to_owned(),
        provider: provider.to_owned(),
        mode: Mode::Read,
        secrets: secrets
            .iter()
            .map(|part| (owned(part), name(part)))
            .collect(),
        open: open
            .iter()
            .map(|(part, text)| (owned(part), owned(text)))
            .collect(),
    }
}

fn order(lease: Option<InHand>) -> Order {
    Order {
        lease,
        ..bare("it.do", json!({"statement": "select 1"}))
    }
}

fn targets(target: Target, world: &Arc<World>) -> Targets {
    let ports = Ports {
        courier: Arc::<World>::clone(world),
        opener: Arc::<World>::clone(world),
    };
    Targets::new(BTreeMap::from([(tenant(), vec![target])]), &ports)
}

async fn execute(target: Target, lease: Option<InHand>) -> (Effect, Arc<World>) {
    let world = Arc::<World>::default();
    let effect = targets(target, &world).execute(order(lease)).await;
    (effect, world)
}

fn means(target: Target) -> Means {
    let targets = targets(target, &Arc::default());
    targets.means(&wanted("it.do", json!({}))).unwrap()
}

fn bearer() -> Way {
    Way::Bearer {
        part: "token".to_owned(),
    }
}

fn aws() -> Way {
    Way::Aws {
        service: "s3".to_owned(),
        region: "eu-central-1".to_owned(),
    }
}

fn header() -> Way {
    Way::Header {
        name: "x-api-key".to_owned(),
        part: "value".to_owned(),
    }
}

#[tokio::test]
async fn what_was_minted_goes_along_with_its_order() {
    let name = |part: &str| SecretName::new(&format!("lease:lse_1/{part}"));
    let parts = [
        "access_key_id",
        "secret_access_key",
        "session_token",
        "token",
        "value",
    ];
    for (way, want) in [
        (bearer(), Credential::Bearer(name("token"))),
        (
            header(),
            Credential::Header {
                name: "x-api-key".to_owned(),
                secret: name("value"),
            },
        ),
        (
            aws(),
            Credential::Aws {
                key_id: name("access_key_id"),
                key: name("secret_access_key"),
                token: Some(name("session_token")),
                service: "s3".to_owned(),
                region: "eu-central-1".to_owned(),
            },
        ),
    ] {
        let here = lease("cloud", &parts, &[]);
        let (effect, world) = execute(http(leased("cloud", way)), Some(here)).await;
        assert_eq!(effect.result, Ended::Done, "{}", effect.summary);
        assert_eq!(*world.shown.lock().unwrap(), [Some(want)]);
    }
}

#[tokio::test]
async fn nothing_is_sent_without_the_right_credential() {
    for (given, why) in [
        (None, "the order has none: the action has to name a scope"),
        (
            Some(lease("other", &["token"], &[])),
            "the order's is of `other`",
        ),
        (
            Some(lease("cloud", &["value"], &[])),
            "the credential has no part `token`",
        ),
    ] {
        let (effect, world) = execute(http(leased("cloud", bearer())), given).await;
        assert_eq!(effect.result, Ended::Failed);
        assert!(effect.summary.contains(why), "{}", effect.summary);
        assert!(world.shown.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_database_is_opened_as_whom_the_lease_says() {
    let open = [
        ("user", "portcullis_1"),
        ("host", "db.example.com"),
        ("database", "orders"),
    ];
    let given = lease("roles", &["password"], &open);
    let (_, world) = execute(postgres(Some("roles")), Some(given.clone())).await;
    let opened = world.opened.lock().unwrap().clone();
    assert_eq!(opened[0].user, "portcullis_1");
    let password = SecretName::new("lease:lse_1/password");
    assert_eq!(opened[0].password, Some(password));
    // A target with a login of its own takes no other.
    let (_, world) = execute(postgres(None), Some(given)).await;
    assert_eq!(world.opened.lock().unwrap()[0].user, "gate");
}

#[tokio::test]
async fn a_password_is_shown_at_its_own_database_alone() {
    let user = ("user", "portcullis_1");
    for (given, why) in [
        (None, "the order has none: the action has to name a scope"),
        (
            Some(lease("other", &["password"], &[user])),
            "the order's is of `other`",
        ),
        (
            Some(lease("roles", &[], &[user])),
            "the credential has no part `password`",
        ),
        (
            Some(lease("roles", &["password"], &[])),
            "the credential names no user",
        ),
        (
            Some(lease(
                "roles",
                &["password"],
                &[user, ("host", "evil.example.com")],
            )),
            "the credential is for another host",
        ),
        (
            Some(lease(
                "roles",
                &["password"],
                &[user, ("database", "payroll")],
            )),
            "the credential is for another database",
        ),
        (
            Some(lease("roles", &["password"], &[user, ("port", "5433")])),
            "the credential is for another port",
        ),
    ] {
        let (effect, world) = execute(postgres(Some("roles")), given).await;
        assert_eq!(effect.result, Ended::Failed);
        assert!(effect.summary.contains(why), "{}", effect.summary);
        assert!(world.opened.lock().unwrap().is_empty());
    }
}

#[test]
fn another_way_to_use_leases_is_another_way_to_do_it() {
    let of = |provider, way| means(http(leased(provider, way)));
    let all = [
        means(http(None)),
        of("cloud", bearer()),
        of("other", bearer()),
        of("cloud", header()),
        of("cloud", aws()),
        means(postgres(None)),
        means(postgres(Some("roles"))),
        means(postgres(Some("others"))),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{at}");
    }
}
