use super::{Room, block, grant, typed};
use serde_json::json;

const PAGE: &str = "/console/simulator";

#[tokio::test]
async fn an_action_is_tried_and_nothing_happens() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let mut vi = room.browser("Vi").await;
    let form = vi.get(PAGE).await;
    let (records, before) = (room.records().await, room.view(&id).await.metrics);
    let action = json!({"action": "log_rotate", "target": "node-1", "environment": "staging",
        "reasoning": "The disk is full", "confidence": {"incident": 0.9, "fix": 0.9, "containment": 0.9}});
    let action = action.to_string();
    let tried = [("agent", "ops-bot"), ("action", action.as_str())];
    let blocked = vi.post(PAGE, &form, &tried).await;
    assert_eq!(blocked.status, 200, "{}", blocked.text);
    assert!(blocked.text.contains("BLOCKED") && blocked.text.contains("Logs stay"));
    assert!(blocked.text.contains(&format!("/console/policies/{id}\"")));
    let elsewhere = action.replace("staging", "production");
    let fields = [("agent", "OPS-BOT"), ("action", elsewhere.as_str())];
    let free = vi.post(PAGE, &form, &fields).await;
    assert!(!free.text.contains("BLOCKED"), "{}", free.text);
    // A draft among the policies in force, with and without.
    let draft = grant().to_string();
    let fields = [
        ("agent", "ops-bot"),
        ("action", &action),
        ("draft", &draft),
        ("policy", ""),
    ];
    let both = vi.post(PAGE, &form, &fields).await;
    assert!(both.text.contains("With the policy") && both.text.contains("By the rules in force"));
    assert!(both.text.contains("grant_vs_block") && both.text.contains("This draft"));
    // In the place of the block the action is let through.
    let fields = [
        ("agent", "ops-bot"),
        ("action", &action),
        ("draft", &draft),
        ("policy", &id),
    ];
    let instead = vi.post(PAGE, &form, &fields).await;
    assert!(instead.text.contains("CLEARED") && instead.text.contains("BLOCKED"));
    assert!(
        instead
            .text
            .contains("The policy disagrees with none in force.")
    );
    assert_eq!(room.records().await, records);
    assert_eq!(room.view(&id).await.metrics, before);
    let all = room.house.firewall.policies(&room.owner).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_tried_says_why_and_is_kept() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let mut vi = room.browser("Vi").await;
    let form = vi.get(&format!("{PAGE}?policy={id}")).await;
    assert!(typed(&form, "draft").contains("Logs stay"));
    let agent = room.house.acme.agent.to_string();
    let action = json!({"action": "log_rotate", "target": "node-1"}).to_string();
    let foreign = room.house.globex.agent.to_string();
    for (agent, action, draft, policy, fault) in [
        ("ops-bot", "{", "", "", "action"),
        ("ops-bot", "", "", "", "action"),
        ("nobody", action.as_str(), "", "", "There is no such agent."),
        (&foreign, &action, "", "", "There is no such agent."),
        ("", &action, "", "", "agent"),
        (
            &agent,
            "{\"agent_id\": \"agt_x\", \"action\": \"a\", \"target\": \"b\"}",
            "",
            "",
            "another agent",
        ),
        (
            &agent,
            "{\"action\": \"a\", \"action\": \"b\"}",
            "",
            "",
            "action",
        ),
        (&agent, &action, "{\"type\": \"letter\"}", "", "draft.type"),
        (
            &agent,
            &action,
            &block("x").to_string(),
            "pol_none",
            "there is no such policy",
        ),
    ] {
        let fields = [
            ("agent", agent),
            ("action", action),
            ("draft", draft),
            ("policy", policy),
        ];
        let refused = vi.post(PAGE, &form, &fields).await;
        assert_eq!(refused.status, 422, "{fault}: {}", refused.text);
        assert!(refused.text.contains(fault), "{fault}: {}", refused.text);
        assert_eq!(
            (typed(&refused, "action"), typed(&refused, "draft")),
            (action.to_owned(), draft.to_owned())
        );
    }
    // From the form of a draft: what it disagrees with, and an action to begin with.
    let draft = grant().to_string();
    let fields = [
        ("draft", draft.as_str()),
        ("deed", "try"),
        ("version", "1"),
        ("policy", ""),
    ];
    let begun = vi.post(PAGE, &form, &fields).await;
    assert_eq!(begun.status, 200, "{}", begun.text);
    assert!(
        begun.text.contains("grant_vs_block") && typed(&begun, "action").contains("code_deploy")
    );
}
