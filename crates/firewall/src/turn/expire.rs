//! How holds end, and how time asks others when nobody decides.

use super::{Turn, details, json, sweep::AT_ONCE};
use crate::{
    batch::{DocumentKind, RecordKind},
    effects::Settlement,
    electorate::Electorate,
    error::GateError,
    freeze::FrozenAction,
    frozen::Frozen,
    hold::{Hold, HoldStatus, Rung},
    moment,
    stake::Stake,
};

impl Turn<'_> {
    /// Asks the next people for every hold whose present ones had their time, and ends those for
    /// which there is nobody left to ask.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn time_out(&mut self) -> Result<(), GateError> {
        let over = self
            .state
            .holds
            .values()
            .filter(|hold| hold.is_overdue(self.now));
        let overdue: Vec<Hold> = over.take(AT_ONCE).cloned().collect();
        for mut hold in overdue {
            if let Some(rung) = hold.next_rung(self.now).cloned() {
                self.escalate(hold, &rung)?;
                continue;
            }
            let why = Some("nobody decided in time");
            hold.end(HoldStatus::TimedOut, "portcullis", self.now, why);
            self.end_hold("portcullis", hold)?;
        }
        Ok(())
    }

    fn escalate(&mut self, mut hold: Hold, rung: &Rung) -> Result<(), GateError> {
        let electorate = Electorate::of(&rung.approvers, &self.state.people);
        hold.ask_next(rung, electorate, self.nonce()?, self.now);
        let members = details([
            ("action_digest", json(&hold.action_digest)?),
            ("approvers", json(&hold.approvers)?),
            ("channel", json(&rung.channel)?),
            ("ends_at", moment::text(hold.timeout_at).into()),
            ("hold_id", hold.id.as_str().into()),
            ("level", hold.level.into()),
            ("parent_seq", hold.seq.into()),
        ]);
        let about = ("portcullis", hold.agent_id.as_str());
        self.seal_event(RecordKind::HoldEscalated, about, members)?;
        self.keep_hold(&hold)?;
        self.state.holds.put(hold);
        Ok(())
    }

    /// Gives up what is no longer what people were asked.
    pub(super) fn supersede(&mut self, mut hold: Hold, why: &str) -> Result<Hold, GateError> {
        hold.end(HoldStatus::Superseded, "portcullis", self.now, Some(why));
        self.end_hold("portcullis", hold)
    }

    /// Gives up every hold that new rules would refuse or ask others about. What is not reached
    /// here is found at the next click.
    pub(super) fn supersede_all(&mut self) -> Result<(), GateError> {
        let waits = |hold: &&Hold| hold.must_wait(self.now).is_ok();
        let waiting: Vec<Hold> = self
            .state
            .holds
            .values()
            .filter(waits)
            .take(AT_ONCE)
            .cloned()
            .collect();
        for hold in waiting {
            if let Err(why) = self.judged_now(&hold)? {
                self.supersede(hold, &why)?;
            }
        }
        Ok(())
    }

    /// Seals the end of a hold. A refused action gives its reservation back.
    pub(super) fn end_hold(&mut self, actor: &str, hold: Hold) -> Result<Hold, GateError> {
        let refused = hold.status != HoldStatus::Released;
        let settlement = refused.then(|| Settlement {
            seq: hold.seq,
            spent: Vec::new(),
        });
        self.seal_hold_with(actor, &hold, settlement)?;
        self.keep_hold(&hold)?;
        self.state.retries.forget_hold(&hold);
        if refused {
            self.state.holds.remove(&hold.id);
            self.drop_frozen(&hold.id);
        } else {
            // A released hold stays at hand until its permit is taken, and its action by itself.
            if let Some(kept) = self.state.frozen.get(&hold.id).cloned() {
                self.keep(DocumentKind::Frozen, &hold.id, ("", "", self.now), &kept)?;
            }
            self.state.holds.put(hold.clone());
        }
        Ok(hold)
    }

    /// The action behind a hold or permit.
    pub(super) fn frozen(&self, id: &str) -> Result<(FrozenAction, Stake), GateError> {
        let missing = || GateError::Unavailable(format!("the action of `{id}` is not kept"));
        let kept = self.state.frozen.get(id).ok_or_else(missing)?;
        Ok((kept.thaw()?, kept.stake.clone()))
    }

    pub(super) fn keep_frozen(
        &mut self,
        id: &str,
        frozen: &FrozenAction,
        stake: &Stake,
    ) -> Result<(), GateError> {
        let kept = Frozen::of(id, frozen, stake.clone());
        self.keep(DocumentKind::Frozen, id, ("", "", self.now), &kept)?;
        self.state.frozen.insert(id.to_owned(), kept);
        Ok(())
    }

    pub(super) fn drop_frozen(&mut self, id: &str) {
        if self.state.frozen.remove(id).is_some() {
            self.batch.remove(DocumentKind::Frozen, id);
        }
    }
}
