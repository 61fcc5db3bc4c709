//! Where policies disagree: the five detectors, and the order in which they are resolved.

use crate::judge_world::{World, action, at, judged, policy, rules, rules_in, scoped};
use portcullis_policy::{
    cham::Policy,
    conflict::{
        ConflictReport, Detector, Resolution, among, between,
        order::{Contender, resolve},
    },
    rules::ScopeMode,
    tier::Verdict,
};
use serde_json::json;
use std::sync::Arc;

/// What the judge reports about a deployment to production: detector, winner, why, losers.
type Told = (Detector, String, Resolution, Vec<String>);

fn told(mode: ScopeMode, policies: Vec<Policy>) -> Vec<Told> {
    judged(
        &rules_in(mode, policies),
        &action("deploy"),
        &World::default(),
        |judgement| {
            let tell = |conflict: &portcullis_policy::conflict::Conflict<'_>| {
                let losers = conflict
                    .losers
                    .iter()
                    .map(|loser| loser.id.to_string())
                    .collect();
                (
                    conflict.detector,
                    conflict.winner.id.to_string(),
                    conflict.resolution,
                    losers,
                )
            };
            judgement.conflicts.iter().map(tell).collect()
        },
    )
}

fn one(detector: Detector, winner: &str, resolution: Resolution, losers: &[&str]) -> Vec<Told> {
    let losers = losers.iter().map(|&loser| loser.to_owned()).collect();
    vec![(detector, winner.to_owned(), resolution, losers)]
}

fn restriction(id: &str, tier: &str) -> Policy {
    policy(
        id,
        "environment_restriction",
        json!({ "environments": ["production"], "max_tier": tier }),
    )
}

fn block(id: &str) -> Policy {
    policy(
        id,
        "action_type_block",
        json!({ "action_types": ["deploy"], "tier": "C" }),
    )
}

fn grant(id: &str, expires_at: &str) -> Policy {
    policy(
        id,
        "grant_lifecycle",
        json!({
            "action_type": "deploy", "max_uses": 5, "expires_at": expires_at, "tier_override": "A",
        }),
    )
}

fn floor(id: &str, fix: f64) -> Policy {
    policy(id, "confidence_floor", json!({ "floors": { "fix": fix } }))
}

fn window(id: &str, start: &str, outside: &str) -> Policy {
    policy(
        id,
        "time_window",
        json!({
            "windows": [{ "days": ["wednesday"], "start": start, "end": "18:00", "timezone": "UTC" }],
            "outside_window": outside,
        }),
    )
}

fn reports(policies: Vec<Policy>) -> Vec<ConflictReport> {
    let policies: Vec<Arc<Policy>> = policies.into_iter().map(Arc::new).collect();
    among(&policies)
}

#[test]
fn two_tiers_for_one_action_type_are_a_conflict_that_the_stricter_wins() {
    let policies = vec![
        restriction("loose", "B"),
        block("strict"),
        restriction("also", "C"),
    ];
    let expected = one(
        Detector::TierConflict,
        "strict",
        Resolution::MoreRestrictive,
        &["loose"],
    );
    let newer = Policy {
        created_at: at("2026-02-01T00:00:00Z"),
        ..block("strict")
    };
    let policies = policies
        .into_iter()
        .map(|p| if p.id == newer.id { newer.clone() } else { p });
    assert_eq!(told(ScopeMode::Strict, policies.collect()), expected);
}

#[test]
fn equal_tiers_are_no_conflict() {
    assert_eq!(
        told(
            ScopeMode::Strict,
            vec![restriction("one", "C"), block("two")]
        ),
        []
    );
}

