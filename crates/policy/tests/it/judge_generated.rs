//! Rules, actions and worlds by the thousand.

use crate::judge_world::{World, action, at, policy, scoped};
use portcullis_policy::{
    action::{Action, Confidence},
    cham::Policy,
    facts::{Mode, Standing},
    id::AgentId,
    label::Label,
    rules::ScopeMode,
    tier::Tier,
};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::{BoxedStrategy, Just, Strategy, any, prop, prop_oneof},
    sample::{select, subsequence},
    strategy::Union,
};
use serde_json::{Map, Value, json};

const KINDS: [&str; 5] = ["deploy", "query", "migrate", "retire", "cache_purge"];
const ENVIRONMENTS: [&str; 2] = ["production", "staging"];
const CLASSES: [&str; 2] = ["phi", "pii"];

pub(crate) fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(all, 0..=all.len())
}

pub(crate) fn one_of(all: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(all, 1..=all.len())
}

pub(crate) fn tier() -> impl Strategy<Value = &'static str> {
    select(vec!["A", "B", "C", "X"])
}

pub(crate) fn on_breach() -> impl Strategy<Value = &'static str> {
    select(vec!["hold", "block"])
}

pub(crate) fn floor() -> impl Strategy<Value = Option<f64>> {
    option::of(select(vec![0.0, 0.5, 0.8, 0.95, 1.0]))
}

pub(crate) fn floors() -> impl Strategy<Value = Value> {
    (floor(), floor(), floor()).prop_map(|(incident, fix, containment)| {
        let all = [
            ("incident", incident),
            ("fix", fix),
            ("containment", containment),
        ];
        let given = all
            .into_iter()
            .filter_map(|(name, floor)| Some((name.to_owned(), json!(floor?))));
        Value::Object(given.collect())
    })
}

