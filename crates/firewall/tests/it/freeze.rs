//! An action has one digest, and a digest one action.

use crate::values;
use portcullis_firewall::{
    digest::{ActionDigest, Nonce},
    freeze::{FrozenAction, ThawError, freeze, thaw},
};
use portcullis_policy::action::{Action, Confidence};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

fn action(parameters: Map<String, Value>) -> Action {
    let mut action: Action = serde_json::from_value(json!({
        "tenant": "ten_acme", "agent": "agt_1", "workspace": "wsp_ml", "session": "ses_1",
        "kind": "workloads.submit", "target": "cluster-1", "environment": "staging",
        "data_classes": ["phi"],
    }))
    .unwrap();
    action.parameters = parameters;
    action
}

fn frozen(action: &Action) -> FrozenAction {
    freeze(action.clone(), Nonce::new([7; 16])).unwrap()
}

fn digest_of(bytes: &[u8]) -> ActionDigest {
    let mut hasher = Sha256::new();
    hasher.update(b"portcullis action v1\n");
    hasher.update(bytes);
    ActionDigest::new(hasher.finalize().into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    nonce: Nonce,
    bytes: String,
    digest: ActionDigest,
}

#[test]
fn the_published_vector_comes_out_the_same() {
    let vector: Vector =
        serde_saphyr::from_str(include_str!("../../../../conformance/records/frozen.yaml"))
            .unwrap();
    let thawed = thaw(vector.bytes.as_bytes(), &vector.digest).unwrap();
    assert_eq!(thawed.nonce, vector.nonce);
    assert_eq!(thawed.action.parameters["gpus"], json!(8));
    let again = freeze(thawed.action, vector.nonce).unwrap();
    assert_eq!(String::from_utf8(again.bytes).unwrap(), vector.bytes);
    assert_eq!(again.digest, vector.digest);
}

#[test]
fn a_scope_is_frozen_and_thawed_with_its_action() {
    let mut action = action(Map::new());
    action.scope = Some("cluster".to_owned().try_into().unwrap());
    let frozen = frozen(&action);
    let thawed = thaw(&frozen.bytes, &frozen.digest).unwrap();
    assert_eq!(thawed.action.scope, action.scope);
    let text = String::from_utf8(frozen.bytes).unwrap();
    assert!(text.contains(r#"},"scope":"cluster","session":"#), "{text}");
}

#[test]
fn everything_that_decides_what_happens_changes_the_digest() {
    let plain = action(Map::from_iter([("gpus".to_owned(), json!(8))]));
    type Change = fn(&mut Action);
    let changes: [(&str, Change); 19] = [
        ("tenant", |a| {
            a.tenant = "ten_other".to_owned().try_into().unwrap()
        }),
        ("agent", |a| {
            a.agent = "agt_2".to_owned().try_into().unwrap()
        }),
        ("workspace", |a| {
            a.workspace = Some("wsp_x".to_owned().try_into().unwrap())
        }),
        ("no workspace", |a| a.workspace = None),
        ("session", |a| {
            a.session = Some("ses_2".to_owned().try_into().unwrap())
        }),
        ("no session", |a| a.session = None),
        ("a scope", |a| {
            a.scope = Some("cluster".to_owned().try_into().unwrap())
        }),
        ("another scope", |a| {
            a.scope = Some("disk".to_owned().try_into().unwrap())
        }),
        ("type", |a| a.kind = "workloads.delete".into()),
        ("target", |a| a.target.push(' ')),
        ("environment", |a| a.environment = "production".into()),
        ("a parameter", |a| a.parameters["gpus"] = json!(9)),
        ("a parameter's kind", |a| a.parameters["gpus"] = json!("8")),
        ("one parameter more", |a| {
            drop(a.parameters.insert("x".to_owned(), Value::Null))
        }),
        ("no parameters", |a| a.parameters.clear()),
        ("data class", |a| a.data_classes = vec!["pii".into()]),
        ("one data class more", |a| a.data_classes.push("pii".into())),
        ("no data class", |a| a.data_classes.clear()),
        ("emergency", |a| a.emergency = true),
    ];
    let mut digests = vec![("nothing", frozen(&plain).digest)];
    digests.push((
        "nonce",
        freeze(plain.clone(), Nonce::new([8; 16])).unwrap().digest,
    ));
    for (what, change) in changes {
        let mut changed = plain.clone();
        change(&mut changed);
        let digest = frozen(&changed).digest;
        let same = digests.iter().find(|(_, other)| *other == digest);
        assert!(same.is_none(), "{what} and {same:?} share a digest");
        digests.push((what, digest));
    }
}

#[test]
fn what_only_explains_is_not_covered() {
    let plain = action(Map::new());
    let explained = Action {
        reasoning: Some("the queue is long".to_owned()),
        confidence: Confidence {
            fix: Some(0.9),
            ..Confidence::default()
        },
        evidence: vec![json!({"log": "queue"})],
        ..plain.clone()
    };
    assert_eq!(frozen(&explained).digest, frozen(&plain).digest);
    assert_eq!(frozen(&explained).action, explained);
}

#[test]
fn spellings_of_one_number_are_one_action() {
    let with = |number: Value| action(Map::from_iter([("n".to_owned(), number)]));
    let (whole, double) = (frozen(&with(json!(5))), frozen(&with(json!(5.0))));
    assert_eq!(whole, double);
}

#[test]
fn what_could_share_a_digest_is_not_frozen() {
    let refuse = |value: Value| {
        let parameters = Map::from_iter([("a".to_owned(), json!([value]))]);
        let error = freeze(action(parameters), Nonce::new([7; 16])).unwrap_err();
        format!("{} at {}", error.code(), error.path())
    };
    assert_eq!(
        refuse(json!(9_007_199_254_740_993_u64)),
        "json.number at parameters.a[0]"
    );
    assert_eq!(refuse(json!(1e300)), "json.number at parameters.a[0]");
}

#[test]
fn other_bytes_are_not_thawed() {
    let frozen = frozen(&action(Map::from_iter([("gpus".to_owned(), json!(8))])));
    for at in 0..frozen.bytes.len() {
        let mut bytes = frozen.bytes.clone();
        bytes[at] ^= 1;
        assert_eq!(
            thaw(&bytes, &frozen.digest).unwrap_err(),
            ThawError::Changed,
            "byte {at}"
        );
    }
}

#[test]
fn bytes_that_freezing_would_not_write_are_not_thawed() {
    let frozen = frozen(&action(Map::new()));
    let text = String::from_utf8(frozen.bytes).unwrap();
    let code = |text: String| {
        thaw(text.as_bytes(), &digest_of(text.as_bytes()))
            .unwrap_err()
            .code()
    };
    assert_eq!(code(format!(" {text}")), "frozen.respelled");
    assert_eq!(code(text.replace("staging", "Staging")), "frozen.respelled");
    assert_eq!(
        code(text.replace("\"session\":\"ses_1\",", "")),
        "frozen.respelled"
    );
    assert_eq!(
        code(text.replace("\"session\"", "\"agent\"")),
        "frozen.unreadable"
    );
    assert_eq!(
        code(text.replace("\"session\"", "\"sessions\"")),
        "frozen.unreadable"
    );
    assert_eq!(code("null".to_owned()), "frozen.unreadable");
}

/// Replaces the value that `place` falls on, counted through the whole tree.
fn mutate(value: &mut Value, place: &mut usize, with: &Value) {
    if *place == 0 {
        value.clone_from(with);
    }
    *place = place.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| mutate(item, place, with)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|item| mutate(item, place, with)),
        _ => {}
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

proptest! {
    #[test]
    fn thawing_gives_what_was_frozen(
        parameters in values::exact_members(),
        target in values::text(),
        nonce in any::<[u8; 16]>(),
    ) {
        let action = Action { target, ..action(parameters) };
        let frozen = freeze(action, Nonce::new(nonce)).unwrap();
        prop_assert_eq!(thaw(&frozen.bytes, &frozen.digest).unwrap(), frozen);
    }

    #[test]
    fn a_change_anywhere_in_the_parameters_changes_the_digest(
        parameters in values::exact_members(),
        place in any::<prop::sample::Index>(),
        with in values::exact_json(),
    ) {
        let mut changed = Value::Object(parameters.clone());
        let mut place = place.index(size(&changed));
        mutate(&mut changed, &mut place, &with);
        let Value::Object(changed) = changed else { return Ok(()) };
        let same = changed == parameters;
        let (before, after) = (frozen(&action(parameters)), frozen(&action(changed)));
        prop_assert_eq!(before.digest == after.digest, same);
    }

    #[test]
    fn two_actions_never_share_their_bytes(
        (a, b) in (values::exact_members(), values::exact_members()),
        (s, t) in (values::text(), values::text()),
    ) {
        let a = Action { target: s, ..action(a) };
        let b = Action { target: t, ..action(b) };
        prop_assert_eq!(frozen(&a).bytes == frozen(&b).bytes, a == b);
    }
}
