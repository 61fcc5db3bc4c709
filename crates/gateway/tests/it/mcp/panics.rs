//! What calls a server breaks with something in its hands that nobody may see.

use super::stage::{Script, Stage, TOKEN, obliging};
use portcullis_firewall::last_words;
use portcullis_testkit::planted::{Log, forms, must_hide};
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
        panic!("it had {:?} in its hands", forms(TOKEN));
    }
    obliging(script, asked)
}

#[tokio::test(start_paused = true)]
async fn a_panic_shows_nothing_and_others_are_served() {
    listen();
    let (log, _logged) = Log::listen();
    let stage = Stage::new().await;
    stage.script.behaves(breaks);
    let answer = stage.call("files__read", json!({"path": "/a"})).await;
    assert!(answer["error"].is_object(), "{answer}");
    let outcomes = stage.outcomes().await;
    assert!(outcomes[0].starts_with("unknown: "), "{outcomes:?}");
    let told = TOLD.lock().unwrap().clone();
    assert!(told.contains("a panic at "), "it is told that it broke");
    must_hide("the answer", &answer.to_string(), TOKEN);
    must_hide("the panic", &told, TOKEN);
    must_hide("the store", &stage.house.ledger.text(), TOKEN);
    must_hide("the log", &log.text(), TOKEN);
    stage.script.behaves(obliging);
    let answer = stage.call("files__read", json!({"path": "/b"})).await;
    assert_eq!(answer["result"]["content"][0]["text"], "done", "{answer}");
}