/// A type and its configuration.
type Written = (&'static str, Value);

pub(crate) fn refusing_rule() -> BoxedStrategy<Written> {
    let kinds: [BoxedStrategy<Written>; 7] = [
        confidence_floor().boxed(),
        environment_restriction().boxed(),
        action_type_block().boxed(),
        rate_limit().boxed(),
        require_reasoning().boxed(),
        compliance_pack().boxed(),
        time_window().boxed(),
    ];
    Union::new(kinds).boxed()
}

fn confidence_floor() -> impl Strategy<Value = Written> {
    let escalation = select(vec!["tier_up", "block"]);
    (some_of(&ENVIRONMENTS), floors(), escalation).prop_map(|(environments, floors, escalation)| {
        let config = json!({
            "environments": environments, "floors": floors, "escalation": escalation,
        });
        ("confidence_floor", config)
    })
}

fn environment_restriction() -> impl Strategy<Value = Written> {
    (one_of(&ENVIRONMENTS), tier(), some_of(&KINDS)).prop_map(|(environments, tier, kinds)| {
        let config = json!({
            "environments": environments, "max_tier": tier, "action_types": kinds,
        });
        ("environment_restriction", config)
    })
}

fn action_type_block() -> impl Strategy<Value = Written> {
    let tier = select(vec!["C", "X"]);
    (one_of(&KINDS), some_of(&ENVIRONMENTS), tier).prop_map(|(kinds, environments, tier)| {
        let config = json!({
            "action_types": kinds, "environments": environments, "tier": tier,
        });
        ("action_type_block", config)
    })
}

fn rate_limit() -> impl Strategy<Value = Written> {
    let windows = vec((select(vec!["1s", "1m", "1h"]), 1..4_u32), 1..3);
    (windows, on_breach()).prop_map(|(windows, on_exceed)| {
        let window = |(period, max)| json!({ "period": period, "max": max });
        let windows: Vec<Value> = windows.into_iter().map(window).collect();
        (
            "rate_limit",
            json!({ "windows": windows, "on_exceed": on_exceed }),
        )
    })
}

fn require_reasoning() -> impl Strategy<Value = Written> {
    let fields = some_of(&["reasoning", "evidence", "ticket", "metadata.change.id"]);
    (
        select(vec![0, 5, 20, 40]),
        fields,
        some_of(&ENVIRONMENTS),
        on_breach(),
    )
        .prop_map(|(least, fields, environments, on_missing)| {
            let config = json!({
                "min_length": least, "required_fields": fields,
                "environments": environments, "on_missing": on_missing,
            });
            ("require_reasoning", config)
        })
}

fn compliance_pack() -> impl Strategy<Value = Written> {
    let rule = (
        some_of(&KINDS),
        some_of(&CLASSES),
        option::of(tier()),
        option::of(1..3000_u32),
    );
    vec(rule, 1..4).prop_map(|rules| {
        let rule = |(at, (kinds, classes, tier, days))| {
            json!({
                "id": format!("rule_{at}"), "action_types": kinds,
                "data_classifications": classes, "min_tier": tier, "retention_days": days,
            })
        };
        let rules: Vec<Value> = rules.into_iter().enumerate().map(rule).collect();
        (
            "compliance_pack",
            json!({ "standard": "HIPAA", "rules": rules }),
        )
    })
}

fn time_window() -> impl Strategy<Value = Written> {
    let windows = vec(window(), 1..3);
    (windows, some_of(&ENVIRONMENTS), on_breach(), any::<bool>()).prop_map(
        |(windows, environments, outside, emergency)| {
            let config = json!({
                "windows": windows, "environments": environments,
                "outside_window": outside, "emergency_override": emergency,
            });
            ("time_window", config)
        },
    )
}

fn window() -> impl Strategy<Value = Value> {
    let days = one_of(&["monday", "wednesday", "thursday", "sunday"]);
    let time = || select(vec!["00:00", "02:00", "11:30", "12:00", "13:00", "23:00"]);
    let zone = select(vec!["UTC", "America/New_York", "Asia/Kolkata"]);
    (days, time(), time(), zone).prop_map(|(days, start, end, timezone)| {
        json!({ "days": days, "start": start, "end": end, "timezone": timezone })
    })
}

pub(crate) fn grant() -> impl Strategy<Value = (&'static str, Value)> {
    let conditions = select(vec![
        json!({}),
        json!({}),
        json!({ "max_size": 5 }),
        json!({ "min_size": 2, "ticket": "T-1" }),
        json!({ "allowed_targets": ["checkout", "search"] }),
    ]);
    let expires = select(vec![
        "2026-03-04T12:00:00Z",
        "2026-03-04T12:00:01Z",
        "2027-01-01T00:00:00Z",
    ]);
    let uses = 1..4_u32;
    (
        select(&KINDS[..]),
        some_of(&ENVIRONMENTS),
        uses,
        expires,
        tier(),
        conditions,
        any::<bool>(),
    )
        .prop_map(
            |(kind, environments, max_uses, expires_at, tier, conditions, required)| {
                (
                    "grant_lifecycle",
                    json!({
                        "action_type": kind, "environments": environments, "max_uses": max_uses,
                        "expires_at": expires_at, "tier_override": tier, "conditions": conditions,
                        "required": required,
                    }),
                )
            },
        )
}

/// What is around a rule: for whom, whether active, whether only recorded, how old, how long held.
pub(crate) fn envelope()
-> impl Strategy<Value = (Option<&'static str>, bool, bool, u32, Option<u32>)> {
    (
        option::of(select(vec!["bot", "other"])),
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.2),
        0..3_u32,
        option::of(1..90_u32),
    )
}

