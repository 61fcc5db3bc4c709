//! `/v1/policies/test`: what a policy would do, with nothing changed, counted or recorded.

use super::draft::PolicyDraft;
use crate::{
    intake::body::{Sent, body},
    rights::{Gate, Reader},
    wire::{conflict::Conflict, fault::Fault, hold::Confidence, reason::Reason, words},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    error::GateError,
    firewall::{Outlook, PolicyTest, Simulation},
    principal::Principal,
    request,
};
use portcullis_policy::{
    action::Action,
    cham::read::{self},
    fault::Faults,
    tier::{Tier, Verdict},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(test))
}

body! {
    /// A policy to try out.
    pub(crate) struct Trial {
        /// The policy.
        #[schema(value_type = PolicyDraft)]
        policy: Value,
        /// An action to judge with and without it, as it would be sent to be judged.
        #[schema(value_type = Option<TrialAction>)]
        action: Option<Value>,
        /// The policy it would stand in for.
        replace_policy_id: Option<String>,
    }
}

/// An action to be judged on trial; the gateway's words for an action are understood.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "only described: the firewall's own reader reads it"
)]
pub(crate) struct TrialAction {
    /// Who would ask.
    agent_id: String,
    /// For what.
    action_type: String,
    /// On what.
    target_service: String,
    /// Where; `production` when not given.
    environment: Option<String>,
    /// With what.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// Why, in the agent's words.
    reasoning: Option<String>,
    /// How sure the agent would be.
    confidence: Option<Confidence>,
    /// What kinds of data are touched, e.g. `PHI`.
    data_classes: Option<Vec<String>>,
    /// Whether it would be an emergency.
    emergency: Option<bool>,
}

/// What a policy would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialReport {
    /// Whether it could be made.
    pub valid: bool,
    /// What is wrong with it.
    pub errors: Vec<Fault>,
    /// Where it would disagree with active policies.
    pub conflicts: Vec<Conflict>,
    /// What would become of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<TrialOutlook>,
}

/// What would become of the action, and what becomes of it now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrialOutlook {
    /// With the policy.
    #[serde(flatten)]
    pub with: OutlookBody,
    /// Without it.
    pub baseline: OutlookBody,
}

/// What would become of an action.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutlookBody {
    /// The verdict.
    #[schema(value_type = words::Verdict)]
    pub verdict: Verdict,
    /// The tier.
    #[schema(value_type = words::Tier)]
    pub tier: Tier,
    /// The risk tier, 0 to 5.
    pub risk_tier: u8,
    /// The policies that would fire.
    pub policies_fired: Vec<String>,
    /// Why, in one text.
    pub reasoning: String,
    /// The reasons, as a record would hold them.
    #[schema(value_type = Vec<Reason>)]
    pub reasons: Value,
}

impl From<Outlook> for OutlookBody {
    fn from(outlook: Outlook) -> Self {
        Self {
            verdict: outlook.verdict,
            tier: outlook.tier,
            risk_tier: outlook.risk_tier.number(),
            policies_fired: outlook.policies_fired,
            reasoning: outlook.reasoning,
            reasons: outlook.reasons,
        }
    }
}

impl From<Simulation> for TrialReport {
    fn from(simulation: Simulation) -> Self {
        Self {
            valid: simulation.faults.is_empty(),
            errors: simulation.faults.into_iter().map(Fault::from).collect(),
            conflicts: simulation
                .conflicts
                .into_iter()
                .map(Conflict::from)
                .collect(),
            simulation: simulation.outlook.map(|(with, baseline)| TrialOutlook {
                with: with.into(),
                baseline: baseline.into(),
            }),
        }
    }
}

impl From<Faults> for TrialReport {
    fn from(faults: Faults) -> Self {
        Simulation {
            faults: faults.0,
            conflicts: Vec::new(),
            outlook: None,
        }
        .into()
    }
}

/// Tries out a policy
///
/// Runs the conflict detectors and, with an action, judges it by the rules with and without the
/// policy. A policy with faults is answered with its faults. Nothing is changed, counted or
/// recorded.
#[utoipa::path(
    post, path = "/v1/policies/test", tag = "policies",
    request_body = Trial,
    security(("bearer" = ["client"])),
    responses(
        (status = 200, description = "What it would do.", body = TrialReport),
        (status = 404, description = "There is no such agent, or no policy to stand in for."),
    ),
)]
pub(crate) async fn test(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Sent(trial): Sent<Trial>,
) -> Reply<Json<TrialReport>> {
    Ok(Json(trial.run(&gate, &caller).await?))
}

impl Trial {
    /// Tries it.
    ///
    /// # Errors
    /// 422 for a bad action, 404 for an unknown agent or policy.
    pub(crate) async fn run(self, gate: &Gate, caller: &Principal) -> Reply<TrialReport> {
        let action = self
            .action
            .map(|action| read_action(gate, caller, action))
            .transpose()?;
        let draft = match read::draft(&self.policy) {
            Ok(draft) => draft,
            Err(faults) => return Ok(faults.into()),
        };
        let test = PolicyTest {
            draft,
            replaces: self.replace_policy_id,
            action,
        };
        Ok(gate.test_policy(caller, test).await?.into())
    }
}

/// Reads an action as the gateway would; its faults' paths begin with `action`.
///
/// # Errors
/// As [`portcullis_firewall::request::from_value`].
pub(crate) fn read_action(
    gate: &Gate,
    caller: &Principal,
    action: Value,
) -> Result<Action, GateError> {
    match request::from_value(action, caller, gate.nonce()?, None) {
        Ok(request) => Ok(request.frozen.action),
        Err(GateError::Invalid(found)) => {
            let mut faults = Faults::default();
            for fault in found.0 {
                let dot = if fault.path.is_empty() { "" } else { "." };
                faults.add(format!("action{dot}{}", fault.path), fault.message);
            }
            Err(faults.into())
        }
        Err(other) => Err(other),
    }
}
