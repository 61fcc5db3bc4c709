//! What holds for every rule set and every action.

use crate::{
    judge_generated::{
        a_world, all_policies, an_action, any_key, any_value, policies, refusing_rule, scope_mode,
    },
    judge_world::{World, judged, rules_in},
    reference,
};
use portcullis_policy::{
    action::Action,
    cham::Policy,
    judgement::Judgement,
    rules::{RuleSet, ScopeMode},
    tier::{RiskTier, Tier, Verdict},
};
use proptest::{
    collection::{btree_map, vec},
    prelude::{any, proptest},
    sample::Index,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What must be the same however the rules were loaded.
fn told(judgement: &Judgement<'_>) -> Value {
    serde_json::to_value(judgement).unwrap()
}

/// What the reference says, brought into the same shape.
fn outcome(rules: &RuleSet, judgement: &Judgement<'_>) -> reference::Outcome {
    let name = |place: &u32| rules.policies()[*place as usize].id.to_string();
    reference::Outcome {
        tier: judgement.tier,
        would: judgement.would.1,
        fired: judgement
            .fired
            .iter()
            .map(|policy| policy.id.to_string())
            .collect(),
        evaluated: judgement.evaluated.iter().map(name).collect(),
        grant: judgement
            .obligations
            .grant
            .map(|grant| grant.id.to_string()),
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(1_000))]

    #[test]
    fn the_rule_set_agrees_with_the_plain_evaluator(
        policies in all_policies(),
        action in an_action(),
        world in a_world(),
        scope_mode in scope_mode(),
    ) {
        let rules = rules_in(scope_mode, policies.clone());
        judged(&rules, &action, &world, |judgement| {
            let irreversible = judgement.risk == RiskTier::Destructive
                || action.kind.as_str() == "cache_purge";
            let floor = if irreversible { Tier::B } else { Tier::A };
            let floor = floor.max(world.standing.tier_override.unwrap_or(Tier::A));
            let risk = judgement.risk.tier();
            let mut expected = reference::judge(&policies, scope_mode, &action, &world, (risk, floor));
            if expected.tier >= Tier::C {
                expected.grant = None;
            }
            assert_eq!(outcome(&rules, judgement), expected);
            assert_eq!(judgement.verdict, judgement.tier.verdict());
            assert_eq!(judgement.would.0, judgement.would.1.verdict());
        });
    }

    #[test]
    fn the_order_of_loading_does_not_matter(
        policies in all_policies(),
        action in an_action(),
        world in a_world(),
        scope_mode in scope_mode(),
        swaps in vec((any::<Index>(), any::<Index>()), 0..20),
    ) {
        let rules = rules_in(scope_mode, policies.clone());
        let mut shuffled = policies;
        for (first, second) in swaps.iter().filter(|_| !shuffled.is_empty()).collect::<Vec<_>>() {
            let (first, second) = (first.index(shuffled.len()), second.index(shuffled.len()));
            shuffled.swap(first, second);
        }
        let others = rules_in(scope_mode, shuffled);
        assert_eq!(rules.digest(), others.digest());
        assert_eq!(rules.needs(&action, world.now), others.needs(&action, world.now));
        assert_eq!(
            judged(&rules, &action, &world, told),
            judged(&others, &action, &world, told),
        );
    }

    #[test]
    fn a_refusing_rule_never_loosens(
        policies in all_policies(),
        added in policies(refusing_rule(), 2),
        action in an_action(),
        world in a_world(),
    ) {
        let before = rules_in(ScopeMode::Strict, policies.clone());
        let added = added.into_iter().map(|policy| Policy { id: "pol_added".to_owned().try_into().unwrap(), ..policy });
        let after = rules_in(ScopeMode::Strict, policies.into_iter().chain(added).collect());
        let outcome = |judgement: &Judgement<'_>| (judgement.verdict, judgement.tier, judgement.would);
        let (before, after) =
            (judged(&before, &action, &world, outcome), judged(&after, &action, &world, outcome));
        assert!(after.0 >= before.0 && after.1 >= before.1, "{before:?} became {after:?}");
        assert!(after.2.0 >= before.2.0 && after.2.1 >= before.2.1, "{before:?} became {after:?}");
    }

    #[test]
    fn judging_again_says_the_same(
        policies in all_policies(),
        action in an_action(),
        world in a_world(),
    ) {
        let rules = rules_in(ScopeMode::Strict, policies);
        let facts = world.facts(&rules.needs(&action, world.now));
        assert_eq!(rules.judge(&action, &facts), rules.judge(&action, &facts));
    }

    #[test]
    fn every_conflict_names_different_policies_that_were_heard_or_gave_way(
        policies in all_policies(),
        action in an_action(),
        world in a_world(),
        scope_mode in scope_mode(),
    ) {
        let rules = rules_in(scope_mode, policies);
        judged(&rules, &action, &world, |judgement| {
            let mut detectors = BTreeSet::new();
            for conflict in &judgement.conflicts {
                assert!(detectors.insert(conflict.detector), "{:?} twice", conflict.detector);
                assert!(!conflict.losers.is_empty());
                assert!(conflict.losers.iter().all(|loser| loser.id != conflict.winner.id));
                assert!(!conflict.winner.log_only);
            }
        });
    }

    #[test]
    fn missing_facts_never_clear(policies in all_policies(), action in an_action(), world in a_world()) {
        let rules = rules_in(ScopeMode::Strict, policies);
        let needs = rules.needs(&action, world.now);
        let mut facts = world.facts(&needs);
        let asked = !(needs.rates.is_empty() && needs.grants.is_empty() && needs.sums.is_empty());
        facts.rates.clear();
        facts.grants.clear();
        facts.sums.clear();
        let judgement = rules.judge(&action, &facts);
        assert!(!asked || judgement.verdict == Verdict::Blocked);
    }

    #[test]
    fn any_parameters_are_judged(
        policies in all_policies(),
        action in an_action(),
        parameters in btree_map(any_key(), any_value(), 0..8),
        reasoning in ".{0,80}",
    ) {
        let rules = rules_in(ScopeMode::Strict, policies);
        let parameters = parameters.into_iter().collect();
        let action = Action { parameters, reasoning: Some(reasoning), ..action };
        judged(&rules, &action, &World::default(), |judgement| {
            assert_eq!(judgement.verdict, judgement.tier.verdict());
            assert!(told(judgement).is_object());
        });
    }
}
