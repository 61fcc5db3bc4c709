//! What is found in submissions before they are made.

use crate::stage::{self, action, tenant};
use portcullis_firewall::{
    digest::Nonce,
    freeze::freeze,
    order::{DryRun, Order},
    ports::{Doing, Rehearsal},
};
use portcullis_policy::{
    action::Action,
    catalogue::{demand::Demand, row::Spends},
    tenant::{
        Prices,
        estimate::{Estimate, PriceList},
    },
};
use portcullis_targets::planner::{Estimates, GpuPlanner};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Four dollars for an H100, and eight hours unless told otherwise.
#[derive(Debug)]
struct Rules;

impl Estimates for Rules {
    fn estimate<'a>(&'a self, action: &'a Action) -> Doing<'a, Estimate> {
        let prices = PriceList::new(&Prices {
            gpu_hour_usd: BTreeMap::from([("H100".to_owned(), 4.0)]),
            default_hours: Some(8.0),
        });
        let estimate = prices.estimate(&Demand::of(action), Spends::GpuTime);
        Box::pin(async move { estimate })
    }
}

fn planner() -> GpuPlanner {
    let served = BTreeSet::from(["workloads.submit".to_owned()]);
    GpuPlanner::new(BTreeMap::from([(tenant(), served)]), Arc::new(Rules))
}

fn order(kind: &str, parameters: Value) -> Order {
    let frozen = freeze(action(kind, parameters.clone()), Nonce::new([3; 16])).unwrap();
    Order {
        digest: frozen.digest,
        action: frozen.bytes,
        ..stage::order(kind, parameters)
    }
}

async fn plan(parameters: Value) -> DryRun {
    planner()
        .rehearse(order("workloads.submit", parameters))
        .await
}

fn submission() -> Value {
    json!({
        "name": "train",
        "initiative_id": "init_1",
        "gpu_type": "H100",
        "requested_gpus": 2,
        "hours": 3,
        "priority": 50,
        "job_class": "ELASTIC",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut submission = submission();
    submission[name] = value;
    submission
}

fn failed(found: &DryRun) -> Vec<(&str, &str)> {
    let failed = found.checks.iter().filter(|check| !check.passed);
    failed
        .map(|check| (check.name.as_str(), check.detail.as_str()))
        .collect()
}

#[tokio::test]
async fn it_shows_what_a_job_takes_what_is_set_and_what_it_costs() {
    let found = plan(submission()).await;
    assert!(found.passed, "{found:?}");
    assert_eq!(
        Value::Object(found.resources),
        json!({"gpus": 2, "gpu_type": "H100", "hours": 3})
    );
    assert_eq!(found.cost_usd.unwrap().units(), 24.0);
    assert_eq!(found.gpu_hours.unwrap().units(), 6.0);
    assert_eq!(
        found.changes,
        [
            "initiative_id: \"init_1\"",
            "job_class: \"ELASTIC\"",
            "name: \"train\"",
            "priority: 50",
            "requested_gpus: 2",
        ]
    );
}

#[tokio::test]
async fn gpus_in_a_manifest_count_as_they_do_for_the_rules() {
    let manifest = "
kind: Job
metadata: { name: train, namespace: ml, labels: { chamber.io/team: ml } }
spec:
  parallelism: 2
  template:
    spec:
      containers:
        - resources: { limits: { nvidia.com/gpu: 4 } }
";
    let found = plan(with("k8s_manifest", json!(manifest))).await;
    assert!(found.passed, "{found:?}");
    assert_eq!(found.resources["gpus"], json!(8));
    assert_eq!(found.cost_usd.unwrap().units(), 96.0);
    let gpus = found.checks.iter().find(|check| check.name == "gpus");
    assert_eq!(
        gpus.unwrap().detail,
        "it gets hold of 8, though it requests 2"
    );
    assert!(found.changes.contains(&"apply Job ml/train".to_owned()));
    let bare = manifest.replace("chamber.io/team", "team");
    let found = plan(with("k8s_manifest", json!(bare))).await;
    assert_eq!(
        failed(&found),
        [("manifest", "Job ml/train has no label `chamber.io/team`")]
    );
}

#[tokio::test]
async fn a_form_that_would_be_refused_does_not_pass() {
    for (name, value, why) in [
        ("name", json!(" "), "`name` is missing"),
        ("gpu_type", json!(null), "`gpu_type` is missing"),
        (
            "name",
            json!("x".repeat(256)),
            "`name` has more than 255 characters",
        ),
        (
            "priority",
            json!(101),
            "`priority` is no whole number from 0 to 100",
        ),
        (
            "priority",
            json!("high"),
            "`priority` is no whole number from 0 to 100",
        ),
        (
            "job_class",
            json!("DISCOVERED"),
            "`job_class` is none of RESERVED, ELASTIC",
        ),
        (
            "scaling_mode",
            json!(1),
            "`scaling_mode` is none of gang, elastic",
        ),
    ] {
        let found = plan(with(name, value)).await;
        assert_eq!(failed(&found), [("form", why)]);
        assert!(!found.passed);
    }
    let long = format!("kind: Pod\n#{}", "x".repeat(65_536));
    let found = plan(with("k8s_manifest", json!(long))).await;
    let why = "`k8s_manifest` has more than 65536 characters";
    assert!(failed(&found).contains(&("manifest", why)), "{found:?}");
}

#[tokio::test]
async fn what_cannot_be_told_does_not_pass() {
    for (name, value) in [
        ("k8s_manifest", json!("kind: Unheard\nspec: {}")),
        ("template_id", json!("tpl_1")),
        ("requested_gpus", json!("many")),
    ] {
        let found = plan(with(name, value)).await;
        let names: Vec<&str> = failed(&found).iter().map(|(name, _)| *name).collect();
        for due in ["gpus", "cost", "gpu_hours"] {
            assert!(names.contains(&due), "{name}: {names:?}");
        }
    }
}

#[tokio::test]
async fn only_what_was_frozen_is_planned_and_only_what_is_served() {
    let mut changed = order("workloads.submit", submission());
    changed.action.push(b' ');
    let found = planner().rehearse(changed).await;
    assert_eq!(
        failed(&found),
        [("action", "the frozen action was changed")]
    );
    let found = planner()
        .rehearse(order("workloads.cancel", submission()))
        .await;
    assert!(!found.passed);
    assert!(planner().rehearses(&action("workloads.submit", submission())));
    assert!(!planner().rehearses(&action("workloads.cancel", submission())));
}
