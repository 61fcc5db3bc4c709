//! People: made known, invited, changed; and what never comes out.

use crate::house::{House, PASSWORD};
use portcullis_firewall::passkey::Passkey;
use serde_json::json;

#[tokio::test]
async fn a_person_is_made_known_invited_and_gets_in() {
    let house = House::new().await;
    let new = json!({
        "name": "Dora", "email": "dora@example.com", "roles": [{"role": "operator"}],
    });
    let made = house.act("POST", "/v1/people", new).await.must(201);
    assert_eq!(
        (&made["active"], &made["has_password"]),
        (&json!(true), &json!(false))
    );
    let id = made["id"].as_str().unwrap();
    let invite = format!("/v1/people/{id}/invitation");
    let old = house.act("POST", &invite, json!({})).await.must(201);
    let new = house.act("POST", &invite, json!({})).await.must(201);
    assert_eq!(new["expires_at"], "2026-04-17T14:32:01.000Z");
    let link = "https://gate.example/console/invitation?code=";
    let code = new["code"].as_str().unwrap();
    assert_eq!(new["link"], format!("{link}{code}"));
    let take = async |code: &serde_json::Value, password: &str| {
        let body = json!({"code": code, "password": password});
        house.knock("/v1/invitations/accept", body).await
    };
    take(&old["code"], PASSWORD).await.refused(401);
    assert_eq!(take(&new["code"], "short").await.faults(), ["password"]);
    let token = take(&new["code"], PASSWORD).await.must(201)["token"].clone();
    take(&new["code"], PASSWORD).await.refused(401);

    let me = house.me(token.as_str().unwrap()).await;
    assert_eq!(
        (&me["kind"], &me["role"], &me["tenant_id"]),
        (&json!("person"), &json!("operator"), &json!("acme"))
    );
    assert_eq!(me["person"]["id"], made["id"]);
    assert_eq!(me["person"]["has_password"], true);
    let code = new["code"].as_str().unwrap();
    house.call(("GET", "/v1/me"), code, "").await.refused(401);
}

#[tokio::test]
async fn callers_of_every_kind_learn_who_they_are() {
    let house = House::new().await;
    let agent = house.me(&house.acme.agent_token).await;
    assert_eq!(
        (&agent["kind"], &agent["agent_id"], &agent["person"]),
        (
            &json!("agent"),
            &json!(house.acme.agent.as_str()),
            &json!(null)
        )
    );
    let client = house.me(&house.acme.client).await;
    assert_eq!(
        (&client["kind"], &client["key_name"]),
        (&json!("client"), &json!("client"))
    );
    let member = house.me(&house.acme.member).await;
    assert_eq!(
        (&member["role"], &member["person"]["name"]),
        (&json!("member"), &json!("milo"))
    );
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let house = House::new().await;
    let reply = house
        .act("POST", "/v1/people", json!({"name": "ANN"}))
        .await;
    assert_eq!(reply.refused(409), "person.name_taken");
    let dora = house.newcomer("dora", json!([])).await;
    let path = format!("/v1/people/{}", dora.id);
    let reply = house.act("PATCH", &path, json!({"name": "Vera"})).await;
    assert_eq!(reply.refused(409), "person.name_taken");
    let changed = json!({"name": "Dora", "email": "d@example.com"});
    let changed = house.act("PATCH", &path, changed).await.ok();
    assert_eq!(
        (&changed["name"], &changed["email"]),
        (&json!("Dora"), &json!("d@example.com"))
    );
    let changed = house.act("PATCH", &path, json!({"email": null})).await.ok();
    assert_eq!(changed["email"], json!(null));
}

#[tokio::test]
async fn the_last_architect_stays_one() {
    let house = House::new().await;
    let me = house.me(&house.acme.architect).await;
    let path = format!("/v1/people/{}", me["person"]["id"].as_str().unwrap());
    for change in [
        json!({"active": false}),
        json!({"roles": []}),
        json!({"roles": [{"role": "operator"}]}),
    ] {
        let reply = house.act("PATCH", &path, change).await;
        assert_eq!(reply.refused(409), "person.last_architect");
    }
    house.newcomer("dora", json!([{"role": "architect"}])).await;
    let gone = house.act("PATCH", &path, json!({"active": false})).await;
    assert_eq!(gone.ok()["active"], false, "the answer still arrives");
    house.get("/v1/me").await.refused(401);
}

#[tokio::test]
async fn deactivation_ends_everything_at_once() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([{"role": "operator"}])).await;
    let path = format!("/v1/people/{}", dora.id);
    let invite = format!("{path}/invitation");
    let invited = house.act("POST", &invite, json!({})).await.must(201);
    let off = house.act("PATCH", &path, json!({"active": false})).await;
    assert_eq!(off.ok()["active"], false);
    house
        .call(("GET", "/v1/me"), &dora.token, "")
        .await
        .refused(401);
    let taken = json!({"code": invited["code"], "password": PASSWORD});
    house
        .knock("/v1/invitations/accept", taken)
        .await
        .refused(401);
    let sign_in = json!({"tenant": "acme", "name": "dora", "password": PASSWORD});
    house.knock("/v1/sign-in", sign_in).await.refused(401);
    let invited = house.act("POST", &invite, json!({})).await;
    assert_eq!(invited.refused(409), "person.inactive");
    let gone = house.get("/v1/people?active=false").await.ok();
    assert_eq!(gone["people"][0]["name"], "dora");
}

