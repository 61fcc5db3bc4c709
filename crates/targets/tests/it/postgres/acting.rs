//! What is done, what is not, and what nobody knows.

use super::{Doorkeeper, Shop, of_the_operator, order, output, target, targets};
use portcullis_firewall::{
    order::Ended,
    outside::{Reach, SecretName},
    ports::Executor,
};
use portcullis_targets::{
    postgres::{Access, Database, Opener, Opening, Session},
    target::Kind,
};
use portcullis_testkit::{
    Postgres,
    postgres::{OWNER, PASSWORD},
};
use serde_json::json;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::JoinSet,
};
use tokio_postgres::{Config, NoTls, config::SslMode};

const REFUND: &str = "update orders set state = 'refunded' where id = $1 returning id, state";

#[tokio::test]
async fn the_operators_statement_is_carried_out_with_the_agents_values() {
    let shop = Shop::of_the_operator(REFUND, &["order_id"], Access::Write).await;
    let effect = shop.execute(json!({"order_id": 2, "why": "late"})).await;
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    assert_eq!(effect.summary, "orders: done, 1 row changed");
    assert_eq!(
        output(&effect),
        json!({
            "changes": ["update public.orders: 1 row"],
            "rows": [{"id": 2, "state": "refunded"}],
            "rows_changed": 1,
        })
    );
    assert_eq!(shop.count("orders where state = 'refunded'").await, 1);
}

