//! What a job on GPUs would take, found out by reading it.
//!
//! Nothing is called: the numbers are those that the rules judge by, so that a dry run shows what
//! the budget will be asked for.

mod form;

use portcullis_firewall::{
    freeze::thaw,
    order::{Check, DryRun, Order},
    ports::{Doing, Rehearsal},
};
use portcullis_policy::{
    action::Action, amount::Micros, catalogue::demand::Demand, id::TenantId,
    tenant::estimate::Estimate,
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// Says what actions cost by the rules of their tenant.
pub trait Estimates: fmt::Debug + Send + Sync {
    /// The estimate that the rules in force come to; without one, nothing in it.
    fn estimate<'a>(&'a self, action: &'a Action) -> Doing<'a, Estimate>;
}

/// Plans jobs on GPUs.
///
/// *Fails closed:* a number that cannot be told is a check that did not pass.
#[derive(Debug)]
pub struct GpuPlanner {
    served: BTreeMap<TenantId, BTreeSet<String>>,
    estimates: Arc<dyn Estimates>,
}

impl GpuPlanner {
    /// A planner for these action types of each tenant.
    #[must_use]
    pub const fn new(
        served: BTreeMap<TenantId, BTreeSet<String>>,
        estimates: Arc<dyn Estimates>,
    ) -> Self {
        Self { served, estimates }
    }

    fn serves(&self, tenant: &TenantId, action_type: &str) -> bool {
        let served = self.served.get(tenant);
        served.is_some_and(|served| served.contains(action_type))
    }

    async fn plan(&self, order: Order) -> DryRun {
        if !self.serves(&order.tenant, &order.action_type) {
            return DryRun::failed("plan", "nobody plans this action");
        }
        // What is judged is what is planned.
        let action = match thaw(&order.action, &order.digest) {
            Ok(frozen) => frozen.action,
            Err(why) => return DryRun::failed("action", why.to_string()),
        };
        let mut found = read(&action);
        let Estimate { usd, gpu_hours } = self.estimates.estimate(&action).await;
        (found.cost_usd, found.gpu_hours) = (usd, gpu_hours);
        found.checks.push(told("cost", usd, "USD"));
        found.checks.push(told("gpu_hours", gpu_hours, "GPU-hours"));
        found.passed = found.checks.iter().all(|check| check.passed);
        found
    }
}

impl Rehearsal for GpuPlanner {
    fn rehearses(&self, action: &Action) -> bool {
        self.serves(&action.tenant, action.kind.as_str())
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        Box::pin(self.plan(order))
    }
}

/// What the action says, and what is wrong with it.
fn read(action: &Action) -> DryRun {
    let demand = Demand::of(action);
    let mut checks = form::checks(action, &demand);
    let mut resources = Map::new();
    let gpus = demand.gpus().known();
    checks.push(match gpus {
        Some(gpus) => check("gpus", true, counted(gpus, action)),
        None => {
            let why = "how many it gets hold of cannot be told".to_owned();
            check("gpus", false, why)
        }
    });
    if let Some(gpus) = gpus {
        resources.insert("gpus".to_owned(), whole(gpus));
    }
    if let Some(gpu_type) = demand.gpu_type {
        resources.insert("gpu_type".to_owned(), json!(gpu_type));
    }
    for (name, count) in [("hours", demand.hours), ("instances", demand.instances)] {
        if let Some(count) = count.known() {
            resources.insert(name.to_owned(), whole(count));
        }
    }
    DryRun {
        checks,
        resources,
        changes: form::changes(action, &demand),
        ..DryRun::default()
    }
}

/// The effective number, beside the one that was asked for when that is another.
fn counted(gpus: f64, action: &Action) -> String {
    match action.number("requested_gpus") {
        Some(asked) if asked < gpus => {
            format!("it gets hold of {gpus}, though it requests {asked}")
        }
        _ => format!("it gets hold of {gpus}"),
    }
}

fn told(name: &str, amount: Option<Micros>, unit: &str) -> Check {
    let detail = match amount {
        Some(amount) => format!("{} {unit}", amount.units()),
        None => "it cannot be told".to_owned(),
    };
    check(name, amount.is_some(), detail)
}

/// A number, without a point when it needs none.
fn whole(number: f64) -> Value {
    format!("{number}")
        .parse::<u64>()
        .map_or_else(|_| json!(number), Value::from)
}

fn check(name: &str, passed: bool, detail: String) -> Check {
    Check {
        name: name.to_owned(),
        passed,
        detail,
    }
}
