//! What of one record is told already: a second try of the rest does not repeat it.

use super::{channel::Told, notice::Notice, subject::Subject};
use portcullis_firewall::batch::StoredRecord;
use portcullis_policy::id::TenantId;
use std::sync::{Mutex, PoisonError};

/// What was told of the newest record. It lives in memory: after a crash a record is told as a
/// whole.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<(u64, Vec<Subject>)>);

impl Progress {
    /// Whether this is told already.
    pub(crate) fn has(&self, seq: u64, subject: Subject) -> bool {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.0 == seq && told.1.contains(&subject)
    }

    /// This is told.
    pub(crate) fn note(&self, seq: u64, subject: Subject) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.0 != seq {
            *told = (seq, Vec::new());
        }
        told.1.push(subject);
    }

    /// Tells everything of a record that is not told yet. Each is tried, whatever becomes of the
    /// others, unless nobody is there.
    pub(super) async fn tell_all<F: Future<Output = Told>>(
        &self,
        (tenant, record): (&TenantId, &StoredRecord),
        tell: impl Fn(Notice) -> F,
    ) -> Told {
        let mut all = Told::Passed;
        for notice in Notice::all(tenant, record) {
            let subject = notice.subject;
            if self.has(record.seq, subject) {
                all = all.and(Told::Done);
                continue;
            }
            let told = tell(notice).await;
            if told == Told::Done {
                self.note(record.seq, subject);
            }
            all = all.and(told);
            if matches!(all, Told::Gone { .. }) {
                break;
            }
        }
        all
    }
}
