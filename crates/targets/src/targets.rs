//! Every target of every tenant, and what serves an action.

use crate::{
    http::Call,
    target::{Kind, Target},
};
use portcullis_firewall::{
    digest::Means,
    hands::Hands,
    order::{DryRun, Effect, Ended, Order},
    outside::Courier,
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::{action::Action, fault::Faults, id::TenantId};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// What acts for the gate at the operator's targets.
#[derive(Debug)]
pub struct Targets {
    served: HashMap<TenantId, HashMap<String, Bound>>,
}

/// What an action type is bound to.
#[derive(Debug)]
enum Bound {
    Http(Call),
}

impl Targets {
    /// The targets of each tenant.
    #[must_use]
    pub fn new(tenants: BTreeMap<TenantId, Vec<Target>>, courier: &Arc<dyn Courier>) -> Self {
        let served = tenants.into_iter().map(|(tenant, targets)| {
            let bound = targets
                .into_iter()
                .flat_map(|target| bound(target, courier));
            (tenant, bound.collect())
        });
        Self {
            served: served.collect(),
        }
    }

    /// What the gate acts by here.
    #[must_use]
    pub fn hands(self: &Arc<Self>) -> Hands {
        Hands {
            executor: Arc::<Self>::clone(self),
            rehearsal: Arc::<Self>::clone(self),
        }
    }

    /// Everything that is wrong between the targets of one tenant, with paths below `targets`.
    #[must_use]
    pub fn faults(targets: &[Target]) -> Faults {
        let mut faults = Faults::default();
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for target in targets {
            let Kind::Http(http) = &target.kind;
            for action_type in http.actions.keys() {
                if let Some(owner) = owners.insert(action_type, &target.name) {
                    let path = format!("{}.actions.{action_type}", target.name);
                    faults.add(
                        path,
                        format!("`{owner}` carries this action type out already"),
                    );
                }
            }
        }
        faults
    }

    fn of(&self, tenant: &TenantId, action_type: &str) -> Option<&Bound> {
        self.served.get(tenant)?.get(action_type)
    }
}

fn bound(target: Target, courier: &Arc<dyn Courier>) -> Vec<(String, Bound)> {
    let Kind::Http(http) = target.kind;
    let calls = http.calls(&target.name, courier).into_iter();
    calls
        .map(|(action_type, call)| (action_type, Bound::Http(call)))
        .collect()
}

impl Executor for Targets {
    fn means(&self, action: &Action) -> Option<Means> {
        let Bound::Http(call) = self.of(&action.tenant, action.kind.as_str())?;
        Some(call.means())
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        match self.of(&order.tenant, &order.action_type) {
            Some(Bound::Http(call)) => Box::pin(call.execute(order)),
            None => Box::pin(async { Effect::new(Ended::Failed, "no target serves this action") }),
        }
    }
}

impl Rehearsal for Targets {
    fn rehearses(&self, action: &Action) -> bool {
        match self.of(&action.tenant, action.kind.as_str()) {
            Some(Bound::Http(call)) => call.rehearses(),
            None => false,
        }
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        match self.of(&order.tenant, &order.action_type) {
            Some(Bound::Http(call)) => Box::pin(call.rehearse(order)),
            None => Box::pin(async { DryRun::failed("target", "no target serves this action") }),
        }
    }
}
