//! Which leases must end now, and which serve once more.

use super::Turn;
use crate::{
    error::GateError,
    kept_lease::{Lease, LeaseStage},
    lease::LeaseAsk,
    moment, reach,
    scope::Mode,
};
use jiff::Timestamp;

/// How long a credential for reading must still live to be used once more, in seconds.
const MARGIN_SECONDS: u32 = 60;

/// What this gate has of a lease.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holding {
    /// Nothing: an earlier gate asked for it, or it is done with.
    Nothing,
    /// It is being minted or ended just now.
    Busy,
    /// The credential, to be used.
    InHand,
}

impl Turn<'_> {
    /// The leases that are to end now, and why. `held` says which of them this gate has in its
    /// hands, or has asked for and waits.
    #[must_use]
    pub fn due_leases(&self, held: &dyn Fn(&str) -> Holding) -> Vec<(Lease, String)> {
        let due = |lease: &Lease| {
            let why = match (lease.stage, held(&lease.ask.id)) {
                (LeaseStage::Fading | LeaseStage::Ended, _) | (_, Holding::Busy) => return None,
                (LeaseStage::Ending, _) => self.is_time(lease).then(|| reason(lease))?,
                (LeaseStage::Asked | LeaseStage::Granted, Holding::Nothing) => {
                    "the gate does not have it in its hands".to_owned()
                }
                (LeaseStage::Asked | LeaseStage::Granted, Holding::InHand) => {
                    self.why_due(lease)?
                }
            };
            Some((lease.clone(), why))
        };
        let leases = self.state.sessions.leases.values();
        leases.filter_map(due).collect()
    }

    /// Forgets the leases that were left to expire, and have.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn forget_faded(&mut self, at_most: usize) -> Result<(), GateError> {
        let faded = |lease: &&Lease| {
            let expires_at = lease.expires_at();
            lease.stage == LeaseStage::Fading && expires_at.is_some_and(|at| at <= self.now)
        };
        let faded = self.state.sessions.leases.values().filter(faded);
        for lease in faded.take(at_most).cloned().collect::<Vec<_>>() {
            self.keep_lease(Lease {
                stage: LeaseStage::Ended,
                ..lease
            })?;
        }
        Ok(())
    }

    /// Why a lease must end, if it must.
    pub(super) fn why_due(&self, lease: &Lease) -> Option<String> {
        let ask = &lease.ask;
        if self.now >= ask.ends_at {
            return Some("its time was over".to_owned());
        }
        let Some(session) = reach::find(self.state, &ask.session, self.now) else {
            return Some("the session is over".to_owned());
        };
        match reach::reach(self.state, session, &ask.scope.name) {
            Err(why) => Some(why.to_owned()),
            Ok(reach) if reach.scope.scope != ask.scope => Some("the scope was changed".to_owned()),
            Ok(reach) if ask.mode > reach.mode => {
                Some("the session may only read with this scope".to_owned())
            }
            Ok(_) if self.state.sessions.personal(session, &ask.scope.name) != ask.personal => {
                Some("another credential is to be used for this scope".to_owned())
            }
            Ok(_) => None,
        }
    }

    /// Whether a lease that lives serves what is asked, too.
    pub(super) fn serves(&self, id: &str, ask: &LeaseAsk) -> bool {
        let Some(lease) = self.state.sessions.leases.get(id) else {
            return false;
        };
        let known = &lease.ask;
        lease.stage == LeaseStage::Granted
            && ask.mode == Mode::Read
            && known.mode == Mode::Read
            && known.session == ask.session
            && known.scope == ask.scope
            && known.personal == ask.personal
            && moment::later(self.now, MARGIN_SECONDS) < lives_until(lease)
    }

    fn is_time(&self, lease: &Lease) -> bool {
        lease.next_try_at.is_none_or(|at| at <= self.now)
    }
}

fn reason(lease: &Lease) -> String {
    lease.ending.clone().unwrap_or_default()
}

/// When a lease can be used no more.
fn lives_until(lease: &Lease) -> Timestamp {
    let ends_at = lease.ask.ends_at;
    lease.expires_at().map_or(ends_at, |at| at.min(ends_at))
}
