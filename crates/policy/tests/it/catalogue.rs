//! The catalogue of risk tiers, as a whole.

use portcullis_policy::{
    action::Action,
    catalogue::{Catalogue, entry::CatalogueEntry, row::Spends},
    tier::RiskTier,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn action(kind: &str, parameters: &Value) -> Action {
    serde_json::from_value(json!({
        "tenant": "ten_test", "agent": "agt_test", "kind": kind, "target": "it",
        "environment": "staging", "parameters": parameters,
    }))
    .unwrap()
}

fn line(action: &str, tier: Option<RiskTier>) -> CatalogueEntry {
    CatalogueEntry {
        action: action.into(),
        tier,
        free: false,
        description: None,
    }
}

#[test]
fn the_table_reads_at_a_glance() {
    let rows =
        Catalogue::rows().map(|row| format!("{:<28} {:<46} {}\n", row.kind, row.rule, row.does));
    let families = Catalogue::families().iter().map(|family| {
        format!(
            "{:<28} {:<46} {}\n",
            format!("{}*", family.prefix),
            family.otherwise.number(),
            family.is
        )
    });
    insta::assert_snapshot!(rows.chain(families).collect::<String>());
}

#[test]
fn every_type_stands_in_the_table_once_and_folded() {
    let mut seen = BTreeSet::new();
    for row in Catalogue::rows() {
        assert!(seen.insert(row.kind), "{} twice", row.kind);
        assert_eq!(
            portcullis_policy::label::Label::new(row.kind).as_str(),
            row.kind
        );
        assert!(!row.kind.contains('*'), "{}", row.kind);
        assert!(row.rule.least() <= row.rule.most(), "{}", row.kind);
    }
}

#[test]
fn reads_spend_nothing() {
    for row in Catalogue::rows().filter(|row| row.rule.most() <= RiskTier::Inform) {
        assert_eq!(row.spends, Spends::Nothing, "{}", row.kind);
    }
}

#[test]
fn nothing_said_gives_the_highest_tier_of_the_rule() {
    for row in Catalogue::rows() {
        let class = Catalogue::default().classify(&action(row.kind, &json!({})));
        let read = row.kind.starts_with("k8s.") && row.rule.least() == RiskTier::Observe;
        let delete = row.kind == "k8s.delete";
        // Kubernetes names what is special; without a name the object is an ordinary one. And
        // parameters that name no command are refused, whatever their tier.
        let wanted = if read || delete {
            row.rule.least()
        } else if row.kind == "command.run" {
            RiskTier::Destructive
        } else {
            row.rule.most()
        };
        assert_eq!(class.risk, wanted, "{}", row.kind);
        assert!(class.known);
    }
}

#[test]
fn an_invented_name_is_not_known() {
    let catalogue = Catalogue::default();
    for name in [
        "make_coffee",
        "workloads.borrow",
        "workloads",
        "mcp",
        "sqlx.select",
        "*",
        "",
    ] {
        let class = catalogue.classify(&action(name, &json!({})));
        assert!(!class.known, "{name}");
        assert_eq!(class.risk, RiskTier::HighWrite, "{name}");
    }
    assert!(catalogue.knows("mcp.anything.at_all"));
    assert!(!catalogue.knows("make_coffee"));
}

#[test]
fn misspelt_names_are_recognised() {
    let catalogue = Catalogue::of_tenant(&[line("acme.print", None)], &[]);
    for (slip, meant) in [
        ("workload.submit", Some("workloads.submit")),
        ("databse_drop", Some("database_drop")),
        ("acme.pint", Some("acme.print")),
        ("make_coffee", None),
    ] {
        assert_eq!(catalogue.suggest(slip), meant, "{slip}");
    }
}

/// Parameters that mean something to a rule of the catalogue, and some that do not.
fn parameters() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        (-3..12_i64).prop_map(Value::from),
        (0.0..9.0_f64).prop_map(Value::from),
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        proptest::sample::select(vec![
            "2",
            "pending",
            "running",
            "Secret",
            "namespace",
            "a@corp.example"
        ])
        .prop_map(Value::from),
        Just(json!([1, 2])),
        Just(json!({ "kind": "Pod", "spec": { "containers": [] } })),
    ];
    let name = proptest::sample::select(vec![
        "requested_gpus",
        "gpus",
        "gpus_per_pod",
        "requested_pods",
        "max_pods",
        "template_id",
        "template_requested_gpus",
        "k8s_manifest",
        "manifest",
        "instances",
        "status",
        "to",
        "kind",
        "stops_running_job",
        "resources",
        "hours",
    ]);
    proptest::collection::btree_map(name, value, 0..5).prop_map(|map| json!(map))
}

fn kinds() -> impl Strategy<Value = &'static str> {
    let mut all: Vec<_> = Catalogue::rows().map(|row| row.kind).collect();
    all.extend([
        "mcp.x.y",
        "sql.vacuum",
        "http.brew",
        "tokens.create",
        "make_coffee",
        "acme.print",
    ]);
    proptest::sample::select(all)
}

fn lines() -> impl Strategy<Value = Vec<CatalogueEntry>> {
    let name = prop_oneof![
        kinds().prop_map(str::to_owned),
        proptest::sample::select(vec!["*", "mcp.*", "workloads.*", "*.delete", "acme.*"])
            .prop_map(str::to_owned),
    ];
    let tier = proptest::option::of((0..=5_u8).prop_map(|n| RiskTier::try_from(n).unwrap()));
    proptest::collection::vec(
        (name, tier).prop_map(|(name, tier)| line(&name, tier)),
        0..5,
    )
}

proptest! {
    #[test]
    fn a_tier_stays_within_its_rule(kind in kinds(), parameters in parameters()) {
        let class = Catalogue::default().classify(&action(kind, &parameters));
        if let Some(row) = class.row {
            prop_assert!((row.rule.least()..=row.rule.most()).contains(&class.risk));
        }
    }

    #[test]
    fn a_tenant_never_lowers_a_built_in_type(
        kind in kinds(),
        parameters in parameters(),
        lines in lines(),
    ) {
        let action = action(kind, &parameters);
        let built_in = Catalogue::default().classify(&action);
        let own = Catalogue::of_tenant(&lines, &[]).classify(&action);
        let open = built_in.row.is_none() && built_in.family.is_none_or(|family| family.open);
        prop_assert!(open || own.risk >= built_in.risk);
        prop_assert!(own.known >= built_in.known);
    }

    #[test]
    fn asking_for_more_gpus_never_lowers_the_tier(
        parameters in parameters(),
        gpus in 0.0..6.0_f64,
        more in 0.0..6.0_f64,
    ) {
        let submit = |parameters: &Value| {
            Catalogue::default().classify(&action("workloads.submit", parameters)).risk
        };
        let (mut fewer, mut larger) = (parameters.clone(), parameters);
        fewer["requested_gpus"] = json!(gpus);
        larger["requested_gpus"] = json!(gpus + more);
        prop_assert!(submit(&larger) >= submit(&fewer));
    }
}
