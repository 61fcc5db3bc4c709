//! What became of an action, and what it really cost.

use super::{Sealed, Turn, agents::check_text, details, json};
use crate::{
    batch::RecordKind,
    effects::{Effects, Pledge, Settlement},
    error::GateError,
    principal::{Principal, Role},
};
use portcullis_policy::{amount::Micros, facts::Unit, id::AgentId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A report of what became of an action.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeReport {
    /// The record of its decision.
    pub seq: u64,
    /// Whose action it was.
    pub agent: AgentId,
    /// Whether it worked.
    pub result: OutcomeResult,
    /// What it did, in words.
    pub effect: String,
    /// What it cost in US dollars, when known.
    pub cost_usd: Option<Micros>,
    /// What it took in GPU-hours, when known.
    pub gpu_hours: Option<Micros>,
}

/// Whether an action worked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeResult {
    /// It did what it should.
    Succeeded,
    /// It did not.
    Failed,
    /// Nobody can tell; a person must find out.
    Unknown,
}

impl Turn<'_> {
    /// Seals what became of an action, and settles its reservation with the real figures.
    ///
    /// Fails closed: an agent's own report can only make its action dearer, never cheaper; a
    /// figure that is not given counts as reserved; an unknown outcome settles nothing.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for another agent's action, [`GateError::Forbidden`] for a viewer,
    /// [`GateError::Invalid`] for an overlong text, [`GateError::Conflict`] for what the gate carries
    /// out itself.
    pub fn report(
        &mut self,
        principal: &Principal,
        report: &OutcomeReport,
    ) -> Result<Sealed, GateError> {
        check_text("effect", &report.effect, false)?;
        let trusted = match &principal.role {
            Role::Agent(own) if *own == report.agent => false,
            Role::Client | Role::Architect | Role::Operator => true,
            Role::Viewer | Role::Member => {
                return Err(GateError::Forbidden("a viewer reports nothing".to_owned()));
            }
            // Whether another agent's record exists is not this agent's to know.
            Role::Agent(_) => {
                return Err(GateError::NotFound("decision", report.seq.to_string()));
            }
        };
        if self.state.executions.contains_key(&report.seq) {
            let message = "the gate carries this action out itself; nobody reports for it";
            return Err(GateError::conflict("execution.open", message));
        }
        let settlement = (report.result != OutcomeResult::Unknown)
            .then(|| self.settlement(report, trusted))
            .flatten();
        let members = details([
            ("effect", report.effect.as_str().into()),
            ("outcome", json(&report.result)?),
            ("parent_seq", report.seq.into()),
            (
                "settled",
                settlement
                    .as_ref()
                    .map_or(Ok(Value::Null), |s| json(&s.spent))?,
            ),
        ]);
        let effects = Effects {
            settlement,
            ..Effects::default()
        };
        let (actor, agent) = (principal.actor(), report.agent.as_str());
        self.seal_event_with(RecordKind::Outcome, (&actor, agent), members, &effects)
    }

    pub(super) fn settlement(&self, report: &OutcomeReport, trusted: bool) -> Option<Settlement> {
        let pledges = self.state.tally.books.reservation(report.seq)?;
        let real = |(budget, reserved): &Pledge| {
            let told = match budget.unit {
                Unit::Usd => report.cost_usd,
                Unit::GpuHours => report.gpu_hours,
            };
            let amount = match told {
                Some(told) if trusted => told,
                Some(told) => told.max(*reserved),
                None => *reserved,
            };
            (budget.clone(), amount)
        };
        Some(Settlement {
            seq: report.seq,
            spent: pledges.iter().map(real).collect(),
        })
    }
}
