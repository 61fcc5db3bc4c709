use super::{Room, block, grant, location, typed};
use crate::console::browser::field;
use serde_json::{Value, json};

const NEW: &str = "/console/policies/new";

fn one(id: &str, deed: &str) -> String {
    format!("/console/policies/{id}{deed}")
}

#[tokio::test]
async fn a_policy_is_made_edited_compared_and_switched() {
    let room = Room::new().await;
    let mut arch = room.browser("Arch").await;
    let form = arch.get(&format!("{NEW}?type=rate_limit")).await;
    assert!(typed(&form, "draft").contains("\"type\": \"rate_limit\""));
    let draft = block("No rotation").to_string();
    let checked = arch
        .post(NEW, &form, &[("draft", &draft), ("deed", "check")])
        .await;
    assert_eq!(checked.status, 200, "{}", checked.text);
    assert!(checked.text.contains("log_rotate in staging gets tier C"));
    assert!(checked.text.contains("disagrees with no policy"));
    assert_eq!(typed(&checked, "draft"), draft, "what was typed is kept");
    let all = room.house.firewall.policies(&room.owner).await.unwrap();
    assert!(all.is_empty(), "checking saves nothing");
    let made = arch
        .post(NEW, &checked, &[("draft", &draft), ("deed", "save")])
        .await;
    assert_eq!(made.status, 303, "{}", made.text);
    let path = location(&made).to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let edit = arch.get(&one(&id, "/edit")).await;
    let text = typed(&edit, "draft").replace("\"staging\"", "\"production\"");
    let fields = [
        ("draft", text.as_str()),
        ("version", "1"),
        ("deed", "check"),
    ];
    let looked = arch.post(&one(&id, "/edit"), &edit, &fields).await;
    assert!(looked.text.contains("removed: ") && looked.text.contains("added: "));
    assert_eq!(room.view(&id).await.policy.version, 1);
    let fields = [("draft", text.as_str()), ("version", "1"), ("deed", "save")];
    let saved = arch.post(&one(&id, "/edit"), &edit, &fields).await;
    assert_eq!(
        (saved.status.as_u16(), location(&saved)),
        (303, path.as_str())
    );
    let page = arch.get(&format!("{path}?version=2&against=1")).await;
    assert!(page.text.contains("Version 1 to 2"), "{}", page.text);
    assert!(page.text.contains(">Arch<"), "who made it");
    assert!(page.text.contains("/console/audit/"), "its record");
    let first = arch.get(&one(&id, "/text?version=1")).await;
    let first: Value = serde_json::from_str(&first.text).unwrap();
    assert_eq!(first["config"]["environments"], json!(["staging"]));
    for (deed, active, log_only) in [
        ("log-only", true, true),
        ("off", false, true),
        ("enforce", true, false),
    ] {
        let page = arch.get(&path).await;
        let version = field(&page.text, "version");
        let led = arch
            .post(
                &one(&id, &format!("/{deed}")),
                &page,
                &[("version", &version)],
            )
            .await;
        assert_eq!(led.status, 303, "{deed}: {}", led.text);
        let policy = room.view(&id).await.policy;
        assert_eq!(
            (policy.active, policy.log_only),
            (active, log_only),
            "{deed}"
        );
    }
    for absent in ["?version=99", "?against=99", "/text?version=99"] {
        assert_eq!(arch.get(&one(&id, absent)).await.status, 404, "{absent}");
    }
}

