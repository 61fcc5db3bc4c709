//! Workspaces.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn a_workspace_is_made_and_changed_but_never_renamed() {
    let house = House::new().await;
    let made = house
        .act("POST", "/v1/workspaces", json!({"id": "training"}))
        .await;
    assert_eq!(made.must(201)["short_name"], "training");
    let again = house
        .act("POST", "/v1/workspaces", json!({"id": "training"}))
        .await;
    assert_eq!(again.refused(409), "workspace.exists");
    let taken = json!({"id": "other", "short_name": "TRAINING"});
    let taken = house.act("POST", "/v1/workspaces", taken).await;
    assert_eq!(taken.refused(409), "workspace.short_name_taken");
    let change = json!({"description": "models", "active": false});
    let changed = house
        .act("PATCH", "/v1/workspaces/training", change)
        .await
        .ok();
    assert_eq!(
        (
            &changed["description"],
            &changed["active"],
            &changed["short_name"]
        ),
        (&json!("models"), &json!(false), &json!("training"))
    );
    let renamed = house
        .act("PATCH", "/v1/workspaces/training", json!({"id": "x"}))
        .await;
    assert_eq!(renamed.faults(), ["id"]);
}

#[tokio::test]
async fn members_see_the_workspaces_they_have_a_role_in() {
    let house = House::new().await;
    for id in ["training", "billing"] {
        house
            .act("POST", "/v1/workspaces", json!({"id": id}))
            .await
            .must(201);
    }
    let roles = json!([{"role": "viewer", "workspace": "training"}]);
    let dora = house.newcomer("dora", roles).await;
    let list = house
        .call(("GET", "/v1/workspaces"), &dora.token, "")
        .await
        .ok();
    assert_eq!(
        (&list["total"], &list["workspaces"][0]["id"]),
        (&json!(1), &json!("training"))
    );
    let other = house
        .call(("GET", "/v1/workspaces/billing"), &dora.token, "")
        .await;
    assert_eq!(other.refused(404), "not_found");
}
