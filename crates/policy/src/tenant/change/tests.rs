use super::diff;
use crate::tenant::{TenantPolicy, read};
use serde_json::{Value, json};

fn policy(text: &str) -> TenantPolicy {
    read::parse(text).unwrap()
}

const BEFORE: &str = "
version: 1
catalogue: [{ action: acme.print, tier: 3 }]
actions:
  - { action: workloads.list }
  - { action: workloads.submit, environments: [staging], caps: { max_gpus_per_job: 64 }, scope: { teams: [a, b] } }
  - { action: database_drop, allow: false, agents: [agt_1] }
  - { action: table_truncate, allow: false }
  - { action: data_read, folders: { within: [/srv/a, /srv/b], except: [secrets, keys] } }
  - { action: log_read, folders: { within: [/var/log] } }
budgets: { daily_usd: 2000, warn_at_percent: 80 }
rate_limits: { writes_per_minute: 10 }
approvals: { tier3: { approvers: [U_A, U_B], required: 2 } }
prices: { gpu_hour_usd: { H100: 4 } }
";

const AFTER: &str = "
version: 1
timezone: Asia/Tokyo
catalogue: [{ action: acme.print, tier: 2 }]
actions:
  - { action: workloads.submit, environments: [staging, production], caps: { max_gpus_per_job: 32, max_cost_usd: 9 }, scope: { teams: [a] } }
  - { action: database_drop, allow: false, agents: [agt_1, agt_2] }
  - { action: log_read, environments: [staging] }
  - { action: data_read, folders: { within: [/srv/a], except: [secrets] } }
budgets: { daily_usd: 2500 }
rate_limits: { split_factor: 3 }
approvals: { tier3: { approvers: [U_A, U_B, U_C] }, self_approval: true }
prices: { gpu_hour_usd: { H100: 3, A100: 2 } }
internal_domains: [corp.example]
";

#[test]
fn changes_read_well_and_loosening_is_marked() {
    let lines = |old: &str, new: &str| -> String {
        let changes = diff(Some(&policy(old)), Some(&policy(new)));
        changes.iter().map(|change| format!("{change}\n")).collect()
    };
    insta::assert_snapshot!(format!(
        "{}\nand back\n\n{}",
        lines(BEFORE, AFTER),
        lines(AFTER, BEFORE)
    ));
}

#[test]
fn lists_of_commands_loosen_when_less_is_held_back() {
    let before = "
version: 1
commands:
  policies:
    - { name: looks, allow_list: [^kubectl get], block_list: [secret, prod] }
    - { name: gone, block_list: [rm] }
  mappings:
    - { name: here, policy: looks, level: system, active: true }
    - { name: there, policy: gone, level: workspace, targets: [shop], active: true }
";
    let after = "
version: 1
commands:
  policies:
    - { name: looks, allow_list: [^kubectl get, ^helm list], block_list: [secret, lab] }
    - { name: new, allow_list: [^git log], block_list: [push] }
  mappings:
    - { name: here, policy: looks, level: system, active: false }
    - { name: new, policy: new, level: project, targets: [move], active: true }
";
    let changes = diff(Some(&policy(before)), Some(&policy(after)));
    let lines: String = changes.iter().map(|change| format!("{change}\n")).collect();
    insta::assert_snapshot!(lines);
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    assert_eq!(diff(Some(&policy(BEFORE)), Some(&policy(BEFORE))), []);
    assert_eq!(diff(None, None), []);
}

#[test]
fn the_first_policy_loosens_and_the_last_one_tightens() {
    let first = diff(None, Some(&policy(BEFORE)));
    assert!(
        first
            .iter()
            .any(|change| change.path == "actions[workloads.list]" && change.loosens)
    );
    let gone = diff(Some(&policy(BEFORE)), None);
    assert!(
        gone.iter()
            .any(|change| change.path == "actions[workloads.list]" && !change.loosens)
    );
}

#[test]
fn the_order_of_entries_is_no_change() {
    let of =
        |actions: Value| read::from_value(&json!({ "version": 1, "actions": actions })).unwrap();
    let (one, other) = (
        json!({ "action": "log_read" }),
        json!({ "action": "data_read" }),
    );
    assert_eq!(
        diff(
            Some(&of(json!([one, other]))),
            Some(&of(json!([other, one])))
        ),
        []
    );
}