#[test]
fn overlapping_windows_with_different_rules_are_a_conflict() {
    // It is Wednesday noon: one window is open, the other is not yet.
    let policies = vec![
        window("early", "08:00", "hold"),
        window("late", "14:00", "block"),
    ];
    let expected = one(
        Detector::WindowOverlap,
        "late",
        Resolution::MoreRestrictive,
        &["early"],
    );
    assert_eq!(told(ScopeMode::Strict, policies.clone()), expected);
    assert_eq!(reports(policies)[0].winner_policy_id.as_str(), "late");
    let agreeing = vec![
        window("early", "08:00", "block"),
        window("late", "14:00", "block"),
    ];
    assert_eq!(told(ScopeMode::Strict, agreeing), []);
}

#[test]
fn windows_that_never_overlap_are_no_conflict() {
    let thursday = policy(
        "other",
        "time_window",
        json!({
            "windows": [{ "days": ["thursday"], "start": "08:00", "end": "18:00", "timezone": "UTC" }],
            "outside_window": "hold",
        }),
    );
    let policies = vec![window("one", "08:00", "block"), thursday];
    assert_eq!(told(ScopeMode::Strict, policies.clone()), []);
    assert_eq!(reports(policies), []);
}

#[test]
fn a_live_grant_against_a_block_is_a_conflict_that_the_block_wins() {
    let policies = vec![grant("grant", "2027-01-01T00:00:00Z"), block("block")];
    let expected = one(
        Detector::GrantVsBlock,
        "block",
        Resolution::MoreRestrictive,
        &["grant"],
    );
    assert_eq!(told(ScopeMode::Strict, policies.clone()), expected);
    judged(
        &rules(policies),
        &action("deploy"),
        &World::default(),
        |judgement| {
            assert_eq!(judgement.verdict, Verdict::Blocked);
            assert_eq!(
                judgement.obligations.grant, None,
                "a refused action uses no grant"
            );
        },
    );
    let expired = vec![grant("grant", "2026-01-01T00:00:00Z"), block("block")];
    assert_eq!(told(ScopeMode::Strict, expired), []);
}

#[test]
fn different_floors_for_one_dimension_are_a_conflict_that_the_higher_wins() {
    let expected = one(
        Detector::ConfidenceConflict,
        "high",
        Resolution::MoreRestrictive,
        &["low"],
    );
    assert_eq!(
        told(
            ScopeMode::Strict,
            vec![floor("low", 0.5), floor("high", 0.9)]
        ),
        expected
    );
    let other = policy(
        "other",
        "confidence_floor",
        json!({ "floors": { "incident": 0.1 } }),
    );
    assert_eq!(told(ScopeMode::Strict, vec![floor("low", 0.5), other]), []);
}

#[test]
fn an_agents_looser_policy_does_not_weaken_the_tenants() {
    let policies = vec![
        scoped("bot", restriction("own", "A")),
        restriction("tenant", "B"),
    ];
    judged(
        &rules(policies.clone()),
        &action("deploy"),
        &World::default(),
        |judgement| {
            assert_eq!(judgement.verdict, Verdict::Held);
        },
    );
    let found = told(ScopeMode::Strict, policies);
    let expected = one(
        Detector::ScopeAmbiguity,
        "tenant",
        Resolution::MoreRestrictive,
        &["own"],
    );
    assert!(found.contains(&expected[0]), "{found:?}");
}

#[test]
fn an_agents_policy_stands_in_for_the_tenants_when_told_to_override() {
    let policies = vec![
        scoped("bot", restriction("own", "A")),
        restriction("tenant", "B"),
    ];
    let rules = rules_in(ScopeMode::Override, policies.clone());
    judged(&rules, &action("deploy"), &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Cleared);
        assert_eq!(judgement.evaluated.len(), 1);
    });
    let expected = one(
        Detector::ScopeAmbiguity,
        "own",
        Resolution::AgentScoped,
        &["tenant"],
    );
    assert_eq!(told(ScopeMode::Override, policies), expected);
}

#[test]
fn a_policy_that_is_only_recorded_overrides_nothing() {
    let own = Policy {
        log_only: true,
        ..scoped("bot", restriction("own", "A"))
    };
    let rules = rules_in(ScopeMode::Override, vec![own, restriction("tenant", "B")]);
    judged(&rules, &action("deploy"), &World::default(), |judgement| {
        assert_eq!(judgement.verdict, Verdict::Held);
        assert!(judgement.conflicts.is_empty());
    });
}

