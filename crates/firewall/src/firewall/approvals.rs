//! Bringing people's decisions to the lane.

use super::Firewall;
use crate::{
    access::Verb,
    approval::{self, Choice, Claims, TokenError, Way},
    batch::DocumentKind,
    click::{Click, Clicked, Unheard},
    error::GateError,
    hold::Hold,
    person::SlackUser,
    principal::Principal,
    state,
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
    /// to answers.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for a user who is nobody here, else as [`Self::decide`]. Every
    /// refusal leaves a record, within the bounds of [`Self::note_unheard`].
    pub async fn decide_in_slack(
        &self,
        tenant: &TenantId,
        user: &SlackUser,
        token: &str,
        reason: Option<String>,
    ) -> Result<Hold, GateError> {
        let (user, token) = (user.clone(), token.to_owned());
        let (kept, choice) = match self.named_by(tenant, &token).await {
            Ok(named) => named,
            Err(error) => return self.unheard_by(tenant, &user, (token, error)).await,
        };
        let token = Some(token);
        let click = Click {
            choice,
            reason: self.screened_reason(tenant, reason)?,
            way: Way::Slack,
            token,
            presence: None,
        };
        let clicked = self
            .in_turn(tenant, move |turn| {
                turn.decide_in_slack(&user, kept, &click)
            })
            .await?;
        counted(clicked)
    }

    /// Puts a click that is not heard on record, unless there were very many lately: at most
    /// [`crate::alarm::STRANGERS_MOST`] of a tenant within an hour, and those that were left out
    /// are counted in the next.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn note_unheard(&self, tenant: &TenantId, unheard: Unheard) -> Result<(), GateError> {
        let named = match &unheard.token {
            Some(token) => self.named_by(tenant, token).await.ok(),
            None => None,
        };
        let hold = named.map(|(hold, _)| hold);
        self.in_turn(tenant, move |turn| {
            turn.note_unheard(hold.as_ref(), &unheard)
        })
        .await
    }

    async fn unheard_by(
        &self,
        tenant: &TenantId,
        user: &SlackUser,
        (token, error): (String, GateError),
    ) -> Result<Hold, GateError> {
        if !matches!(error, GateError::Unavailable(_)) {
            let unheard = Unheard {
                by: user.to_string(),
                way: Way::Slack,
                token: Some(token),
                code: error.code(),
                because: error.to_string(),
            };
            self.note_unheard(tenant, unheard).await?;
        }
        Err(error)
    }

    /// The hold that a token names. Only good for finding it: the token is verified on the lane.
    async fn named_by(&self, tenant: &TenantId, token: &str) -> Result<(Hold, Choice), GateError> {
        let refusal = |error: TokenError| GateError::conflict(error.code(), error.to_string());
        let named = approval::named(token).ok_or_else(|| refusal(TokenError::Malformed))?;
        let (named, hold, choice) = named;
        if named != *tenant {
            return Err(refusal(TokenError::Other));
        }
        match self.kept_hold(tenant, &hold).await {
            Ok(hold) => Ok((hold, choice)),
            Err(GateError::NotFound(..)) => Err(refusal(TokenError::Other)),
            Err(error) => Err(error),
        }
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
