//! Roles at a real server.

use super::{Counterpart, Deed, Desk, Stolen, remote::scope, suite};
use crate::secrets::Safe;
use portcullis_credentials::issuer::{KINDS, Provider};
use portcullis_firewall::{
    lease::LeaseError,
    ports::Issuer,
    scope::{Mode, Scope},
};
use portcullis_testkit::{
    Postgres,
    postgres::{OWNER, PASSWORD},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpStream, task::JoinSet, time::sleep};
use tokio_postgres::{Client, Config, NoTls, config::SslMode};

/// Orders with numbers from a sequence, and a neighbour.
const TABLES: &str = "
    create table orders (id serial primary key, state text not null default 'open');
    create table payroll (id serial primary key, salary int);
    insert into orders default values;
    insert into payroll (salary) values (1);
    revoke create on schema public from public;
";

/// Who makes roles: no superuser, but one who may make roles and give away what the shop's owner
/// has.
const MINTER: &str = "minter";

pub(crate) struct Shop {
    pub(crate) database: String,
    pub(crate) server: Postgres,
    safe: Safe,
    owner: Client,
    _driver: JoinSet<()>,
}

impl Shop {
    /// A server of its own, for roles belong to a whole server.
    pub(crate) async fn open() -> Self {
        let server = Postgres::start(&[], &[]);
        let database = server.database().await;
        let (owner, driver) = server.open(&database, OWNER, PASSWORD).await;
        let minter = format!(
            "create role {MINTER} login createrole password '{PASSWORD}';
             alter database {database} owner to {MINTER}; grant create on schema public to {MINTER};
             set role {MINTER}; {TABLES} reset role; revoke create on schema public from public;"
        );
        owner.batch_execute(&minter).await.unwrap();
        Self {
            database,
            server,
            safe: Safe::with(PASSWORD.as_bytes()),
            owner,
            _driver: driver,
        }
    }

    async fn login(&self, stolen: &Stolen, database: &str) -> Option<(Client, JoinSet<()>)> {
        let mut config = Config::new();
        config.user(&stolen["user"]).password(&stolen["password"]);
        config.dbname(database).ssl_mode(SslMode::Disable);
        let stream = TcpStream::connect(("127.0.0.1", self.server.port())).await;
        let (client, connection) = config.connect_raw(stream.ok()?, NoTls).await.ok()?;
        let mut driver = JoinSet::new();
        driver.spawn(async move { drop(connection.await) });
        Some((client, driver))
    }

    pub(crate) async fn count(&self, what: &str) -> usize {
        let row = self.owner.query_one(what, &[]).await.unwrap();
        usize::try_from(row.get::<_, i64>(0)).unwrap()
    }
}

impl Counterpart for Shop {
    const NAME: &'static str = "PostgreSQL";

    fn provider(&self) -> Arc<dyn Provider> {
        let kind = KINDS.iter().find(|kind| kind.name == "postgres").unwrap();
        let settings = json!({
            "host": "127.0.0.1", "port": self.server.port(), "user": MINTER,
            "password": self.safe.name(), "tls": false, "reach": "anywhere",
        });
        kind.read(&settings).unwrap()
    }

    fn scope(&self, mode: Mode) -> Scope {
        let filters = json!({"database": self.database, "tables": ["public.orders"]});
        scope(mode, &filters)
    }

    async fn attempt(&self, stolen: &Stolen, deed: Deed) -> bool {
        let Some((client, _driver)) = self.login(stolen, &self.database).await else {
            return false;
        };
        // Whoever steals a credential takes its helps away first.
        let free = "set default_transaction_read_only = off; set statement_timeout = 0";
        client.batch_execute(free).await.unwrap();
        let statement = match deed {
            Deed::Read => "select * from orders",
            Deed::Write => "insert into orders default values",
            Deed::Neighbour => "select * from payroll",
        };
        client.batch_execute(statement).await.is_ok()
    }

    async fn minted(&self) -> usize {
        self.alive().await
    }

    async fn exceed(&self) -> bool {
        let give = "grant select on payroll to public";
        self.owner.batch_execute(give).await.unwrap();
        true
    }

    async fn alive(&self) -> usize {
        self.count("select count(*) from pg_roles where rolname ~ '^portcullis_'")
            .await
    }
}

#[tokio::test]
async fn roles_pass_the_suite() {
    suite(Shop::open().await).await;
}

