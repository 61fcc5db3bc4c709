//! Judging commands: the rule set and the plain evaluator agree.

use super::policies::{lists, plain};
use crate::{
    foresight::horizon,
    judge_generated::{a_world, an_action, grant, policies, refusing_rule, scope_mode},
    judge_world::{World, judged, tenant},
    reference,
};
use portcullis_policy::{
    action::Action,
    cham::Policy,
    command::{account::Account, asked::Asked, effect::Effect, policy::SessionPatterns},
    id::WorkspaceId,
    label::Label,
    rules::{RuleSet, ScopeMode, Source},
    tenant::read,
    tier::{RiskTier, Tier, Verdict},
};
use proptest::{option, prelude::*, sample::select};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The lists of the system, a workspace and a project, and those of the session.
type Lists = [(Vec<String>, Vec<String>); 4];

fn rules(lists: &Lists, scope_mode: ScopeMode, policies: &[Policy]) -> RuleSet {
    let named = ["system", "workspace", "project"].into_iter().zip(lists);
    let written = named.clone().map(|(name, (allow, block))| {
        let mut policy = json!({ "name": name });
        for (key, list) in [("allow_list", allow), ("block_list", block)] {
            if !list.is_empty() {
                policy[key] = json!(list);
            }
        }
        policy
    });
    let mappings = named.map(|(name, _)| {
        let mut mapping = json!({ "name": name, "policy": name, "level": name, "active": true });
        if name != "system" {
            mapping["targets"] = json!(["shop"]);
        }
        mapping
    });
    let (written, mappings): (Vec<_>, Vec<_>) = (written.collect(), mappings.collect());
    let policy = json!({
        "version": 1,
        "actions": [{ "action": "*" }],
        "commands": { "policies": written, "mappings": mappings },
    });
    RuleSet::compile(Source {
        tenant: tenant(),
        tenant_policy: Some(read::from_value(&policy).unwrap()),
        policies: policies.iter().cloned().map(Arc::new).collect(),
        scope_mode,
    })
    .unwrap()
}

fn a_command() -> impl Strategy<Value = Map<String, Value>> {
    let line = |line: &str| json!({ "line": line });
    let written = vec![
        line("kubectl get pods"),
        line("kubectl get secret x"),
        line("kubectl apply -f a.yaml"),
        line("kubectl delete pod x"),
        line("kubectl delete ns x"),
        line("kubectl get pods; rm -rf x"),
        line("kubectl get pods > x"),
        line("git push --force"),
        line("aws ec2 describe-instances"),
        line("bash x.sh"),
        json!({ "argv": ["kubectl", "get", "pods"] }),
        json!({ "argv": ["rm", "-rf", "x"] }),
        json!({ "argv": [] }),
        json!({ "line": "ls", "argv": ["ls"] }),
        json!({}),
    ];
    select(written).prop_map(|value| value.as_object().unwrap().clone())
}

fn a_commanding_action() -> impl Strategy<Value = Action> {
    (an_action(), a_command(), any::<bool>()).prop_map(|(action, command, at_shop)| {
        let mut parameters = action.parameters.clone();
        parameters.extend(command);
        Action {
            kind: Label::new("command.run"),
            workspace: at_shop.then(|| WorkspaceId::new("shop").unwrap()),
            parameters,
            ..action
        }
    })
}

fn some_policies() -> impl Strategy<Value = Vec<Policy>> {
    let granted = grant().prop_map(|(kind, mut config)| {
        config["action_type"] = json!("command.run");
        (kind, config)
    });
    policies(prop_oneof![2 => refusing_rule(), 2 => granted], 8)
}

fn a_session() -> impl Strategy<Value = (Option<&'static str>, bool, bool)> {
    (
        option::of(select(vec!["shop", "other"])),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
    )
}

fn world(
    world: World,
    lists: &Lists,
    (project, approve_all, reject_all): (Option<&str>, bool, bool),
) -> World {
    let (allow, block) = lists[3].clone();
    let command_patterns = SessionPatterns {
        project: project.map(str::to_owned),
        allow,
        block,
        approve_all,
        reject_all,
    };
    World {
        command_patterns,
        ..world
    }
}

