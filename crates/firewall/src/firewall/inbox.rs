//! What waits for whom.

use super::{Firewall, seen::may_watch};
use crate::{
    access::Verb,
    approval::Choice,
    error::GateError,
    hold::{Hold, HoldStatus},
    principal::Principal,
    turn::StepUpDue,
};
use jiff::Timestamp;
use portcullis_policy::{id::AgentId, tier::RiskTier};

/// A hold that waits, cut down to what a list shows: its parameters may be long.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// The hold.
    pub hold: HoldEntry,
    /// Whether the caller is asked.
    pub is_asked: bool,
}

/// A hold in a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HoldEntry {
    /// `esc_…`
    pub id: String,
    /// Whose action it is.
    pub agent_id: AgentId,
    /// For what.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// How risky it is.
    pub risk_tier: RiskTier,
    /// Why it is held, in the gate's words.
    pub why: String,
    /// How many said yes at the present level.
    pub approvals: u8,
    /// How many must.
    pub approvals_required: u8,
    /// When it was made.
    pub created_at: Timestamp,
    /// When this level ends.
    pub timeout_at: Timestamp,
    /// Where it stands.
    pub status: HoldStatus,
}

impl From<&Hold> for HoldEntry {
    fn from(hold: &Hold) -> Self {
        Self {
            id: hold.id.clone(),
            agent_id: hold.agent_id.clone(),
            action_type: hold.action_type.clone(),
            target_service: hold.target_service.clone(),
            environment: hold.environment.clone(),
            risk_tier: hold.risk_tier,
            why: hold.decision_reasoning.clone(),
            approvals: u8::try_from(hold.approvals_now().count()).unwrap_or(u8::MAX),
            approvals_required: hold.approvals_required,
            created_at: hold.created_at,
            timeout_at: hold.timeout_at,
            status: hold.status,
        }
    }
}

impl Firewall {
    /// The holds that wait and that the caller may see, whoever is asked first ends first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn inbox(&self, principal: &Principal) -> Result<Vec<Waiting>, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        let mut waiting = self
            .on_lane(principal, move |turn| {
                let waits = turn.state.holds.values().filter(|hold| {
                    hold.must_wait(turn.now).is_ok() && caller.may(Verb::View, &hold.resource())
                });
                Ok(waits
                    .map(|hold| Waiting {
                        is_asked: turn.is_theirs(&caller, hold),
                        hold: HoldEntry::from(hold),
                    })
                    .collect::<Vec<_>>())
            })
            .await?;
        let end = |one: &Waiting| one.hold.timeout_at;
        waiting.sort_by(|a, b| (end(a), &a.hold.id).cmp(&(end(b), &b.hold.id)));
        Ok(waiting)
    }

    /// How many holds wait for the caller.
    ///
    /// # Errors
    /// As [`Self::inbox`].
    pub async fn waiting_for(&self, principal: &Principal) -> Result<usize, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let theirs =
                |hold: &&Hold| hold.must_wait(turn.now).is_ok() && turn.is_theirs(&caller, hold);
            Ok(turn.state.holds.values().filter(theirs).count())
        })
        .await
    }

    /// Whether an answer of the caller would count at this moment; nothing happens.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn could_decide(
        &self,
        principal: &Principal,
        hold: &str,
        choice: Choice,
    ) -> Result<StepUpDue, GateError> {
        let hold = self.hold(principal, hold).await?;
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            turn.could_decide(&caller, &hold, choice)
        })
        .await
    }
}
