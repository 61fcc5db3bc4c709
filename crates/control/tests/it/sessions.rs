//! Sessions, scopes and leases at the doors: what agents and people may do there.

use crate::house::House;
use portcullis_testkit::{FakeHands, FakeIssuer};
use serde_json::{Value, json};
use std::sync::Arc;

fn cluster() -> Value {
    json!({
        "name": "cluster", "provider": "fake", "environment": "staging", "mode": "write",
        "filters": {"namespaces": ["web"]},
        "workspaces": [{"workspace": "ops", "agents": "read"}],
    })
}

/// A house with a workspace and a scope.
async fn open() -> (House, Arc<FakeIssuer>) {
    let house = House::new().await;
    let issuer = FakeIssuer::of(&house.firewall, &house.acme.agent_principal.tenant);
    let _hands = FakeHands::of(&house.firewall);
    house
        .act("POST", "/v1/workspaces", json!({"id": "ops"}))
        .await
        .must(201);
    house.act("POST", "/v1/scopes", cluster()).await.must(201);
    (house, issuer)
}

async fn call(
    house: &House,
    by: &str,
    (method, path): (&str, &str),
    body: Value,
) -> crate::house::Reply {
    house.call((method, path), by, body.to_string()).await
}

#[tokio::test]
async fn an_agent_works_in_a_session_of_its_own() {
    let (house, issuer) = open().await;
    let agent = house.acme.agent_token.clone();
    let new = json!({"workspace_id": "ops", "scopes": [{"scope": "cluster"}], "ticket": "OPS-1"});
    let session = call(&house, &agent, ("POST", "/v1/sessions"), new)
        .await
        .must(201);
    let id = session["id"].as_str().unwrap();
    assert_eq!(session["scopes"][0]["mode"], "read");
    assert_eq!(session["opened_by"], Value::Null);
    let path = format!("/v1/sessions/{id}");
    let shown = house.call(("GET", &path), &agent, "").await.ok();
    assert_eq!(shown["ticket"], "OPS-1");
    let renewed = call(
        &house,
        &agent,
        ("POST", &format!("{path}/renew")),
        json!({}),
    )
    .await;
    assert_eq!(renewed.ok()["status"], "open");
    let action = json!({
        "action_type": "data_read", "target_service": "cluster-1", "environment": "staging",
        "workspace_id": "ops", "session_id": id, "scope": "cluster", "reasoning": "to look at it",
    });
    let principal = &house.acme.agent_principal;
    let request = house
        .firewall
        .read_request(principal, action.to_string().as_bytes(), None);
    let attended = house
        .firewall
        .attend(principal, request.unwrap())
        .await
        .unwrap();
    assert!(attended.acted.is_some(), "{}", attended.answer.reasoning);
    let leases = house.call(("GET", "/v1/leases"), &agent, "").await.ok();
    let lease = &leases["leases"][0];
    assert_eq!(
        (&lease["stage"], &lease["scope"]),
        (&json!("granted"), &json!("cluster"))
    );
    assert_eq!(lease["seq"], attended.answer.seq);
    let text = leases.to_string();
    assert!(
        !text.contains("password") && !text.contains("lease:"),
        "no secret, nor its name: {text}"
    );
    let end = format!("{path}/close");
    let closed = call(&house, &agent, ("POST", &end), json!({"reason": "done"})).await;
    let closed = closed.ok();
    assert_eq!(closed["session"]["status"], "closed");
    assert_eq!(closed["session"]["ended_because"], "done");
    assert_eq!(closed["leases"][0]["stage"], "ended");
    assert_eq!(closed["leases"][0]["how"], "DROP ROLE");
    assert!(issuer.alive().is_empty());
    let list = house.call(("GET", "/v1/sessions"), &agent, "").await.ok();
    assert_eq!(list["sessions"], json!([]));
    let list = house
        .call(("GET", "/v1/sessions?open=false"), &agent, "")
        .await
        .ok();
    assert_eq!(list["sessions"][0]["id"], id);
}

#[tokio::test]
async fn a_person_opens_one_for_an_agent_and_says_what_it_may() {
    let (house, _) = open().await;
    let operator = house.acme.operator.clone();
    let new = json!({
        "agent_id": house.acme.agent, "workspace_id": "ops",
        "scopes": [{"scope": "cluster", "mode": "write"}],
    });
    let refused = call(
        &house,
        &house.acme.agent_token,
        ("POST", "/v1/sessions"),
        new.clone(),
    )
    .await;
    assert_eq!(
        refused.refused(403),
        "auth.forbidden",
        "agents only read by themselves"
    );
    for who in [&house.acme.viewer, &house.acme.client, &house.acme.member] {
        let refused = call(&house, who, ("POST", "/v1/sessions"), new.clone()).await;
        assert!(
            [403, 404].contains(&refused.status.as_u16()),
            "{}",
            refused.text
        );
    }
    let session = call(&house, &operator, ("POST", "/v1/sessions"), new)
        .await
        .must(201);
    let path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(session["scopes"][0]["mode"], "write");
    assert!(session["opened_by"].as_str().unwrap().starts_with("per_"));
    let last = json!({"remove": ["cluster"]});
    let refused = call(
        &house,
        &operator,
        ("PATCH", &format!("{path}/scopes")),
        last,
    )
    .await;
    assert_eq!(refused.refused(409), "session.last_scope");
    let less = json!({"add": [{"scope": "cluster"}]});
    let changed = call(
        &house,
        &operator,
        ("PATCH", &format!("{path}/scopes")),
        less,
    )
    .await
    .ok();
    assert_eq!(changed["scopes"][0]["mode"], "read");
}