#[tokio::test]
async fn an_open_session_ends_with_its_role() {
    let shop = Shop::open().await;
    let desk = Desk::at(shop.provider());
    let ask = Desk::ask(&shop.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    let (client, _driver) = shop.login(&stolen, &shop.database).await.unwrap();
    client
        .batch_execute("begin; insert into orders default values")
        .await
        .unwrap();
    let revoked = desk.issuers.revoke(&ask, None).await.unwrap();
    assert!(revoked.dead && revoked.delay_ms.is_some());
    assert!(client.batch_execute("commit").await.is_err());
    assert_eq!(shop.count("select count(*) from orders").await, 1);
}

#[tokio::test]
async fn a_session_serves_the_next_role_unless_it_has_ended() {
    let shop = Shop::open().await;
    let desk = Desk::at(shop.provider());
    let ask = Desk::ask(&shop.scope(Mode::Read), Mode::Read);
    let only = format!("select pid::bigint from pg_stat_activity where usename = '{MINTER}'");
    desk.issuers.mint(&ask).await.unwrap();
    let first = shop.count(&only).await;
    desk.issuers.revoke(&ask, None).await.unwrap();
    assert_eq!(shop.count(&only).await, first);
    let end = format!("select count(pg_terminate_backend({first}, 5000))");
    assert_eq!(shop.count(&end).await, 1);
    desk.issuers.mint(&ask).await.unwrap();
    assert_ne!(shop.count(&only).await, first);
    // Who could not finish keeps nothing: what is open in it would go on with the next.
    assert!(shop.exceed().await);
    desk.issuers.revoke(&ask, None).await.unwrap();
    assert!(desk.issuers.mint(&ask).await.is_err());
    let left = format!("select count(*) from pg_stat_activity where usename = '{MINTER}'");
    let mut looks = 0;
    while shop.count(&left).await != 0 && looks < 100 {
        looks += 1;
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.count(&left).await, 0);
}

#[tokio::test]
async fn whatever_lets_a_role_do_more_is_found_before_it_exists() {
    let shop = Shop::open().await;
    let more = [
        "grant select (salary) on payroll to public",
        "grant truncate on orders to public",
        "grant create on schema public to public",
        "create function leak() returns int language sql security definer as 'select salary from payroll'",
    ];
    let undo = [
        "revoke all (salary) on payroll from public",
        "revoke truncate on orders from public",
        "revoke create on schema public from public",
        "drop function leak()",
    ];
    for (more, undo) in more.into_iter().zip(undo) {
        shop.owner.batch_execute(more).await.unwrap();
        let desk = Desk::at(shop.provider());
        let ask = Desk::ask(&shop.scope(Mode::Read), Mode::Read);
        let refused = desk.issuers.mint(&ask).await.unwrap_err();
        assert_eq!(refused.code(), "lease.exceeded", "{more}: {refused}");
        assert_eq!(shop.alive().await, 0);
        shop.owner.batch_execute(undo).await.unwrap();
    }
}

#[tokio::test]
async fn a_scope_that_cannot_be_granted_is_refused() {
    let shop = Shop::open().await;
    let desk = Desk::at(shop.provider());
    let of = |filters: Value| Desk::ask(&scope(Mode::Read, &filters), Mode::Read);
    let absent = json!({"database": shop.database, "tables": ["public.nowhere"]});
    let refused = desk.issuers.mint(&of(absent)).await.unwrap_err();
    assert_eq!(
        refused,
        LeaseError::Refused("it answers with code 42P01".to_owned())
    );
    for (filters, path) in [
        (json!({"tables": ["public.orders"]}), "filters.database"),
        (json!({"database": "x"}), "filters.tables"),
        (
            json!({"database": "x", "tables": ["orders"]}),
            "filters.tables[0]",
        ),
        (
            json!({"database": "x", "tables": ["pg_catalog.pg_authid"]}),
            "filters.tables[0]",
        ),
        (
            json!({"database": "x", "schemas": ["pg_catalog"]}),
            "filters.schemas",
        ),
        (
            json!({"database": "x", "schemas": ["a", "a"]}),
            "filters.schemas[1]",
        ),
        (
            json!({"database": "x", "schemas": ["a"], "writes": ["truncate"]}),
            "filters.writes[0]",
        ),
    ] {
        let refused = desk
            .issuers
            .check(&scope(Mode::Read, &filters))
            .unwrap_err();
        let LeaseError::Scope { path: found, .. } = refused else {
            panic!("{refused}")
        };
        assert_eq!(found, path);
    }
}

#[tokio::test]
async fn what_is_asked_is_said_before_and_without_the_password() {
    let shop = Shop::open().await;
    let desk = Desk::at(shop.provider());
    let mut ask = Desk::ask(&shop.scope(Mode::Write), Mode::Write);
    ask.id = format!("lse_{}", "0123456789abcdef".repeat(2));
    ask.ends_at = "2030-01-01T00:00:00Z".parse().unwrap();
    ask.scope.filters["database"] = json!("shop");
    let asked = desk.issuers.asks(&ask).unwrap();
    let statements = asked.request["statements"].as_array().unwrap();
    let lines: Vec<&str> = statements.iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "CREATE ROLE \"portcullis_0123456789abcdef0123456789abcdef\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 4 PASSWORD '…' VALID UNTIL '2030-01-01T00:00:00Z'",
            "ALTER ROLE \"portcullis_0123456789abcdef0123456789abcdef\" SET statement_timeout = '60s'",
            "ALTER ROLE \"portcullis_0123456789abcdef0123456789abcdef\" SET idle_in_transaction_session_timeout = '60s'",
            "ALTER ROLE \"portcullis_0123456789abcdef0123456789abcdef\" SET idle_session_timeout = '300s'",
            "ALTER ROLE \"portcullis_0123456789abcdef0123456789abcdef\" SET application_name = 'portcullis lse_0123456789abcdef0123456789abcdef'",
            "GRANT CONNECT ON DATABASE \"shop\" TO \"portcullis_0123456789abcdef0123456789abcdef\"",
            "GRANT USAGE ON SCHEMA \"public\" TO \"portcullis_0123456789abcdef0123456789abcdef\"",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE \"public\".\"orders\" TO \"portcullis_0123456789abcdef0123456789abcdef\"",
        ]
    );
}
