//! What calls a server breaks with something in its hands that nobody may see.

use super::stage::{Script, Stage, TOKEN, obliging};
use portcullis_firewall::{last_words, ports::Ledger, query::RecordQuery};
use serde_json::{Value, json};
use std::{
    panic,
    sync::{Mutex, Once},
};

/// What this process tells of its panics.
static TOLD: Mutex<String> = Mutex::new(String::new());
static LISTEN: Once = Once::new();

fn listen() {
    LISTEN.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |what| {
            TOLD.lock().unwrap().push_str(&last_words::told(what));
            before(what);
        }));
    });
}

fn breaks(script: &Script, asked: &Value) -> Option<Value> {
    if asked["method"] == "tools/call" {
        panic!("it had {TOKEN} in its hands, and {}", hex(TOKEN));
    }
    obliging(script, asked)
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_panic_shows_nothing_and_others_are_served() {
    listen();
    let stage = Stage::new().await;
    stage.script.behaves(breaks);
    let answer = stage.call("files__read", json!({"path": "/a"})).await;
    assert!(answer["error"].is_object(), "{answer}");
    let outcomes = stage.outcomes().await;
    assert!(outcomes[0].starts_with("unknown: "), "{outcomes:?}");
    let query = RecordQuery {
        limit: 1_000,
        ..RecordQuery::default()
    };
    let records = stage.house.ledger.records(&stage.house.acme.id, query);
    let records = records.await.unwrap();
    let mut shown = answer.to_string();
    for record in &records {
        shown.push_str(&String::from_utf8_lossy(&record.payload));
        shown.push_str(&String::from_utf8_lossy(&record.effects));
    }
    shown.push_str(&TOLD.lock().unwrap());
    assert!(shown.contains("a panic at "), "it is told that it broke");
    for form in [TOKEN.to_owned(), hex(TOKEN)] {
        assert!(!shown.contains(&form), "{shown}");
    }
    stage.script.behaves(obliging);
    let answer = stage.call("files__read", json!({"path": "/b"})).await;
    assert_eq!(answer["result"]["content"][0]["text"], "done", "{answer}");
}
