//! The life of a key.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn a_key_shows_its_token_once_and_works_until_it_is_revoked() {
    let house = House::new().await;
    let new = json!({"name": "dora", "role": "operator", "groups": ["on-call"]});
    let issued = house.act("POST", "/v1/keys", new).await.must(201);
    let token = issued["token"].as_str().unwrap().to_owned();
    let path = format!("/v1/keys/{}", issued["id"].as_str().unwrap());
    assert_eq!(issued["role"], "operator");

    house.call(("GET", "/v1/tenant"), &token, "").await.ok();
    let shown = house.get(&path).await.ok();
    assert_eq!(shown["usage"], "token");
    let person = shown["person_id"].as_str().unwrap();
    let architect = house.firewall.authenticate(&house.acme.architect).unwrap();
    let groups = house.firewall.groups(&architect).await.unwrap();
    let on_call = groups.iter().find(|group| group.name == "on-call").unwrap();
    let members: Vec<&str> = on_call.members.iter().map(|m| m.person.as_str()).collect();
    assert_eq!(members, [person]);
    let list = house.get("/v1/keys?limit=200").await;
    for text in [
        house.get(&path).await.text,
        list.text,
        house.get("/v1/audit").await.text,
    ] {
        assert!(!text.contains(&token), "the token is shown again");
        assert!(!text.contains("sha256"), "the token's hash is shown");
    }

    let revoked = house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(revoked["revoked"], true);
    let reply = house.call(("GET", "/v1/tenant"), &token, "").await;
    assert_eq!(reply.refused(401), "auth.unauthenticated");
}

#[tokio::test]
async fn a_key_ends_by_itself() {
    let house = House::new().await;
    let new = json!({"name": "brief", "role": "viewer", "expires_at": "2026-04-10T15:00:00Z"});
    let token = house.act("POST", "/v1/keys", new).await.must(201)["token"].clone();
    let token = token.as_str().unwrap();
    house.call(("GET", "/v1/tenant"), token, "").await.ok();
    house.clock.advance(std::time::Duration::from_secs(3_600));
    house
        .call(("GET", "/v1/tenant"), token, "")
        .await
        .refused(401);
}

#[tokio::test]
async fn an_agents_key_belongs_to_a_registered_agent() {
    let house = House::new().await;
    let agent = house.acme.agent.as_str();
    let made = house
        .act(
            "POST",
            "/v1/keys",
            json!({"name": "k", "role": "agent", "agent_id": agent}),
        )
        .await
        .must(201);
    assert_eq!(made["agent_id"], agent);
    let foreign = house.globex.agent.as_str();
    let reply = house
        .act(
            "POST",
            "/v1/keys",
            json!({"name": "k", "role": "agent", "agent_id": foreign}),
        )
        .await;
    assert_eq!(reply.refused(404), "not_found");
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused_at_once() {
    let house = House::new().await;
    let cases = [
        (json!({"name": "k", "role": "agent"}), vec!["agent_id"]),
        (
            json!({"name": "k", "role": "client", "agent_id": "agt_1", "groups": ["g"]}),
            vec!["agent_id", "groups"],
        ),
        (
            json!({"role": "king", "extra": 1}),
            vec!["name", "role", "extra"],
        ),
        (
            json!({"name": "k", "role": "viewer", "expires_at": "tomorrow"}),
            vec!["expires_at"],
        ),
        (
            json!({"name": "k", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}),
            vec!["expires_at"],
        ),
        (json!({"name": " ", "role": "viewer"}), vec!["name"]),
    ];
    for (body, faults) in cases {
        let reply = house.act("POST", "/v1/keys", body.clone()).await;
        assert_eq!(reply.faults(), faults, "{body}");
    }
}

#[tokio::test]
async fn the_last_architect_cannot_lock_everybody_out() {
    let house = House::new().await;
    let keys = house.get("/v1/keys").await.ok();
    let keys = keys["keys"].as_array().unwrap();
    let architect = keys.iter().find(|key| key["role"] == "architect").unwrap();
    let path = format!("/v1/keys/{}", architect["id"].as_str().unwrap());
    let reply = house.act("DELETE", &path, json!({})).await;
    assert_eq!(reply.refused(409), "key.last_architect");
}
