//! People decide holds.

use super::{
    Turn,
    again::{Again, MOVED_ON},
    agents::check_text,
    details, json,
};
use crate::{
    agent::Agent,
    approval::{self, Approval, Choice, Claims, Statement, Way},
    batch::RecordKind,
    click::{self, Click, Clicked, Presence},
    digest::Nonce,
    dsse,
    error::GateError,
    hold::{Hold, HoldStatus},
    person::Person,
    principal::Principal,
    settings::StepUp,
};
use portcullis_policy::tier::RiskTier;
use serde_json::Value;
use subtle::ConstantTimeEq;

/// Whether a passkey goes with an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepUpDue {
    /// No.
    No,
    /// Yes, one of those that are registered.
    Passkey,
    /// Yes, and none is registered yet.
    Registration,
}

impl Turn<'_> {
    /// Whether a hold waits for this caller.
    pub(crate) fn is_theirs(&self, principal: &Principal, hold: &Hold) -> bool {
        let Ok(person) = self.decider(principal) else {
            return false;
        };
        let said = hold
            .approvals_now()
            .any(|approval| approval.person == person.id);
        !said && self.must_be_asked(person, principal, hold).is_ok()
    }

    /// Whether an answer would count at this moment; nothing happens.
    pub(crate) fn could_decide(
        &self,
        principal: &Principal,
        hold: &Hold,
        choice: Choice,
    ) -> Result<StepUpDue, GateError> {
        let hold = self.state.holds.get(&hold.id).unwrap_or(hold);
        hold.must_wait(self.now)?;
        let person = self.decider(principal)?;
        self.must_be_asked(person, principal, hold)?;
        if choice == Choice::Reject {
            return Ok(StepUpDue::No);
        }
        let superseded = |why: String| GateError::conflict("hold.superseded", why);
        let again = self.judged_now(hold)?.map_err(superseded)?;
        self.must_be_another(person, hold, again.owner_approval)?;
        Ok(
            match (
                self.is_passkey_due(person, hold),
                person.passkeys.is_empty(),
            ) {
                (false, _) => StepUpDue::No,
                (true, false) => StepUpDue::Passkey,
                (true, true) => StepUpDue::Registration,
            },
        )
    }

    /// Counts one person's answer to a hold; with enough approvals by different people it is
    /// released, and one person's no ends it.
    ///
    /// Before a yes counts, the action is judged again: what would now be BLOCKED, or asks for
    /// other people than it waits for, is superseded.
    ///
    /// `hold` is the hold as it is kept: one that has ended cannot be decided, and who tries is on
    /// record. What is checked, in this order: the token, its expiry, the state of the hold,
    /// whether this caller may decide it now, and whether they are another person than who
    /// approved before.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] alone; every other refusal is an answer and a record.
    pub fn decide(
        &mut self,
        principal: &Principal,
        hold: Hold,
        click: &Click,
    ) -> Result<Clicked, GateError> {
        let hold = self.state.holds.get(&hold.id).cloned().unwrap_or(hold);
        match self.answered(principal, &hold, click) {
            Ok(hold) => Ok(Clicked::Counted(Box::new(hold))),
            Err(error @ GateError::Unavailable(_)) => Err(error),
            Err(error) => {
                self.put_on_record(principal, &hold, click, &error)?;
                Ok(Clicked::Refused(error))
            }
        }
    }

    fn answered(
        &mut self,
        principal: &Principal,
        hold: &Hold,
        click: &Click,
    ) -> Result<Hold, GateError> {
        check_text("reason", click.reason.as_deref().unwrap_or_default(), false)?;
        self.must_be_genuine(hold, click)?;
        hold.must_wait(self.now)?;
        let person = self.decider(principal)?.clone();
        self.must_be_asked(&person, principal, hold)?;
        match click.choice {
            Choice::Reject => self.reject(principal, hold.clone(), click, &person),
            Choice::Approve => self.approve(principal, hold.clone(), click, &person),
        }
    }

    fn reject(
        &mut self,
        principal: &Principal,
        mut hold: Hold,
        click: &Click,
        person: &Person,
    ) -> Result<Hold, GateError> {
        let actor = principal.actor();
        hold.rejection = Some(self.signed(&hold, click, person, &actor));
        hold.end(
            HoldStatus::Killed,
            &actor,
            self.now,
            click.reason.as_deref(),
        );
        self.end_hold(&actor, hold)
    }

    fn approve(
        &mut self,
        principal: &Principal,
        mut hold: Hold,
        click: &Click,
        person: &Person,
    ) -> Result<Hold, GateError> {
        let again = match self.judged_now(&hold)? {
            Err(reason) => return self.supersede(hold, &reason),
            Ok(again) => again,
        };
        self.must_be_another(person, &hold, again.owner_approval)?;
        let used = self.must_be_present(person, &hold, click)?;
        let actor = principal.actor();
        let approval = self.signed(&hold, click, person, &actor);
        hold.approvals.push(approval);
        hold.decision_reason.clone_from(&click.reason);
        if let Some(presence) = used {
            self.note_sign_count(person, presence)?;
        }
        let standing = hold
            .approvals_now()
            .filter(|approval| self.stands(approval, &hold));
        if standing.count() >= usize::from(hold.approvals_required.max(1)) {
            hold.end(
                HoldStatus::Released,
                &actor,
                self.now,
                click.reason.as_deref(),
            );
            return self.end_hold(&actor, hold);
        }
        self.seal_hold(&actor, &hold)?;
        self.keep_hold(&hold)?;
        self.state.holds.put(hold.clone());
        Ok(hold)
    }

    /// Checks the signed request that is answered, when there is one.
    ///
    /// Fails closed: only the API goes without, where the caller names the hold.
    fn must_be_genuine(&self, hold: &Hold, click: &Click) -> Result<(), GateError> {
        let refusal =
            |error: approval::TokenError| GateError::conflict(error.code(), error.to_string());
        let Some(token) = &click.token else {
            return match click.way {
                Way::Api => Ok(()),
                Way::Console | Way::Slack => Err(refusal(approval::TokenError::Malformed)),
            };
        };
        let key = self.house.signing_key.public_key();
        let claims = approval::verify(token, &key, self.now).map_err(refusal)?;
        let own = self
            .claims(hold, click.choice)
            .ok_or(approval::TokenError::Other);
        // A level that has ended is another request, however long its token would live.
        if own.map_err(refusal)? == claims {
            Ok(())
        } else {
            Err(refusal(approval::TokenError::Other))
        }
    }

    /// What a token of the present level says.
    #[must_use]
    pub fn claims(&self, hold: &Hold, choice: Choice) -> Option<Claims> {
        Some(Claims {
            tenant: self.state.tenant.id.clone(),
            hold: hold.id.clone(),
            digest: hold.action_digest,
            choice,
            level: hold.level,
            nonce: hold.nonce?,
            expires_at: hold.timeout_at,
        })
    }

    /// The person who decides. Principle 8: only people do.
    fn decider(&self, principal: &Principal) -> Result<&Person, GateError> {
        let nobody = || GateError::Forbidden("only an operator or architect decides holds".into());
        let badge = principal.person.as_ref().ok_or_else(nobody)?;
        let person = self.state.people.persons.get(&badge.id);
        person
            .filter(|person| person.active && principal.decides())
            .ok_or_else(nobody)
    }

    /// Checks that a person is among those who are asked, by their rights of this moment.
    fn must_be_asked(
        &self,
        person: &Person,
        principal: &Principal,
        hold: &Hold,
    ) -> Result<(), GateError> {
        let reaches = principal.may(crate::access::Verb::Decide, &hold.resource());
        if !reaches || !self.may_decide(person, hold) {
            return Err(GateError::Forbidden(format!(
                "`{}` does not decide what hold `{}` is about",
                person.name, hold.id
            )));
        }
        if !self.is_asked(person, hold) {
            return Err(GateError::Forbidden(format!(
                "`{}` is not among the approvers of hold `{}`",
                person.name, hold.id
            )));
        }
        Ok(())
    }

    fn may_decide(&self, person: &Person, hold: &Hold) -> bool {
        let verb = crate::access::Verb::Decide;
        self.state.people.may(&person.id, verb, &hold.resource())
    }

    fn is_asked(&self, person: &Person, hold: &Hold) -> bool {
        hold.electorate
            .has(person, hold.asked_at(), &self.state.people)
    }

    /// Whether an approval still counts: whoever gave it could give it now.
    fn stands(&self, approval: &Approval, hold: &Hold) -> bool {
        let person = self.state.people.persons.get(&approval.person);
        person.is_some_and(|person| {
            person.active && self.may_decide(person, hold) && self.is_asked(person, hold)
        })
    }

    /// How many approvals of a hold count at this moment.
    pub(super) fn standing_approvals(&self, hold: &Hold) -> usize {
        let stands = |approval: &&Approval| self.stands(approval, hold);
        hold.approvals_now().filter(stands).count()
    }

    /// Checks that the approver is nobody who wants the action, nor among those who approved.
    fn must_be_another(
        &self,
        person: &Person,
        hold: &Hold,
        owner_approval: bool,
    ) -> Result<(), GateError> {
        let rules = self.state.rulebook.rules.tenant_rules();
        let forbidden = |why: &str| Err(GateError::Forbidden(why.to_owned()));
        if hold.asked_by_person.as_ref() == Some(&person.id) && !rules.self_approval() {
            return forbidden("who asked for an action does not approve it");
        }
        if hold.works_for.as_ref() == Some(&person.id) && !rules.self_approval() {
            return forbidden("who opened a session does not approve what is asked in it");
        }
        let agent: Option<&Agent> = self.state.agents.get(&hold.agent_id);
        let owner = agent.and_then(|agent| agent.owner.as_ref());
        if owner == Some(&person.id) && !owner_approval {
            return forbidden("who owns an agent does not approve what it asks");
        }
        if hold
            .approvals_now()
            .any(|approval| approval.person == person.id)
        {
            return Err(GateError::conflict(
                "approval.same_person",
                format!(
                    "`{}` has already approved; another person must",
                    person.name
                ),
            ));
        }
        // Or one architect could make a second person up.
        if hold.approvals_required > 1 && person.known_since > hold.created_at {
            return forbidden(
                "who was made known, or invited again, after the action was asked for does not \
                 count where several people must approve",
            );
        }
        Ok(())
    }

    fn is_passkey_due(&self, person: &Person, hold: &Hold) -> bool {
        hold.risk_tier >= RiskTier::Destructive
            && match self.state.tenant.settings.step_up {
                StepUp::Never => false,
                StepUp::WhenRegistered => !person.passkeys.is_empty(),
                StepUp::Always => true,
            }
    }

    /// Checks that a passkey was used where one is due.
    fn must_be_present<'c>(
        &self,
        person: &Person,
        hold: &Hold,
        click: &'c Click,
    ) -> Result<Option<&'c Presence>, GateError> {
        let due = self.is_passkey_due(person, hold);
        let Some(presence) = &click.presence else {
            return if due {
                let message = "confirm this with your passkey, in the console";
                Err(GateError::conflict("approval.passkey_due", message))
            } else {
                Ok(None)
            };
        };
        let wanted = self
            .claims(hold, click.choice)
            .map(|claims| click::challenge(&claims));
        let same = wanted.is_some_and(|wanted| bool::from(wanted.ct_eq(&presence.challenge)));
        let known = person
            .passkeys
            .iter()
            .any(|passkey| passkey.credential_id == presence.credential_id);
        if same && known {
            return Ok(Some(presence));
        }
        let message = "the passkey was used for another decision, or is not yours";
        Err(GateError::conflict("approval.passkey_refused", message))
    }

    /// An answer with what the gate signs about it.
    fn signed(&self, hold: &Hold, click: &Click, person: &Person, actor: &str) -> Approval {
        let statement = Statement {
            tenant: &self.state.tenant.id,
            hold: &hold.id,
            level: hold.level,
            digest: hold.action_digest,
            choice: click.choice,
            person: &person.id,
            name: &person.name,
            way: click.way,
            passkey: click
                .presence
                .as_ref()
                .map(|used| used.credential_id.as_str()),
            at: self.now,
        };
        Approval {
            by: actor.to_owned(),
            person: person.id.clone(),
            name: person.name.clone(),
            at: self.now,
            way: click.way,
            level: hold.level,
            statement: dsse::sign(&self.house.signing_key, &statement.bytes()),
        }
    }

    /// What the rules of this moment demand for the held action; the inner error says why it must
    /// not happen any more.
    pub(super) fn judged_now(&self, hold: &Hold) -> Result<Result<Again, String>, GateError> {
        let (frozen, stake) = self.frozen(&hold.id)?;
        let again = self.judge_again(&hold.agent_id, &frozen, &stake)?;
        Ok(again.and_then(|again| {
            let answered = again.is_answered_by(hold);
            answered.then_some(again).ok_or_else(|| MOVED_ON.to_owned())
        }))
    }

    /// Puts a vain attempt on record, unless there were very many lately.
    fn put_on_record(
        &mut self,
        principal: &Principal,
        hold: &Hold,
        click: &Click,
        error: &GateError,
    ) -> Result<(), GateError> {
        let Some(untold) = self.state.alarm.admit(self.now) else {
            return Ok(());
        };
        let members = details([
            ("action_digest", json(&hold.action_digest)?),
            ("choice", click.choice.as_str().into()),
            ("code", error.code().into()),
            ("hold_id", hold.id.as_str().into()),
            ("parent_seq", hold.seq.into()),
            ("refused_because", error.to_string().into()),
            ("unrecorded_before", untold.into()),
            ("way", click.way.as_str().into()),
        ]);
        let (actor, agent) = (principal.actor(), hold.agent_id.clone());
        let about = (actor.as_str(), agent.as_str());
        self.seal_event(RecordKind::DecisionRefused, about, members)?;
        Ok(())
    }

    /// Random bits for a level's request.
    pub(super) fn nonce(&self) -> Result<Nonce, GateError> {
        let mut bytes = [0_u8; 16];
        self.house.entropy.fill(&mut bytes)?;
        Ok(Nonce::new(bytes))
    }

    pub(super) fn seal_hold(&mut self, actor: &str, hold: &Hold) -> Result<(), GateError> {
        self.seal_hold_with(actor, hold, None)
    }

    pub(super) fn seal_hold_with(
        &mut self,
        actor: &str,
        hold: &Hold,
        settlement: Option<crate::effects::Settlement>,
    ) -> Result<(), GateError> {
        let told = |approval: &Approval| {
            details([
                ("at", crate::moment::text(approval.at).into()),
                ("by", approval.by.as_str().into()),
                ("level", approval.level.into()),
                ("way", approval.way.as_str().into()),
            ])
        };
        let approvals: Vec<Value> = hold.approvals.iter().map(|a| told(a).into()).collect();
        let members = details([
            ("action_digest", json(&hold.action_digest)?),
            ("approvals", approvals.into()),
            ("approvals_required", hold.approvals_required.into()),
            (
                "decision",
                hold.decision.as_deref().unwrap_or("approve").into(),
            ),
            ("decision_reason", json(&hold.decision_reason)?),
            ("hold_id", hold.id.as_str().into()),
            ("level", hold.level.into()),
            ("parent_seq", hold.seq.into()),
            ("status", hold.status.as_str().into()),
        ]);
        let effects = crate::effects::Effects {
            settlement,
            ..crate::effects::Effects::default()
        };
        let agent = hold.agent_id.clone();
        let about = (actor, agent.as_str());
        self.seal_event_with(RecordKind::HoldOutcome, about, members, &effects)
            .map(drop)
    }
}