#[tokio::test]
async fn a_session_says_which_commands_may_run_in_it() {
    let (house, _) = open().await;
    let open = async |who: &str, commands: Value| {
        let new = json!({
            "agent_id": house.acme.agent, "commands": commands, "scopes": [{"scope": "cluster"}],
            "workspace_id": "ops",
        });
        call(&house, who, ("POST", "/v1/sessions"), new).await
    };
    let (agent, operator) = (&house.acme.agent_token, &house.acme.operator);
    let lists = json!({"allow": ["^kubectl get "], "block": ["--force"]});
    let session = open(agent, lists).await.must(201);
    let due = json!({
        "allow": ["^kubectl get "], "approve_all": false, "block": ["--force"], "project": null,
        "reject_all": false,
    });
    assert_eq!(session["commands"], due);
    let path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    let shown = house.call(("GET", &path), agent, "").await.ok();
    assert_eq!(shown["commands"], due);
    let silent = open(agent, json!({})).await.must(201);
    assert_eq!(silent["commands"], Value::Null);
    let faulty = json!({"allow": ["(?<=a)b"], "blocks": [], "block": [7]});
    let faults = open(agent, faulty).await.faults();
    assert_eq!(faults, ["commands.block[0]", "commands.blocks"]);
    let faults = open(agent, json!({"allow": ["x", "(?<=a)b"], "block": ["a++"]}))
        .await
        .faults();
    assert_eq!(faults, ["commands.allow[1]", "commands.block[0]"]);
    let project = json!({"project": "migration"});
    let refused = open(agent, project.clone()).await;
    assert_eq!(refused.refused(403), "auth.forbidden");
    let named = open(operator, project).await.must(201);
    assert_eq!(named["commands"]["project"], "migration");
}

#[tokio::test]
async fn another_tenants_session_is_not_there() {
    let (house, _) = open().await;
    let new = json!({"workspace_id": "ops", "scopes": [{"scope": "cluster"}]});
    let agent = house.acme.agent_token.clone();
    let session = call(&house, &agent, ("POST", "/v1/sessions"), new)
        .await
        .must(201);
    let id = session["id"].as_str().unwrap();
    for by in [&house.globex.architect, &house.globex.agent_token] {
        for (method, end) in [("GET", ""), ("POST", "/renew"), ("POST", "/close")] {
            let told = async |id: &str| {
                let path = format!("/v1/sessions/{id}{end}");
                let reply = house.call((method, path.as_str()), by, "").await;
                assert_eq!(reply.refused(404), "not_found");
                reply.json()["error"]["message"]
                    .to_string()
                    .replace(id, "…")
            };
            assert_eq!(told(id).await, told("ses_nothing").await);
        }
    }
}

#[tokio::test]
async fn a_person_sees_and_says_only_what_is_their_own() {
    let (house, _) = open().await;
    let (ann, bob) = (&house.acme.operator, &house.acme.second_operator);
    let path = "/v1/own-credentials/cluster";
    let said = call(&house, ann, ("PUT", path), json!({"enabled": true}))
        .await
        .ok();
    assert_eq!(said["enabled"], true);
    let own = house
        .call(("GET", "/v1/own-credentials"), ann, "")
        .await
        .ok();
    assert_eq!(own["own_credentials"][0]["scope"], "cluster");
    let other = house
        .call(("GET", "/v1/own-credentials"), bob, "")
        .await
        .ok();
    assert_eq!(other["own_credentials"], json!([]));
    house.call(("DELETE", path), bob, "").await.refused(404);
    house.call(("DELETE", path), ann, "").await.ok();
    let viewer = call(
        &house,
        &house.acme.viewer,
        ("PUT", path),
        json!({"enabled": true}),
    )
    .await;
    assert_eq!(
        viewer.refused(404),
        "not_found",
        "they could have nothing issued"
    );
}

#[tokio::test]
async fn where_nobody_has_a_credential_of_their_own_none_is_used() {
    let (house, _) = open().await;
    let mut shared = cluster();
    shared["name"] = json!("shared");
    shared["provider"] = json!("lingers");
    house.act("POST", "/v1/scopes", shared).await.must(201);
    let ann = &house.acme.operator;
    let path = "/v1/own-credentials/shared";
    let on = call(&house, ann, ("PUT", path), json!({"enabled": true})).await;
    assert_eq!(on.faults(), ["scope"]);
    let own = house.call(("GET", "/v1/own-credentials"), ann, "").await;
    assert_eq!(own.ok()["own_credentials"], json!([]));
    let off = call(&house, ann, ("PUT", path), json!({"enabled": false})).await;
    assert_eq!(off.ok()["enabled"], false, "to fall back is never refused");
}

#[tokio::test]
async fn scopes_are_read_strictly() {
    let (house, _) = open().await;
    let mut faulty = cluster();
    faulty["name"] = json!("Cluster");
    faulty["workspaces"][0]["workspace"] = json!("nowhere");
    faulty["filters"] = json!({"bad": 1});
    let reply = house.act("POST", "/v1/scopes", faulty).await;
    assert_eq!(
        reply.faults(),
        ["name", "workspaces[0].workspace", "filters.bad"]
    );
    let list = house
        .act(
            "PUT",
            "/v1/scopes/cluster",
            json!({
                "provider": "fake", "environment": "production", "filters": [],
            }),
        )
        .await;
    assert_eq!(list.faults(), ["filters"]);
    let changed = house
        .act(
            "PUT",
            "/v1/scopes/cluster",
            json!({
                "provider": "fake", "environment": "production",
            }),
        )
        .await
        .ok();
    assert_eq!(
        (&changed["revision"], &changed["mode"]),
        (&json!(2), &json!("read"))
    );
    house
        .act("DELETE", "/v1/scopes/cluster", json!({}))
        .await
        .ok();
    house.get("/v1/scopes/cluster").await.refused(404);
}
