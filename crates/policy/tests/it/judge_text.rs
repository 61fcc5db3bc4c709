//! How the judge says what it decided.

use crate::judge_world::{
    World, action, action_with, agent, judged, open_policy, outcome, policy, rate, restriction,
    rules, tenant,
};
use portcullis_policy::{
    action::{Action, Confidence},
    cham::Policy,
    facts::{AgentStatus, Caller, Standing},
    id::TenantId,
    judgement::Judgement,
    label::Label,
    rules::{RuleSet, ScopeMode, Source},
    tier::{Tier, Verdict},
};
use serde_json::json;
use std::sync::Arc;

/// One policy of every type, and one that is only recorded.
fn every_type() -> Vec<Policy> {
    let spent = policy(
        "spent",
        "grant_lifecycle",
        json!({
            "action_type": "deploy", "max_uses": 1, "expires_at": "2027-01-01T00:00:00Z",
            "tier_override": "A", "required": true,
        }),
    );
    vec![
        restriction("B"),
        policy(
            "floor",
            "confidence_floor",
            json!({ "floors": { "fix": 0.9, "incident": 0.8 } }),
        ),
        policy(
            "block",
            "action_type_block",
            json!({
                "action_types": ["deploy"], "tier": "C", "reason": "No deployments before the holidays",
            }),
        ),
        rate(3),
        policy(
            "reasoning",
            "require_reasoning",
            json!({
                "min_length": 20, "required_fields": ["reasoning", "ticket"], "on_missing": "hold",
            }),
        ),
        spent,
        policy(
            "hipaa",
            "compliance_pack",
            json!({
                "standard": "HIPAA",
                "rules": [
                    { "id": "phi", "description": "PHI needs a person.", "data_classifications": ["PHI"], "min_tier": "B", "retention_days": 2190 },
                    { "id": "phi_bare", "data_classifications": ["phi"], "min_tier": "B" },
                ],
            }),
        ),
        policy(
            "window",
            "time_window",
            json!({
                "windows": [{ "days": ["tuesday"], "start": "02:00", "end": "06:00", "timezone": "America/New_York" }],
                "outside_window": "hold", "reason": "Changes at night only",
            }),
        ),
        Policy {
            log_only: true,
            ..policy(
                "trial",
                "environment_restriction",
                json!({ "environments": ["production"], "max_tier": "C" }),
            )
        },
    ]
}

/// An action that all of them have something against.
fn careless() -> (Vec<Policy>, Action, World) {
    let action = Action {
        reasoning: Some("do it".to_owned()),
        confidence: Confidence {
            fix: Some(0.5),
            ..Confidence::default()
        },
        data_classes: vec![Label::new("PHI")],
        ..action("deploy")
    };
    let uses = [("spent".to_owned(), 1)].into();
    (
        every_type(),
        action,
        World {
            counts: [(60, 4)].into(),
            uses,
            ..World::default()
        },
    )
}

