//! What time alone brings about: holds end, permits lapse, old answers are forgotten.

use super::Turn;
use crate::{
    batch::DocumentKind,
    error::GateError,
    hold::{Hold, HoldStatus},
    moment,
    state::{CURRENT, KeptTally},
};

/// How many records lie between two keepings of the tally.
const TALLY_EVERY: u64 = 8_192;

impl Turn<'_> {
    /// Does everything whose time has come.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sweep(&mut self) -> Result<(), GateError> {
        self.time_out()?;
        self.lapse_releases();
        self.lapse_permits();
        for id in self.state.retries.forget_answers(self.now) {
            self.batch.remove(DocumentKind::Answer, &id);
        }
        Ok(())
    }

    /// Keeps the tally when enough records came since it was last kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_tally(&mut self, at_least: u64) -> Result<(), GateError> {
        let behind = self.state.head.seq.saturating_sub(self.state.tally_kept_at);
        if behind < at_least {
            return Ok(());
        }
        let (day, month) = self.state.rulebook.rules.tenant_rules().spans(self.now);
        self.state.tally.books.forget_before(day, month);
        let kept = KeptTally {
            tally: self.state.tally.clone(),
            frontier: self.state.frontier.clone(),
        };
        self.keep(DocumentKind::Tally, CURRENT, ("", "", self.now), &kept)?;
        self.state.tally_kept_at = self.state.head.seq;
        Ok(())
    }

    /// Keeps the tally now and then, in the normal course.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_tally_in_time(&mut self) -> Result<(), GateError> {
        self.keep_tally(TALLY_EVERY)
    }

    /// A release that nobody used in time is over.
    fn lapse_releases(&mut self) {
        let grace = self.state.tenant.settings.permit_seconds;
        let lapsed = |hold: &&Hold| {
            let released = hold.decided_at.unwrap_or(hold.created_at);
            hold.status == HoldStatus::Released
                && self.now >= hold.timeout_at.max(moment::later(released, grace))
        };
        let ids: Vec<String> =
            self.state.holds.values().filter(lapsed).map(|hold| hold.id.clone()).collect();
        for id in ids {
            self.state.holds.remove(&id);
            self.drop_frozen(&id);
        }
    }

    /// An expired permit can never be spent: its action need not be kept.
    fn lapse_permits(&mut self) {
        let ids: Vec<String> = self
            .state
            .permits
            .values()
            .filter(|permit| self.now >= permit.expires_at)
            .map(|permit| permit.id.clone())
            .collect();
        for id in ids {
            self.state.permits.remove(&id);
            self.drop_frozen(&id);
        }
    }
}
