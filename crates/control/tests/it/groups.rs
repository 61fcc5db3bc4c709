//! Groups, and changes of one's own rights that need a second architect.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn a_group_is_made_filled_changed_and_removed() {
    let house = House::new().await;
    let new = json!({"name": "on-call", "description": "nights"});
    let group = house.act("POST", "/v1/groups", new.clone()).await.must(201);
    let path = format!("/v1/groups/{}", group["id"].as_str().unwrap());
    let again = house
        .act("POST", "/v1/groups", json!({"name": "ON-CALL"}))
        .await;
    assert_eq!(again.refused(409), "group.name_taken");

    let dora = house.newcomer("dora", json!([{"role": "operator"}])).await;
    let members = format!("{path}/members");
    let who = json!({"person_id": dora.id});
    let joined = house.act("POST", &members, who.clone()).await.ok();
    assert_eq!(joined["members"][0]["person_id"], dora.id);
    let twice = house.act("POST", &members, who).await.ok();
    assert_eq!(twice["members"].as_array().unwrap().len(), 1);
    let me = house.me(&dora.token).await;
    assert_eq!(me["person"]["groups"][0]["name"], "on-call");
    let nobody = json!({"person_id": "per_none"});
    house.act("POST", &members, nobody).await.refused(404);

    let renamed = json!({"name": "nights", "description": ""});
    let renamed = house.act("PATCH", &path, renamed).await.ok();
    assert_eq!(renamed["name"], "nights");
    let unknown = json!({"permission_sets": ["set_none"]});
    let unknown = house.act("PATCH", &path, unknown).await;
    assert_eq!(unknown.faults(), ["permission_sets"]);

    let member = format!("{members}/{}", dora.id);
    let left = house.act("DELETE", &member, json!({})).await.ok();
    assert_eq!(left["members"], json!([]));
    house.act("DELETE", &member, json!({})).await.refused(404);
    let gone = house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(gone["name"], "nights");
    house.get(&path).await.refused(404);
}

#[tokio::test]
async fn nobody_lets_themselves_in() {
    let house = House::new().await;
    let second = house.newcomer("dora", json!([{"role": "architect"}])).await;
    let group = house
        .act("POST", "/v1/groups", json!({"name": "leads"}))
        .await;
    let group = group.must(201)["id"].as_str().unwrap().to_owned();
    let members = format!("/v1/groups/{group}/members");
    let own = house.me(&house.acme.architect).await["person"]["id"].clone();
    let ask = async || house.act("POST", &members, json!({"person_id": own})).await;

    house.clock.advance(std::time::Duration::from_secs(60));
    let waits = ask().await.must(202);
    assert_eq!(
        (&waits["kind"], &waits["person_id"], &waits["group_id"]),
        (&json!("join_group"), &own, &json!(group))
    );
    assert_eq!(
        ask().await.must(202)["id"],
        waits["id"],
        "asked twice is once"
    );
    let path = format!("/v1/elevations/{}", waits["id"].as_str().unwrap());
    let confirm = format!("{path}/confirm");
    house.act("POST", &confirm, json!({})).await.refused(403);
    house.clock.advance(std::time::Duration::from_secs(60));
    let late = house.newcomer("eve", json!([{"role": "architect"}])).await;
    house
        .call(("POST", &confirm), &late.token, "")
        .await
        .refused(403);
    let shown = house.get(&format!("/v1/groups/{group}")).await.ok();
    assert_eq!(shown["members"], json!([]));
    let joined = house.call(("POST", &confirm), &second.token, "").await.ok();
    assert_eq!(joined["members"][0]["person_id"], own);
    assert_eq!(house.get("/v1/elevations").await.ok()["total"], 0);
    house
        .call(("POST", &confirm), &second.token, "")
        .await
        .refused(404);
}

#[tokio::test]
async fn what_waits_is_refused_or_forgotten() {
    let house = House::new().await;
    let second = house.newcomer("dora", json!([{"role": "architect"}])).await;
    let group = house
        .act("POST", "/v1/groups", json!({"name": "leads"}))
        .await;
    let group = group.must(201)["id"].as_str().unwrap().to_owned();
    let members = format!("/v1/groups/{group}/members");
    let own = house.me(&house.acme.architect).await["person"]["id"].clone();
    let who = json!({"person_id": own});
    let waits = house.act("POST", &members, who.clone()).await.must(202);
    let path = format!("/v1/elevations/{}", waits["id"].as_str().unwrap());
    let refused = house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(refused["id"], waits["id"]);
    house.act("DELETE", &path, json!({})).await.refused(404);

    let waits = house.act("POST", &members, who).await.must(202);
    house
        .clock
        .advance(std::time::Duration::from_secs(24 * 3_600));
    let confirm = format!("/v1/elevations/{}/confirm", waits["id"].as_str().unwrap());
    let again = json!({"tenant": "acme", "name": "dora", "password": crate::house::PASSWORD});
    let again = house.knock("/v1/sign-in", again).await.must(201)["token"].clone();
    assert_ne!(again, second.token);
    house
        .call(("POST", &confirm), again.as_str().unwrap(), "")
        .await
        .refused(404);
    assert_eq!(house.get("/v1/elevations").await.ok()["total"], 0);
}
