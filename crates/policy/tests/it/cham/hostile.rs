//! What nobody would write by hand: it is read or refused, and what is read can always be judged
//! by.

use super::round_trip::policies;
use portcullis_policy::{
    cham::{
        Policy,
        read::{config, draft, wire, yaml},
    },
    fault::Faults,
    id::{PolicyId, TenantId},
    rules::{RuleSet, ScopeMode, Source},
};
use proptest::{collection::vec, prelude::*, sample::Index, sample::select};
use serde_json::{Value, json};
use std::sync::Arc;

fn compile(policy: Policy) -> Result<RuleSet, Faults> {
    RuleSet::compile(Source {
        tenant: TenantId::new("ten_test").expect("an id"),
        tenant_policy: None,
        policies: vec![Arc::new(policy)],
        scope_mode: ScopeMode::Strict,
    })
}

/// Values that stand where others are due.
fn intruders() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        select(vec![
            "A",
            "block",
            "HOLD",
            "24:00",
            "UTC",
            "1s",
            "monday",
            "production",
            "*"
        ])
        .prop_map(Value::from),
    ];
    plain.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z_]{1,12}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// The pointers to everything in a value.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(map) => {
            map.iter()
                .for_each(|(key, value)| pointers(value, &format!("{here}/{key}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(at, value)| pointers(value, &format!("{here}/{at}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #[test]
    fn a_policy_that_can_be_read_can_be_judged_by(policy in policies()) {
        prop_assert!(compile(policy).is_ok());
    }

    #[test]
    fn a_policy_with_anything_in_place_of_something_is_read_or_refused(
        policy in policies(),
        place in any::<Index>(),
        intruder in intruders(),
    ) {
        let mut written = wire(&policy);
        let mut places = Vec::new();
        pointers(&written, "", &mut places);
        let place = place.get(&places);
        *written.pointer_mut(place).expect("a place") = intruder;
        match draft(&written) {
            Ok(draft) => {
                let id = PolicyId::new("pol_1").expect("an id");
                let read = draft.into_policy(id, policy.created_at);
                prop_assert!(compile(read).is_ok(), "{}", written);
            }
            Err(faults) => prop_assert!(!faults.0.is_empty()),
        }
    }

    #[test]
    fn any_value_is_read_or_refused(value in intruders()) {
        let kinds = ["confidence_floor", "rate_limit", "grant_lifecycle", "compliance_pack", "time_window"];
        for kind in kinds {
            if let Err(faults) = config(kind, &value) {
                prop_assert!(!faults.0.is_empty());
            }
        }
        let whole = json!({ "type": value, "name": "n" });
        prop_assert!(draft(&whole).is_err(), "no configuration");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        if let Err(faults) = yaml(&text) {
            prop_assert!(!faults.0.is_empty());
        }
    }
}
