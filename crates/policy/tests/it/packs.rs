//! The ready-made compliance packs.

use insta::assert_snapshot;
use portcullis_policy::{
    action::Action,
    cham::{
        Rule,
        compliance_pack::{CompliancePack, ComplianceRule},
        read::{draft, wire},
    },
    command::policy::SessionPatterns,
    facts::{Caller, Facts, Mode, Standing},
    id::{PolicyId, TenantId},
    label::Label,
    pack::{self, Pack},
    rules::{RuleSet, ScopeMode, Source},
    tenant,
    tier::Tier,
};
use serde_json::json;
use smallvec::SmallVec;
use std::{fmt::Write, sync::Arc};

fn compliance(pack: &Pack) -> &CompliancePack {
    let mut rules = pack.drafts.iter().filter_map(|draft| match &draft.rule {
        Rule::CompliancePack(rule) => Some(rule),
        _ => None,
    });
    let first = rules.next().expect("a compliance pack");
    assert_eq!(rules.next(), None, "{}", pack.id);
    first
}

#[test]
fn four_standards_have_a_pack() {
    let mut told = String::new();
    for pack in pack::all() {
        let rules = compliance(pack);
        let kinds: Vec<_> = pack.drafts.iter().map(|draft| draft.rule.kind()).collect();
        writeln!(
            told,
            "{} ({}, {}): {} rules, {}",
            pack.id,
            pack.name,
            rules.standard,
            rules.rules.len(),
            kinds.join(" + ")
        )
        .expect("a line");
    }
    assert_snapshot!(told, @"
    gdpr (GDPR, GDPR): 11 rules, compliance_pack + require_reasoning
    hipaa (HIPAA, HIPAA): 11 rules, compliance_pack + require_reasoning + action_type_block
    pci-dss (PCI DSS, PCI-DSS): 12 rules, compliance_pack + require_reasoning + action_type_block
    soc2 (SOC 2, SOC2): 11 rules, compliance_pack + require_reasoning + action_type_block
    ");
}

#[test]
fn a_pack_is_found_by_its_id() {
    assert_eq!(
        pack::find(" HIPAA ").map(|pack| pack.name.as_str()),
        Some("HIPAA")
    );
    assert_eq!(
        pack::find("pci-dss").map(|pack| pack.name.as_str()),
        Some("PCI DSS")
    );
    assert_eq!(pack::find("hippa"), None);
}

#[test]
fn every_rule_is_named_after_its_pack_and_explained() {
    for pack in pack::all() {
        assert!(!pack.description.is_empty());
        let prefix = format!("{}_", pack.id.split('-').next().expect("a word"));
        let rules = &compliance(pack).rules;
        assert!((8..=12).contains(&rules.len()), "{}", pack.id);
        for rule in rules {
            assert!(rule.id.starts_with(&prefix), "{}", rule.id);
            assert!(rule.description.is_some(), "{}", rule.id);
        }
        for draft in &pack.drafts {
            assert!(
                draft.active && !draft.log_only && draft.agent.is_none(),
                "{}",
                draft.name
            );
        }
    }
}

#[test]
fn every_pack_keeps_records_and_only_names_what_it_can_name_once() {
    for pack in pack::all() {
        let rules = &compliance(pack).rules;
        assert!(
            rules.iter().any(|rule| rule.retention_days >= Some(365)),
            "{}",
            pack.id
        );
        for rule in rules.iter().filter(|rule| rule.min_tier.is_some()) {
            let selects = !rule.action_types.is_empty() || !rule.data_classifications.is_empty();
            assert!(selects, "{} would raise every action", rule.id);
        }
    }
}

#[test]
fn hipaa_has_the_three_published_rules() {
    let labels = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Label::new(text))
            .collect::<Vec<_>>()
    };
    let phi = || labels(&["PHI", "ePHI"]);
    let rule = |id: &str, description: &str| ComplianceRule {
        id: id.to_owned(),
        description: Some(description.to_owned()),
        action_types: Vec::new(),
        data_classifications: Vec::new(),
        min_tier: None,
        retention_days: None,
    };
    let wanted = [
        ComplianceRule {
            action_types: labels(&["data_read", "data_export", "data_query"]),
            data_classifications: phi(),
            min_tier: Some(Tier::B),
            ..rule("hipaa_phi_access", "PHI access requires Tier B minimum")
        },
        ComplianceRule {
            action_types: labels(&["data_write", "data_delete", "data_update"]),
            data_classifications: phi(),
            min_tier: Some(Tier::C),
            ..rule("hipaa_phi_modification", "PHI modification requires Tier C")
        },
        ComplianceRule {
            retention_days: Some(2190),
            ..rule(
                "hipaa_audit_retention",
                "Audit records for PHI actions retained 6 years",
            )
        },
    ];
    let hipaa = pack::find("hipaa").expect("the pack");
    assert_eq!(compliance(hipaa).rules[..3], wanted);
}

