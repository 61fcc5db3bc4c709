//! What actions cost by the rules in force, for the planner of GPU jobs.

use portcullis_firewall::{firewall::Firewall, ports::Doing};
use portcullis_policy::{action::Action, tenant::estimate::Estimate};
use portcullis_targets::planner::Estimates;
use std::sync::Weak;

/// Asks the gate, for as long as it is served: what the gate acts by does not keep it open.
#[derive(Debug)]
pub(crate) struct ByTheRules(pub(crate) Weak<Firewall>);

impl Estimates for ByTheRules {
    fn estimate<'a>(&'a self, action: &'a Action) -> Doing<'a, Estimate> {
        Box::pin(async move {
            let told = match self.0.upgrade() {
                Some(gate) => gate.estimate(&action.tenant, action.clone()).await.ok(),
                None => None,
            };
            // Without the gate's word nothing is known, which is a check that does not pass.
            told.unwrap_or(Estimate {
                usd: None,
                gpu_hours: None,
            })
        })
    }
}
