//! The tables that no tenant can change, and the budgets.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn all_principles_are_listed_with_where_their_names_come_from() {
    let house = House::new().await;
    let table = house.get("/v1/principles").await.ok();
    let table = table["principles"].as_array().unwrap();
    assert_eq!(table.len(), 21);
    assert_eq!(table[12]["id"], "SGP-13");
    let known = [json!("official"), json!("ours")];
    assert!(
        table
            .iter()
            .all(|principle| known.contains(&principle["provenance"]))
    );
}

#[tokio::test]
async fn the_catalogue_names_types_and_families() {
    let house = House::new().await;
    let table = house.get("/v1/catalogue").await.ok();
    let types = table["action_types"].as_array().unwrap();
    let submit = types
        .iter()
        .find(|one| one["action_type"] == "workloads.submit")
        .unwrap();
    assert_eq!(
        (&submit["least_tier"], &submit["most_tier"]),
        (&json!(2), &json!(3))
    );
    assert!(
        table["families"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["prefix"] == "mcp.")
    );
}

#[tokio::test]
async fn budgets_show_what_is_set_aside() {
    let house = House::new().await;
    house.held().await;
    let budgets = house.get("/v1/budgets").await.ok();
    let day = budgets["budgets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["span"] == "day")
        .unwrap();
    assert_eq!(
        (&day["period"], &day["unit"]),
        (&json!("2026-04-10"), &json!("usd"))
    );
    assert_eq!(
        (&day["limit"], &day["reserved"]),
        (&json!(100.0), &json!(1.0))
    );
    assert_eq!(
        (&day["remaining"], &day["used_percent"]),
        (&json!(99.0), &json!(1.0))
    );
}
