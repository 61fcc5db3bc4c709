//! People decide at the console, and attackers try to.

use super::browser::{Browser, console, field, location};
use crate::house::{House, Reply};
use axum::Router;
use portcullis_firewall::{
    hold::HoldStatus,
    principal::Role,
    query::RecordQuery,
    turn::{NewAgent, NewKey},
};
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
async fn names_lead_to_who_decided() {
    let room = Room::new().await;
    let hold = room.house.held().await;
    let mut nina = room.browser("Nina").await;
    let page = nina.get(&path(&hold, "")).await;
    answer(&mut nina, &page, &hold, "approve").await;
    for page in [path(&hold, ""), "/console/audit".to_owned()] {
        let text = nina.get(&page).await.text;
        let (before, _) = text.split_once("\">Nina</a>").unwrap();
        let (_, link) = before.rsplit_once("<a href=\"").unwrap();
        assert!(link.starts_with("/console/people/per_"), "{page}: {link}");
        assert!(nina.get(link).await.text.contains("Nina"));
    }
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
async fn who_rejects_says_why_and_all_read_it() {
    let room = Room::new().await;
    let hold = room.house.held().await;
    let (mut nina, mut otto) = (room.browser("Nina").await, room.browser("Otto").await);
    let page = nina.get(&path(&hold, "")).await;
    let own = fields(&page, "reject");
    let own: Vec<(&str, &str)> = own.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let silent = nina.post_plain(&path(&hold, "/reject"), &own).await;
    assert_eq!(silent.status, 422, "{}", silent.text);
    assert_eq!(room.status(&hold).await, HoldStatus::Held);
    assert_eq!(answer(&mut nina, &page, &hold, "reject").await.status, 303);
    let seen = otto.get(&path(&hold, "")).await.text;
    assert!(
        seen.contains("by <strong><a href=\"/console/people/per_"),
        "{seen}"
    );
    assert!(seen.contains("“because”"), "{seen}");
}

#[tokio::test]
async fn a_request_of_an_earlier_level_is_over() {
    let room = Room::new().await;
    let architect = &room.house.acme.architect;
    let architect = room.house.firewall.authenticate(architect).unwrap();
    let approvals = "approvals:
  expires_minutes: 10
  tier3: { required: 1, escalate: [{ approvers: ['person:Otto'], minutes: 30 }], ceiling_minutes: 60 }
";
    let policy = format!("{}{approvals}", crate::house::TENANT_POLICY);
    let policy = portcullis_policy::tenant::read::parse(&policy).unwrap();
    let applied = room.house.firewall.apply_tenant_policy(&architect, policy);
    applied.await.unwrap();
    let hold = room.house.held().await;
    let mut otto = room.browser("Otto").await;
    let early = otto.get(&path(&hold, "")).await;
    room.house
        .clock
        .advance(std::time::Duration::from_secs(11 * 60));
    room.house.firewall.sweep().await.unwrap();
    let late = answer(&mut otto, &early, &hold, "approve").await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert_eq!(room.status(&hold).await, HoldStatus::Held);
    let page = otto.get(&path(&hold, "")).await;
    assert_eq!(answer(&mut otto, &page, &hold, "approve").await.status, 303);
    assert_eq!(room.status(&hold).await, HoldStatus::Released);
}

#[tokio::test]
async fn of_a_thousand_holds_a_page_shows_its_part() {
    let room = Room::new().await;
    let firewall = &room.house.firewall;
    let architect = firewall.authenticate(&room.house.acme.architect).unwrap();
    let new = NewAgent {
        name: "second-bot".to_owned(),
        ..NewAgent::default()
    };
    let second = firewall.register_agent(&architect, new).await.unwrap().id;
    let key = NewKey::of("second", Role::Agent(second));
    let (_, token) = firewall.issue_key(&architect, key).await.unwrap();
    let second = firewall.authenticate(token.reveal()).unwrap();
    for n in 0..500 {
        for agent in [&room.house.acme.agent_principal, &second] {
            let target = format!("{}-{n}", agent.key);
            let action = json!({"action_type": "reservations.create", "target_service": target,
                "parameters": {"cost_usd": 0}});
            let answer = room.house.govern_as(agent, action).await;
            assert!(answer.hold.is_some(), "{}", answer.reasoning);
        }
    }
    let mut nina = room.browser("Nina").await;
    let page = nina.get("/console/approvals?page=2").await;
    assert_eq!(page.text.matches("data-key=").count(), 50);
    assert!(page.text.contains("1,000"), "all are counted");
    let found = nina
        .get(&format!("/console/approvals?q={}-377", second.key))
        .await;
    assert_eq!(found.text.matches("data-key=").count(), 1);
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

#[tokio::test]
async fn parameters_too_long_to_show_are_taken_away_whole() {
    let room = Room::new().await;
    let long = "x".repeat(100_000);
    let parameters = json!({"cost_usd": 1, "notes": [long, "the end"]});
    let action = json!({"action_type": "reservations.create", "parameters": parameters});
    let hold = room.house.govern(action).await.hold.unwrap().id;
    let mut nina = room.browser("Nina").await;
    let page = nina.get(&path(&hold, "")).await;
    let link = format!("href=\"{}\"", path(&hold, "/parameters"));
    assert!(page.text.contains("hidden.") && page.text.contains(&link));
    let file = nina.get(&path(&hold, "/parameters")).await;
    assert_eq!(file.headers["content-type"], "application/json");
    let name = format!("attachment; filename=\"{hold}-parameters.json\"");
    assert_eq!(file.headers["content-disposition"], name.as_str());
    assert_eq!(file.json(), parameters);
}
