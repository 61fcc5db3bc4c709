use super::{from_value, parse};
use crate::fault::Faults;
use proptest::prelude::*;
use serde_json::json;

const WHOLE: &str = r#"
version: 1
org: org_abc123
default: deny
timezone: Europe/Berlin
heartbeat_minutes: 5
slack: { channel: C0123, escalation_channel: C0456 }
internal_domains: [corp.example]
catalogue:
  - { action: acme.print, tier: 2, free: true, description: print a page }
  - { action: workloads.cancel, tier: 4 }
  - { action: mcp.github.get_*, tier: 0 }
actions:
  - action: workloads.submit
    allow: true
    environments: [production]
    caps: { max_gpus_per_job: 64, max_cost_usd: 500, max_retries: 3 }
    scope: { teams: [ml-research], gpu_types: [H100, A100], job_classes: [ELASTIC] }
    limits: { region: [eu-1, 7, true] }
  - { action: acme.*, agents: [agt_1], workspaces: [print-room], tier: 3 }
  - { action: database_drop, allow: false }
budgets: { daily_usd: 2000, warn_at_percent: 80 }
agent_budgets: { agt_1: { per_action_usd: 10 } }
workspace_budgets: { print-room: { monthly_gpu_hours: 100 } }
rate_limits: { writes_per_minute: 10, writes_per_hour: 60, split_factor: 2 }
approvals:
  expires_minutes: 30
  tier3: { approvers: ["group:gpu-oncall"], required: 1 }
  tier4:
    approvers: [U_ALICE, "person:bob"]
    required: 2
    expires_minutes: 60
    escalate: [{ channel: '#gpu-leads', minutes: 30 }, { approvers: ["group:leads"] }]
    ceiling_minutes: 180
    owner_approval: true
  self_approval: false
prices: { gpu_hour_usd: { H100: 4.5, default: 3 }, default_hours: 8 }
"#;

fn faults(text: &str) -> Faults {
    parse(text).expect_err("the policy has mistakes")
}

fn one_per_line(faults: &Faults) -> String {
    faults.0.iter().map(|fault| format!("{fault}\n")).collect()
}

#[test]
fn a_whole_policy_is_read() {
    let policy = parse(WHOLE).unwrap();
    assert_eq!(policy.tenant.as_deref(), Some("org_abc123"));
    assert_eq!(policy.actions.len(), 3);
    assert_eq!(policy.actions[0].limits["region"], ["eu-1", "7", "true"]);
    assert!(!policy.actions[2].allow);
    assert_eq!(policy.approvals.unwrap().tier4.unwrap().required, Some(2));
}

#[test]
fn what_is_written_down_reads_back_the_same() {
    let policy = parse(WHOLE).unwrap();
    let written = serde_json::to_value(&policy).unwrap();
    assert_eq!(from_value(&written), Ok(policy.clone()));
    assert_eq!(
        serde_json::from_value::<crate::tenant::TenantPolicy>(written).unwrap(),
        policy
    );
}

#[test]
fn json_reads_like_yaml() {
    let yaml = parse("version: 1\nactions: [{ action: log_read }]").unwrap();
    let json = "{\n\t\"version\": 1,\n\t\"actions\": [\n\t\t{ \"action\": \"log_read\" }\n\t]\n}\n";
    assert_eq!(parse(json), Ok(yaml));
}

#[test]
fn the_least_policy_has_a_version() {
    let policy = parse("version: 1").unwrap();
    assert!(policy.actions.is_empty());
    assert_eq!(policy.timezone, "UTC");
}

