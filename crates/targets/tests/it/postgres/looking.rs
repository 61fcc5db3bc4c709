//! What a dry run finds, and what it leaves behind.

use super::Shop;
use portcullis_firewall::order::DryRun;
use portcullis_targets::postgres::Access;
use serde_json::json;

fn checks(found: &DryRun) -> Vec<(&str, bool)> {
    let checks = found.checks.iter();
    checks
        .map(|check| (check.name.as_str(), check.passed))
        .collect()
}

#[tokio::test]
async fn it_finds_what_would_change_and_takes_it_back() {
    let statement = "delete from orders where id <= $1";
    let shop = Shop::of_the_operator(statement, &["most"], Access::Write).await;
    let found = shop.rehearse(json!({"most": 2})).await;
    assert!(found.passed, "{found:?}");
    assert_eq!(
        checks(&found),
        [("statement", true), ("run", true), ("constraints", true)]
    );
    assert_eq!(
        found.changes,
        [
            "delete from public.lines: 6 rows",
            "delete from public.orders: 2 rows"
        ]
    );
    assert_eq!(found.rows, Some(8));
    assert!(found.plan.as_ref().unwrap().contains("ModifyTable"));
    assert_eq!(
        (shop.count("orders").await, shop.count("lines").await),
        (3, 9)
    );
    let again = shop.rehearse(json!({"most": 2})).await;
    assert_eq!(again, found);
}

#[tokio::test]
async fn a_read_is_looked_at_too() {
    let shop = Shop::of_the_agent(Access::Read).await;
    let found = shop
        .rehearse(json!({"statement": "select * from orders"}))
        .await;
    assert!(found.passed);
    assert_eq!((found.rows, found.changes.len()), (None, 0));
    let found = shop
        .rehearse(json!({"statement": "select * from nowhere"}))
        .await;
    assert_eq!(checks(&found), [("statement", false)]);
    assert_eq!(
        found.checks[0].detail,
        "the server says no, SQLSTATE 42P01: relation \"nowhere\" does not exist"
    );
}

#[tokio::test]
async fn an_error_tells_nothing_of_what_stands_in_rows() {
    let statements = [
        "select (select string_agg(name, ',') from lines)::int",
        "select id from orders where id = table_to_xml('lines', true, true, '')::text::int",
        "update orders set state = (select min(name) from lines)",
    ];
    for statement in statements {
        let shop = Shop::of_the_agent(Access::Write).await;
        let found = shop.rehearse(json!({"statement": statement})).await;
        assert!(!found.passed, "{statement}");
        let told = serde_json::to_string(&found).unwrap();
        assert!(told.contains("SQLSTATE"), "{told}");
        assert!(!told.contains("line "), "{told}");
    }
}

#[tokio::test]
async fn what_would_fail_does_not_pass() {
    let shop = Shop::of_the_agent(Access::Write).await;
    for (statement, failed) in [
        ("update orders set state = 'lost'", "run"),
        ("insert into receipts values (99)", "constraints"),
        ("update orders set state = $1", "values"),
        ("copy orders to stdout", "statement"),
    ] {
        let found = shop.rehearse(json!({"statement": statement})).await;
        assert!(!found.passed, "{statement}");
        let last = found.checks.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.passed),
            (failed, false),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn a_sequence_keeps_what_was_taken_from_it() {
    let statement = "insert into orders default values";
    let shop = Shop::of_the_operator(statement, &[], Access::Write).await;
    let found = shop.rehearse(json!({})).await;
    assert_eq!(found.rows, Some(1));
    assert_eq!(shop.count("orders").await, 3);
    shop.execute(json!({})).await;
    assert_eq!(shop.count("orders where id = 5").await, 1);
}

#[tokio::test]
async fn nobody_counts_what_a_server_does_not_count() {
    let shop = Shop::of_the_operator("delete from lines", &[], Access::Write).await;
    let off = "do $$ begin execute format('alter database %I set track_counts = off', \
               current_database()); end $$";
    shop.owner.batch_execute(off).await.unwrap();
    let found = shop.rehearse(json!({})).await;
    assert!(!found.passed);
    let effect = shop.execute(json!({})).await;
    assert!(
        effect.summary.ends_with("`track_counts` is off"),
        "{effect:?}"
    );
    assert_eq!(shop.count("lines").await, 9);
}
