//! The violation of a BLOCKED verdict, and what it costs the agent.

use super::Case;
use crate::{
    agent::Agent,
    batch::DocumentKind,
    error::GateError,
    settings::AutonomyReset,
    turn::{Sealed, Turn},
    violation::{Violation, ViolationKind, ViolationStatus},
};
use portcullis_policy::{
    cham::Severity, code::Code, facts::AgentStatus, judgement::Source, tier::Tier,
};

impl Turn<'_> {
    /// Notes the violation of a BLOCKED verdict and what it costs the agent.
    pub(super) fn violation(
        &mut self,
        case: &Case<'_, '_>,
        sealed: Sealed,
    ) -> Result<(), GateError> {
        let hardest = case.judgement.reasons.iter().find(|reason| reason.enforced);
        let code = hardest.map_or(Code::StageFailed, |reason| reason.code);
        let (kind, usual) = ViolationKind::of(code, case.judgement.tier);
        let configured = hardest.and_then(|reason| match reason.source {
            Source::Policy(policy) => policy.severity,
            _ => None,
        });
        let severity = configured.unwrap_or(usual);
        let action = &case.request.frozen.action;
        let agent_name = self
            .state
            .agents
            .get(case.charged)
            .map_or_else(String::new, |a| a.name.clone());
        let violation = Violation {
            id: self.house.id("vio_")?,
            kind,
            severity,
            status: ViolationStatus::Open,
            agent_id: case.charged.clone(),
            agent_name,
            action_type: action.kind.to_string(),
            target_service: action.target.clone(),
            environment: action.environment.to_string(),
            rule_violated: case.explanation.rule_violated.clone(),
            reason: case.explanation.text.clone(),
            fired_policies: case.explanation.fired.clone(),
            seq: sealed.seq,
            timestamp: self.now,
            resolved_by: None,
            resolved_at: None,
            notes: None,
        };
        let labels = ("OPEN", violation.agent_id.as_str(), self.now);
        self.keep(DocumentKind::Violation, &violation.id, labels, &violation)?;
        self.curb(&violation, configured == Some(Severity::Critical))
    }

    /// Principle 21: an agent that breaks a principle loses autonomy.
    fn curb(&mut self, violation: &Violation, critical_policy: bool) -> Result<(), GateError> {
        let reset = match (critical_policy, violation.kind) {
            (true, _) => AutonomyReset::BlockAgent,
            (false, ViolationKind::SgpViolation) => self.state.tenant.settings.autonomy_reset,
            (false, _) => return Ok(()),
        };
        let Some(agent) = self.state.agents.get(&violation.agent_id) else {
            return Ok(());
        };
        let mut agent: Agent = agent.clone();
        let why = format!(
            "auto: {} violation {}",
            severity_name(violation.severity),
            violation.id
        );
        match reset {
            AutonomyReset::Off => return Ok(()),
            AutonomyReset::RaiseToB if agent.tier_override >= Some(Tier::B) => return Ok(()),
            AutonomyReset::RaiseToB => agent.tier_override = Some(Tier::B),
            AutonomyReset::BlockAgent if agent.status == AgentStatus::Blocked => return Ok(()),
            AutonomyReset::BlockAgent => agent.become_status(AgentStatus::Blocked, Some(&why))?,
        }
        self.change_agent("portcullis", agent, &why).map(drop)
    }
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}
