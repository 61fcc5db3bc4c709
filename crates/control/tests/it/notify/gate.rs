//! The gate itself as a source: its records, its holds, and its people's addresses.

use super::world::{FakeCourier, FakeKeyring, acme, console, plain_settings};
use crate::house::House;
use portcullis_control::notify::{
    channel::Channel,
    follower::{Ended, Following, follow},
    source::Source,
    webhook::{Webhook, WebhookPorts},
};
use portcullis_firewall::{
    access::{PersonRole, RoleGrant},
    error::GateError,
    turn::NewPerson,
};
use portcullis_policy::id::{TenantId, WorkspaceId};
use portcullis_testkit::SeededEntropy;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::sleep};

/// Makes somebody known, with a role in the whole tenant and perhaps an address.
async fn person(house: &House, name: &str, role: PersonRole, email: Option<&str>) {
    let workspace = None;
    granted(house, (name, email), RoleGrant { role, workspace }).await;
}

async fn granted(house: &House, (name, email): (&str, Option<&str>), grant: RoleGrant) {
    let architect = house.firewall.authenticate(&house.acme.architect).unwrap();
    let new = NewPerson {
        name: name.to_owned(),
        email: email.map(str::to_owned),
        grants: vec![grant],
    };
    house.firewall.create_person(&architect, new).await.unwrap();
}

#[tokio::test]
async fn letters_go_to_who_may_decide_or_is_named_and_may_see() {
    let house = House::new().await;
    person(&house, "mia", PersonRole::Operator, Some("mia@acme.test")).await;
    person(&house, "noa", PersonRole::Operator, None).await;
    person(&house, "lee", PersonRole::Viewer, Some("lee@acme.test")).await;
    let hold = house.held().await;
    let gate = &house.firewall;
    for (named, readers) in [
        (json!([]), vec!["mia@acme.test"]),
        (json!(["person:lee"]), vec!["lee@acme.test"]),
        (
            json!(["person:noa", "person:nobody", "group:none", "U1"]),
            vec![],
        ),
    ] {
        let named: Vec<String> = serde_json::from_value(named).unwrap();
        assert_eq!(
            gate.addresses(&acme(), &hold, &named).await.unwrap(),
            readers
        );
    }
    let globex = TenantId::new("globex").unwrap();
    let other = gate.addresses(&globex, &hold, &[]).await;
    assert!(matches!(other, Err(GateError::NotFound(..))), "{other:?}");
    assert_eq!(gate.outline(&globex, &hold).await.unwrap(), None);
}

#[tokio::test]
async fn warnings_go_to_who_is_named_and_has_a_role_in_the_whole_tenant() {
    let house = House::new().await;
    person(&house, "lee", PersonRole::Viewer, Some("lee@acme.test")).await;
    let made = json!({"id": "lab"});
    house.act("POST", "/v1/workspaces", made).await.must(201);
    let lab = RoleGrant {
        role: PersonRole::Operator,
        workspace: Some(WorkspaceId::new("lab").unwrap()),
    };
    granted(&house, ("ida", Some("ida@acme.test")), lab).await;
    let named = ["person:lee", "person:ida", "person:nobody"].map(str::to_owned);
    let told = house.firewall.addresses_of(&acme(), &named).await.unwrap();
    assert_eq!(told, ["lee@acme.test"]);
    let told = house.firewall.addresses_of(&acme(), &[]).await.unwrap();
    assert!(told.is_empty(), "nobody named is nobody told");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_hears_of_a_hold_and_of_its_end() {
    let house = House::new().await;
    house.blocked().await;
    let source: Arc<dyn Source> = Arc::new(house.firewall.clone());
    let courier = Arc::new(FakeCourier::default());
    let ports = WebhookPorts {
        source: source.clone(),
        courier: courier.clone(),
        keyring: Arc::new(FakeKeyring),
        clock: house.clock.clone(),
    };
    let webhook = Webhook::new(plain_settings(), console(), ports).unwrap();
    let name = webhook.name().to_owned();
    let following = Following {
        tenant: acme(),
        source: source.clone(),
        channel: Arc::new(webhook),
        clock: house.clock.clone(),
        entropy: Arc::new(SeededEntropy::new(5)),
        standing: Arc::default(),
    };
    let (shut, shutdown) = watch::channel(false);
    let running = tokio::spawn(follow(following, shutdown));
    sleep(Duration::from_secs(1)).await;
    let hold = house.held().await;
    sleep(Duration::from_secs(1)).await;
    let path = format!("/v1/holds/{hold}/release");
    house
        .call(("POST", &path), &house.acme.operator, "")
        .await
        .ok();
    sleep(Duration::from_secs(1)).await;
    shut.send(true).unwrap();
    assert_eq!(running.await.unwrap(), Ended::Shut);

    let parcels = courier.parcels.lock().unwrap().clone();
    let events: Vec<Value> = parcels
        .iter()
        .map(|parcel| serde_json::from_slice(&parcel.body).unwrap())
        .collect();
    let told: Vec<(&str, &str)> = events
        .iter()
        .map(|event| {
            (
                event["type"].as_str().unwrap(),
                event["subject"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("dev.portcullis.hold.waiting", hold.as_str()),
            ("dev.portcullis.hold.decided", hold.as_str()),
        ]
    );
    let waiting = &events[0]["data"];
    assert_eq!(
        (&waiting["level"], &waiting["target"], &waiting["asked"]),
        (&json!(1), &json!("cluster-1"), &json!([]))
    );
    assert!(waiting["ends_at"].is_string(), "{waiting}");
    let end = source.end(&acme()).await.unwrap();
    assert_eq!(source.cursor(&acme(), &name).await.unwrap(), Some(end));
}