/// The rules of a tenant that allows everything and has applied some packs.
fn applied<'p>(packs: impl IntoIterator<Item = &'p Pack>) -> RuleSet {
    let everything = json!({
        "version": 1,
        "catalogue": [{ "action": "*", "tier": 0, "free": true }],
        "actions": [{ "action": "*" }],
    });
    let now = "2026-01-05T12:00:00Z".parse().expect("a time");
    let drafts = packs.into_iter().flat_map(|pack| pack.drafts.clone());
    let policies = drafts.enumerate().map(|(at, draft)| {
        let id = PolicyId::new(&format!("pol_{at}")).expect("an id");
        Arc::new(draft.into_policy(id, now))
    });
    let source = Source {
        tenant: TenantId::new("ten_test").expect("an id"),
        tenant_policy: Some(tenant::read::from_value(&everything).expect("a tenant policy")),
        policies: policies.collect(),
        scope_mode: ScopeMode::Strict,
    };
    RuleSet::compile(source).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The tier of an action under some rules.
fn tier(rules: &RuleSet, kind: &Label, classes: &[Label]) -> Tier {
    let action: Action = serde_json::from_value(json!({
        "tenant": "ten_test",
        "agent": "agt_test",
        "kind": kind,
        "target": "records",
        "environment": "production",
        "parameters": { "model_id": "small" },
        "reasoning": "The clinic asked for this in a ticket",
        "data_classes": classes,
    }))
    .expect("an action");
    let facts = Facts {
        now: "2026-01-05T12:00:00Z".parse().expect("a time"),
        mode: Mode::Enforced,
        caller: Caller {
            tenant: action.tenant.clone(),
            agent: None,
        },
        agent: Standing::default(),
        chain_intact: true,
        rates: [1].into_iter().collect(),
        grants: SmallVec::default(),
        budgets: SmallVec::default(),
        sums: SmallVec::default(),
        session: None,
        command_patterns: SessionPatterns::default(),
    };
    rules.judge(&action, &facts).tier
}

#[test]
fn every_rule_of_a_pack_bites() {
    for pack in pack::all() {
        let rules = applied([pack]);
        for rule in compliance(pack)
            .rules
            .iter()
            .filter(|rule| rule.min_tier.is_some())
        {
            let anything = [Label::new("page_publish")];
            let kinds = if rule.action_types.is_empty() {
                &anything
            } else {
                &rule.action_types[..]
            };
            for kind in kinds {
                for classes in rule.data_classifications.chunks(1).chain([&[][..]]) {
                    if classes.is_empty() && !rule.data_classifications.is_empty() {
                        continue;
                    }
                    let tier = tier(&rules, kind, classes);
                    assert!(
                        Some(tier) >= rule.min_tier,
                        "{}: {kind} {classes:?} is {tier}",
                        rule.id
                    );
                }
            }
        }
    }
}

#[test]
fn all_packs_together_leave_harmless_work_alone() {
    let rules = applied(pack::all());
    for kind in [
        "page_publish",
        "data_read",
        "log_read",
        "metrics_read",
        "ticket_create",
    ] {
        assert_eq!(tier(&rules, &Label::new(kind), &[]), Tier::A, "{kind}");
    }
}

#[test]
fn the_policies_of_a_pack_survive_being_written_and_read() {
    for pack in pack::all() {
        for wanted in &pack.drafts {
            let id = PolicyId::new("pol_1").expect("an id");
            let now = "2026-01-05T12:00:00Z".parse().expect("a time");
            let written = wire(&wanted.clone().into_policy(id, now));
            assert_eq!(draft(&written).as_ref(), Ok(wanted));
        }
    }
}

#[test]
fn a_pack_that_is_wrong_is_refused_with_the_place() {
    let wrong = "id: x\nname: X\ndescription: x\npolicies:\n  - { type: rate_limit, name: x, config: {} }\n";
    assert_snapshot!(pack::load(wrong).unwrap_err(), @"policies[0].config.windows: is missing");
    assert_snapshot!(pack::load("id: x\nname: X\n").unwrap_err(), @"missing field `description`");
}
