//! People decide at the console, and attackers try to.

use super::browser::{Browser, console, field, location};
use crate::house::{House, Reply};
use axum::Router;
use portcullis_firewall::{hold::HoldStatus, query::RecordQuery};
use serde_json::{Value, json};

struct Room {
    house: House,
    console: Router,
}

impl Room {
    async fn new() -> Self {
        let house = House::new().await;
        for name in ["Nina", "Otto"] {
            house.newcomer(name, json!([{"role": "OPERATOR"}])).await;
        }
        let console = console(&house);
        Self { house, console }
    }

    async fn browser(&self, name: &str) -> Browser {
        Browser::signed_in(&self.console, name).await
    }

    async fn status(&self, hold: &str) -> HoldStatus {
        let architect = self
            .house
            .firewall
            .authenticate(&self.house.acme.architect)
            .unwrap();
        self.house
            .firewall
            .hold(&architect, hold)
            .await
            .unwrap()
            .status
    }

    /// The newest record.
    async fn last_record(&self) -> Value {
        let architect = self
            .house
            .firewall
            .authenticate(&self.house.acme.architect)
            .unwrap();
        let newest = RecordQuery {
            newest_first: true,
            limit: 1,
            ..RecordQuery::default()
        };
        let records = self
            .house
            .firewall
            .records(&architect, newest)
            .await
            .unwrap();
        serde_json::from_slice(&records[0].payload).unwrap()
    }
}

fn path(hold: &str, deed: &str) -> String {
    format!("/console/approvals/{hold}{deed}")
}

/// The fields of the form that says yes, or no.
fn fields(page: &Reply, deed: &str) -> Vec<(String, String)> {
    let start = page
        .text
        .find(&format!("/{deed}\""))
        .unwrap_or_else(|| panic!("{}", page.text));
    let form = &page.text[start..];
    ["csrf", "digest", "request"]
        .iter()
        .map(|name| ((*name).to_owned(), field(form, name)))
        .collect()
}

async fn answer(browser: &mut Browser, page: &Reply, hold: &str, deed: &str) -> Reply {
    let fields = fields(page, deed);
    let mut pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    pairs.push(("reason", "because"));
    browser
        .post_plain(&path(hold, &format!("/{deed}")), &pairs)
        .await
}

#[tokio::test]
async fn a_person_sees_and_approves() {
    let room = Room::new().await;
    let hold = room.house.held().await;
    let mut nina = room.browser("Nina").await;
    let inbox = nina.get("/console/approvals").await;
    assert!(inbox.text.contains(&hold), "{}", inbox.text);
    let page = nina.get(&path(&hold, "")).await;
    assert!(page.text.contains("reservations.create"), "{}", page.text);
    let led = answer(&mut nina, &page, &hold, "approve").await;
    assert_eq!(
        (led.status.as_u16(), location(&led)),
        (303, path(&hold, "?said=approved").as_str())
    );
    assert_eq!(room.status(&hold).await, HoldStatus::Released);
    let after = nina.get(location(&led)).await;
    assert!(after.text.contains("Approved. The agent may act, once."));
    let evidence = nina.get(&path(&hold, "/evidence")).await;
    let evidence: Value = serde_json::from_str(&evidence.text).unwrap();
    assert_eq!(evidence["approvals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_second_click_changes_nothing_and_says_so() {
    let room = Room::new().await;
    let hold = room.house.held().await;
    let (mut nina, mut otto) = (room.browser("Nina").await, room.browser("Otto").await);
    let page = nina.get(&path(&hold, "")).await;
    let others = otto.get(&path(&hold, "")).await;
    assert_eq!(answer(&mut nina, &page, &hold, "reject").await.status, 303);
    for (who, deed) in [("Nina", "reject"), ("Nina", "approve"), ("Otto", "approve")] {
        let (browser, page) = if who == "Nina" {
            (&mut nina, &page)
        } else {
            (&mut otto, &others)
        };
        let again = answer(browser, page, &hold, deed).await;
        assert_eq!(again.status, 409, "{}", again.text);
        assert!(
            again.text.contains("cannot be decided again"),
            "{}",
            again.text
        );
        let record = room.last_record().await;
        assert_eq!(record["record_type"], "decision_refused");
        assert_eq!(record["way"], "console");
    }
    assert_eq!(room.status(&hold).await, HoldStatus::Killed);
}

#[tokio::test]
async fn a_request_that_was_altered_or_is_for_something_else_is_refused() {
    let room = Room::new().await;
    let (hold, other) = (room.house.held().await, room.house.held_again().await);
    let mut nina = room.browser("Nina").await;
    let page = nina.get(&path(&hold, "")).await;
    let others = nina.get(&path(&other, "")).await;
    let own = fields(&page, "approve");
    let value = |name: &str, list: &[(String, String)]| {
        list.iter().find(|(own, _)| own == name).unwrap().1.clone()
    };
    let (csrf, digest, request) = (
        value("csrf", &own),
        value("digest", &own),
        value("request", &own),
    );
    let rejecting = value("request", &fields(&page, "reject"));
    let foreign = value("request", &fields(&others, "approve"));
    let altered = request.replacen("A", "B", 1);
    let cases = [
        ("", digest.as_str(), "approval.malformed"),
        (&altered, &digest, "approval."),
        (&rejecting, &digest, "approval.other_request"),
        (&foreign, &digest, "approval.other_request"),
    ];
    for (request, digest, code) in cases {
        let fields = [
            ("csrf", csrf.as_str()),
            ("digest", digest),
            ("request", request),
        ];
        let refused = nina.post_plain(&path(&hold, "/approve"), &fields).await;
        assert_eq!(refused.status, 409, "{request}");
        let record = room.last_record().await;
        assert!(
            record["code"].as_str().unwrap().starts_with(code),
            "{record}"
        );
    }
    // Shown one thing, held another: nothing is asked of the firewall at all.
    let fields = [
        ("csrf", csrf.as_str()),
        ("digest", "0"),
        ("request", &request),
    ];
    assert_eq!(
        nina.post_plain(&path(&hold, "/approve"), &fields)
            .await
            .status,
        409
    );
    assert_eq!(room.status(&hold).await, HoldStatus::Held);
}

#[tokio::test]
async fn what_an_agent_says_is_text_and_nothing_else() {
    let room = Room::new().await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\u{202E}\"'&";
    let action = json!({
        "action_type": "reservations.create",
        "target_service": "<b onload=alert(1)>cluster</b>",
        "parameters": {"cost_usd": 1, hostile: hostile},
        "reasoning": hostile,
        "evidence": [hostile],
    });
    let answer = room.house.govern(action).await;
    let hold = answer.hold.unwrap().id;
    let mut nina = room.browser("Nina").await;
    for page in ["/console/approvals", "/console/activity", &path(&hold, "")] {
        let page = nina.get(page).await;
        assert_eq!(page.status, 200, "{}", page.text);
        for raw in ["<script>alert", "<img src=x", "<b onload", "\u{202E}"] {
            assert!(!page.text.contains(raw), "{raw} in {}", page.text);
        }
    }
}

#[tokio::test]
async fn another_tenants_hold_is_not_there() {
    let room = Room::new().await;
    let theirs = room.house.govern_as(
        &room.house.globex.agent_principal,
        json!({"action_type": "reservations.create", "parameters": {"cost_usd": 1}}),
    );
    let hold = theirs.await.hold.unwrap().id;
    let mut nina = room.browser("Nina").await;
    for deed in ["", "/evidence", "/parameters"] {
        assert_eq!(nina.get(&path(&hold, deed)).await.status, 404);
    }
}