/// What is expected of a command besides the policies: its risk, and the least tier.
fn expected(lists: &Lists, action: &Action, session: &SessionPatterns) -> (RiskTier, Tier) {
    let Ok(asked) = Asked::read(&action.parameters) else {
        return (RiskTier::Destructive, Tier::C);
    };
    let account = Account::of(&asked);
    let mut levels = lists.clone();
    if action.workspace.is_none() {
        // No workspace is named: none allows, and all block.
        levels[1].0.clear();
    }
    let mut blocking = levels.clone();
    if session.project.as_deref() != Some("shop") {
        levels[2] = (vec![], vec![]);
        blocking[2] = (vec![], vec![]);
    }
    if action.workspace.is_none() {
        levels[1] = (vec![], vec![]);
    }
    if session.approve_all {
        levels[3].0.push(".".to_owned());
    }
    let decision = if session.reject_all || plain(&blocking, &account) == "deny" {
        "deny"
    } else {
        plain(&levels, &account)
    };
    let is_ruled = levels
        .iter()
        .any(|(allow, block)| !allow.is_empty() || !block.is_empty());
    let clear = if account.is_clear() { Tier::A } else { Tier::B };
    match decision {
        "deny" => (account.risk(), Tier::C),
        "ask" if is_ruled => (account.risk().max(RiskTier::HighWrite), clear),
        _ => (account.risk(), clear),
    }
}

#[test]
fn more_than_anybody_looks_at_is_refused() {
    let rules = rules(&Lists::default(), ScopeMode::Strict, &[]);
    for (parameters, wanted) in [
        (json!({ "line": "ls; ".repeat(256) }), Verdict::Cleared),
        (json!({ "line": "ls; ".repeat(257) }), Verdict::Blocked),
        (json!({ "line": "a".repeat(16_384) }), Verdict::Held),
        (json!({ "line": "a".repeat(16_385) }), Verdict::Blocked),
        (
            json!({ "argv": ["ls", "a".repeat(16_384)] }),
            Verdict::Blocked,
        ),
    ] {
        let action = crate::judge_world::action_with("command.run", parameters);
        let verdict = judged(&rules, &action, &World::default(), |judgement| {
            judgement.verdict
        });
        assert_eq!(verdict, wanted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn the_rule_set_agrees_with_the_plain_evaluator(
        lists in [lists(), lists(), lists(), lists()], policies in some_policies(),
        action in a_commanding_action(), around in a_world(), session in a_session(), scope_mode in scope_mode(),
    ) {
        let world = world(around, &lists, session);
        let rules = rules(&lists, scope_mode, &policies);
        let (risk, floor) = expected(&lists, &action, &world.command_patterns);
        let irreversible = if risk == RiskTier::Destructive { Tier::B } else { Tier::A };
        let own = world.standing.tier_override.unwrap_or(Tier::A);
        let floor = floor.max(irreversible).max(own);
        let wanted = reference::judge(&policies, scope_mode, &action, &world, (risk.tier(), floor));
        judged(&rules, &action, &world, |judgement| {
            prop_assert_eq!((judgement.risk, judgement.tier, judgement.would.1), (risk, wanted.tier, wanted.would));
            prop_assert_eq!(judgement.verdict, judgement.tier.verdict());
            Ok(())
        })?;
    }

    #[test]
    fn a_copy_refuses_no_command_that_the_gate_would_let_through(
        lists in [lists(), lists(), lists(), lists()], policies in some_policies(),
        action in a_commanding_action(), around in a_world(), session in a_session(),
    ) {
        let world = world(around, &lists, session);
        let rules = rules(&lists, ScopeMode::Strict, &policies);
        let refused = rules.surely_refuses(&action, &horizon(&world)).is_some();
        let verdict = judged(&rules, &action, &world, |judgement| judgement.verdict);
        prop_assert!(!refused || verdict == Verdict::Blocked);
    }

    #[test]
    fn nothing_but_people_lets_through_what_nobody_understands(
        lists in [lists(), lists(), lists(), lists()], policies in some_policies(),
        action in a_commanding_action(), around in a_world(), session in a_session(),
    ) {
        let world = world(around, &lists, session);
        let rules = rules(&lists, ScopeMode::Strict, &policies);
        let account = Asked::read(&action.parameters).map(|asked| Account::of(&asked));
        let verdict = judged(&rules, &action, &world, |judgement| judgement.verdict);
        match account {
            Err(_) => prop_assert_eq!(verdict, Verdict::Blocked),
            Ok(account) if !account.is_clear() || account.effect() == Effect::Destructive => {
                prop_assert!(verdict >= Verdict::Held);
            }
            Ok(_) => {}
        }
    }
}
