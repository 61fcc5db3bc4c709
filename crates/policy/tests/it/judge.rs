//! What the judge decides.

use crate::judge_world::{
    World, action, agent, codes, grant, judged, outcome, policy, rate, restriction, rules,
    rules_in, scoped, tenant, verdict,
};
use portcullis_policy::{
    action::{Action, Confidence},
    cham::Policy,
    code::Code,
    facts::{AgentStatus, Counter, Mode, Standing},
    id::TenantId,
    label::Label,
    rules::{RuleSet, ScopeMode, Source},
    tier::{RiskTier, Tier, Verdict},
};
use serde_json::json;

#[test]
fn without_a_tenant_policy_everything_is_refused() {
    let source = Source {
        tenant: tenant(),
        tenant_policy: None,
        policies: vec![],
        scope_mode: ScopeMode::Strict,
    };
    let rules = RuleSet::compile(source).unwrap();
    judged(&rules, &action("query"), &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Blocked);
        assert_eq!(
            judgement.rule_violated().as_deref(),
            Some("policy.not_allowed")
        );
    });
}

#[test]
fn the_risk_tier_decides_when_nothing_else_speaks() {
    for (kind, verdict, tier, approvals) in [
        ("query", Verdict::Cleared, Tier::A, 0),
        ("deploy", Verdict::Cleared, Tier::A, 0),
        ("migrate", Verdict::Held, Tier::B, 1),
        ("retire", Verdict::Held, Tier::B, 2),
        ("never_heard_of", Verdict::Held, Tier::B, 1),
    ] {
        judged(
            &rules(vec![]),
            &action(kind),
            &World::default(),
            |judgement| {
                assert_eq!(outcome(judgement), (verdict, tier), "{kind}");
                assert_eq!(judgement.obligations.approvals, approvals, "{kind}");
                assert_eq!(
                    judgement.obligations.dry_run,
                    judgement.risk == RiskTier::LowWrite,
                    "{kind}"
                );
            },
        );
    }
}

#[test]
fn rules_of_another_tenant_refuse() {
    let foreign = Action {
        tenant: TenantId::new("globex").unwrap(),
        ..action("query")
    };
    judged(&rules(vec![]), &foreign, &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Blocked);
        assert!(codes(judgement).contains(&Code::StageFailed));
    });
}

#[test]
fn a_paused_agent_is_held_and_a_blocked_one_refused() {
    for (status, verdict) in [
        (AgentStatus::Paused, Verdict::Held),
        (AgentStatus::Blocked, Verdict::Blocked),
    ] {
        let standing = Standing {
            status,
            ..Standing::default()
        };
        let world = World {
            standing,
            ..World::default()
        };
        let found = judged(
            &rules(vec![grant("query")]),
            &action("query"),
            &world,
            |j| j.verdict,
        );
        assert_eq!(found, verdict, "a grant does not lift it");
    }
}

#[test]
fn an_agents_own_floor_and_tier_hold_whatever_a_grant_says() {
    let floor = Standing {
        confidence_floor: Some(0.96),
        ..Standing::default()
    };
    let tier = Standing {
        tier_override: Some(Tier::B),
        ..Standing::default()
    };
    for (standing, code) in [(floor, Code::AgentFloor), (tier, Code::AgentTier)] {
        let world = World {
            standing,
            ..World::default()
        };
        judged(
            &rules(vec![grant("query")]),
            &action("query"),
            &world,
            |judgement| {
                assert_eq!(outcome(judgement), (Verdict::Held, Tier::B));
                assert!(codes(judgement).contains(&code));
            },
        );
    }
}

#[test]
fn several_tier_ups_raise_one_step_from_the_base() {
    let floor = |id: &str| {
        policy(
            id,
            "confidence_floor",
            json!({ "floors": { "fix": 0.99, "incident": 0.99 } }),
        )
    };
    let floors = || vec![floor("one"), floor("two"), floor("three")];
    assert_eq!(verdict(floors(), &action("deploy")), Verdict::Held);
    assert_eq!(verdict(floors(), &action("migrate")), Verdict::Blocked);
}

#[test]
fn a_confidence_that_is_missing_or_no_number_is_below_every_floor() {
    let floor = || {
        policy(
            "floor",
            "confidence_floor",
            json!({ "floors": { "fix": 0.0 } }),
        )
    };
    for fix in [None, Some(f64::NAN)] {
        let unsure = Action {
            confidence: Confidence {
                fix,
                ..Confidence::default()
            },
            ..action("query")
        };
        assert_eq!(verdict(vec![floor()], &unsure), Verdict::Held, "{fix:?}");
    }
}

#[test]
fn a_rate_is_exceeded_by_the_action_after_the_most() {
    for (count, verdict) in [(3, Verdict::Cleared), (4, Verdict::Blocked)] {
        let world = World {
            counts: [(60, count)].into(),
            ..World::default()
        };
        let found = judged(
            &rules(vec![rate(3)]),
            &action("query"),
            &world,
            |judgement| judgement.verdict,
        );
        assert_eq!(found, verdict, "{count}");
    }
}

#[test]
fn equal_periods_are_counted_once() {
    let second = Policy {
        id: "second".to_owned().try_into().unwrap(),
        ..rate(30)
    };
    let rules = rules(vec![rate(3), second]);
    let needs = rules.needs(&action("query"), World::default().now);
    let asked: Vec<(u32, u32)> = needs
        .rates
        .iter()
        .map(|need| (need.period.seconds(), need.enough))
        .collect();
    assert_eq!(asked, [(60, 31), (3600, 10)]);
    let (period, most) = rules.retention(Counter::Agent).unwrap();
    assert_eq!((period.seconds(), most), (3600, 30));
}

