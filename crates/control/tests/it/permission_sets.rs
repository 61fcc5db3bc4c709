//! Permission sets, what they open and close, and why.

use crate::house::House;
use serde_json::{Value, json};

fn set(name: &str, effect: &str, scopes: &[&str]) -> Value {
    json!({"name": name, "entries": [{
        "workspace": "training", "effect": effect, "agents": ["regex:.*"], "scopes": scopes,
    }]})
}

/// A gate with a workspace, and an operator of it alone who has a permission set by a group.
async fn with_member(house: &House, set: Value) -> (crate::house::Newcomer, String) {
    house
        .act("POST", "/v1/workspaces", json!({"id": "training"}))
        .await
        .must(201);
    let roles = json!([{"role": "operator", "workspace": "training"}]);
    let dora = house.newcomer("dora", roles).await;
    let set = house
        .act("POST", "/v1/permission-sets", set)
        .await
        .must(201);
    let group = house
        .act("POST", "/v1/groups", json!({"name": "trainers"}))
        .await
        .must(201);
    let path = format!("/v1/groups/{}", group["id"].as_str().unwrap());
    let members = format!("{path}/members");
    house
        .act("POST", &members, json!({"person_id": dora.id}))
        .await
        .ok();
    house
        .act("PATCH", &path, json!({"permission_sets": [set["id"]]}))
        .await
        .ok();
    (dora, set["id"].as_str().unwrap().to_owned())
}

async fn held_at(house: &House, workspace: Option<&str>, target: &str) -> String {
    let mut action = json!({
        "action_type": "reservations.create", "target_service": target,
        "parameters": {"cost_usd": 1},
    });
    if let Some(workspace) = workspace {
        action["workspace_id"] = json!(workspace);
    }
    house.govern(action).await.hold.unwrap().id
}

#[tokio::test]
async fn a_set_is_made_replaced_and_removed_when_nobody_has_it() {
    let house = House::new().await;
    let (_, id) = with_member(&house, set("t", "ALLOW", &["cluster-1"])).await;
    let path = format!("/v1/permission-sets/{id}");
    let entry = house.get(&path).await.ok()["entries"][0].clone();
    assert_eq!(
        (&entry["effect"], &entry["scopes"]),
        (&json!("ALLOW"), &json!(["cluster-1"]))
    );
    let taken = house
        .act("POST", "/v1/permission-sets", set("T", "DENY", &[]))
        .await;
    assert_eq!(taken.refused(409), "permission_set.name_taken");
    let long = json!({"name": "s", "description": "x".repeat(2_000), "entries": []});
    let long = house.act("POST", "/v1/permission-sets", long).await;
    assert_eq!(long.faults(), ["description"]);
    let replaced = house.act("PUT", &path, set("t2", "DENY", &[])).await.ok();
    assert_eq!(replaced["name"], "t2");
    let used = house.act("DELETE", &path, json!({})).await;
    assert_eq!(used.refused(409), "permission_set.in_use");
    let groups = house.get("/v1/groups").await.ok();
    let group = groups["groups"][0]["id"].as_str().unwrap();
    let none = json!({"permission_sets": []});
    house
        .act("PATCH", &format!("/v1/groups/{group}"), none)
        .await
        .ok();
    house.act("DELETE", &path, json!({})).await.ok();
    house.get(&path).await.refused(404);
}

#[tokio::test]
async fn a_set_with_too_many_patterns_is_refused_before_they_are_read() {
    let house = House::new().await;
    let scopes = vec!["regex:("; 513];
    let reply = house
        .act("POST", "/v1/permission-sets", set("s", "ALLOW", &scopes))
        .await;
    assert_eq!(reply.faults(), ["entries"]);
}

#[tokio::test]
async fn members_see_and_decide_the_holds_they_reach() {
    let house = House::new().await;
    let (dora, _) = with_member(&house, set("t", "ALLOW", &["cluster-1"])).await;
    let open = held_at(&house, Some("training"), "cluster-1").await;
    let mut hidden = Vec::new();
    for (workspace, target) in [
        (Some("training"), "cluster-2"),
        (Some("billing"), "cluster-1"),
        (None, "cluster-1"),
    ] {
        house.clock.advance(std::time::Duration::from_secs(1));
        hidden.push(held_at(&house, workspace, target).await);
    }
    let get = async |path: &str| house.call(("GET", path), &dora.token, "").await;
    let list = get("/v1/holds?limit=1").await.ok();
    assert_eq!(list["holds"][0]["id"], open, "what is hidden leaves no gap");
    assert_eq!(list["holds"][0]["workspace_id"], "training");
    assert_eq!(list["has_more"], false);
    for id in hidden {
        for what in ["review", "sight", "request?choice=approve"] {
            get(&format!("/v1/holds/{id}/{what}")).await.refused(404);
        }
        let kill = format!("/v1/holds/{id}/kill");
        house
            .call(("POST", &kill), &dora.token, "")
            .await
            .refused(404);
    }
    let release = format!("/v1/holds/{open}/release");
    let released = house.call(("POST", &release), &dora.token, "").await.ok();
    assert_eq!(released["status"], "RELEASED");
}

#[tokio::test]
async fn access_is_explained() {
    let house = House::new().await;
    let (dora, id) = with_member(&house, set("t", "ALLOW", &["cluster-1"])).await;
    let ask = async |verb: &str, workspace: Value, scope: &str| {
        let question = json!({
            "person_id": dora.id, "verb": verb, "workspace": workspace,
            "agent_id": house.acme.agent.as_str(), "scope": scope,
        });
        let body = question.to_string();
        let path = ("POST", "/v1/access/explain");
        house.call(path, &house.acme.viewer, body).await.ok()
    };
    let training = json!("training");
    let may = ask("DECIDE", training.clone(), "cluster-1").await;
    assert_eq!(
        (&may["may"], &may["code"]),
        (&json!(true), &json!("access.granted"))
    );
    assert!(
        may["why"].as_str().unwrap().contains("entries[0] of `t`"),
        "{may}"
    );
    for (verb, workspace, scope, code) in [
        (
            "DECIDE",
            training.clone(),
            "cluster-2",
            "access.not_allowed",
        ),
        ("CONFIGURE", training.clone(), "cluster-1", "access.no_role"),
        ("VIEW", json!("billing"), "cluster-1", "access.no_role"),
        ("VIEW", Value::Null, "cluster-1", "access.no_role"),
    ] {
        let answer = ask(verb, workspace, scope).await;
        assert_eq!(
            (&answer["may"], &answer["code"]),
            (&json!(false), &json!(code))
        );
    }
    let path = format!("/v1/permission-sets/{id}");
    house
        .act("PUT", &path, set("t", "DENY", &["cluster-1"]))
        .await
        .ok();
    assert_eq!(
        ask("VIEW", training, "cluster-1").await["code"],
        "access.denied"
    );
    let nobody = json!({"person_id": "per_none", "verb": "VIEW"});
    house
        .act("POST", "/v1/access/explain", nobody)
        .await
        .refused(404);
}