#[tokio::test]
async fn every_fault_is_shown_with_its_path_and_the_text_is_kept() {
    let room = Room::new().await;
    let mut arch = room.browser("Arch").await;
    let form = arch.get(NEW).await;
    let wrong = json!({"type": "rate_limit", "name": " ", "colour": "red",
        "config": {"windows": [{"period": "soon", "max": 0}]}});
    let mut deep = "[".repeat(100_000);
    deep.push('x');
    let long = format!("{{\"name\": \"{}\"}}", "y".repeat(200_000));
    for (draft, faults) in [
        (
            wrong.to_string().as_str(),
            &[
                "config.windows[0].period",
                "config.windows[0].max",
                "colour",
                "name",
            ][..],
        ),
        ("{\"name\": \"a\", \"name\": \"b\"}", &["name"]),
        ("{\"type\": \"rate_limit\"", &["line 1"]),
        ("", &["fault"]),
        ("[]", &["fault"]),
        (&deep, &["64"]),
        (&long, &["type"]),
    ] {
        for deed in ["check", "save"] {
            let fields = [("draft", draft), ("deed", deed)];
            let refused = arch.post(NEW, &form, &fields).await;
            assert_eq!(refused.status, 422, "{}", &draft[..draft.len().min(80)]);
            for fault in faults {
                assert!(
                    refused.text.contains(fault),
                    "{fault}: {}",
                    &draft[..draft.len().min(80)]
                );
            }
            assert_eq!(typed(&refused, "draft"), draft);
        }
    }
    let huge = "z".repeat(1 << 20);
    let refused = arch.post(NEW, &form, &[("draft", huge.as_str())]).await;
    assert_eq!(refused.status, 413);
    let all = room.house.firewall.policies(&room.owner).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn what_a_draft_disagrees_with_is_seen_before_it_is_saved() {
    let room = Room::new().await;
    room.policy(block("Logs stay")).await;
    let mut arch = room.browser("Arch").await;
    let form = arch.get(NEW).await;
    let draft = grant().to_string();
    let save = [("draft", draft.as_str()), ("deed", "save")];
    let first = arch.post(NEW, &form, &save).await;
    assert_eq!(first.status, 409, "{}", first.text);
    assert!(first.text.contains("Logs stay") && first.text.contains("grant_vs_block"));
    let digest = field(&first.text, "looked_at");
    // What was looked at is not what is sent now.
    let other = draft.replace("Rotation", "Rotation for all");
    let fields = [
        ("draft", other.as_str()),
        ("deed", "save"),
        ("looked_at", &digest),
    ];
    assert_eq!(arch.post(NEW, &form, &fields).await.status, 409);
    let fields = [
        ("draft", draft.as_str()),
        ("deed", "save"),
        ("looked_at", &digest),
    ];
    let made = arch.post(NEW, &form, &fields).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let all = room.house.firewall.policies(&room.owner).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn nothing_is_saved_over_a_version_that_was_not_seen() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let (mut arch, mut other) = (room.browser("Arch").await, room.browser("Arch").await);
    let edit = arch.get(&one(&id, "/edit")).await;
    let seen = arch.get(&one(&id, "")).await;
    let text = typed(&edit, "draft");
    let theirs = text.replace("staging", "canary");
    let fields = [
        ("draft", theirs.as_str()),
        ("version", "1"),
        ("deed", "save"),
    ];
    let page = other.get(&one(&id, "/edit")).await;
    assert_eq!(
        other.post(&one(&id, "/edit"), &page, &fields).await.status,
        303
    );
    let mine = text.replace("Logs stay", "Logs remain");
    for deed in ["check", "save"] {
        let fields = [("draft", mine.as_str()), ("version", "1"), ("deed", deed)];
        let refused = arch.post(&one(&id, "/edit"), &edit, &fields).await;
        assert_eq!(refused.status, 409, "{deed}");
        assert!(refused.text.contains("Somebody changed it meanwhile"));
        assert!(
            refused.text.contains("canary") && refused.text.contains(">Version 2 by Arch"),
            "{}",
            refused.text
        );
        assert_eq!(typed(&refused, "draft"), mine);
        assert_eq!(field(&refused.text, "version"), "2");
    }
    for deed in ["/off", "/log-only", "/enforce"] {
        let refused = arch.post(&one(&id, deed), &seen, &[("version", "1")]).await;
        assert_eq!(refused.status, 409, "{deed}");
        assert!(refused.text.contains("Version 2 is in force, not 1"));
    }
    for version in ["", "x", "-1", "99999999999"] {
        let fields = [
            ("draft", mine.as_str()),
            ("version", version),
            ("deed", "save"),
        ];
        assert_eq!(
            arch.post(&one(&id, "/edit"), &edit, &fields).await.status,
            422
        );
        let refused = arch
            .post(&one(&id, "/off"), &seen, &[("version", version)])
            .await;
        assert_eq!(refused.status, 422, "{version}");
    }
    let policy = room.view(&id).await.policy;
    assert_eq!((policy.version, policy.active), (2, true));
    let fields = [("draft", mine.as_str()), ("version", "2"), ("deed", "save")];
    assert_eq!(
        arch.post(&one(&id, "/edit"), &edit, &fields).await.status,
        303
    );
    assert_eq!(room.view(&id).await.policy.name, "Logs remain");
}

#[tokio::test]
async fn a_version_keeps_what_a_policy_is_and_says_something_new() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let mut arch = room.browser("Arch").await;
    let edit = arch.get(&one(&id, "/edit")).await;
    let text = typed(&edit, "draft");
    let agent = room.house.acme.agent.as_str();
    let scoped = format!("\"scope\": \"agent\",\n  \"agent_id\": \"{agent}\"");
    for (draft, path) in [
        (text.clone(), "in force already"),
        (grant().to_string(), "type"),
        (text.replace("\"scope\": \"tenant\"", &scoped), "agent_id"),
        (
            text.replace("\"active\": true", "\"active\": true, \"hold_minutes\": 5"),
            "hold_minutes",
        ),
        (
            text.replace(
                "\"active\": true",
                "\"active\": true, \"severity\": \"LOW\"",
            ),
            "severity",
        ),
    ] {
        let fields = [
            ("draft", draft.as_str()),
            ("version", "1"),
            ("deed", "save"),
        ];
        let refused = arch.post(&one(&id, "/edit"), &edit, &fields).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.text);
        assert!(refused.text.contains(path), "{path}");
    }
    assert_eq!(room.view(&id).await.policy.version, 1);
}

