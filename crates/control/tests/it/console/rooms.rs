//! The pages that read: who gets them, what is on them, and what can be taken away.

use super::browser::{Browser, console, location};
use crate::house::House;
use axum::Router;
use portcullis_firewall::{
    chain::Hash,
    merkle::{self, NodeHash},
    turn::NewAgent,
};
use serde_json::{Value, json};

/// What everybody with a role in the whole tenant reads whole.
const PAGES: [&str; 7] = [
    "/console",
    "/console?range=week",
    "/console?range=month",
    "/console/activity",
    "/console/agents",
    "/console/audit",
    "/console/audit/1",
];

/// A word that breaks out of text and attributes.
const HOSTILE: &str = "<script>x()</script>\"'><img src=x>";

async fn house() -> (House, Router) {
    let house = House::new().await;
    house.newcomer("Vi", json!([{"role": "VIEWER"}])).await;
    house.newcomer("Arch", json!([{"role": "ARCHITECT"}])).await;
    house.newcomer("Mia", json!([])).await;
    let console = console(&house);
    (house, console)
}

#[tokio::test]
async fn who_reads_gets_every_page_and_members_see_what_they_reach() {
    let (house, console) = house().await;
    house.held().await;
    house.blocked().await;
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let mut member = Browser::signed_in(&console, "Mia").await;
    let mut nobody = Browser::new(&console);
    for page in PAGES {
        let shown = viewer.get(page).await;
        assert_eq!(shown.status, 200, "{page}: {}", shown.text);
        assert_eq!(nobody.get(page).await.status, 303, "{page}");
        let theirs = member.get(page).await;
        let status = match page {
            "/console/audit" => 403,
            "/console/audit/1" => 404,
            _ => 200,
        };
        assert_eq!(theirs.status, status, "{page}");
        for hidden in ["reservations.create", "database_drop", "ops-bot"] {
            assert!(!theirs.text.contains(hidden), "{page}: {}", theirs.text);
        }
    }
    for absent in [
        "/console/audit/999999",
        "/console/audit/x",
        "/console/agents/agt_nobody",
    ] {
        assert_eq!(viewer.get(absent).await.status, 404, "{absent}");
    }
    for wrong in [
        "/console?range=year",
        "/console/activity?verdict=MAYBE",
        "/console/audit?type=letter",
        "/console/audit?before=x",
        "/console/audit/export?from=soon",
        "/console/audit/export?format=doc",
    ] {
        assert_eq!(viewer.get(wrong).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let (house, console) = house().await;
    house.held().await;
    house.blocked().await;
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let has = |text: &str, action: &str| text.contains(&format!(">{action}</a>"));
    for (query, held, blocked) in [
        ("", true, true),
        ("?verdict=BLOCKED", false, true),
        ("?verdict=&tier=B&agent=", true, false),
        ("?action=database_drop", false, true),
        ("?agent=OPS-BOT", true, true),
        ("?agent=somebody", false, false),
        ("?to=1999-01-01", false, false),
    ] {
        let page = viewer.get(&format!("/console/activity{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(has(&page.text, "reservations.create"), held, "{query}");
        assert_eq!(has(&page.text, "database_drop"), blocked, "{query}");
    }
    let kinds = viewer.get("/console/audit?type=decision").await.text;
    assert!(kinds.contains("decision") && !kinds.contains(">tenant_created<"));
    let soon = viewer.get("/console/audit?from=soon").await;
    assert!(soon.text.contains("aria-invalid=\"true\""), "{}", soon.text);
}

#[tokio::test]
async fn pages_of_records_meet_without_gaps() {
    let (house, console) = house().await;
    for _ in 0..60 {
        house.blocked().await;
    }
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let numbers = |text: &str| -> Vec<u64> {
        let parts = text.split("data-key=\"").skip(1);
        let keys = parts.map(|rest| rest.split('"').next().unwrap().parse().unwrap());
        keys.collect()
    };
    let first = numbers(&viewer.get("/console/activity").await.text);
    assert_eq!(first.len(), 50);
    let older = format!("/console/activity?before={}", first[49]);
    let rest = numbers(&viewer.get(&older).await.text);
    assert_eq!(rest.len(), 10);
    assert!(rest[0] < first[49]);
    let newer = format!("/console/activity?after={}", rest[0]);
    assert_eq!(numbers(&viewer.get(&newer).await.text), first);
}

#[tokio::test]
async fn what_is_taken_away_verifies() {
    let (house, console) = house().await;
    house.blocked().await;
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let proof = viewer.get("/console/audit/3/proof").await;
    assert!(
        proof.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("record-3-proof.json")
    );
    let proof: Value = serde_json::from_str(&proof.text).unwrap();
    let texts = |value: &Value| -> Vec<NodeHash> {
        let list = value.as_array().unwrap().iter();
        list.map(|one| serde_json::from_value(one.clone()).unwrap())
            .collect()
    };
    let leaf: Hash = serde_json::from_value(proof["record_hash"].clone()).unwrap();
    let root: NodeHash = serde_json::from_value(proof["root_hash"].clone()).unwrap();
    let place = (
        proof["leaf_index"].as_u64().unwrap(),
        proof["tree_size"].as_u64().unwrap(),
    );
    let holds = merkle::verify_inclusion(&leaf, place, &texts(&proof["hashes"]), &root);
    assert!(holds.is_ok(), "{holds:?}");
    let sealed: Value =
        serde_json::from_str(&viewer.get("/console/audit/3/json").await.text).unwrap();
    assert_eq!(sealed["hash"], proof["record_hash"]);
    let note = viewer.get("/console/audit/checkpoint").await.text;
    assert!(note.starts_with("gate.test/audit/acme\n"), "{note}");
    let lines = viewer
        .get("/console/audit/export?format=jsonl&type=decision")
        .await
        .text;
    assert_eq!(lines.lines().count(), 1);
    let page = viewer.get("/console/audit").await;
    let walked = viewer.post("/console/audit/verify", &page, &[]).await;
    assert!(walked.text.contains("The chain holds"), "{}", walked.text);
}

#[tokio::test]
async fn an_architect_pauses_resumes_and_gives_an_owner_and_nobody_else_does() {
    let (house, console) = house().await;
    let id = house.acme.agent.to_string();
    let path = format!("/console/agents/{id}");
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let seen = viewer.get(&path).await;
    assert!(
        !seen.text.contains("/pause"),
        "viewers see no form they may not use"
    );
    for deed in ["pause", "resume", "unblock", "owner"] {
        let refused = viewer
            .post(&format!("{path}/{deed}"), &seen, &[("owner", "Vi")])
            .await;
        assert_eq!(refused.status, 403, "{deed}");
    }
    let mut architect = Browser::signed_in(&console, "Arch").await;
    let page = architect.get(&path).await;
    let paused = architect.post(&format!("{path}/pause"), &page, &[]).await;
    assert_eq!(
        (paused.status.as_u16(), location(&paused)),
        (303, path.as_str())
    );
    assert!(architect.get(&path).await.text.contains("Paused"));
    assert_eq!(
        architect
            .post(&format!("{path}/unblock"), &page, &[])
            .await
            .status,
        409
    );
    assert_eq!(
        architect
            .post(&format!("{path}/resume"), &page, &[])
            .await
            .status,
        303
    );
    let unknown = architect
        .post(&format!("{path}/owner"), &page, &[("owner", "Nobody")])
        .await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.text.contains("There is nobody of this name."));
    let owned = architect
        .post(&format!("{path}/owner"), &page, &[("owner", "vi")])
        .await;
    assert_eq!(owned.status, 303);
    assert!(architect.get(&path).await.text.contains("value=\"Vi\""));
}

#[tokio::test]
async fn no_word_of_an_agent_becomes_markup() {
    let (house, console) = house().await;
    let architect = house.firewall.authenticate(&house.acme.architect).unwrap();
    let new = NewAgent {
        name: HOSTILE.to_owned(),
        ..NewAgent::default()
    };
    let agent = house
        .firewall
        .register_agent(&architect, new)
        .await
        .unwrap();
    house
        .govern(
            json!({"action_type": "data_read", "target_service": HOSTILE, "reasoning": HOSTILE}),
        )
        .await;
    let mut viewer = Browser::signed_in(&console, "Vi").await;
    let last = house.firewall.overview(&architect).await.unwrap().head.seq;
    for page in [
        "/console/activity".to_owned(),
        "/console/agents".to_owned(),
        format!("/console/agents/{}", agent.id),
        "/console/audit".to_owned(),
        format!("/console/audit/{}", last.saturating_sub(1)),
        "/console/audit?agent=%3Cscript%3E%22".to_owned(),
    ] {
        let text = viewer.get(&page).await.text;
        assert!(
            !text.contains("<script>") && !text.contains("<img"),
            "{page}"
        );
    }
}