#[tokio::test]
async fn what_changes_rows_runs_to_its_end_however_many_are_shown() {
    let statement = "delete from lines returning name";
    let shop = Shop::of_the_operator(statement, &[], Access::Write).await;
    let effect = shop.execute(json!({})).await;
    assert_eq!(effect.summary, "orders: done, 9 rows changed");
    assert!(effect.truncated);
    assert_eq!(output(&effect)["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(shop.count("lines").await, 0);
}

#[tokio::test]
async fn a_value_is_never_part_of_the_statement() {
    let statement = "delete from lines where name = $1";
    let shop = Shop::of_the_operator(statement, &["name"], Access::Write).await;
    for name in ["' or true --", "x'; delete from lines; --", "$1", "\\"] {
        let effect = shop.execute(json!({"name": name})).await;
        assert_eq!(effect.summary, "orders: done, 0 rows changed");
    }
    assert_eq!(shop.count("lines").await, 9);
}

#[tokio::test]
async fn values_that_are_missing_or_misfit_do_nothing() {
    let shop = Shop::of_the_operator(REFUND, &["order_id"], Access::Write).await;
    for (parameters, why) in [
        (json!({}), "parameter `order_id` is missing"),
        (
            json!({"order_id": true}),
            "value 1: a value for `int4` is due",
        ),
        (
            json!({"order_id": 1.5}),
            "value 1: a value for `int4` is due",
        ),
        (
            json!({"order_id": [1]}),
            "value 1: a value for `int4` is due",
        ),
        (
            json!({"order_id": "one"}),
            "the server says no, SQLSTATE 22P02",
        ),
        (
            json!({"order_id": 3_000_000_000_i64}),
            "the server says no, SQLSTATE 22003",
        ),
    ] {
        let effect = shop.execute(parameters).await;
        assert_eq!(effect.result, Ended::Failed);
        assert_eq!(effect.summary, format!("orders: not done, {why}"));
    }
    let free = Shop::of_the_agent(Access::Write).await;
    for (parameters, why) in [
        (json!({}), "parameter `statement` is missing"),
        (json!({"statement": 1}), "parameter `statement` is no text"),
        (
            json!({"statement": "select 1", "values": {}}),
            "parameter `values` is no list",
        ),
        (
            json!({"statement": "select 1", "values": [1]}),
            "the statement has 0 places for values, and there are 1",
        ),
    ] {
        let effect = free.execute(parameters).await;
        assert_eq!(effect.summary, format!("orders: not done, {why}"));
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_told_and_taken_back() {
    let statement = "with first as (delete from lines) \
                     update orders set state = 'lost'";
    let shop = Shop::of_the_operator(statement, &[], Access::Write).await;
    let effect = shop.execute(json!({})).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(
        effect.summary,
        "orders: not done, the server says no, SQLSTATE 23514"
    );
    let message = output(&effect)["message"].to_string();
    assert!(message.contains("orders_state_check"), "{message}");
    assert_eq!(shop.count("lines").await, 9);
}

#[tokio::test]
async fn another_number_of_rows_than_was_looked_at_is_taken_back() {
    // The server says that this gives one row; it is three that are gone.
    let hidden = "with gone as (delete from lines where order_id = 1 returning 1) \
                  select count(*) from gone";
    let shop = Shop::of_the_agent(Access::Write).await;
    let mut asked = order(json!({"statement": hidden}));
    asked.expected_rows = Some(1);
    let effect = shop.targets.execute(asked.clone()).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(
        effect.summary,
        "orders: not done, it changed 3 rows where the dry run found 1, and was taken back"
    );
    assert_eq!(shop.count("lines").await, 9);
    asked.expected_rows = Some(3);
    let effect = shop.targets.execute(asked).await;
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    assert_eq!(shop.count("lines").await, 6);
}

#[tokio::test]
async fn a_rule_that_is_looked_at_late_certainly_stops_it() {
    let statement = "insert into receipts values (99)";
    let shop = Shop::of_the_operator(statement, &[], Access::Write).await;
    let effect = shop.execute(json!({})).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(
        effect.summary,
        "orders: not done, the server says no, SQLSTATE 23503"
    );
    assert_eq!(shop.count("receipts").await, 0);
}

#[tokio::test]
async fn what_takes_too_long_is_taken_back() {
    let name = Postgres::shared().database().await;
    let slow = "select pg_sleep(600)::text";
    let mut slow = target(name, of_the_operator(slow, &[], Access::Write));
    if let Kind::Postgres(postgres) = &mut slow.kind {
        postgres.timeout = Duration::from_secs(1);
    }
    let slow = targets(slow, Arc::new(Doorkeeper));
    let effect = slow.execute(order(json!({}))).await;
    assert_eq!(effect.result, Ended::Failed);
    let late = ["not in time", "the server says no, SQLSTATE 57014"];
    assert!(
        late.iter().any(|why| effect.summary.ends_with(why)),
        "{effect:?}"
    );
}

#[tokio::test]
async fn without_a_session_nothing_is_done() {
    let mut closed = target(
        "any".to_owned(),
        of_the_operator(REFUND, &["id"], Access::Write),
    );
    if let Kind::Postgres(postgres) = &mut closed.kind {
        postgres.database.password = None;
    }
    let closed = targets(closed, Arc::new(Doorkeeper));
    let effect = closed.execute(order(json!({"id": 1}))).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(
        effect.summary,
        "orders: not done, the secret `env:NONE` cannot be read"
    );
}

/// Breaks every session in the moment in which it is told to commit.
#[derive(Debug)]
struct Saboteur;

impl Opener for Saboteur {
    fn open<'a>(&'a self, database: &'a Database) -> Opening<'a> {
        Box::pin(async move {
            let mut config = Config::new();
            config.user(OWNER).password(PASSWORD).dbname(&database.name);
            config.ssl_mode(SslMode::Disable);
            let stream = TcpStream::connect(("127.0.0.1", database.port)).await;
            let stream = Cut {
                stream: stream.unwrap(),
                cut: false,
            };
            let (client, connection) = config.connect_raw(stream, NoTls).await.unwrap();
            let mut driver = JoinSet::new();
            driver.spawn(async move {
                let _ = connection.await;
            });
            Ok(Session::new(client, driver))
        })
    }
}

/// Hears nothing any more once it has said the word.
struct Cut {
    stream: TcpStream,
    cut: bool,
}

impl AsyncRead for Cut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.cut {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, bytes)
    }
}

impl AsyncWrite for Cut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.cut |= bytes.windows(6).any(|word| word == b"COMMIT");
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[tokio::test]
async fn a_line_that_breaks_while_it_commits_leaves_the_outcome_unknown() {
    let shop = Shop::of_the_operator(REFUND, &["id"], Access::Write).await;
    let name = shop.owner.query_one("select current_database()::text", &[]);
    let name: String = name.await.unwrap().get(0);
    let at = |access| {
        let action = of_the_operator(REFUND, &["id"], access);
        targets(target(name.clone(), action), Arc::new(Saboteur))
    };
    let effect = at(Access::Write).execute(order(json!({"id": 1}))).await;
    assert_eq!(effect.result, Ended::Unknown);
    assert_eq!(
        effect.summary,
        "orders: told to commit, and it is not known whether it did, the connection broke"
    );
}

#[test]
fn no_password_is_shown() {
    let closed = target(
        "any".to_owned(),
        of_the_operator(REFUND, &["id"], Access::Write),
    );
    let Kind::Postgres(postgres) = &closed.kind else {
        panic!("a database")
    };
    assert_eq!(postgres.database.reach, Reach::Anywhere);
    assert_eq!(
        postgres.database.password,
        Some(SecretName::new("env:ORDERS_PASSWORD"))
    );
    let shown = format!("{:?}", targets(closed, Arc::new(Doorkeeper)));
    assert!(!shown.contains(PASSWORD));
}