#[test]
fn every_mistake_is_reported_at_once_with_its_path() {
    let text = r#"
version: 2
tenant: a
org: b c
default: allow
timezone: Mars/Olympus
heartbeat_minutes: 31
slack: { chanel: C1 }
internal_domains: [corp.example, "not a domain"]
colour: red
catalogue:
  - { action: acme.print, tier: 6 }
  - { action: acme.print }
  - { action: workloads.submit, tier: 1 }
  - { action: sql.vacuum, tier: 0 }
  - { action: nothing.like.*, tier: 3 }
  - { tier: 3 }
actions:
  - { action: workload.submit }
  - { action: workloadz.* }
  - { action: nosuchthing }
  - { action: two words }
  - { action: database_drop, allow: false, caps: { max_rows: 1 } }
  - { action: workloads.list, alow: true }
  - { action: workloads.list, allow: false }
  - action: workloads.submit
    tier: 1
    caps: { max_gpu_per_job: 4, gpus: 2, max_instances: -1, max_cost_usd: lots, max_: 1 }
    scope: { team: [a], pools: [], clusters: a }
    limits: { region: [], "": [a] }
    environments: []
    agents: ["agt 1", agt_2, agt_2]
  - just words
budgets: { warn_at_percent: 0, dayly_usd: 1 }
agent_budgets: { "a b": { daily_usd: -1 } }
workspace_budgets: {}
rate_limits: { writes_per_minute: 0, split_factor: 1.5 }
approvals:
  expires_minutes: 1441
  tier3: { required: 0, approvers: [alice, "group:"] }
  tier4: { required: 1, approvers: [U_ALICE] }
  self_approval: perhaps
prices: { gpu_hour_usd: { H100: -4, defualt: 3 }, default_hours: 0 }
"#;
    insta::assert_snapshot!(one_per_line(&faults(text)));
}

#[test]
fn every_mistake_about_escalation_is_reported_at_once_with_its_path() {
    let text = r##"
version: 1
approvals:
  expires_minutes: 45
  tier3:
    ceiling_minutes: 44
    owner_approval: maybe
    escalate:
      - { chanel: "#a", minutes: 0 }
      - { minutes: 1441, channel: "#Capitals" }
      - { channel: "" }
      - just words
  tier4:
    escalate:
      - { approvers: [U_ALICE], channel: "#" }
      - { approvers: [alice, "group:a"], minutes: 90 }
      - { channel: C0ONCALL }
      - {}
"##;
    insta::assert_snapshot!(one_per_line(&faults(text)));
    let text = "version: 1\napprovals: { tier3: { escalate: [], ceiling_minutes: 10081 }, tier4: { escalate: 5 } }";
    insta::assert_snapshot!(one_per_line(&faults(text)), @r##"
    approvals.tier3.ceiling_minutes: expected a whole number from 1 to 10080, found `10081`
    approvals.tier3.escalate: is empty; leave it out or fill it
    approvals.tier4.escalate: expected a list, found `5`
    "##);
}

#[test]
fn bounds_of_minutes_are_inclusive() {
    for (heartbeat, good) in [(0, false), (1, true), (30, true), (31, false)] {
        let read = from_value(&json!({ "version": 1, "heartbeat_minutes": heartbeat }));
        assert_eq!(read.is_ok(), good, "{heartbeat}");
    }
    for (expires, good) in [(0, false), (1, true), (1440, true), (1441, false)] {
        let approvals = json!({ "expires_minutes": expires });
        let read = from_value(&json!({ "version": 1, "approvals": approvals }));
        assert_eq!(read.is_ok(), good, "{expires}");
    }
}

#[test]
fn a_document_that_is_none_is_one_fault() {
    for text in [
        "",
        "- a list",
        "version: 1\nversion: 1",
        "{",
        "just words",
        "\u{0}",
    ] {
        assert_eq!(faults(text).0.len(), 1, "{text}");
    }
    let long = format!("version: 1\n# {}", "x".repeat(1 << 20));
    assert_eq!(faults(&long).0.len(), 1);
}

#[test]
fn a_tenant_says_itself_what_its_tools_do() {
    let policy = json!({
        "version": 1,
        "catalogue": [{ "action": "mcp.github.list_issues", "tier": 0 }],
        "actions": [{ "action": "mcp.github.*" }],
    });
    assert!(from_value(&policy).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let _read = parse(&text);
    }

    #[test]
    fn no_slip_in_a_policy_makes_the_reader_panic(place in 0..WHOLE.len(), letter in "\\PC") {
        let place = (0..=place).rev().find(|place| WHOLE.is_char_boundary(*place)).unwrap_or(0);
        let (head, tail) = WHOLE.split_at(place);
        let _read = parse(&format!("{head}{letter}{tail}"));
    }
}
