//! What doors refuse before it is judged is on record, and no flood of it fills the disk.

use super::fixture::{Gate, list};
use portcullis_firewall::{
    alarm::{ATTEMPTS_MOST, ATTEMPTS_PERIOD_MS},
    attempt::{Attempt, Door},
    batch::RecordKind,
    query::RecordQuery,
};
use portcullis_policy::tier::Verdict;
use portcullis_screen::{
    screen::Screen,
    secrets::{Level, Secrets},
};
use serde_json::{Value, json};

const MARKER: &str = "m4rker/that+nobody=may see";

fn attempt() -> Attempt {
    Attempt {
        door: Door::Mcp,
        agent: None,
        method: "tools/call".to_owned(),
        target: "files".to_owned(),
        name: "erase".to_owned(),
        code: "tool.unknown".to_owned(),
        because: "there is no such tool".to_owned(),
        parameters: json!({"arguments": {"path": "/a"}}),
    }
}

async fn payloads(gate: &Gate) -> Vec<Value> {
    let query = RecordQuery {
        kind: Some(RecordKind::AttemptRefused),
        ..RecordQuery::after(0, 10_000)
    };
    let records = gate.firewall.records(&gate.architect, query).await;
    let read = |payload: &[u8]| serde_json::from_slice(payload).expect("JSON");
    let records = records.expect("records").into_iter();
    records.map(|record| read(&record.payload)).collect()
}

#[tokio::test]
async fn an_attempt_says_everything_an_auditor_asks() {
    let gate = Gate::open().await;
    let noted = gate.firewall.note_attempt(&gate.own, attempt()).await;
    let seq = noted.expect("noted").expect("a record");
    let mut record = gate.payload(seq).await;
    for masked in ["attempt_digest", "nonce", "timestamp"] {
        assert!(!record[masked].is_null(), "{masked}");
        record[masked] = "[masked]".into();
    }
    let shown = serde_json::to_string_pretty(&record).expect("JSON");
    let shown = shown.replace(gate.agent.as_str(), "agt_[masked]");
    insta::assert_snapshot!(shown);
    let verified = gate
        .firewall
        .verify(&gate.architect, (None, None), &mut |_, _| ())
        .await;
    verified.expect("it verifies");
}

#[tokio::test]
async fn what_must_not_be_seen_is_not_in_it_and_cannot_be_guessed() {
    let gate = Gate::open().await;
    let mut secrets = Secrets::new();
    secrets.add(MARKER).expect("a secret");
    let screen = Screen::builder().secrets(Level::Global, secrets).build();
    let screen = screen.expect("a screen");
    gate.firewall.use_screen(&gate.architect.tenant, &screen);
    let secret = Attempt {
        target: MARKER.to_owned(),
        name: format!("{MARKER}\u{202e}"),
        because: format!("`{MARKER}` is no tool"),
        parameters: json!({"password": "hunter2", MARKER: [MARKER]}),
        ..attempt()
    };
    let large = Attempt {
        parameters: json!({"text": "x".repeat(100_000)}),
        name: "n".repeat(100_000),
        ..attempt()
    };
    for attempt in [secret, large] {
        let noted = gate.firewall.note_attempt(&gate.own, attempt).await;
        noted.expect("noted");
    }
    let records = payloads(&gate).await;
    let [secret, large] = records.as_slice() else {
        panic!("{records:?}");
    };
    let text = secret.to_string();
    assert!(
        !text.contains(MARKER) && !text.contains("hunter2"),
        "{text}"
    );
    assert_eq!(secret["name"], "[REDACTED]\\u{202E}");
    assert_eq!(secret["nonce"], Value::Null);
    assert_eq!(large["parameters"], Value::Null);
    assert_eq!(large["parameter_bytes"], 100_011);
    assert!(large.to_string().len() < 1_500, "{large}");
}

#[tokio::test]
async fn it_counts_for_the_rates_of_its_agent_also_after_a_crash() {
    let mut gate = Gate::open().await;
    let limit = "
type: rate_limit
name: five a minute
config: { windows: [{ period: 1m, max: 5 }], on_exceed: block, reason: slow down }
";
    gate.policies(limit).await;
    for _ in 0..4 {
        let noted = gate.firewall.note_attempt(&gate.own, attempt()).await;
        noted.expect("noted");
    }
    gate.reopen().await;
    let verdict = |answer: portcullis_firewall::answer::Answer| answer.verdict;
    let first = gate.ask(list()).await.expect("an answer");
    assert_eq!(verdict(first), Verdict::Cleared);
    let second = gate.ask(list()).await.expect("an answer");
    assert_eq!(verdict(second), Verdict::Blocked);
    let agent = gate.firewall.agent(&gate.architect, gate.agent.as_str());
    let tally = agent.await.expect("it").tally;
    assert_eq!(
        (tally.governed, tally.blocked),
        (2, 1),
        "nothing else was judged"
    );
}

#[tokio::test]
async fn a_flood_is_counted_and_does_not_fill_the_disk() {
    let gate = Gate::open().await;
    let flood = u64::from(ATTEMPTS_MOST) + 50;
    for _ in 0..flood {
        let noted = gate.firewall.note_attempt(&gate.own, attempt()).await;
        noted.expect("noted");
    }
    assert_eq!(payloads(&gate).await.len(), ATTEMPTS_MOST as usize);
    // The room of one is not that of others, and people are no agents.
    let named = Attempt {
        agent: Some(gate.agent.to_string()),
        ..attempt()
    };
    let client = gate.firewall.note_attempt(&gate.client, named).await;
    let seq = client.expect("noted").expect("a record");
    assert_eq!(gate.payload(seq).await["agent_id"], gate.agent.as_str());
    let stranger = Attempt {
        agent: Some("agt_nobody".to_owned()),
        ..attempt()
    };
    let client = gate.firewall.note_attempt(&gate.client, stranger).await;
    let seq = client.expect("noted").expect("a record");
    assert_eq!(gate.payload(seq).await["agent_id"], Value::Null);
    let person = gate.firewall.note_attempt(&gate.ann, attempt()).await;
    assert_eq!(person.expect("nothing"), None);
    // What was left out is told when the hour is over, whether or not anything comes.
    gate.advance(ATTEMPTS_PERIOD_MS.unsigned_abs() / 1_000);
    gate.firewall.sweep().await.expect("swept");
    let records = payloads(&gate).await;
    let last = records.last().expect("a record");
    assert_eq!(last["code"], "attempts.unrecorded");
    assert_eq!(last["unrecorded_before"], 50);
    assert_eq!(last["agent_id"], gate.agent.as_str());
    gate.firewall.sweep().await.expect("swept");
    assert_eq!(payloads(&gate).await.len(), records.len());
}
