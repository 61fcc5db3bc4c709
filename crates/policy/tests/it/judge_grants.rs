//! What a grant lifts, and what it does not.

use crate::judge_world::{
    World, action, action_with, at, codes, grant, judged, outcome, policy, restriction, rules,
    verdict,
};
use portcullis_policy::{
    cham::{Policy, Rule},
    code::Code,
    tier::{Tier, Verdict},
};
use serde_json::json;

/// A grant, and every policy that only questions an action or calls for people.
fn questions() -> Vec<Policy> {
    vec![
        grant("migrate"),
        restriction("B"),
        policy(
            "floor",
            "confidence_floor",
            json!({ "floors": { "fix": 1.0 }, "escalation": "block" }),
        ),
        policy(
            "reasoning",
            "require_reasoning",
            json!({ "min_length": 500, "on_missing": "block" }),
        ),
        policy(
            "window",
            "time_window",
            json!({
                "windows": [{ "days": ["monday"], "start": "02:00", "end": "03:00", "timezone": "UTC" }],
                "outside_window": "block",
            }),
        ),
        policy(
            "rate",
            "rate_limit",
            json!({ "windows": [{ "period": "1s", "max": 0 }], "on_exceed": "block" }),
        ),
        policy(
            "pack",
            "compliance_pack",
            json!({
                "standard": "SOC2", "rules": [{ "id": "r", "min_tier": "B", "retention_days": 400 }],
            }),
        ),
    ]
}

#[test]
fn a_grant_lifts_questions_but_no_standing_refusal() {
    judged(
        &rules(questions()),
        &action("migrate"),
        &World::default(),
        |judgement| {
            assert_eq!(outcome(judgement), (Verdict::Cleared, Tier::A));
            assert_eq!(codes(judgement), [Code::Granted]);
            assert_eq!(
                judgement.obligations.grant.map(|grant| grant.id.as_str()),
                Some("grant")
            );
            assert_eq!(judgement.obligations.retention_days, Some(400));
            assert_eq!(judgement.evaluated.len(), 7);
            assert_eq!(judgement.fired.len(), 1);
        },
    );
    for refusal in [
        restriction("C"),
        policy(
            "pack_c",
            "compliance_pack",
            json!({ "standard": "X", "rules": [{ "id": "r", "min_tier": "C" }] }),
        ),
        policy(
            "block",
            "action_type_block",
            json!({ "action_types": ["migrate"], "tier": "X" }),
        ),
    ] {
        let refusal = Policy {
            id: "refusal".to_owned().try_into().unwrap(),
            ..refusal
        };
        let policies = questions().into_iter().chain([refusal]).collect();
        assert_eq!(verdict(policies, &action("migrate")), Verdict::Blocked);
    }
}

#[test]
fn a_grant_ends_with_its_uses_its_time_and_its_conditions() {
    let conditions = json!({
        "max_size": 5, "min_size": 1, "allowed_targets": ["checkout"], "allowed_regions": ["eu"], "dry": false,
    });
    let config = json!({
        "action_type": "migrate", "max_uses": 2, "expires_at": "2026-03-04T12:00:00Z",
        "tier_override": "A", "conditions": conditions,
    });
    let rules = rules(vec![policy("grant", "grant_lifecycle", config)]);
    let fitting = json!({ "size": 5, "region": "eu", "dry": false });
    let verdict = |parameters: serde_json::Value, now: &str, used: u32| {
        let uses = [("grant".to_owned(), used)].into();
        let world = World {
            now: at(now),
            uses,
            ..World::default()
        };
        judged(
            &rules,
            &action_with("migrate", parameters),
            &world,
            |judgement| judgement.verdict,
        )
    };
    let (before, end) = ("2026-03-04T11:59:59Z", "2026-03-04T12:00:00Z");
    assert_eq!(verdict(fitting.clone(), before, 1), Verdict::Cleared);
    assert_eq!(
        verdict(fitting.clone(), before, 2),
        Verdict::Held,
        "no uses left"
    );
    assert_eq!(
        verdict(fitting.clone(), end, 0),
        Verdict::Held,
        "at its end it is over"
    );
    for (key, value) in [
        ("size", json!(6)),
        ("size", json!(0)),
        ("size", json!("5")),
        ("size", json!(null)),
        ("region", json!("us")),
        ("dry", json!(true)),
        ("target", json!("billing")),
    ] {
        let mut unfit = fitting.clone();
        unfit[key] = value;
        assert_eq!(verdict(unfit.clone(), before, 0), Verdict::Held, "{unfit}");
    }
}

#[test]
fn a_required_grant_refuses_when_none_is_live() {
    let mut required = grant("deploy");
    if let Rule::GrantLifecycle(rule) = &mut required.rule {
        rule.required = true;
    }
    let spent = World {
        uses: [("grant".to_owned(), 2)].into(),
        ..World::default()
    };
    let other = Policy {
        id: "other".to_owned().try_into().unwrap(),
        ..grant("deploy")
    };
    let two = rules(vec![required.clone(), other]);
    judged(&two, &action("deploy"), &spent, |judgement| {
        assert_eq!(judgement.verdict, Verdict::Cleared, "another is live");
    });
    let rules = rules(vec![required]);
    judged(&rules, &action("deploy"), &spent, |judgement| {
        assert_eq!(outcome(judgement), (Verdict::Blocked, Tier::C));
        assert_eq!(codes(judgement), [Code::NoValidGrant]);
        assert_eq!(judgement.rule_violated().as_deref(), Some("grant"));
    });
    judged(&rules, &action("deploy"), &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Cleared);
    });
}

#[test]
fn of_two_live_grants_the_stricter_is_used() {
    let strict = Policy {
        id: "strict".to_owned().try_into().unwrap(),
        ..grant("migrate")
    };
    let strict = match strict.rule.clone() {
        Rule::GrantLifecycle(mut rule) => {
            rule.tier_override = Tier::B;
            Policy {
                rule: Rule::GrantLifecycle(rule),
                ..strict
            }
        }
        _ => strict,
    };
    judged(
        &rules(vec![grant("migrate"), strict]),
        &action("migrate"),
        &World::default(),
        |judgement| {
            assert_eq!(outcome(judgement), (Verdict::Held, Tier::B));
            assert_eq!(
                judgement.obligations.grant.map(|grant| grant.id.as_str()),
                Some("strict")
            );
        },
    );
}
