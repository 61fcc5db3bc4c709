//! Compliance packs.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn a_pack_is_applied_once_however_often_it_is_asked_for() {
    let house = House::new().await;
    let pack = house.get("/v1/packs/hipaa").await.ok();
    assert_eq!(pack["applied"], false);
    let count = pack["policy_count"].as_u64().unwrap();
    assert_eq!(pack["policies"].as_array().unwrap().len() as u64, count);

    let first = house
        .act("POST", "/v1/packs/HIPAA/apply", json!({}))
        .await
        .ok();
    assert_eq!(first["created"].as_array().unwrap().len() as u64, count);
    let again = house
        .call(("POST", "/v1/packs/hipaa/apply"), &house.acme.architect, "")
        .await
        .ok();
    assert_eq!(again["created"], json!([]));
    assert_eq!(again["unchanged"].as_array().unwrap().len() as u64, count);
    assert_eq!(house.get("/v1/policies").await.ok()["total"], count);
    assert_eq!(house.get("/v1/packs/hipaa").await.ok()["applied"], true);
}

#[tokio::test]
async fn a_changed_policy_of_a_pack_is_restored_on_request_alone() {
    let house = House::new().await;
    let made = house
        .act("POST", "/v1/packs/gdpr/apply", json!({}))
        .await
        .ok();
    let id = made["created"][0].as_str().unwrap();
    let path = format!("/v1/policies/{id}");
    house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(house.get("/v1/packs/gdpr").await.ok()["applied"], false);

    let left = house
        .act("POST", "/v1/packs/gdpr/apply", json!({}))
        .await
        .ok();
    assert_eq!(left["restored"], json!([]));
    assert_eq!(house.get(&path).await.ok()["active"], false);
    let override_existing = json!({"override_existing": true});
    let restored = house
        .act("POST", "/v1/packs/gdpr/apply", override_existing)
        .await
        .ok();
    assert_eq!(restored["restored"], json!([id]));
    assert_eq!(house.get(&path).await.ok()["active"], true);
}

#[tokio::test]
async fn every_pack_can_be_applied_and_there_is_no_other() {
    let house = House::new().await;
    let packs = house.get("/v1/packs").await.ok();
    for pack in packs["packs"].as_array().unwrap() {
        let path = format!("/v1/packs/{}/apply", pack["id"].as_str().unwrap());
        house.act("POST", &path, json!({})).await.ok();
    }
    let packs = house.get("/v1/packs").await.ok();
    assert!(
        packs["packs"]
            .as_array()
            .unwrap()
            .iter()
            .all(|pack| pack["applied"] == true)
    );
    house
        .act("POST", "/v1/packs/none/apply", json!({}))
        .await
        .refused(404);
}