#[test]
fn the_more_restrictive_wins_first() {
    let (own, tenant) = (scoped("bot", floor("own", 0.1)), floor("tenant", 0.9));
    let own = Policy {
        created_at: at("2026-02-01T00:00:00Z"),
        ..own
    };
    let resolved = resolve(
        &Contender {
            policy: &own,
            restriction: 1,
        },
        &Contender {
            policy: &tenant,
            restriction: 2,
        },
    );
    assert_eq!(resolved, (&tenant, &own, Resolution::MoreRestrictive));
}

#[test]
fn the_agents_own_wins_among_equally_restrictive() {
    let own = scoped("bot", floor("own", 0.5));
    let tenant = Policy {
        created_at: at("2026-02-01T00:00:00Z"),
        ..floor("tenant", 0.5)
    };
    let resolved = resolve(
        &Contender {
            policy: &tenant,
            restriction: (),
        },
        &Contender {
            policy: &own,
            restriction: (),
        },
    );
    assert_eq!(resolved, (&own, &tenant, Resolution::AgentScoped));
}

#[test]
fn the_newer_wins_among_equals_of_one_scope() {
    let old = floor("z_old", 0.5);
    let new = Policy {
        created_at: at("2026-02-01T00:00:00Z"),
        ..floor("a_new", 0.5)
    };
    let resolved = resolve(
        &Contender {
            policy: &old,
            restriction: (),
        },
        &Contender {
            policy: &new,
            restriction: (),
        },
    );
    assert_eq!(resolved, (&new, &old, Resolution::Newer));
}

#[test]
fn a_candidate_is_compared_with_every_active_policy_but_itself() {
    let inactive = Policy {
        active: false,
        ..floor("inactive", 0.1)
    };
    let policies = [
        floor("there", 0.5),
        inactive,
        floor("candidate", 0.2),
        restriction("far", "B"),
    ];
    let policies: Vec<Arc<Policy>> = policies.into_iter().map(Arc::new).collect();
    let found = between(&policies, &floor("candidate", 0.9));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].detector, Detector::ConfidenceConflict);
    assert_eq!(
        found[0].description,
        "`candidate` and `there` set floors of 0.5 and 0.9 for fix confidence; \
         `candidate` takes effect because it restricts more"
    );
}

#[test]
fn every_detector_finds_its_conflict_without_an_action() {
    let detectors = |policies: Vec<Policy>| {
        let found = reports(policies)
            .into_iter()
            .map(|report| (report.detector, report.resolution));
        found.collect::<Vec<_>>()
    };
    let strict = Resolution::MoreRestrictive;
    assert_eq!(
        detectors(vec![restriction("a", "B"), block("b")]),
        [(Detector::TierConflict, strict)]
    );
    assert_eq!(
        detectors(vec![grant("a", "2027-01-01T00:00:00Z"), block("b")]),
        [(Detector::GrantVsBlock, strict)]
    );
    let rate = |id: &str, period: &str| {
        policy(
            id,
            "rate_limit",
            json!({
                "windows": [{ "period": period, "max": 5 }], "on_exceed": "block",
            }),
        )
    };
    assert_eq!(
        detectors(vec![rate("a", "1m"), scoped("bot", rate("b", "1h"))]),
        [(Detector::ScopeAmbiguity, Resolution::AgentScoped)],
        "neither is stricter in every period"
    );
}

#[test]
fn policies_that_no_action_meets_both_are_no_conflict() {
    let staging = policy(
        "staging",
        "environment_restriction",
        json!({
            "environments": ["staging"], "max_tier": "C",
        }),
    );
    let other = scoped("other", restriction("other", "C"));
    let own = scoped("bot", restriction("own", "B"));
    assert_eq!(reports(vec![staging, own, other]), []);
}