pub(crate) fn policies(
    rule: impl Strategy<Value = (&'static str, Value)>,
    most: usize,
) -> impl Strategy<Value = Vec<Policy>> {
    vec((rule, envelope()), 0..most).prop_map(|all| {
        let made = all
            .into_iter()
            .enumerate()
            .map(|(place, ((kind, config), envelope))| {
                let (owner, active, log_only, age, hold_minutes) = envelope;
                let bare = policy(&format!("pol_{place}"), kind, config);
                let created_at = at(&format!("2026-01-0{}T00:00:00Z", age + 1));
                let made = Policy {
                    active,
                    log_only,
                    created_at,
                    hold_minutes,
                    ..bare
                };
                match owner {
                    Some(owner) => scoped(owner, made),
                    None => made,
                }
            });
        made.collect()
    })
}

pub(crate) fn all_policies() -> impl Strategy<Value = Vec<Policy>> {
    policies(prop_oneof![2 => refusing_rule(), 1 => grant()], 14)
}

pub(crate) fn an_action() -> impl Strategy<Value = Action> {
    let confidence = (floor(), floor(), floor());
    let size = option::of(1..8_u32);
    let ticket = option::of(select(vec!["T-1", " ", "T-2"]));
    let reasoning = option::of(select(vec![
        "",
        "short",
        "the release is tested and signed off",
    ]));
    (
        (
            select(&KINDS[..]),
            select(vec!["production", "staging", "lab"]),
            select(vec!["bot", "other"]),
        ),
        (confidence, size, ticket, reasoning),
        (
            some_of(&CLASSES),
            any::<bool>(),
            any::<bool>(),
            select(vec!["checkout", "billing"]),
        ),
    )
        .prop_map(
            |((kind, environment, agent), (confidence, size, ticket, reasoning), rest)| {
                let (classes, emergency, evidence, target) = rest;
                let (incident, fix, containment) = confidence;
                let mut parameters = Map::new();
                parameters.extend(size.map(|size| ("size".to_owned(), json!(size))));
                parameters.extend(ticket.map(|ticket| ("ticket".to_owned(), json!(ticket))));
                if evidence {
                    parameters.insert("change".to_owned(), json!({ "id": 7 }));
                }
                Action {
                    agent: AgentId::new(agent).unwrap(),
                    environment: Label::new(environment),
                    target: target.to_owned(),
                    parameters,
                    reasoning: reasoning.map(str::to_owned),
                    confidence: Confidence {
                        incident,
                        fix,
                        containment,
                    },
                    evidence: if evidence {
                        vec![json!("a log line")]
                    } else {
                        vec![]
                    },
                    data_classes: classes.into_iter().map(Label::new).collect(),
                    emergency,
                    ..action(kind)
                }
            },
        )
}

pub(crate) fn a_world() -> impl Strategy<Value = World> {
    let mode = prop::bool::weighted(0.8);
    let own = option::weighted(0.2, select(vec![Tier::A, Tier::B, Tier::C]));
    let moment = select(vec![
        "2026-03-04T12:00:00Z",
        "2026-03-08T07:30:00Z",
        "2026-03-05T23:30:00Z",
    ]);
    (mode, own, vec(1..6_u32, 3), vec(0..4_u32, 14), moment).prop_map(
        |(enforced, tier_override, counts, uses, now)| World {
            now: at(now),
            mode: if enforced {
                Mode::Enforced
            } else {
                Mode::AuditOnly
            },
            standing: Standing {
                tier_override,
                ..Standing::default()
            },
            counts: [1, 60, 3600].into_iter().zip(counts).collect(),
            uses: uses
                .iter()
                .enumerate()
                .map(|(at, used)| (format!("pol_{at}"), *used))
                .collect(),
            ..World::default()
        },
    )
}

pub(crate) fn scope_mode() -> impl Strategy<Value = ScopeMode> {
    select(vec![ScopeMode::Strict, ScopeMode::Override])
}

pub(crate) fn any_key() -> impl Strategy<Value = String> {
    let known = vec![
        "size",
        "ticket",
        "tenant_id",
        "gpus",
        "contains_pii",
        "model_id",
        "change",
        "cost_usd",
    ];
    prop_oneof![select(known).prop_map(str::to_owned), ".{0,12}"]
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any_key(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}
