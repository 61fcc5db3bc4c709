//! Signing in by password, and guessing in vain.

use crate::house::{House, PASSWORD, Reply};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

async fn sign_in(house: &House, tenant: &str, name: &str, password: &str) -> Reply {
    let body = json!({"tenant": tenant, "name": name, "password": password});
    house.knock("/v1/sign-in", body).await
}

/// A refusal without the name of its request.
fn told(reply: &Reply) -> Value {
    let mut json = reply.json();
    json.as_object_mut().unwrap().remove("request_id");
    json
}

#[tokio::test]
async fn name_or_mail_address_and_password_give_a_token() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([{"role": "operator"}])).await;
    let path = format!("/v1/people/{}", dora.id);
    let email = json!({"email": "dora@example.com"});
    house.act("PATCH", &path, email).await.ok();
    for name in ["dora", "Dora", "DORA@example.com"] {
        let signed = sign_in(&house, "acme", name, PASSWORD).await.must(201);
        assert_eq!(signed["expires_at"], "2026-04-11T02:32:01.000Z");
        let me = house.me(signed["token"].as_str().unwrap()).await;
        assert_eq!(
            (&me["person"]["id"], &me["role"]),
            (&json!(dora.id), &json!("operator"))
        );
    }
    let signed = sign_in(&house, "acme", "dora", PASSWORD).await.must(201);
    house.clock.advance(Duration::from_secs(12 * 3_600));
    let token = signed["token"].as_str().unwrap();
    house.call(("GET", "/v1/me"), token, "").await.refused(401);
}

#[tokio::test]
async fn whatever_is_wrong_is_answered_alike() {
    let house = House::new().await;
    house.newcomer("dora", json!([{"role": "operator"}])).await;
    let wrong = sign_in(&house, "acme", "dora", "not her password at all").await;
    assert_eq!(wrong.refused(401), "auth.unauthenticated");
    for (tenant, name, password) in [
        ("acme", "nobody", PASSWORD),
        ("globex", "dora", PASSWORD),
        ("no-such-tenant", "dora", PASSWORD),
        ("acme", "ann", PASSWORD),
        ("acme", "dora", ""),
        ("acme", "", ""),
    ] {
        let reply = sign_in(&house, tenant, name, password).await;
        assert_eq!(reply.status.as_u16(), 401, "{tenant} {name}");
        assert_eq!(told(&reply), told(&wrong), "{tenant} {name}");
    }
    let code = json!({"code": "pcl_0_0", "password": PASSWORD});
    let reply = house.knock("/v1/invitations/accept", code).await;
    assert_eq!(told(&reply), told(&wrong));
}

#[tokio::test]
async fn guessing_is_slowed_down_whether_or_not_there_is_such_a_name() {
    let house = House::new().await;
    house.newcomer("dora", json!([{"role": "operator"}])).await;
    let mut answers = Vec::new();
    for name in ["dora", "nobody"] {
        for _ in 0..5 {
            sign_in(&house, "acme", name, "a wrong password")
                .await
                .refused(401);
        }
        let slowed = sign_in(&house, "acme", name, PASSWORD).await;
        assert_eq!(slowed.refused(429), "rate.limited");
        assert_eq!(slowed.headers["retry-after"], "2");
        answers.push(told(&slowed));
    }
    assert_eq!(answers[0], answers[1]);
    house.clock.advance(Duration::from_secs(2));
    sign_in(&house, "acme", "nobody", "again")
        .await
        .refused(401);
    let slower = sign_in(&house, "acme", "nobody", "again").await;
    assert_eq!(slower.headers["retry-after"], "4");
    sign_in(&house, "acme", "dora", PASSWORD).await.must(201);
    sign_in(&house, "acme", "dora", "a wrong password")
        .await
        .refused(401);
    sign_in(&house, "acme", "dora", PASSWORD).await.must(201);
}

#[tokio::test]
async fn a_crowd_is_sent_away_and_nobody_is_let_in_by_it() {
    let house = House::new().await;
    let names: Vec<String> = (0..80).map(|n| format!("guess {n}")).collect();
    let tenants = ["acme", "globex"].iter().cycle();
    let tries = names
        .iter()
        .zip(tenants)
        .map(|(name, tenant)| sign_in(&house, tenant, name, PASSWORD));
    let replies = join_all(tries).await;
    let busy: Vec<_> = replies
        .iter()
        .filter(|reply| reply.status.as_u16() == 503)
        .collect();
    assert!(!busy.is_empty());
    assert!(
        busy.iter()
            .all(|reply| reply.headers.contains_key("retry-after"))
    );
    assert!(
        replies
            .iter()
            .all(|r| [401, 503].contains(&r.status.as_u16()))
    );
}