#[test]
fn every_limit_taken_away_loosens() {
    let of = |limits: Value| {
        let mut policy = json!({ "version": 1, "actions": [{ "action": "log_read" }] });
        for (key, value) in limits.as_object().unwrap() {
            policy[key] = value.clone();
        }
        read::from_value(&policy).unwrap()
    };
    for limits in [
        json!({ "budgets": { "daily_usd": 1 } }),
        json!({ "agent_budgets": { "a": { "monthly_gpu_hours": 1 } } }),
        json!({ "rate_limits": { "writes_per_hour": 1 } }),
        json!({ "prices": { "gpu_hour_usd": { "H100": 1 } } }),
        json!({ "approvals": { "tier4": { "required": 3 } } }),
        json!({ "approvals": { "tier4": { "approvers": ["group:a"] } } }),
        json!({ "approvals": { "tier4": { "ceiling_minutes": 60 } } }),
        json!({ "actions": [{ "action": "log_read", "caps": { "max_lines": 1 } }] }),
        json!({ "actions": [{ "action": "log_read", "limits": { "file": ["a"] } }] }),
        json!({ "actions": [{ "action": "log_read", "scope": { "teams": ["a"] } }] }),
        json!({ "actions": [{ "action": "log_read", "tier": 3 }] }),
        json!({ "actions": [{ "action": "log_read" }, { "action": "*", "allow": false }] }),
    ] {
        let (with, without) = (of(limits.clone()), of(json!({})));
        let changes = diff(Some(&with), Some(&without));
        assert!(
            changes.iter().any(|change| change.loosens),
            "{limits}: {changes:?}"
        );
        let changes = diff(Some(&without), Some(&with));
        assert!(
            changes.iter().all(|change| !change.loosens),
            "{limits}: {changes:?}"
        );
    }
}

const CHAIN: &str = r##"
version: 1
slack: { channel: C1 }
approvals:
  tier3: { escalate: [{ channel: "#leads", minutes: 20 }, { approvers: [U_A, U_B] }], ceiling_minutes: 90 }
"##;

#[test]
fn a_longer_chain_of_more_people_loosens() {
    let told = |change: (&str, &str)| -> String {
        let after = policy(&CHAIN.replace(change.0, change.1));
        let lines = |old: &TenantPolicy, new: &TenantPolicy| -> String {
            let changes = diff(Some(old), Some(new));
            changes.iter().map(|change| format!("{change}\n")).collect()
        };
        let before = policy(CHAIN);
        lines(&before, &after) + &lines(&after, &before)
    };
    insta::assert_snapshot!(
        [
            ("[U_A, U_B] }]", "[U_A, U_B] }, { channel: C9 }]"),
            ("minutes: 20", "minutes: 25"),
            ("#leads", "#others"),
            ("[U_A, U_B]", "[U_A, U_B, U_C]"),
            ("ceiling_minutes: 90", "ceiling_minutes: 100"),
            ("ceiling_minutes: 90", "owner_approval: true"),
            ("channel: C1", "channel: C1, escalation_channel: C2"),
        ]
        .map(told)
        .join("\n"),
        @r##"
        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B] -> in #leads for 20 minutes, then [U_A, U_B], then in C9 (loosens)
        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B], then in C9 -> in #leads for 20 minutes, then [U_A, U_B]

        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B] -> in #leads for 25 minutes, then [U_A, U_B] (loosens)
        ~ approvals.tier3.escalate: in #leads for 25 minutes, then [U_A, U_B] -> in #leads for 20 minutes, then [U_A, U_B]

        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B] -> in #others for 20 minutes, then [U_A, U_B]
        ~ approvals.tier3.escalate: in #others for 20 minutes, then [U_A, U_B] -> in #leads for 20 minutes, then [U_A, U_B]

        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B] -> in #leads for 20 minutes, then [U_A, U_B, U_C] (loosens)
        ~ approvals.tier3.escalate: in #leads for 20 minutes, then [U_A, U_B, U_C] -> in #leads for 20 minutes, then [U_A, U_B]

        ~ approvals.tier3.ceiling_minutes: 90 -> 100 (loosens)
        ~ approvals.tier3.ceiling_minutes: 100 -> 90

        - approvals.tier3.ceiling_minutes: 90 (loosens)
        + approvals.tier3.owner_approval: true (loosens)
        + approvals.tier3.ceiling_minutes: 90
        - approvals.tier3.owner_approval: true

        + slack.escalation_channel: C2 (loosens)
        - slack.escalation_channel: C2
        "##
    );
}
