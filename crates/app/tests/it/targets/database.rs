//! The gate acts at a real database: what people saw in the dry run is what is done, once.

use crate::bin::{Gate, House};
use portcullis_testkit::postgres::{OWNER, PASSWORD, Postgres};
use serde_json::json;
use std::fs;
use tokio::runtime::Runtime;

const POLICY: &str = "version: 1
actions:
  - { action: 'orders.*' }
catalogue:
  - { action: orders.query, tier: 0, free: true }
  - { action: orders.refund, tier: 3, free: true }
";

const TABLE: &str = "create table orders (id int primary key, state text not null);
    insert into orders select n, 'open' from generate_series(1, 5) n";

/// A database of orders, and a client in it.
struct Orders {
    runtime: Runtime,
    name: String,
    port: u16,
}

impl Orders {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let server = Postgres::shared();
        let name = runtime.block_on(server.database());
        let orders = Self {
            runtime,
            name,
            port: server.port(),
        };
        orders.run(TABLE);
        orders
    }

    fn run(&self, statements: &str) {
        self.runtime.block_on(async {
            let opened = Postgres::shared().open(&self.name, OWNER, PASSWORD);
            let (client, _driver) = opened.await;
            client.batch_execute(statements).await.unwrap();
        });
    }

    fn in_state(&self, state: &str) -> i64 {
        self.runtime.block_on(async {
            let opened = Postgres::shared().open(&self.name, OWNER, PASSWORD);
            let (client, _driver) = opened.await;
            let count = "select count(*) from orders where state = $1";
            client.query_one(count, &[&state]).await.unwrap().get(0)
        })
    }

    fn config(&self) -> String {
        format!(
            "tenants:\n  default:\n    targets:\n      orders:\n        postgres:\n          \
             host: 127.0.0.1\n          port: {}\n          database: {}\n          user: {OWNER}\n          \
             password: env:ORDERS_PASSWORD\n          tls: false\n          reach: anywhere\n        \
             actions:\n          orders.query: {{ statement_by: agent }}\n          orders.refund:\n            \
             statement: \"update orders set state = 'refunded' where id >= $1 and state = 'open'\"\n            \
             values: [from]\n            access: write\n",
            self.port, self.name
        )
    }
}

#[test]
fn what_people_saw_is_what_is_done_at_a_database() {
    let orders = Orders::new();
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    fs::write(&policy, POLICY).unwrap();
    let house = House::new(policy.to_str().unwrap());
    let config = house.folder.path().join("portcullis.yaml");
    fs::write(&config, orders.config()).unwrap();
    let environment = [("ORDERS_PASSWORD", PASSWORD)];
    let gate = Gate::serve_by(&house.data(), &environment, Some(&config));
    let call = |args: &[&str]| {
        let ran = gate.ask(house.credential("agent_key"), &[&["call"], args].concat());
        assert!(
            !ran.out.contains(PASSWORD) && !ran.err.contains(PASSWORD),
            "{ran:?}"
        );
        ran
    };
    let people = |args: &[&str]| gate.ask(house.credential("admin_token"), args);

    let query = "statement=select id, state from orders order by id limit 2";
    let words = [
        "--action",
        "orders.query",
        "--target",
        "orders",
        "--param",
        query,
        "-o",
        "json",
    ];
    let found = call(&words).json(0);
    let rows = json!([{"id": 1, "state": "open"}, {"id": 2, "state": "open"}]);
    assert_eq!(found["execution"]["output"]["rows"], rows, "{found}");
    let drop = "statement=drop table orders";
    call(&[
        "--action",
        "orders.query",
        "--target",
        "orders",
        "--param",
        drop,
    ])
    .ended(1);

    let refund = [
        "--action",
        "orders.refund",
        "--target",
        "orders",
        "--param",
        "from=4",
        "-o",
        "json",
    ];
    let hold = |held: serde_json::Value| held["decision"]["hold_id"].as_str().unwrap().to_owned();
    let first = hold(call(&refund).json(4));
    let run = call(&[&refund[..], &["--dry-run"]].concat()).json(4);
    assert_eq!(run["dry_run"]["rows"], 2, "{run}");
    assert_eq!(orders.in_state("refunded"), 0, "it was only looked at");
    people(&["approvals", "approve", &first, "--yes"]).ended(0);
    // Meanwhile there is one more row than people were told of.
    orders.run("insert into orders values (6, 'open')");
    let moved = call(&["--hold", &first]);
    assert!(
        moved.code != 0 && moved.err.contains("something else"),
        "{moved:?}"
    );
    assert_eq!(orders.in_state("refunded"), 0);
    orders.run("delete from orders where id = 6");
    call(&["--hold", &first]).ended(0);
    assert_eq!(orders.in_state("refunded"), 2);
    assert_ne!(call(&["--hold", &first]).code, 0, "once");
    people(&["audit", "verify"]).ended(0);
}
