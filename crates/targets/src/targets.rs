//! Every target of every tenant, and what serves an action.

use crate::{
    http::Call,
    postgres::{Deed, Opener},
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
    Postgres(Deed),
}

/// How targets are reached.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Carries calls to services.
    pub courier: Arc<dyn Courier>,
    /// Opens sessions at databases.
    pub opener: Arc<dyn Opener>,
}

impl Targets {
    /// The targets of each tenant.
    #[must_use]
    pub fn new(tenants: BTreeMap<TenantId, Vec<Target>>, ports: &Ports) -> Self {
        let served = tenants.into_iter().map(|(tenant, targets)| {
            let bound = targets.into_iter().flat_map(|target| bound(target, ports));
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
            if let Kind::Postgres(postgres) = &target.kind {
                for fault in postgres.faults().0 {
                    faults.add(format!("{}.{}", target.name, fault.path), fault.message);
                }
            }
            for action_type in target.action_types() {
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

fn bound(target: Target, ports: &Ports) -> Vec<(String, Bound)> {
    let name = &target.name;
    match target.kind {
        Kind::Http(http) => {
            let calls = http.calls(name, &ports.courier).into_iter();
            calls
                .map(|(action_type, call)| (action_type, Bound::Http(call)))
                .collect()
        }
        Kind::Postgres(postgres) => {
            let deeds = postgres.deeds(name, &ports.opener).into_iter();
            deeds
                .map(|(action_type, deed)| (action_type, Bound::Postgres(deed)))
                .collect()
        }
    }
}

impl Executor for Targets {
    fn means(&self, action: &Action) -> Option<Means> {
        Some(match self.of(&action.tenant, action.kind.as_str())? {
            Bound::Http(call) => call.means(),
            Bound::Postgres(deed) => deed.means(),
        })
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        match self.of(&order.tenant, &order.action_type) {
            Some(Bound::Http(call)) => Box::pin(call.execute(order)),
            Some(Bound::Postgres(deed)) => Box::pin(deed.execute(order)),
            None => Box::pin(async { Effect::new(Ended::Failed, "no target serves this action") }),
        }
    }
}

impl Rehearsal for Targets {
    fn rehearses(&self, action: &Action) -> bool {
        match self.of(&action.tenant, action.kind.as_str()) {
            Some(Bound::Http(call)) => call.rehearses(),
            Some(Bound::Postgres(_)) => true,
            None => false,
        }
    }

    fn does_and_undoes(&self, order: &Order) -> bool {
        match self.of(&order.tenant, &order.action_type) {
            Some(Bound::Postgres(deed)) => deed.writes(),
            Some(Bound::Http(_)) | None => false,
        }
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        match self.of(&order.tenant, &order.action_type) {
            Some(Bound::Http(call)) => Box::pin(call.rehearse(order)),
            Some(Bound::Postgres(deed)) => Box::pin(deed.rehearse(order)),
            None => Box::pin(async { DryRun::failed("target", "no target serves this action") }),
        }
    }
}
