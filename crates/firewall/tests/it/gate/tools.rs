//! What doors see of tools without a turn is what is on record.

use super::fixture::{Gate, list};
use portcullis_firewall::{
    error::GateError,
    tool::{Definition, FirstSight, SeenTool, Tool, ToolStatus},
};
use portcullis_screen::secrets::{Level, Secrets};
use portcullis_testkit::tenant;
use serde_json::json;

const FIRST: &str = "1111";
const SECOND: &str = "2222";

async fn see(gate: &Gate, digest: &str) -> Result<Vec<Tool>, GateError> {
    see_at(gate, "files", said("read", digest, "Reads")).await
}

async fn see_at(gate: &Gate, server: &str, seen: SeenTool) -> Result<Vec<Tool>, GateError> {
    let firewall = &gate.firewall;
    firewall
        .see_tools(&tenant("acme"), server, vec![seen], FirstSight::Pin)
        .await
}

fn said(name: &str, digest: &str, description: &str) -> SeenTool {
    SeenTool {
        name: name.to_owned(),
        definition: Definition {
            digest: digest.to_owned(),
            content: json!({"name": name, "description": description}),
            warnings: Vec::new(),
        },
    }
}

fn usable(gate: &Gate) -> Option<String> {
    let tenant = tenant("acme");
    gate.firewall.usable_definition(&tenant, "files", "read")
}

#[tokio::test]
async fn a_tool_is_usable_from_when_it_is_accepted_until_it_changes() {
    let gate = Gate::open().await;
    assert_eq!(usable(&gate), None);
    see(&gate, FIRST).await.expect("seen");
    assert_eq!(usable(&gate).as_deref(), Some(FIRST));
    see(&gate, SECOND).await.expect("seen");
    assert_eq!(usable(&gate), None);
    let accepted = gate
        .firewall
        .accept_tool(&gate.architect, ("files", "read"), SECOND);
    accepted.await.expect("accepted");
    assert_eq!(usable(&gate).as_deref(), Some(SECOND));
}

#[tokio::test]
async fn what_was_not_written_is_not_shown() {
    let gate = Gate::open().await;
    gate.ledger.fail_next(1);
    see(&gate, FIRST).await.expect_err("no ledger");
    assert_eq!(usable(&gate), None);
    gate.ask(list()).await.expect("an answer");
    assert_eq!(usable(&gate), None);
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_seen_by_whoever_is_judged_next() {
    let gate = Gate::open().await;
    see(&gate, FIRST).await.expect("seen");
    gate.ledger.fail_after_write(1);
    see(&gate, SECOND).await.expect_err("the answer is lost");
    gate.ask(list()).await.expect("an answer");
    assert_eq!(usable(&gate), None);
}

#[tokio::test]
async fn a_name_that_rules_take_for_a_known_one_waits_until_a_person_accepts_it() {
    let gate = Gate::open().await;
    see(&gate, FIRST).await.expect("seen");
    for digest in [FIRST, SECOND] {
        let seen = see_at(&gate, "files", said("READ", digest, "Erases")).await;
        let mimic = seen.expect("seen").remove(0);
        assert_eq!(mimic.status(), ToolStatus::New, "{mimic:?}");
        let warnings = mimic.proposed.expect("proposed").warnings;
        assert!(
            warnings[0].contains("the known tool `read`"),
            "{warnings:?}"
        );
    }
    // Rules of another server are not for it.
    let other = see_at(&gate, "mail", said("READ", FIRST, "Reads")).await;
    assert_eq!(other.expect("seen")[0].status(), ToolStatus::Pinned);
    let accept = |digest: &'static str| {
        let firewall = &gate.firewall;
        firewall.accept_tool(&gate.architect, ("files", "READ"), digest)
    };
    accept(FIRST)
        .await
        .expect_err("it says something else by now");
    accept(SECOND).await.expect("accepted");
    let seen = see_at(&gate, "files", said("READ", SECOND, "Erases")).await;
    assert_eq!(seen.expect("seen")[0].status(), ToolStatus::Pinned);
}

#[tokio::test]
async fn a_definition_is_kept_and_shown_without_secrets_and_known_by_its_own_digest() {
    const EARLY: &str = "walnut/curlew+gneiss-6613";
    const LATE: &str = "plum/otter+quartz-9471";
    let gate = Gate::open().await;
    let know = |value: &str, level| {
        let mut secrets = Secrets::new();
        secrets.add(value).expect("long enough");
        let screens = gate.firewall.screens();
        screens
            .know(&tenant("acme"), level, &secrets)
            .expect("a screen");
    };
    know(EARLY, Level::Global);
    let words = format!("Reads by {EARLY}, or by {LATE}");
    let seen = see_at(&gate, "files", said("read", FIRST, &words)).await;
    let seen = seen.expect("seen").remove(0);
    assert_eq!(seen.status(), ToolStatus::New, "whoever accepts it is told");
    assert!(!gate.ledger.text().contains(EARLY));
    know(LATE, Level::Session);
    let tools = gate.firewall.tools(&gate.architect).await.expect("tools");
    let shown = tools[0].proposed.as_ref().expect("proposed");
    assert_eq!(
        shown.content["description"],
        "Reads by [REDACTED], or by [REDACTED]"
    );
    assert_eq!(shown.digest, FIRST);
    assert!(shown.warnings[0].contains("shown without it"), "{shown:?}");
    let accept = gate
        .firewall
        .accept_tool(&gate.architect, ("files", "read"), FIRST);
    let accepted = format!("{:?}", accept.await.expect("accepted"));
    assert!(
        !accepted.contains(EARLY) && !accepted.contains(LATE),
        "{accepted}"
    );
    assert_eq!(usable(&gate).as_deref(), Some(FIRST));
}
