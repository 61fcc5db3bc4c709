//! What doors see of tools without a turn is what is on record.

use super::fixture::{Gate, list};
use portcullis_firewall::{
    error::GateError,
    tool::{Definition, FirstSight, SeenTool, Tool},
};
use portcullis_testkit::tenant;
use serde_json::json;

const FIRST: &str = "1111";
const SECOND: &str = "2222";

async fn see(gate: &Gate, digest: &str) -> Result<Vec<Tool>, GateError> {
    let seen = SeenTool {
        name: "read".to_owned(),
        definition: Definition {
            digest: digest.to_owned(),
            content: json!({"name": "read"}),
            warnings: Vec::new(),
        },
    };
    let firewall = &gate.firewall;
    firewall
        .see_tools(&tenant("acme"), "files", vec![seen], FirstSight::Pin)
        .await
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
