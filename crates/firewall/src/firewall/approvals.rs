//! Bringing people's decisions to the lane.

use super::Firewall;
use crate::{
    access::Verb,
    approval::{self, Choice, Claims, Way},
    batch::DocumentKind,
    click::{Click, Clicked},
    error::GateError,
    hold::Hold,
    person::SlackUser,
    principal::Principal,
    state,
    visible::visible_line,
};
use portcullis_policy::id::TenantId;

impl Firewall {
    /// Brings one person's answer to a hold. An answer that does not count leaves a record too.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a hold this caller may not see; [`GateError::Forbidden`] for who
    /// may not decide it; [`GateError::Conflict`] when it is decided already, overdue, or answered
    /// twice by one person, or when the signed request is not genuine; else as
    /// [`crate::turn::Turn::decide`].
    pub async fn decide(
        &self,
        principal: &Principal,
        hold: &str,
        mut click: Click,
    ) -> Result<Hold, GateError> {
        click.reason = self.screened_reason(&principal.tenant, click.reason)?;
        let kept = self.kept_hold(&principal.tenant, hold).await?;
        if !principal.may(Verb::View, &kept.resource()) {
            return Err(GateError::NotFound("hold", hold.to_owned()));
        }
        let caller = principal.clone();
        let clicked = self
            .on_lane(principal, move |turn| turn.decide(&caller, kept, &click))
            .await?;
        counted(clicked)
    }

    /// Approves a hold that a program names.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub async fn release(
        &self,
        principal: &Principal,
        hold: &str,
        why: Option<&str>,
    ) -> Result<Hold, GateError> {
        self.decide(principal, hold, Click::by_program(Choice::Approve, why))
            .await
    }

    /// Refuses a hold that a program names.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub async fn kill(
        &self,
        principal: &Principal,
        hold: &str,
        why: Option<&str>,
    ) -> Result<Hold, GateError> {
        self.decide(principal, hold, Click::by_program(Choice::Reject, why))
            .await
    }

    /// Brings the click of a user of Slack, whose message was verified: the person they are linked
    /// to answers. The click of a user who is nobody here is refused, on record.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for a user who is nobody here, else as [`Self::decide`].
    pub async fn decide_in_slack(
        &self,
        tenant: &TenantId,
        user: &SlackUser,
        token: &str,
        reason: Option<String>,
    ) -> Result<Hold, GateError> {
        let (kept, click) = self.pressed_in_slack(tenant, token, reason).await?;
        let user = user.clone();
        let clicked = self
            .in_turn(tenant, move |turn| match turn.slack_caller(&user) {
                Ok(caller) => turn.decide(&caller, kept, &click),
                Err(error) => turn.refuse_stranger(&in_slack(&user), kept, &click, error),
            })
            .await?;
        counted(clicked)
    }

    /// Puts the click of a user of Slack on record who may not even be looked up: of another
    /// workspace or app, or no human.
    ///
    /// # Errors
    /// `error`, which says why; else as [`Self::decide`].
    pub async fn refuse_in_slack(
        &self,
        tenant: &TenantId,
        user: &SlackUser,
        token: &str,
        error: GateError,
    ) -> Result<Hold, GateError> {
        let (kept, click) = self.pressed_in_slack(tenant, token, None).await?;
        let user = user.clone();
        let clicked = self
            .in_turn(tenant, move |turn| {
                turn.refuse_stranger(&in_slack(&user), kept, &click, error)
            })
            .await?;
        counted(clicked)
    }

    /// The hold that a button of Slack names, and the click on it.
    async fn pressed_in_slack(
        &self,
        tenant: &TenantId,
        token: &str,
        reason: Option<String>,
    ) -> Result<(Hold, Click), GateError> {
        // Only good for finding the hold: the token is verified on the lane.
        let (_, hold, choice) = approval::named(token)
            .filter(|(named, ..)| named == tenant)
            .ok_or_else(|| GateError::NotFound("hold", String::new()))?;
        let kept = self.kept_hold(tenant, &hold).await?;
        let click = Click {
            choice,
            reason: self.screened_reason(tenant, reason)?,
            way: Way::Slack,
            token: Some(token.to_owned()),
            presence: None,
        };
        Ok((kept, click))
    }

    /// What a decision about a hold is about at this moment: what a passkey signs, and what the
    /// console's forms carry as a token.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] when it does not wait any more.
    pub async fn request(
        &self,
        principal: &Principal,
        hold: &str,
        choice: Choice,
    ) -> Result<(Claims, String), GateError> {
        self.hold(principal, hold).await?;
        self.minted(&principal.tenant, hold, choice).await
    }

    pub(super) async fn minted(
        &self,
        tenant: &TenantId,
        hold: &str,
        choice: Choice,
    ) -> Result<(Claims, String), GateError> {
        let id = hold.to_owned();
        self.in_turn(tenant, move |turn| {
            let gone = || GateError::conflict("hold.already_decided", "it does not wait any more");
            let hold = turn.state.holds.get(&id).ok_or_else(gone)?;
            hold.must_wait(turn.now)?;
            let claims = turn.claims(hold, choice).ok_or_else(gone)?;
            let token = approval::mint(&turn.house.signing_key, &claims);
            Ok((claims, token))
        })
        .await
    }

    pub(super) async fn kept_hold(&self, tenant: &TenantId, id: &str) -> Result<Hold, GateError> {
        let hold: Option<Hold> = state::one(&*self.ledger, tenant, DocumentKind::Hold, id).await?;
        hold.ok_or_else(|| GateError::NotFound("hold", id.to_owned()))
    }
}

fn counted(clicked: Clicked) -> Result<Hold, GateError> {
    match clicked {
        Clicked::Counted(hold) => Ok(*hold),
        Clicked::Refused(error) => Err(error),
    }
}

/// How records name a user of Slack who is nobody here. Their ids are short words; anything else
/// is shortened, and written out where it cannot be seen.
fn in_slack(user: &SlackUser) -> String {
    let word = |text: &str| -> String { visible_line(text).chars().take(32).collect() };
    format!("slack:{}/{}", word(&user.team), word(&user.user))
}
