//! What an agent may ask for, and what it gets.

use super::{Shop, output};
use portcullis_firewall::order::Ended;
use portcullis_targets::postgres::Access;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

#[tokio::test]
async fn rows_come_as_objects() {
    let shop = Shop::of_the_agent(Access::Read).await;
    let parameters = json!({
        "statement": "select id, total, state as \"State\" from orders where id > $1 order by id",
        "values": [1],
    });
    let effect = shop.execute(parameters).await;
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    assert_eq!(effect.summary, "orders: done, 2 rows read");
    assert_eq!(
        output(&effect),
        json!({"rows": [
            {"id": 2, "total": "20.50", "State": "open"},
            {"id": 3, "total": "30.00", "State": "open"},
        ]})
    );
}

#[tokio::test]
async fn every_usual_type_has_a_form() {
    let shop = Shop::of_the_agent(Access::Read).await;
    let cases = [
        ("null::int", json!(null)),
        ("true", json!(true)),
        ("(-32768)::int2", json!(-32768)),
        ("9007199254740991", json!(9_007_199_254_740_991_i64)),
        ("9007199254740993", json!("9007199254740993")),
        ("0.1::float4", json!(0.1)),
        ("'NaN'::float8", json!("NaN")),
        (
            "-12345678901234567890.00010",
            json!("-12345678901234567890.00010"),
        ),
        ("0.000000012::numeric", json!("0.000000012")),
        ("10000::numeric", json!("10000")),
        ("0.00::numeric(4, 2)", json!("0.00")),
        ("'Infinity'::numeric", json!("Infinity")),
        ("'ä'::text", json!("ä")),
        ("'{\"a\": [1]}'::json", json!({"a": [1]})),
        ("'[1, \"x\"]'::jsonb", json!([1, "x"])),
        (
            "'00112233-4455-6677-8899-aabbccddeeff'::uuid",
            json!("00112233-4455-6677-8899-aabbccddeeff"),
        ),
        ("'\\x00ff'::bytea", json!("\\x00ff")),
        ("date '1999-12-31'", json!("1999-12-31")),
        ("date 'infinity'", json!("infinity")),
        ("time '24:00'", json!("24:00:00")),
        ("time '01:02:03.5'", json!("01:02:03.5")),
        ("timestamp '2024-02-29 12:00'", json!("2024-02-29T12:00:00")),
        (
            "timestamptz '2024-02-29 12:00+02'",
            json!("2024-02-29T10:00:00Z"),
        ),
        (
            "interval '1 month -2 days 3.5 seconds'",
            json!("P1M-2DT3.500000S"),
        ),
        ("array[[1, null], [3, 4]]", json!([[1, null], [3, 4]])),
        ("array[]::text[]", json!([])),
        (
            "'127.0.0.1'::inet",
            json!({"type": "inet", "bytes": "022000047f000001"}),
        ),
    ];
    for (written, due) in cases {
        let effect = shop.say(&format!("select {written} as it")).await;
        assert_eq!(
            output(&effect),
            json!({"rows": [{"it": due}]}),
            "{written}: {effect:?}"
        );
    }
}

#[tokio::test]
async fn columns_of_one_name_are_all_there() {
    let shop = Shop::of_the_agent(Access::Read).await;
    let effect = shop.say("select 1 as a, 2 as a, 3 as a_2").await;
    assert_eq!(
        output(&effect),
        json!({"rows": [{"a": 1, "a_2": 2, "a_2_2": 3}]})
    );
}

#[tokio::test]
async fn what_is_read_has_bounds() {
    let shop = Shop::of_the_agent(Access::Read).await;
    let endless = "select generate_series(1, 1000000000000) as i";
    let effect = shop.say(endless).await;
    assert_eq!(effect.result, Ended::Done);
    assert!(effect.truncated);
    assert_eq!(output(&effect)["rows"].as_array().map(Vec::len), Some(5));
    let wide = shop
        .say("select repeat('x', 600000) as x from orders")
        .await;
    assert!(wide.truncated);
    assert_eq!(output(&wide)["rows"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn whoever_only_reads_changes_nothing() {
    let shop = Shop::of_the_agent(Access::Read).await;
    shop.owner
        .batch_execute(
            "create function grab() returns int language sql as \
             'delete from orders returning 1'; create sequence numbers",
        )
        .await
        .unwrap();
    for statement in [
        "with gone as (delete from orders returning id) select * from gone",
        "select grab()",
        "select nextval('numbers')",
        "select id from orders for update",
        "with a as (select set_config('transaction_read_only', 'off', true)), \
         b as (delete from orders returning 1) select * from a, b",
        "select set_config('transaction_read_only', 'off', true), grab()",
    ] {
        let effect = shop.say(statement).await;
        assert_eq!(effect.result, Ended::Failed, "{statement}");
        let found = shop.rehearse(json!({"statement": statement})).await;
        assert!(!found.passed, "{statement}");
    }
    for statement in ["delete from orders", "update orders set total = 0"] {
        let effect = shop.say(statement).await;
        assert_eq!(effect.summary, "orders: not done, this action only reads");
    }
    assert_eq!(shop.count("orders").await, 3);
}

#[tokio::test]
async fn a_statement_is_one_and_no_other_kind() {
    let shop = Shop::of_the_agent(Access::Write).await;
    for statement in [
        "select 1; delete from orders",
        "select 1; commit; delete from orders",
        "delete from orders; commit",
        "select * into loot from orders",
        "with a as (select 1 as b) select * into loot from a",
        "select",
        "with a as (select 1) commit",
        "select 1 -- \n; delete from orders",
        "copy orders to stdout",
        "explain analyze delete from orders",
    ] {
        let effect = shop.say(statement).await;
        assert_eq!(effect.result, Ended::Failed, "{statement}");
        let found = shop.rehearse(json!({"statement": statement})).await;
        assert!(!found.passed, "{statement}");
    }
    assert_eq!(shop.count("orders").await, 3);
    assert_eq!(shop.count("pg_class where relname = 'loot'").await, 0);
}

#[test]
fn every_value_arrives_as_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let shop = runtime.block_on(Shop::of_the_agent(Access::Read));
    let text = || "[^\u{0}]{0,20}";
    let values = (text(), prop::collection::vec(text(), 0..4), any::<i32>());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(48));
    let echo = |(text, list, number): (String, Vec<String>, i32)| {
        let tree = json!({"text": text, "list": list});
        let given = json!([text, list, number, tree]);
        let parameters = json!({
            "statement": "select $1::text as a, $2::text[] as b, $3::int as c, $4::jsonb as d",
            "values": given,
        });
        let effect = runtime.block_on(shop.execute(parameters));
        let row = output(&effect)["rows"][0].clone();
        let back: Vec<Value> = ["a", "b", "c", "d"].map(|name| row[name].clone()).into();
        prop_assert_eq!(Value::Array(back), given, "{:?}", effect);
        Ok(())
    };
    runner.run(&values, echo).unwrap();
}
