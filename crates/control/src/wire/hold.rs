//! A hold as lists show it.

use super::{moment::Moment, reason::Reason, words};
use portcullis_firewall::{
    approval,
    dsse::Envelope,
    hold::{self, HoldStatus},
};
use portcullis_policy::{action, tier::Tier};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A HELD action waiting for people, or what became of it. What is held never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// `esc_…`
    #[schema(example = "esc_2f61c0ffee00000000000001")]
    pub id: String,
    /// Who asked.
    pub agent_id: String,
    /// In which workspace.
    pub workspace_id: Option<String>,
    /// For what.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// With what.
    #[schema(value_type = Object)]
    pub parameters: Value,
    /// The tier that holds it.
    #[schema(value_type = words::Tier)]
    pub tier: Tier,
    /// How risky it is, 0 to 5.
    #[schema(minimum = 0, maximum = 5)]
    pub risk_tier: u8,
    /// The agent's own words.
    pub reasoning: Option<String>,
    /// How sure the agent says it is.
    pub confidence: Confidence,
    /// Why it is held, in the gate's words.
    pub decision_reasoning: String,
    /// The reasons, as in the record.
    #[schema(value_type = Vec<Reason>)]
    pub reasons: Value,
    /// The policies that fired.
    pub policies_fired: Vec<FiredPolicy>,
    /// The record of the HELD verdict.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
    /// What exactly is held.
    pub action_digest: String,
    /// When it was made.
    pub created_at: Moment,
    /// When this level ends: then the next is asked, or the hold ends by itself, refused.
    pub timeout_at: Moment,
    /// Which level is asked now, from 0.
    pub level: u8,
    /// Everybody who is asked, one level after the other.
    pub levels: Vec<Level>,
    /// How long the first level is asked, in seconds.
    pub timeout_seconds: u32,
    /// Where it stands.
    #[schema(value_type = words::HoldStatus)]
    pub status: HoldStatus,
    /// Whether the agent may act: only ever on a released hold, with its permit.
    pub execute: bool,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// Who is asked now, as the rules name them; empty is anybody who decides.
    pub approvers: Vec<String>,
    /// Who did so far.
    pub approvals: Vec<Approval>,
    /// Who said no.
    pub rejection: Option<Approval>,
    /// `release`, `kill`, `timeout` or `supersede`.
    pub decision: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Moment>,
    /// Why.
    pub decision_reason: Option<String>,
    /// Whether the agent has fetched the permit of the released hold; it is given once.
    pub claimed: bool,
}

/// How sure an agent says it is, each from 0 to 1; a dimension may be missing.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Confidence {
    /// That it understands the situation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<f64>,
    /// That the action will work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<f64>,
    /// That nothing else is harmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
}

/// A level of people who are asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Level {
    /// Who, as the rules name them; empty is anybody who decides.
    pub approvers: Vec<String>,
    /// The channel that is told, when it is another than the usual.
    pub channel: Option<String>,
    /// How long, in seconds.
    pub seconds: u32,
}

impl From<hold::Rung> for Level {
    fn from(rung: hold::Rung) -> Self {
        Self {
            approvers: rung.approvers,
            channel: rung.channel,
            seconds: rung.seconds,
        }
    }
}

/// A policy that fired.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiredPolicy {
    /// Its id.
    pub policy_id: String,
    /// Its name.
    pub policy_name: String,
    /// Its type.
    #[schema(value_type = words::PolicyType)]
    pub policy_type: String,
    /// What it says for itself.
    pub reason: Option<String>,
}

/// One person's answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Approval {
    /// Who, as records name them.
    pub by: String,
    /// Their name then.
    pub name: String,
    /// When.
    pub at: Moment,
    /// Where: `console`, `slack` or `api`.
    pub way: &'static str,
    /// At which level of the hold; only those of the present one count.
    pub level: u8,
    /// What the gate signed about it: an in-toto statement in a DSSE envelope.
    #[schema(value_type = Object)]
    pub statement: Envelope,
}

impl From<hold::Hold> for Hold {
    fn from(hold: hold::Hold) -> Self {
        Self {
            id: hold.id,
            agent_id: hold.agent_id.to_string(),
            workspace_id: hold.workspace_id.map(|id| id.to_string()),
            action_type: hold.action_type,
            target_service: hold.target_service,
            environment: hold.environment,
            parameters: hold.parameters,
            tier: hold.tier,
            risk_tier: hold.risk_tier.number(),
            reasoning: hold.reasoning,
            confidence: hold.confidence.into(),
            decision_reasoning: hold.decision_reasoning,
            reasons: hold.reasons,
            policies_fired: hold
                .policies_fired
                .into_iter()
                .map(FiredPolicy::from)
                .collect(),
            seq: hold.seq,
            hash: hold.hash.to_string(),
            action_digest: hold.action_digest.to_string(),
            created_at: hold.created_at.into(),
            timeout_at: hold.timeout_at.into(),
            level: hold.level,
            levels: hold.ladder.into_iter().map(Level::from).collect(),
            timeout_seconds: hold.timeout_seconds,
            execute: hold.status == HoldStatus::Released,
            status: hold.status,
            approvals_required: hold.approvals_required,
            approvers: hold.approvers,
            approvals: hold.approvals.into_iter().map(Approval::from).collect(),
            rejection: hold.rejection.map(Approval::from),
            decision: hold.decision,
            decided_by: hold.decided_by,
            decided_at: hold.decided_at.map(Moment),
            decision_reason: hold.decision_reason,
            claimed: hold.claimed,
        }
    }
}

impl From<action::Confidence> for Confidence {
    fn from(confidence: action::Confidence) -> Self {
        let action::Confidence {
            incident,
            fix,
            containment,
        } = confidence;
        Self {
            incident,
            fix,
            containment,
        }
    }
}

impl From<hold::Fired> for FiredPolicy {
    fn from(fired: hold::Fired) -> Self {
        Self {
            policy_id: fired.policy_id.to_string(),
            policy_name: fired.policy_name,
            policy_type: fired.policy_type,
            reason: fired.reason,
        }
    }
}

impl From<approval::Approval> for Approval {
    fn from(approval: approval::Approval) -> Self {
        Self {
            by: approval.by,
            name: approval.name,
            at: approval.at.into(),
            way: approval.way.as_str(),
            level: approval.level,
            statement: approval.statement,
        }
    }
}