#[tokio::test]
async fn lists_show_what_is_asked_for_and_how_it_performs() {
    let room = Room::new().await;
    let agent = room.house.acme.agent.to_string();
    room.policy(block("Logs stay")).await;
    room.policy(
        json!({"type": "rate_limit", "name": "Bursts", "scope": "agent", "agent_id": agent,
        "config": {"windows": [{"period": "1h", "max": 500}]}}),
    )
    .await;
    let mut quiet = block("Quiet");
    quiet["log_only"] = json!(true);
    room.policy(quiet).await;
    room.house
        .govern(json!({"action_type": "log_rotate", "environment": "staging"}))
        .await;
    let mut vi = room.browser("Vi").await;
    for (query, names) in [
        ("", &["Logs stay", "Bursts", "Quiet"][..]),
        ("?type=rate_limit", &["Bursts"]),
        ("?scope=tenant", &["Logs stay", "Quiet"]),
        ("?agent=OPS-BOT", &["Bursts"]),
        ("?agent=nobody", &[]),
        ("?state=log_only", &["Quiet"]),
        ("?state=off", &[]),
    ] {
        let page = vi.get(&format!("/console/policies{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text);
        for name in ["Logs stay", "Bursts", "Quiet"] {
            let link = format!(">{name}</a>");
            assert_eq!(
                page.text.contains(&link),
                names.contains(&name),
                "{query} {name}"
            );
        }
    }
    for wrong in ["?type=letter", "?scope=all", "?state=on", "?page=x"] {
        let path = format!("/console/policies{wrong}");
        assert_eq!(vi.get(&path).await.status, 422, "{wrong}");
    }
    let all = vi.get("/console/policies").await.text;
    assert!(all.contains("<svg") && all.contains("100.0%"), "{all}");
    assert!(!all.contains(NEW), "viewers see no form they may not use");
    let overview = vi.get("/console").await.text;
    assert!(overview.contains("href=\"/console/policies\""));
}

#[tokio::test]
async fn a_held_action_leads_to_the_policy_that_asks() {
    let room = Room::new().await;
    let id = room
        .policy(
            json!({"type": "environment_restriction", "name": "People first",
            "config": {"environment": "production", "max_tier": "B"}}),
        )
        .await;
    let action = json!({"action_type": "log_rotate", "environment": "production"});
    let hold = room.house.govern(action).await.hold.unwrap().id;
    let mut nina = room.browser("Nina").await;
    let page = nina.get(&format!("/console/approvals/{hold}")).await;
    let link = format!("href=\"{}\">People first</a>", one(&id, ""));
    assert!(page.text.contains(&link), "{}", page.text);
}