#[test]
fn a_missing_fact_refuses_in_the_name_of_its_policy_even_when_only_recorded() {
    let recorded = Policy {
        log_only: true,
        ..rate(3)
    };
    let rules = rules(vec![recorded]);
    let world = World {
        mode: Mode::AuditOnly,
        ..World::default()
    };
    let mut facts = world.facts(&rules.needs(&action("query"), world.now));
    facts.rates.clear();
    let judgement = rules.judge(&action("query"), &facts);
    assert_eq!(judgement.verdict, Verdict::Blocked);
    assert_eq!(judgement.reasons[0].code, Code::StageFailed);
    assert_eq!(judgement.rule_violated().as_deref(), Some("rate"));
}

#[test]
fn an_emergency_passes_a_closed_window_on_record() {
    let window = policy(
        "window",
        "time_window",
        json!({
            "windows": [{ "days": ["monday"], "start": "02:00", "end": "03:00", "timezone": "UTC" }],
            "outside_window": "block", "emergency_override": true,
        }),
    );
    let emergency = Action {
        emergency: true,
        ..action("deploy")
    };
    let rules = rules(vec![window]);
    judged(&rules, &emergency, &World::default(), |judgement| {
        assert_eq!(outcome(judgement), (Verdict::Cleared, Tier::A));
        assert_eq!(codes(judgement), [Code::EmergencyUsed]);
        assert!(judgement.fired.is_empty());
    });
    judged(&rules, &action("deploy"), &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Blocked);
    });
}

#[test]
fn in_audit_only_mode_policies_are_recorded_and_the_risk_tier_binds() {
    let world = World {
        mode: Mode::AuditOnly,
        ..World::default()
    };
    judged(
        &rules(vec![restriction("C")]),
        &action("migrate"),
        &world,
        |judgement| {
            assert_eq!(outcome(judgement), (Verdict::Held, Tier::B));
            assert_eq!(judgement.would, (Verdict::Blocked, Tier::C));
            assert_eq!(judgement.fired.len(), 1);
            assert_eq!(
                judgement
                    .reasons
                    .iter()
                    .filter(|reason| !reason.enforced)
                    .count(),
                1
            );
        },
    );
    judged(
        &rules(vec![grant("migrate")]),
        &action("migrate"),
        &world,
        |judgement| {
            assert_eq!(
                outcome(judgement),
                (Verdict::Held, Tier::B),
                "a grant is a policy too"
            );
            assert_eq!(judgement.would, (Verdict::Cleared, Tier::A));
            assert_eq!(judgement.obligations.grant, None);
        },
    );
}

#[test]
fn a_policy_for_logs_only_is_recorded_beside_those_that_bind() {
    let recorded = Policy {
        log_only: true,
        ..restriction("C")
    };
    let bound = Policy {
        id: "bound".to_owned().try_into().unwrap(),
        ..restriction("B")
    };
    judged(
        &rules(vec![recorded, bound]),
        &action("deploy"),
        &World::default(),
        |judgement| {
            assert_eq!(outcome(judgement), (Verdict::Held, Tier::B));
            assert_eq!(judgement.would, (Verdict::Blocked, Tier::C));
            assert_eq!(
                judgement.reasons[0].verdict,
                Verdict::Held,
                "what is enforced comes first"
            );
        },
    );
}

#[test]
fn the_shortest_hold_of_the_policies_that_fired_counts() {
    let held = |id: &str, minutes: Option<u32>| {
        let id = id.to_owned().try_into().unwrap();
        Policy {
            id,
            hold_minutes: minutes,
            ..restriction("B")
        }
    };
    let seconds = |policies| {
        judged(
            &rules(policies),
            &action("deploy"),
            &World::default(),
            |judgement| {
                assert_eq!(judgement.obligations.approvals, 1);
                judgement.obligations.hold_seconds
            },
        )
    };
    assert_eq!(seconds(vec![held("a", None)]), 1800);
    assert_eq!(
        seconds(vec![
            held("a", Some(20)),
            held("b", Some(10)),
            held("c", None)
        ]),
        600
    );
}

#[test]
fn policies_apply_to_their_agent_alone() {
    let policies = || vec![scoped("other", restriction("C"))];
    assert_eq!(verdict(policies(), &action("deploy")), Verdict::Cleared);
    let other = Action {
        agent: agent("other"),
        ..action("deploy")
    };
    assert_eq!(verdict(policies(), &other), Verdict::Blocked);
}

#[test]
fn labels_cannot_be_dodged_by_spelling() {
    let block = policy(
        "block",
        "action_type_block",
        json!({ "action_types": ["Deploy "], "tier": "C" }),
    );
    let spelt = Action {
        kind: Label::new(" DEPLOY"),
        ..action("deploy")
    };
    assert_eq!(verdict(vec![block], &spelt), Verdict::Blocked);
}

#[test]
fn the_digest_names_the_rules_and_nothing_else() {
    let one = || rules(vec![restriction("B")]);
    assert_eq!(one().digest(), one().digest());
    let changed = Policy {
        version: 2,
        ..restriction("B")
    };
    assert_ne!(one().digest(), rules(vec![changed]).digest());
    assert_ne!(one().digest(), rules(vec![restriction("C")]).digest());
    assert_ne!(one().digest(), rules(vec![]).digest());
    assert_ne!(
        one().digest(),
        rules_in(ScopeMode::Override, vec![restriction("B")]).digest()
    );
    let inactive = Policy {
        active: false,
        ..grant("deploy")
    };
    assert_eq!(
        one().digest(),
        rules(vec![restriction("B"), inactive]).digest()
    );
}
