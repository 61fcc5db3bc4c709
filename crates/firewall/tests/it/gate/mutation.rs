//! Between approval and execution somebody changes what is stored: nothing runs.

use super::fixture::Gate;
use portcullis_firewall::{
    batch::DocumentKind, digest::Nonce, freeze, frozen::Frozen, turn::Claim,
};
use portcullis_testkit::FakeHands;
use serde_json::{Value, json};
use std::sync::Arc;

/// A hold of an action with a little of everything, released and not yet done.
async fn released() -> (Gate, Arc<FakeHands>, String) {
    let gate = Gate::open().await;
    let hands = FakeHands::of(&gate.firewall);
    let action = json!({
        "action": "workloads.submit", "target": "cluster-1", "environment": "staging",
        "workspace_id": "ws-1", "session_id": "ses-1", "data_classes": ["PHI"],
        "reasoning": "the nightly run failed", "evidence": [{ "log": 7 }],
        "confidence": { "fix": 0.9 },
        "parameters": {
            "requested_gpus": 5, "gpu_type": "H100", "estimated_cost_usd": 1.5,
            "image": { "name": "train", "tags": ["a", "b"], "signed": true, "note": null },
        },
    });
    let answer = gate.ask(action).await.expect("an answer");
    let hold = answer.hold.expect("a hold").id;
    for person in [&gate.ann, &gate.ben] {
        drop(gate.firewall.release(person, &hold, None).await);
    }
    (gate, hands, hold)
}

/// Every place in a value, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                places(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{number}"), found);
            }
        }
        _ => {}
    }
}

/// Something else of the same kind.
fn other(value: &Value) -> Value {
    match value {
        Value::Null => json!(0),
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) => json!(number.as_f64().unwrap_or_default() + 1.0),
        Value::String(text) => match text.strip_suffix('0') {
            // Hex stays hex.
            Some(start) => json!(format!("{start}1")),
            None if text.ends_with(|last: char| last.is_ascii_hexdigit()) => {
                let mut text = text.clone();
                text.pop();
                json!(text + "0")
            }
            None => json!(format!("{text}x")),
        },
        Value::Array(items) => {
            let mut items = items.clone();
            items.push(json!(1));
            Value::Array(items)
        }
        Value::Object(members) => {
            let mut members = members.clone();
            members.insert("more".to_owned(), json!(1));
            Value::Object(members)
        }
    }
}

/// What explains an action and decides nothing is not covered by its digest.
fn explains(place: &str) -> bool {
    let words = [
        "/action/reasoning",
        "/action/confidence",
        "/action/evidence",
    ];
    words.iter().any(|word| place.starts_with(word))
}

async fn stored(gate: &Gate, hold: &str) -> Value {
    let mut body = Value::Null;
    let tenant = &gate.architect.tenant;
    let found = gate
        .ledger
        .tamper_document(tenant, (DocumentKind::Frozen, hold), |kept| {
            body = serde_json::from_slice(&kept.body).expect("JSON");
        });
    assert!(found, "a released action is kept");
    body
}

#[tokio::test]
async fn a_changed_byte_of_a_released_action_stops_it() {
    let (gate, _, hold) = released().await;
    let mut found = Vec::new();
    places(&stored(&gate, &hold).await, "", &mut found);
    let decisive = found.iter().filter(|place| {
        ["/action", "/nonce", "/digest"]
            .iter()
            .any(|part| place.starts_with(part))
            && !explains(place)
    });
    let mut tried = 0;
    for place in decisive {
        let (mut gate, hands, hold) = released().await;
        let tenant = gate.architect.tenant.clone();
        gate.ledger
            .tamper_document(&tenant, (DocumentKind::Frozen, &hold), |kept| {
                let mut body: Value = serde_json::from_slice(&kept.body).expect("JSON");
                let value = body.pointer_mut(place).expect("the same action");
                *value = other(value);
                kept.body = body.to_string().into_bytes();
            });
        // Either the gate does not take such a thing up at all, or it does not do it.
        gate.firewall = match super::fixture::open(&gate.ledger, &gate.clock, 2).await {
            Ok(firewall) => firewall,
            Err(_) => continue,
        };
        hands.lend(&gate.firewall);
        let acted = gate.firewall.act(&gate.own, Claim::Hold(hold)).await;
        assert!(acted.is_err(), "{place}");
        assert!(hands.orders().is_empty(), "{place}: something was done");
        tried += 1;
    }
    assert!(tried > 20, "{tried} places");
}

#[tokio::test]
async fn an_action_that_was_exchanged_with_its_digest_is_not_done() {
    let (mut gate, hands, hold) = released().await;
    let tenant = gate.architect.tenant.clone();
    let mut digest = Value::Null;
    gate.ledger
        .tamper_document(&tenant, (DocumentKind::Frozen, &hold), |kept| {
            let mut frozen: Frozen = serde_json::from_slice(&kept.body).expect("a frozen action");
            frozen.action.target = "cluster-2".to_owned();
            let forged =
                freeze::freeze(frozen.action.clone(), Nonce::new([1; 16])).expect("frozen");
            frozen = Frozen::of(&frozen.id, &forged, frozen.stake);
            digest = json!(forged.digest);
            kept.body = serde_json::to_vec(&frozen).expect("JSON");
        });
    let half = gate
        .reopened(&hands)
        .await
        .act(&gate.own, Claim::Hold(hold.clone()))
        .await;
    assert!(half.is_err(), "the hold names another digest");
    gate.ledger
        .tamper_document(&tenant, (DocumentKind::Hold, &hold), |kept| {
            let mut body: Value = serde_json::from_slice(&kept.body).expect("JSON");
            body["action_digest"] = digest.clone();
            kept.body = body.to_string().into_bytes();
        });
    // Now all documents agree with each other, and the chain does not agree with them.
    let firewall = gate.reopened(&hands).await;
    if let Ok(acted) = firewall.act(&gate.own, Claim::Hold(hold)).await {
        assert_eq!(
            acted.effect.result,
            portcullis_firewall::order::Ended::Failed
        );
        assert!(
            acted.effect.summary.contains("its record names"),
            "{}",
            acted.effect.summary
        );
    }
    assert!(hands.orders().is_empty());
}
