//! What time alone brings about: holds end, permits lapse, old answers are forgotten.

use super::Turn;
use crate::{
    batch::DocumentKind,
    error::GateError,
    hold::{Hold, HoldStatus},
    moment,
    permit_state::PermitState,
    state::{CURRENT, KeptTally},
};

/// How many records lie between two keepings of the tally.
const TALLY_EVERY: u64 = 8_192;
/// The most of one kind that one turn ends; nothing that is over is used before it is swept.
pub(super) const AT_ONCE: usize = 500;

impl Turn<'_> {
    /// Does everything whose time has come.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sweep(&mut self) -> Result<(), GateError> {
        self.time_out()?;
        self.lapse_releases();
        self.lapse_permits()?;
        self.forget_dry_runs(AT_ONCE)?;
        self.give_up_executions(AT_ONCE)?;
        self.expire_sessions()?;
        self.forget_faded(AT_ONCE)?;
        self.forget_sign_ins(AT_ONCE);
        self.forget_elevations();
        self.count_attempts()?;
        for id in self.state.retries.forget_answers(self.now, AT_ONCE) {
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
        self.state.tally.forget_sums(self.now.as_millisecond());
        let kept = KeptTally {
            tally: self.state.tally.clone(),
            frontier: self.state.frontier.clone(),
            latest: self.now,
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
        let over = self.state.holds.values().filter(lapsed).take(AT_ONCE);
        let ids: Vec<String> = over.map(|hold| hold.id.clone()).collect();
        for id in ids {
            self.state.holds.remove(&id);
            self.drop_frozen(&id);
        }
    }

    /// An expired permit can never be spent: its action need not be kept.
    fn lapse_permits(&mut self) -> Result<(), GateError> {
        let over = |permit: &&PermitState| self.now >= permit.expires_at;
        let lapsed: Vec<PermitState> = self
            .state
            .permits
            .values()
            .filter(over)
            .take(AT_ONCE)
            .cloned()
            .collect();
        for permit in lapsed {
            // Under another word, so that starting reads only what may still be spent.
            let labels = ("LAPSED", permit.agent_id.as_str(), permit.issued_at);
            self.keep(DocumentKind::Permit, &permit.id, labels, &permit)?;
            self.state.permits.remove(&permit.id);
            self.drop_frozen(&permit.id);
        }
        Ok(())
    }
}
