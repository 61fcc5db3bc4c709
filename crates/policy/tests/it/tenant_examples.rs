//! Every example loads, and says what its README says.

use portcullis_policy::{
    cham,
    code::Code,
    facts::{Answers, Facts, Needs},
    findings::Findings,
    id::TenantId,
    judgement::Obligations,
    tenant::{read, rules::TenantRules},
    tier::RiskTier,
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// The files of this name below `examples/`.
fn examples(name: &str) -> Vec<(PathBuf, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .map(|folder| folder.join(name))
        .filter(|file| file.is_file());
    files
        .map(|file| (file.clone(), fs::read_to_string(file).unwrap()))
        .collect()
}

#[test]
fn every_tenant_policy_loads() {
    let examples = examples("tenant-policy.yaml");
    assert!(examples.len() >= 2);
    for (file, text) in examples {
        let policy =
            read::parse(&text).unwrap_or_else(|faults| panic!("{}: {faults}", file.display()));
        let written = serde_json::to_string(&policy).unwrap();
        assert_eq!(read::parse(&written), Ok(policy), "{}", file.display());
    }
}

#[test]
fn every_list_of_policies_loads() {
    let examples = examples("policies.yaml");
    assert!(!examples.is_empty());
    for (file, text) in examples {
        let drafts =
            cham::read::yaml(&text).unwrap_or_else(|faults| panic!("{}: {faults}", file.display()));
        assert!(!drafts.is_empty(), "{}", file.display());
    }
}

#[test]
fn every_example_explains_itself() {
    for (file, _) in examples("tenant-policy.yaml") {
        assert!(
            file.with_file_name("README.md").is_file(),
            "{}",
            file.display()
        );
    }
}

/// What an example says about an action of nobody in particular, on a quiet day.
fn judge(example: &str, action: &Value) -> (RiskTier, Vec<Code>) {
    let all = examples("tenant-policy.yaml");
    let (_, text) = all
        .iter()
        .find(|(file, _)| file.to_string_lossy().contains(example))
        .unwrap();
    let tenant = TenantId::new("ten_test").unwrap();
    let rules = TenantRules::compile(Some(&read::parse(text).unwrap()), &tenant).unwrap();
    let mut written = json!({
        "tenant": "ten_test", "agent": "agt_test", "target": "it", "environment": "production",
    });
    written
        .as_object_mut()
        .unwrap()
        .extend(action.as_object().unwrap().clone());
    let action = serde_json::from_value(written).unwrap();
    let mut facts: Facts = serde_json::from_value(json!({
        "now": "2026-01-05T12:00:00Z", "mode": "ENFORCED", "caller": { "tenant": "ten_test" },
        "agent": { "status": "active" }, "chain_intact": true,
    }))
    .unwrap();
    let mut needs = Needs::default();
    rules.needs(&action, facts.now, &mut needs);
    facts.rates = needs.rates.iter().map(|_| 1).collect();
    facts.budgets = needs.budgets.iter().map(|_| Default::default()).collect();
    facts.sums = needs.sums.iter().map(|_| 0).collect();
    let mut findings = Findings::default();
    rules.judge(
        &action,
        &mut Answers::new(&facts),
        &mut findings,
        &mut Obligations::default(),
    );
    (
        findings.risk,
        findings.reasons.iter().map(|reason| reason.code).collect(),
    )
}

#[test]
fn the_gpu_team_submits_within_its_caps() {
    let submit = |gpus: u32| {
        let parameters = json!({
            "requested_gpus": gpus, "gpu_type": "H100", "initiative_id": "ml-research",
            "job_class": "ELASTIC", "hours": 2,
        });
        judge(
            "gpu-team",
            &json!({ "kind": "workloads.submit", "parameters": parameters }),
        )
    };
    assert_eq!(submit(4), (RiskTier::LowWrite, vec![]));
    assert_eq!(submit(64), (RiskTier::HighWrite, vec![]));
    assert_eq!(submit(128), (RiskTier::HighWrite, vec![Code::CapExceeded]));
    let other = |kind: &str| judge("gpu-team", &json!({ "kind": kind }));
    assert_eq!(other("workloads.list"), (RiskTier::Observe, vec![]));
    assert_eq!(
        other("allocations.release"),
        (RiskTier::Destructive, vec![])
    );
    assert_eq!(
        other("pools.delete"),
        (RiskTier::Prohibited, vec![Code::Denied])
    );
    assert_eq!(
        other("teams.create"),
        (RiskTier::HighWrite, vec![Code::NotAllowed])
    );
}

#[test]
fn the_software_team_deploys_and_uses_tools() {
    let other = |kind: &str| judge("software-team", &json!({ "kind": kind }));
    assert_eq!(other("log_rotate"), (RiskTier::LowWrite, vec![]));
    assert_eq!(other("config_change"), (RiskTier::HighWrite, vec![]));
    assert_eq!(
        other("database_drop"),
        (RiskTier::Destructive, vec![Code::NotAllowed])
    );
    assert_eq!(other("mcp.github.list_issues"), (RiskTier::Observe, vec![]));
    assert_eq!(other("mcp.github.delete_repository").1[0], Code::Denied);
    let deploy = |target: &str| {
        judge(
            "software-team",
            &json!({ "kind": "code_deploy", "target": target }),
        )
        .1
    };
    assert_eq!(deploy("web"), []);
    assert_eq!(deploy("billing"), [Code::OutOfScope]);
    let intern = json!({ "kind": "log_read", "agent": "agt_intern" });
    assert_eq!(judge("software-team", &intern).1, [Code::Denied]);
}
