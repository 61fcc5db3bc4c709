//! Statements at a real server.

mod acting;
mod looking;
mod reading;

use crate::stage::{self, tenant};
use portcullis_firewall::{
    digest::Means,
    order::{DryRun, Effect, Order},
    outside::{Awaited, Courier, Delivery, Line, OutsideError, Parcel, Reach, SecretName},
    ports::{Executor, Rehearsal},
};
use portcullis_targets::{
    postgres::{
        Access, Database, Opener, Opening, PostgresAction, PostgresTarget, Session, Wording,
    },
    target::{Kind, Target},
    targets::{Ports, Targets},
};
use portcullis_testkit::{
    Postgres,
    postgres::{OWNER, PASSWORD},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::task::JoinSet;
use tokio_postgres::Client;

/// A shop's tables. Orders are counted, their lines go with them, and one rule is looked at late.
const TABLES: &str = "
    create table orders (
        id int primary key generated always as identity,
        state text not null default 'open' check (state in ('open', 'paid', 'refunded')),
        total numeric(10, 2) not null default 0
    );
    create table lines (
        order_id int not null references orders on delete cascade,
        name text not null
    );
    create table receipts (
        order_id int not null references orders deferrable initially deferred
    );
    insert into orders (total) values (10), (20.50), (30);
    insert into lines select 1 + i % 3, 'line ' || i from generate_series(1, 9) i;
";

#[derive(Debug)]
struct NoServices;

impl Courier for NoServices {
    fn send(&self, _: Parcel) -> Awaited<'_, Delivery> {
        unreachable!("databases are no services")
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        unreachable!("databases are no services")
    }
}

/// Knows the one password.
#[derive(Debug)]
struct Doorkeeper;

impl Opener for Doorkeeper {
    fn open<'a>(&'a self, database: &'a Database) -> Opening<'a> {
        Box::pin(async move {
            if database.password.is_none() {
                return Err(OutsideError::NoSecret("env:NONE".to_owned()));
            }
            let server = Postgres::shared();
            let (client, driver) = server.open(&database.name, OWNER, PASSWORD).await;
            Ok(Session::new(client, driver))
        })
    }
}

/// A database with the shop in it, and what acts there.
struct Shop {
    targets: Targets,
    owner: Client,
    _driver: JoinSet<()>,
}

impl Shop {
    /// One action type, `orders.do`, at a fresh database.
    async fn with(action: PostgresAction) -> Self {
        let server = Postgres::shared();
        let name = server.database().await;
        let (owner, driver) = server.open(&name, OWNER, PASSWORD).await;
        owner.batch_execute(TABLES).await.unwrap();
        Self {
            targets: targets(target(name, action), Arc::new(Doorkeeper)),
            owner,
            _driver: driver,
        }
    }

    async fn of_the_operator(statement: &str, values: &[&str], access: Access) -> Self {
        Self::with(of_the_operator(statement, values, access)).await
    }

    /// For the agent's own statements.
    async fn of_the_agent(access: Access) -> Self {
        let wording = Wording::OfTheAgent;
        Self::with(PostgresAction { wording, access }).await
    }

    async fn execute(&self, parameters: Value) -> Effect {
        self.targets.execute(order(parameters)).await
    }

    async fn say(&self, statement: &str) -> Effect {
        self.execute(json!({"statement": statement})).await
    }

    async fn rehearse(&self, parameters: Value) -> DryRun {
        self.targets.rehearse(order(parameters)).await
    }

    /// What the owner finds there.
    async fn count(&self, what: &str) -> i64 {
        let count = format!("select count(*) from {what}");
        self.owner.query_one(&count, &[]).await.unwrap().get(0)
    }
}

fn of_the_operator(statement: &str, values: &[&str], access: Access) -> PostgresAction {
    PostgresAction {
        wording: Wording::Fixed {
            statement: statement.to_owned(),
            values: values.iter().map(|name| (*name).to_owned()).collect(),
        },
        access,
    }
}

fn target(database: String, action: PostgresAction) -> Target {
    Target {
        name: "orders".to_owned(),
        kind: Kind::Postgres(PostgresTarget {
            database: Database {
                host: "localhost".to_owned(),
                port: Postgres::shared().port(),
                name: database,
                user: OWNER.to_owned(),
                password: Some(SecretName::new("env:ORDERS_PASSWORD")),
                tls: false,
                reach: Reach::Anywhere,
            },
            lease: None,
            timeout: Duration::from_secs(60),
            max_rows: 5,
            actions: BTreeMap::from([("orders.do".to_owned(), action)]),
        }),
    }
}

fn targets(target: Target, opener: Arc<dyn Opener>) -> Targets {
    let ports = Ports {
        courier: Arc::new(NoServices),
        opener,
    };
    Targets::new(BTreeMap::from([(tenant(), vec![target])]), &ports)
}

fn order(parameters: Value) -> Order {
    stage::order("orders.do", parameters)
}

fn output(effect: &Effect) -> Value {
    serde_json::from_slice(&effect.output).unwrap_or_default()
}

fn means(targets: &Targets) -> Means {
    let action = stage::action("orders.do", json!({}));
    targets.means(&action).unwrap()
}

#[tokio::test]
async fn another_definition_is_another_way_to_do_it() {
    let action = of_the_operator("select $1::int", &["a"], Access::Read);
    let of = |target: Target| means(&targets(target, Arc::new(Doorkeeper)));
    let first = of(target("one".to_owned(), action.clone()));
    assert_eq!(first, of(target("one".to_owned(), action.clone())));
    let others = [
        target("two".to_owned(), action),
        target(
            "one".to_owned(),
            of_the_operator("select $1::int", &["b"], Access::Read),
        ),
        target(
            "one".to_owned(),
            of_the_operator("select $1::int", &["a"], Access::Write),
        ),
        target(
            "one".to_owned(),
            of_the_operator("select $1::int8", &["a"], Access::Read),
        ),
    ];
    for other in others {
        assert_ne!(first, of(other));
    }
}

#[test]
fn what_is_wrong_with_a_definition_is_told_with_its_path() {
    let mut wrong = target(
        "one".to_owned(),
        of_the_operator("drop table orders", &[], Access::Write),
    );
    let Kind::Postgres(postgres) = &mut wrong.kind else {
        panic!("a database")
    };
    postgres.timeout = Duration::from_secs(3_600);
    postgres.max_rows = 0;
    let reads = of_the_operator("delete from orders", &[], Access::Read);
    postgres.actions.insert("orders.find".to_owned(), reads);
    let twice = target(
        "two".to_owned(),
        of_the_operator("select 1", &[], Access::Read),
    );
    let faults = Targets::faults(&[wrong, twice]);
    let paths: Vec<&str> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "orders.postgres.timeout_seconds",
            "orders.postgres.max_rows",
            "orders.actions.orders.do.statement",
            "orders.actions.orders.find.statement",
            "orders.actions.orders.do",
        ]
    );
}
