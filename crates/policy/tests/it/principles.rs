//! The principles: the table, and a broken one for each that the judge enforces.

use crate::judge_world::{World, action, action_with, agent, judged, policy, rules};
use portcullis_policy::{
    action::Action,
    code::Code,
    facts::{AgentStatus, Caller, Mode, Standing},
    id::TenantId,
    judgement::{Judgement, Source},
    label::Label,
    principle::{Provenance, personal, table, words::Words},
    tier::{Tier, Verdict},
};
use serde_json::json;

/// The numbers of the principles broken, with the tier each demands.
fn broken(judgement: &Judgement<'_>) -> Vec<(u8, Tier)> {
    let broken = judgement
        .reasons
        .iter()
        .filter_map(|reason| match reason.source {
            Source::Principle(principle) => Some((principle.number, reason.tier)),
            _ => None,
        });
    broken.collect()
}

fn broken_by(action: &Action) -> Vec<(u8, Tier)> {
    judged(&rules(vec![]), action, &World::default(), broken)
}

fn broken_in(world: &World) -> Vec<(u8, Tier)> {
    judged(&rules(vec![]), &action("deploy"), world, broken)
}

#[test]
fn the_table_has_all_21_in_order() {
    let numbers: Vec<u8> = table().iter().map(|principle| principle.number).collect();
    assert_eq!(numbers, (1..=21).collect::<Vec<u8>>());
    let books: Vec<u8> = table().iter().map(|principle| principle.book).collect();
    assert_eq!(books, [[1; 7], [2; 7], [3; 7]].concat());
}

#[test]
fn names_that_are_not_published_are_said_to_be_ours() {
    let official = |provenance| {
        let rows = table()
            .iter()
            .filter(move |principle| principle.provenance == provenance);
        rows.map(|principle| principle.number).collect::<Vec<u8>>()
    };
    assert_eq!(
        official(Provenance::Official),
        (1..=10).collect::<Vec<u8>>()
    );
    assert_eq!(official(Provenance::Ours), (11..=21).collect::<Vec<u8>>());
}

#[test]
fn every_principle_says_what_it_demands_and_where_it_is_enforced() {
    for principle in table() {
        assert!(!principle.name.is_empty() && !principle.demands.is_empty());
        let (place, how) = principle.enforcement.split_once(": ").unwrap();
        assert!(
            ["judge", "firewall", "store", "control", "gateway"].contains(&place),
            "{place}"
        );
        assert!(!how.is_empty());
    }
}

#[test]
fn principle_7_a_broken_chain_refuses() {
    let world = World {
        chain_intact: false,
        ..World::default()
    };
    judged(&rules(vec![]), &action("query"), &world, |judgement| {
        assert_eq!(judgement.verdict, Verdict::Blocked);
        assert_eq!(judgement.reasons[0].code, Code::StageFailed);
        assert_eq!(judgement.rule_violated().as_deref(), Some("SGP-7"));
    });
}

#[test]
fn principle_10_a_credential_of_another_tenant_is_refused() {
    let caller = Caller {
        tenant: TenantId::new("globex").unwrap(),
        agent: None,
    };
    assert_eq!(
        broken_in(&World {
            caller,
            ..World::default()
        }),
        [(10, Tier::X)]
    );
}

#[test]
fn principle_10_a_parameter_that_names_another_tenant_is_refused() {
    for parameters in [
        json!({ "tenant": "globex" }),
        json!({ "Tenant_ID": "globex" }),
        json!({ "organizationId": "globex" }),
        json!({ "filter": [{ "org_id": ["acme", "globex"] }] }),
        json!({ "tenant_id": 7 }),
        json!({ "tenant-id": "globex" }),
        json!({ "tenant": { "id": "globex", "plan": "free" } }),
        json!({ "tenants": [], "tenant": [[{ "id": "globex" }]] }),
    ] {
        let text = parameters.to_string();
        assert_eq!(
            broken_by(&action_with("deploy", parameters)),
            [(10, Tier::X)],
            "{text}"
        );
    }
    let own = json!({ "tenant": "acme", "org_id": null, "nested": { "tenant_id": " acme " } });
    assert_eq!(broken_by(&action_with("deploy", own)), []);
}

#[test]
fn principle_11_undeclared_personal_data_is_held() {
    for parameters in [
        json!({ "contains_pii": true }),
        json!({ "row": { "contains_phi": true } }),
        json!({ "note": "her number is 536-22-1234." }),
        json!({ "cards": ["4111 1111 1111 1111"] }),
        json!({ "to": "jane.doe@example.com" }),
    ] {
        let text = parameters.to_string();
        let bare = action_with("deploy", parameters);
        assert_eq!(broken_by(&bare), [(11, Tier::B)], "{text}");
        let declared = Action {
            data_classes: vec![Label::new("PII")],
            ..bare
        };
        assert_eq!(broken_by(&declared), [], "{text}");
    }
    let reasoning = Some("as jane@example.org asked".to_owned());
    assert_eq!(
        broken_by(&Action {
            reasoning,
            ..action("deploy")
        }),
        [(11, Tier::B)]
    );
}

