//! Writing a policy and reading it again changes nothing, for every policy there can be.

use portcullis_policy::{
    action::Confidence,
    cham::{
        OnBreach, Policy, Rule, Severity,
        action_type_block::ActionTypeBlock,
        compliance_pack::{CompliancePack, ComplianceRule},
        confidence_floor::{ConfidenceFloor, Escalation},
        environment_restriction::EnvironmentRestriction,
        grant_lifecycle::GrantLifecycle,
        rate_limit::{Period, RateLimit, RateWindow},
        read::{draft, wire, yaml},
        require_reasoning::RequireReasoning,
        time_window::{Day, MinuteOfDay, TimeWindow, WeeklyWindow},
    },
    id::{AgentId, PolicyId},
    label::Label,
    tier::Tier,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

fn labels(least: usize) -> impl Strategy<Value = Vec<Label>> {
    vec("[a-z][a-z_.]{0,11}", least..4).prop_map(|texts| {
        let mut labels: Vec<Label> = texts.iter().map(|text| Label::new(text)).collect();
        labels.sort();
        labels.dedup();
        labels
    })
}

fn reason() -> impl Strategy<Value = Option<String>> {
    option::of("[A-Za-z`\"äß][ -~]{0,30}[a-z.]")
}

fn breach() -> impl Strategy<Value = OnBreach> {
    select(vec![OnBreach::Block, OnBreach::Hold])
}

fn floor() -> impl Strategy<Value = Rule> {
    let fraction = || option::of(0.0..=1.0);
    let escalation = select(vec![Escalation::TierUp, Escalation::Block]);
    (labels(0), (0.0..=1.0), fraction(), fraction(), escalation).prop_map(
        |(environments, incident, fix, containment, escalation)| {
            let floors = Confidence {
                incident: Some(incident),
                fix,
                containment,
            };
            Rule::ConfidenceFloor(ConfidenceFloor {
                environments,
                floors,
                escalation,
            })
        },
    )
}

fn restriction() -> impl Strategy<Value = Rule> {
    let tier = select(vec![Tier::A, Tier::B, Tier::C, Tier::X]);
    (labels(1), tier, labels(0), reason()).prop_map(
        |(environments, max_tier, action_types, reason)| {
            let rule = EnvironmentRestriction {
                environments,
                max_tier,
                action_types,
                reason,
            };
            Rule::EnvironmentRestriction(rule)
        },
    )
}

fn block() -> impl Strategy<Value = Rule> {
    (
        labels(1),
        labels(0),
        select(vec![Tier::C, Tier::X]),
        reason(),
    )
        .prop_map(|(action_types, environments, tier, reason)| {
            Rule::ActionTypeBlock(ActionTypeBlock {
                action_types,
                environments,
                tier,
                reason,
            })
        })
}

fn rate() -> impl Strategy<Value = Rule> {
    let window = (1..=Period::MAX_SECONDS, 1..=u32::MAX).prop_map(|(seconds, max)| RateWindow {
        period: Period::from_seconds(seconds).expect("a period"),
        max,
    });
    (vec(window, 1..5), breach(), reason()).prop_map(|(mut windows, on_exceed, reason)| {
        windows.sort_by_key(|window| window.period);
        windows.dedup_by_key(|window| window.period);
        Rule::RateLimit(RateLimit {
            windows,
            on_exceed,
            reason,
        })
    })
}

fn reasoning() -> impl Strategy<Value = Rule> {
    let fields = vec("[a-z]{1,8}(\\.[a-z]{1,8})?", 0..4);
    (0..500_u32, fields, labels(0), breach(), reason()).prop_map(
        |(min_length, mut required_fields, environments, on_missing, reason)| {
            required_fields.sort();
            required_fields.dedup();
            let rule = RequireReasoning {
                min_length,
                required_fields,
                environments,
                on_missing,
                reason,
            };
            Rule::RequireReasoning(rule)
        },
    )
}

fn grant() -> impl Strategy<Value = Rule> {
    let conditions = vec(
        prop_oneof![
            ("max_[a-z]{1,6}", any::<i32>().prop_map(Value::from)),
            (
                "allowed_[a-z]{1,6}s",
                vec("[a-z]{1,5}", 1..3).prop_map(Value::from)
            ),
            ("[b-k][a-z]{1,6}", any::<bool>().prop_map(Value::from)),
        ],
        0..4,
    );
    let when = 0..4_000_000_000_i64;
    let tier = select(vec![Tier::A, Tier::B]);
    (
        "[a-z_]{1,9}",
        labels(0),
        1..=u32::MAX,
        when,
        tier,
        conditions,
        any::<bool>(),
    )
        .prop_map(
            |(action_type, environments, max_uses, when, tier_override, conditions, required)| {
                Rule::GrantLifecycle(GrantLifecycle {
                    action_type: Label::new(&action_type),
                    environments,
                    max_uses,
                    expires_at: jiff::Timestamp::from_second(when).expect("a time"),
                    tier_override,
                    conditions: conditions.into_iter().collect(),
                    required,
                })
            },
        )
}

fn pack() -> impl Strategy<Value = Rule> {
    let rule = (
        reason(),
        labels(0),
        labels(0),
        select(vec![Tier::B, Tier::C]),
        option::of(1..9_999_u32),
    );
    ("[A-Z]{2,6}", vec(rule, 1..4)).prop_map(|(standard, rules)| {
        let rules = rules.into_iter().enumerate().map(
            |(at, (description, action_types, data_classifications, tier, retention_days))| {
                ComplianceRule {
                    id: format!("rule_{at}"),
                    description,
                    action_types,
                    data_classifications,
                    min_tier: Some(tier),
                    retention_days,
                }
            },
        );
        Rule::CompliancePack(CompliancePack {
            standard,
            rules: rules.collect(),
        })
    })
}

fn window() -> impl Strategy<Value = Rule> {
    let time = |most: u16| {
        (0..most).prop_map(|minute| {
            let text = format!("{:02}:{:02}", minute / 60, minute % 60);
            MinuteOfDay::try_from(text).expect("a time of day")
        })
    };
    let days = proptest::sample::subsequence(Day::ALL.to_vec(), 1..=7);
    let zone = select(vec!["UTC", "America/New_York", "Australia/Lord_Howe"]);
    let one =
        (days, time(1440), time(1441), zone).prop_map(|(days, start, end, zone)| WeeklyWindow {
            days,
            start,
            end,
            timezone: zone.to_owned(),
        });
    (labels(0), vec(one, 1..4), breach(), any::<bool>(), reason()).prop_map(
        |(environments, windows, outside_window, emergency_override, reason)| {
            Rule::TimeWindow(TimeWindow {
                environments,
                windows,
                outside_window,
                emergency_override,
                reason,
            })
        },
    )
}

prop_compose! {
    pub(super) fn policies()(
        rule in prop_oneof![floor(), restriction(), block(), rate(), reasoning(), grant(), pack(), window()],
        name in "[A-Za-z][ -~]{0,20}[a-z]",
        agent in option::of("agt_[a-z0-9]{1,8}"),
        (active, log_only) in any::<(bool, bool)>(),
        hold_minutes in option::of(1..10_000_u32),
        severity in option::of(select(vec![Severity::Low, Severity::Medium, Severity::High, Severity::Critical])),
    ) -> Policy {
        let now = "2026-01-05T12:00:00Z".parse().expect("a time");
        Policy {
            id: PolicyId::new("pol_1").expect("an id"),
            name,
            agent: agent.map(|agent| AgentId::new(&agent).expect("an id")),
            rule,
            active,
            log_only,
            hold_minutes,
            severity,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_policy(policy in policies()) {
        let written = wire(&policy);
        let again = |draft: portcullis_policy::cham::read::Draft| {
            draft.into_policy(policy.id.clone(), policy.created_at)
        };
        prop_assert_eq!(draft(&written).map(again), Ok(policy.clone()));
        let from_text = yaml(&written.to_string()).map(|drafts| drafts.into_iter().map(again).collect());
        prop_assert_eq!(from_text, Ok(vec![policy.clone()]));
    }

    #[test]
    fn a_stored_policy_is_the_same_when_loaded(policy in policies()) {
        let stored = serde_json::to_string(&policy).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Policy>(&stored).expect("a policy"), policy);
    }

    #[test]
    fn a_key_too_many_anywhere_is_refused(policy in policies(), place in any::<proptest::sample::Index>()) {
        let mut written = wire(&policy);
        let mut objects = vec![String::new(), "/config".to_owned()];
        for (key, at) in [("windows", 0), ("rules", 0)] {
            let pointer = format!("/config/{key}/{at}");
            objects.extend(written.pointer(&pointer).is_some().then_some(pointer));
        }
        let pointer = place.get(&objects);
        written.pointer_mut(pointer).expect("an object")["zzz_unknown"] = json!(1);
        let faults = draft(&written).expect_err("a fault");
        prop_assert_eq!(faults.0.len(), 1);
        prop_assert!(faults.0[0].path.ends_with("zzz_unknown"), "{}", faults);
    }
}
