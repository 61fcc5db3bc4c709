//! Permits: given for one exact action, spent once.

use super::{Turn, again::MOVED_ON, details, govern::Case, json};
use crate::{
    answer::Answer,
    batch::{DocumentKind, RecordKind},
    digest::ActionDigest,
    error::GateError,
    hold::{Hold, HoldStatus},
    moment,
    permit::{self, Claims, Permit},
    permit_state::PermitState,
    principal::{Principal, Role},
    stake::Stake,
};
use portcullis_policy::{
    id::AgentId,
    tier::{RiskTier, Verdict},
};
use serde_json::Value;

/// Why there is no permit while a dry run is owed.
pub(super) const DRY_RUN_FIRST: &str = "a passed dry run of this exact action must come first";

/// A permit that was spent just now: the action may happen, once.
#[derive(Clone, Debug, PartialEq)]
pub struct Redemption {
    /// The permit.
    pub permit: PermitState,
    /// The canonical bytes of the action it was for: what may be done, to the letter.
    pub action: Vec<u8>,
    /// The record of its spending.
    pub seq: u64,
}

/// The refusal of a permit that is not there any more.
pub(super) fn spent() -> GateError {
    let message = "this permit was spent; a permit is spent once";
    GateError::conflict("permit.spent", message)
}