#[test]
fn principle_13_what_destroys_needs_a_person_whatever_a_grant_says() {
    let granted = |kind: &str| {
        let grant = json!({
            "action_type": kind, "max_uses": 9, "expires_at": "2027-01-01T00:00:00Z",
            "tier_override": "A",
        });
        rules(vec![policy("pol_grant", "grant_lifecycle", grant)])
    };
    for kind in [
        "cache_purge",
        "retire",
        "schema.DROP",
        "deleteBucket",
        "instances-terminate",
    ] {
        judged(
            &granted(kind),
            &action(kind),
            &World::default(),
            |judgement| {
                assert_eq!(broken(judgement), [(13, Tier::B)], "{kind}");
                assert_eq!(judgement.verdict, Verdict::Held, "{kind}");
            },
        );
    }
    judged(
        &granted("migrate"),
        &action("migrate"),
        &World::default(),
        |judgement| {
            assert_eq!(
                (judgement.verdict, broken(judgement)),
                (Verdict::Cleared, vec![])
            );
        },
    );
}

#[test]
fn principle_15_only_the_registered_act() {
    for status in [AgentStatus::Deregistered, AgentStatus::IdentityRevoked] {
        let standing = Standing {
            status,
            ..Standing::default()
        };
        assert_eq!(
            broken_in(&World {
                standing,
                ..World::default()
            }),
            [(15, Tier::X)]
        );
    }
}

#[test]
fn principle_16_a_credential_of_another_agent_is_refused() {
    let world = World::default();
    let caller = Caller {
        agent: Some(agent("other")),
        ..world.caller.clone()
    };
    assert_eq!(
        broken_in(&World {
            caller,
            ..world.clone()
        }),
        [(16, Tier::X)]
    );
    let caller = Caller {
        agent: Some(agent("bot")),
        ..world.caller.clone()
    };
    assert_eq!(broken_in(&World { caller, ..world }), []);
}

#[test]
fn principle_17_an_agent_does_not_change_its_own_limits() {
    for kind in [
        "policy.update",
        "update_policy",
        "budgets.raise",
        "approvers.add",
        "tokens.mint",
        "agents.unblock",
        "agents.resume",
        "holds.release",
        "grants.create",
    ] {
        assert!(broken_by(&action(kind)).contains(&(17, Tier::X)), "{kind}");
    }
    for kind in [
        "policies.list",
        "agents.list",
        "approvals.request",
        "budget.get",
        "policyholders.update",
    ] {
        assert_eq!(broken_by(&action(kind)), [], "{kind}");
    }
}

#[test]
fn principle_18_the_gate_is_not_switched_off() {
    for kind in [
        "governance.mode",
        "sentinel.stop",
        "portcullis.restart",
        "audit.truncate",
        "disable_audit",
    ] {
        assert!(broken_by(&action(kind)).contains(&(18, Tier::X)), "{kind}");
    }
    for kind in ["audit.list", "audit.export", "audit.verify"] {
        assert_eq!(broken_by(&action(kind)), [], "{kind}");
    }
}

#[test]
fn principle_20_a_model_is_named() {
    for kind in ["model_inference", "llm.chat", "model.invoke"] {
        assert_eq!(broken_by(&action(kind)), [(20, Tier::C)], "{kind}");
        assert_eq!(
            broken_by(&action_with(kind, json!({ "model_id": " " }))),
            [(20, Tier::C)]
        );
        assert_eq!(
            broken_by(&action_with(kind, json!({ "model_id": "m-1" }))),
            []
        );
    }
}

#[test]
fn principles_bind_in_audit_only_mode() {
    let world = World {
        mode: Mode::AuditOnly,
        ..World::default()
    };
    judged(
        &rules(vec![]),
        &action("governance.disable"),
        &world,
        |judgement| {
            assert_eq!(
                (judgement.verdict, judgement.tier),
                (Verdict::Blocked, Tier::X)
            );
            assert_eq!(judgement.rule_violated().as_deref(), Some("SGP-17"));
        },
    );
}

#[test]
fn words_that_only_describe_do_not_destroy() {
    for kind in [
        "deleted_items.list",
        "dropbox.upload",
        "killswitch_status",
        "terminated.count",
    ] {
        assert!(!Words::of(kind).destructive, "{kind}");
    }
    for kind in [
        "kill",
        "s3:DeleteObject",
        "rm",
        "volumes/wipe",
        "a.b.c.destroy_all",
    ] {
        assert!(Words::of(Label::new(kind).as_str()).destructive, "{kind}");
    }
}

#[test]
fn personal_data_is_found_by_its_shape() {
    for text in [
        "536-22-1234",
        "ssn:536-22-1234,",
        "card 5500005555555559",
        "4111-1111-1111-1111",
        "3714 496353 98431",
        "mail bob@example.co.uk now",
        "<ann_b+c@x.io>",
        "it is 4111111111111111.",
        "0x4111111111111111",
        "0x2b5ad5c4795c026514f8317c7a215e218dccd6cf pays by 4111111111111111",
        "1.5 4111 1111 1111 1111 2.5",
    ] {
        assert!(personal::find(text).is_some(), "{text}");
        assert!(personal::find_in_wallets(text).is_some(), "{text}");
    }
    for text in [
        "",
        "build 1700000000000 took 3 s",
        "4111 1111 1111 1112",
        "sizes 512 1024 2048 4096 8192",
        "git@github.com:org/repo",
        "a @ b.c",
        "@team look",
        "user@localhost",
        "000-12-3456",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-03-04 12:00:00",
        "10.0.0.1",
        "1-2-3",
    ] {
        assert_eq!(personal::find(text), None, "{text}");
        assert_eq!(personal::find_in_wallets(text), None, "{text}");
    }
    for text in [
        "1.4111111111111111 WETH",
        "4111111111111111.5 WETH",
        "0xaf4111111111111111aa4111111111111111aaaaaaaaaa",
    ] {
        assert!(personal::find(text).is_some(), "{text}");
        assert_eq!(personal::find_in_wallets(text), None, "{text}");
    }
}