#[test]
fn reasons_read_as_plain_sentences() {
    let (policies, action, world) = careless();
    let texts = judged(&rules(policies), &action, &world, |judgement| {
        let lines = judgement
            .reasons
            .iter()
            .map(|reason| format!("{} {reason}", reason.tier));
        lines.collect::<Vec<String>>().join("\n")
    });
    insta::assert_snapshot!(texts, @r#"
    C this action needs a grant, and none is valid for it (policy `spent`)
    C this action type is blocked: No deployments before the holidays (policy `block`)
    C this is action 4 within 1m, and the most is 3 (policy `rate`)
    B incident confidence is not reported, and at least 0.8 is needed, so the action is tier B (policy `floor`)
    B fix confidence is 0.5, below 0.9, so the action is tier B (policy `floor`)
    B the environment permits no more autonomy than tier B: Production needs a person (policy `restriction`)
    B PHI needs a person (rule `phi`) (policy `hipaa`)
    B the compliance rule `phi_bare` demands it (policy `hipaa`)
    B `reasoning` has fewer than 20 characters (policy `reasoning`)
    B the field `ticket` is missing (policy `reasoning`)
    B now is outside the approved change windows: Changes at night only (policy `window`)
    C recorded only: the environment permits no more autonomy than tier C (policy `trial`)
    "#);
}

#[test]
fn reasons_outside_the_policies_read_as_plain_sentences() {
    let standing = Standing {
        status: AgentStatus::Paused,
        confidence_floor: Some(0.96),
        tier_override: Some(Tier::B),
    };
    let caller = Caller {
        tenant: TenantId::new("globex").unwrap(),
        agent: Some(agent("other")),
    };
    let world = World {
        standing,
        caller,
        chain_intact: false,
        ..World::default()
    };
    let action = action_with(
        "retire",
        json!({ "org_id": "initech", "to": "bob@example.com" }),
    );
    let texts = judged(&rules(vec![]), &action, &world, |judgement| {
        let lines = judgement
            .reasons
            .iter()
            .map(|reason| format!("{} {reason}", reason.tier));
        lines.collect::<Vec<String>>().join("\n")
    });
    insta::assert_snapshot!(texts, @r#"
    X SGP-10 (Data Sovereignty): no action reaches out of its tenant; the credential belongs to another tenant
    X SGP-16 (Immutable Identity): an agent's id is given by the gate, never changes, and is never borrowed; the credential belongs to agent `other`, not to `bot`
    X SGP-10 (Data Sovereignty): no action reaches out of its tenant; a parameter names the tenant `initech`
    C SGP-7 (Hash Chain Continuity): the chain of records has no gap; the chain of records does not verify
    B the agent is paused
    B every action of this agent is at least tier B
    B the agent's own floor is missed: incident confidence is 0.95, below 0.96
    B the agent's own floor is missed: fix confidence is 0.95, below 0.96
    B the agent's own floor is missed: containment confidence is 0.95, below 0.96
    B SGP-13 (Irreversible Harm Needs a Person): what destroys is never done by the agent alone
    B SGP-11 (Sensitive Data Is Declared): personal data travels only under a declared data class; the action holds a mail address and declares no data class
    B the action is of risk tier 4 destructive and needs the approval of 2 people
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "the explanation is shown in full")]
fn a_judgement_explains_itself() {
    let (policies, action, world) = careless();
    let few = policies
        .into_iter()
        .filter(|policy| ["restriction", "rate", "trial"].contains(&policy.id.as_str()));
    let explained = judged(&rules(few.collect()), &action, &world, |judgement| {
        serde_json::to_string_pretty(judgement).unwrap()
    });
    insta::assert_snapshot!(explained, @r#"
    {
      "verdict": "BLOCKED",
      "tier": "C",
      "risk_tier": 2,
      "rule_violated": "rate",
      "reasons": [
        {
          "code": "rate.limited",
          "layer": "policies",
          "policy_id": "rate",
          "tier": "C",
          "verdict": "BLOCKED",
          "enforced": true,
          "text": "this is action 4 within 1m, and the most is 3 (policy `rate`)",
          "remedy": "slow down and retry later",
          "limit": 3,
          "requested": 4
        },
        {
          "code": "cham.environment_restriction",
          "layer": "policies",
          "policy_id": "restriction",
          "tier": "B",
          "verdict": "HELD",
          "enforced": true,
          "text": "the environment permits no more autonomy than tier B: Production needs a person (policy `restriction`)",
          "remedy": "use an environment with fewer restrictions, or let a person decide"
        },
        {
          "code": "cham.environment_restriction",
          "layer": "policies",
          "policy_id": "trial",
          "tier": "C",
          "verdict": "BLOCKED",
          "enforced": false,
          "text": "recorded only: the environment permits no more autonomy than tier C (policy `trial`)",
          "remedy": "use an environment with fewer restrictions, or let a person decide"
        }
      ],
      "policies_fired": [
        {
          "policy_id": "rate",
          "name": "rate",
          "type": "rate_limit",
          "reason": "this is action 4 within 1m, and the most is 3 (policy `rate`)"
        },
        {
          "policy_id": "restriction",
          "name": "restriction",
          "type": "environment_restriction",
          "reason": "the environment permits no more autonomy than tier B: Production needs a person (policy `restriction`)"
        },
        {
          "policy_id": "trial",
          "name": "trial",
          "type": "environment_restriction",
          "reason": "recorded only: the environment permits no more autonomy than tier C (policy `trial`)"
        }
      ],
      "policies_evaluated": 3,
      "conflicts": [],
      "obligations": {
        "dry_run": false,
        "notify": true,
        "approvals": 0,
        "approvers": [],
        "hold_seconds": 0
      }
    }
    "#);
}

#[test]
fn every_fault_is_reported_at_once_with_its_path() {
    let floor = policy(
        "floor",
        "confidence_floor",
        json!({ "floors": { "fix": 1.5 } }),
    );
    let block = policy(
        "block",
        "action_type_block",
        json!({ "action_types": ["deploy"], "tier": "B" }),
    );
    let window = policy(
        "window",
        "time_window",
        json!({
            "windows": [{ "days": ["monday"], "start": "02:00", "end": "03:00", "timezone": "Mars" }],
            "outside_window": "hold",
        }),
    );
    let policies = [floor.clone(), floor, block, window].map(Arc::new).to_vec();
    let source = Source {
        tenant: tenant(),
        tenant_policy: Some(open_policy()),
        policies,
        scope_mode: ScopeMode::Strict,
    };
    let faults = RuleSet::compile(source).unwrap_err();
    let lines: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    policies[floor]: is there twice
    policies[block].config.tier: must be C or X, not B
    policies[floor].config.floors.fix: must be between 0 and 1
    policies[floor].config.floors.fix: must be between 0 and 1
    policies[window].config.windows[0].timezone: `Mars` is not a known time zone
    "#);
}

#[test]
fn a_failed_stage_is_a_refusal_that_names_it() {
    let failed = Judgement::failed("judge");
    assert_eq!(outcome(&failed), (Verdict::Blocked, Tier::C));
    assert_eq!(
        failed.reasons[0].to_string(),
        "the gate failed at the stage `judge`"
    );
    assert_eq!(failed.rule_violated().as_deref(), Some("gate.stage_failed"));
}