impl Turn<'_> {
    /// Adds a permit to a CLEARED answer.
    ///
    /// Fails closed: as long as a dry run is owed nobody is told it, and it cannot be spent.
    pub(super) fn give_permit(
        &mut self,
        case: &Case<'_, '_>,
        stake: &Stake,
        answer: &mut Answer,
    ) -> Result<(), GateError> {
        let state = self.new_permit(case.charged, answer.action_digest, stake.seq, None)?;
        self.keep_frozen(&state.id, &case.request.frozen, stake)?;
        let token = self.issue(state)?;
        if answer.dry_run_required {
            answer.permit_withheld = Some(DRY_RUN_FIRST.to_owned());
        } else {
            answer.permit = Some(token);
        }
        Ok(())
    }

    /// Hands out the permit of a released hold, once.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Forbidden`] for another agent,
    /// [`GateError::Conflict`] when the hold is not released, its time is over, its permit was
    /// taken, or the action would now be refused.
    pub fn claim(&mut self, principal: &Principal, id: &str) -> Result<String, GateError> {
        let missing = || GateError::NotFound("hold", id.to_owned());
        let hold = self.state.holds.get(id).ok_or_else(missing)?.clone();
        self.must_be_for(principal, &hold.agent_id)?;
        self.must_be_claimable(&hold)?;
        let (frozen, stake) = self.frozen(&hold.id)?;
        if self.standing_approvals(&hold) < usize::from(hold.approvals_required) {
            let message = "who approved it may no longer do so; ask again";
            return Err(GateError::conflict("hold.approval_withdrawn", message));
        }
        match self.judge_again(&hold.agent_id, &frozen, &stake)? {
            Err(reason) => return Err(GateError::conflict("hold.superseded", reason)),
            Ok(again) if !again.is_answered_by(&hold) => {
                return Err(GateError::conflict("hold.superseded", MOVED_ON));
            }
            Ok(again) => self.must_be_rehearsed(hold.seq, again.dry_run)?,
        }
        let state =
            self.new_permit(&hold.agent_id, hold.action_digest, hold.seq, Some(&hold.id))?;
        let members = details([
            ("action_digest", json(&hold.action_digest)?),
            ("hold_id", hold.id.as_str().into()),
            ("parent_seq", hold.seq.into()),
            ("permit_id", state.id.as_str().into()),
        ]);
        let actor = principal.actor();
        self.seal_event(
            RecordKind::PermitIssued,
            (&actor, hold.agent_id.as_str()),
            members,
        )?;
        self.keep_frozen(&state.id, &frozen, &stake)?;
        self.drop_frozen(&hold.id);
        self.keep_hold(&Hold {
            claimed: true,
            ..hold
        })?;
        self.state.holds.remove(id);
        self.issue(state)
    }

    /// Spends a permit: from now on it is spent, whatever becomes of the action.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for a token that is not genuine, expired or another's,
    /// [`GateError::Conflict`] when it is spent, for another action, or the action would now be
    /// refused.
    pub fn redeem(
        &mut self,
        principal: &Principal,
        token: &str,
        about: Option<ActionDigest>,
    ) -> Result<Redemption, GateError> {
        let genuine = self.genuine(token)?;
        self.must_be_for(principal, genuine.agent())?;
        let state = self
            .state
            .permits
            .get(genuine.id())
            .ok_or_else(spent)?
            .clone();
        if about.is_some_and(|digest| digest != state.action_digest) {
            return Err(GateError::conflict(
                "permit.other_action",
                "this permit is for another action than the one named",
            ));
        }
        let (frozen, stake) = self.frozen(&state.id)?;
        let superseded = |why: String| GateError::conflict("permit.superseded", why);
        let again = self
            .judge_again(&state.agent_id, &frozen, &stake)?
            .map_err(superseded)?;
        if state.hold.is_none() && again.verdict == Verdict::Held {
            return Err(superseded(
                "the action now needs people to decide".to_owned(),
            ));
        }
        self.must_be_rehearsed(state.seq, again.dry_run)?;
        self.spend(principal, state, frozen.bytes)
    }

    /// What a permit's token says, if the gate gave it and its time is not over.
    pub(super) fn genuine(&self, token: &str) -> Result<Permit, GateError> {
        let genuine = permit::verify(token, &self.house.signing_key.public_key(), self.now)
            .map_err(|error| GateError::Forbidden(error.to_string()))?;
        if genuine.tenant() == &self.state.tenant.id {
            Ok(genuine)
        } else {
            let message = "this permit is another tenant's";
            Err(GateError::Forbidden(message.to_owned()))
        }
    }

    fn spend(
        &mut self,
        principal: &Principal,
        mut state: PermitState,
        action: Vec<u8>,
    ) -> Result<Redemption, GateError> {
        state.redeemed_at = Some(self.now);
        state.redeemed_by = Some(principal.actor());
        let mut members = details([
            ("action_digest", json(&state.action_digest)?),
            (
                "hold_id",
                state.hold.clone().map_or(Value::Null, Value::from),
            ),
            ("parent_seq", state.seq.into()),
            ("permit_id", state.id.as_str().into()),
        ]);
        if let Some(run) = self.state.dry_runs.get(&state.seq) {
            members.insert("dry_run_id".to_owned(), run.id.as_str().into());
        }
        let actor = principal.actor();
        let agent = state.agent_id.clone();
        let sealed = self.seal_event(
            RecordKind::PermitRedeemed,
            (&actor, agent.as_str()),
            members,
        )?;
        self.state.permits.remove(&state.id);
        self.drop_frozen(&state.id);
        self.drop_dry_run(state.seq)?;
        self.keep_permit(&state)?;
        Ok(Redemption {
            permit: state,
            action,
            seq: sealed.seq,
        })
    }

    /// Gives a permit that nobody was told yet a new beginning; its token.
    pub(super) fn renew(&mut self, mut state: PermitState) -> Result<String, GateError> {
        state.issued_at = self.now;
        state.expires_at = moment::later(self.now, self.state.tenant.settings.permit_seconds);
        self.issue(state)
    }

    fn new_permit(
        &self,
        agent: &AgentId,
        digest: ActionDigest,
        seq: u64,
        hold: Option<&str>,
    ) -> Result<PermitState, GateError> {
        Ok(PermitState {
            id: self.house.id("prm_")?,
            agent_id: agent.clone(),
            action_digest: digest,
            seq,
            hold: hold.map(str::to_owned),
            issued_at: self.now,
            expires_at: moment::later(self.now, self.state.tenant.settings.permit_seconds),
            redeemed_at: None,
            redeemed_by: None,
        })
    }

    fn issue(&mut self, state: PermitState) -> Result<String, GateError> {
        let token = self.token_of(&state);
        self.keep_permit(&state)?;
        self.state.permits.insert(state.id.clone(), state);
        Ok(token)
    }

    /// The token of a permit; the same each time.
    pub(super) fn token_of(&self, state: &PermitState) -> String {
        let claims = Claims {
            id: state.id.clone(),
            tenant: self.state.tenant.id.clone(),
            agent: state.agent_id.clone(),
            digest: state.action_digest,
            seq: state.seq,
            issued_at: state.issued_at,
            expires_at: state.expires_at,
        };
        permit::mint(&self.house.signing_key, &claims)
    }

    fn keep_permit(&mut self, state: &PermitState) -> Result<(), GateError> {
        let labels = (state.status(), state.agent_id.as_str(), state.issued_at);
        self.keep(DocumentKind::Permit, &state.id, labels, state)
    }

    /// Principle 19: a permit serves the agent it was given to.
    pub(super) fn must_be_for(
        &self,
        principal: &Principal,
        agent: &AgentId,
    ) -> Result<(), GateError> {
        match &principal.role {
            Role::Agent(own) if own == agent => Ok(()),
            Role::Client => Ok(()),
            _ => {
                let tenant = &self.state.tenant.id;
                Err(GateError::Forbidden(format!(
                    "only the agent it is for, or a client of `{tenant}`, may use this permit"
                )))
            }
        }
    }

    pub(super) fn must_be_claimable(&self, hold: &Hold) -> Result<(), GateError> {
        let settings = &self.state.tenant.settings;
        let released = hold.decided_at.unwrap_or(hold.created_at);
        let end = hold
            .timeout_at
            .max(moment::later(released, settings.permit_seconds));
        match hold.status {
            HoldStatus::Released if hold.risk_tier == RiskTier::Prohibited => Err(
                GateError::conflict("tier.prohibited", "no approval permits this action"),
            ),
            HoldStatus::Released if self.now < end => Ok(()),
            HoldStatus::Released => Err(GateError::conflict(
                "hold.expired",
                "the release was not used in time",
            )),
            _ => Err(hold.without_permit()),
        }
    }
}