#[tokio::test]
async fn a_token_is_never_good_for_more_than_its_person() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([{"role": "architect"}])).await;
    let own = json!({"name": "dora", "role": "viewer"}).to_string();
    let lesser = house.call(("POST", "/v1/keys"), &dora.token, own).await;
    let lesser = lesser.must(201)["token"].as_str().unwrap().to_owned();
    assert_eq!(house.me(&lesser).await["role"], "viewer");
    let agent = r#"{"name": "bot"}"#;
    house
        .call(("POST", "/v1/agents"), &lesser, agent)
        .await
        .refused(403);
    let raised = json!({"name": "dora", "role": "architect"}).to_string();
    let raised = house.call(("POST", "/v1/keys"), &lesser, raised).await;
    assert_eq!(raised.refused(409), "key.raises_role");

    let path = format!("/v1/people/{}", dora.id);
    let less = json!({"roles": [{"role": "operator"}]});
    house.act("PATCH", &path, less).await.ok();
    assert_eq!(house.me(&dora.token).await["role"], "operator");
    house
        .call(("POST", "/v1/agents"), &dora.token, agent)
        .await
        .refused(403);
    house.act("PATCH", &path, json!({"roles": []})).await.ok();
    assert_eq!(house.me(&dora.token).await["role"], "member");
    house
        .call(("GET", "/v1/policies"), &dora.token, "")
        .await
        .refused(403);
}

#[tokio::test]
async fn a_lesser_token_issues_none_that_is_for_all_its_person_may() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([{"role": "architect"}])).await;
    let issue = async |token: &str, role: &str| {
        let own = json!({"name": "dora", "role": role}).to_string();
        house.call(("POST", "/v1/keys"), token, own).await
    };
    for role in ["viewer", "operator"] {
        let lesser = issue(&dora.token, role).await.must(201)["token"].clone();
        let raised = issue(lesser.as_str().unwrap(), "member").await;
        assert_eq!(raised.refused(409), "key.raises_role", "{role}");
    }
    // Who has roles in single workspaces alone goes on issuing tokens for these.
    let mila = house.newcomer("mila", json!([])).await;
    let own = json!({"name": "mila", "role": "member"}).to_string();
    let own = house.call(("POST", "/v1/keys"), &mila.token, own).await;
    let own = own.must(201)["token"].clone();
    assert_eq!(house.me(own.as_str().unwrap()).await["role"], "member");
}

#[tokio::test]
async fn members_look_at_themselves_alone() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([])).await;
    let own = format!("/v1/people/{}", dora.id);
    let shown = house.call(("GET", &own), &dora.token, "").await.ok();
    assert_eq!(shown["name"], "dora");
    let other = house.me(&house.acme.viewer).await;
    let other = format!("/v1/people/{}", other["person"]["id"].as_str().unwrap());
    for path in [other.as_str(), "/v1/people/per_none", "/v1/people"] {
        let reply = house.call(("GET", path), &dora.token, "").await;
        assert_eq!(reply.refused(403), "auth.forbidden", "{path}");
    }
}

#[tokio::test]
async fn what_proves_somebody_never_comes_out() {
    let house = House::new().await;
    let dora = house.newcomer("dora", json!([{"role": "operator"}])).await;
    let caller = house.firewall.authenticate(&dora.token).unwrap();
    let passkey = Passkey {
        credential_id: "Y3JlZGVudGlhbA".to_owned(),
        public_key: "cHVibGljLWtleQ".to_owned(),
        algorithm: -7,
        sign_count: 0,
        user_verified: true,
        backup_eligible: false,
        name: "laptop".to_owned(),
        at: house.firewall.now(),
    };
    house.firewall.add_passkey(&caller, passkey).await.unwrap();
    let own = format!("/v1/people/{}", dora.id);
    let invite = format!("{own}/invitation");
    let code = house.act("POST", &invite, json!({})).await.must(201)["code"].clone();
    let sign_in = json!({"tenant": "acme", "name": "dora", "password": PASSWORD});
    let token = house.knock("/v1/sign-in", sign_in).await.must(201)["token"].clone();
    let mut answers = vec![
        house
            .act("PATCH", &own, json!({"email": "d@example.com"}))
            .await,
        house
            .act("DELETE", &format!("{own}/slack"), json!({}))
            .await,
        house.call(("GET", "/v1/me"), &dora.token, "").await,
    ];
    for path in [
        own.as_str(),
        "/v1/people",
        "/v1/groups",
        "/v1/keys?limit=200",
        "/v1/audit?limit=200",
        "/v1/audit/export?format=jsonl",
        "/v1/audit/export?format=csv",
        "/v1/audit/export?format=ocsf",
        "/v1/audit/export?format=cef",
    ] {
        answers.push(house.get(path).await);
    }
    for answer in answers {
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        for secret in [
            "$argon2",
            PASSWORD,
            &dora.token,
            code.as_str().unwrap(),
            token.as_str().unwrap(),
        ] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
    let shown = house.get(&own).await;
    assert!(!shown.text.contains("cHVibGljLWtleQ") && !shown.text.contains("Y3JlZGVudGlhbA"));
    assert_eq!(shown.ok()["passkeys"][0]["name"], "laptop");
}
