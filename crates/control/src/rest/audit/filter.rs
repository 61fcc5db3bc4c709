//! Which records.

use crate::{
    intake::{
        query::query,
        word::{Since, Until},
    },
    wire::words,
};
use portcullis_firewall::{batch::RecordKind, query::RecordQuery};
use portcullis_policy::{
    label::Label,
    tier::{Tier, Verdict},
};

query! {
    /// Which records; filters combine.
    pub(crate) struct RecordFilter {
        /// Only at or after this moment or day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10")]
        start_date: Since,
        /// Only before this moment, or up to the end of this day (UTC).
        #[param(value_type = Option<String>, example = "2026-04-10T12:00:00Z")]
        end_date: Until,
        /// Only about this agent.
        agent: String,
        /// Only decisions with this verdict; ALLOW, ESCROW and DENY are understood too.
        #[param(value_type = Option<words::Verdict>)]
        verdict: Verdict,
        /// Only decisions with this tier.
        #[param(value_type = Option<words::Tier>)]
        tier: Tier,
        /// Only about this action type.
        action_type: String,
        /// Only of this kind.
        #[param(value_type = Option<words::RecordType>)]
        record_type: RecordKind,
    }
}

impl RecordFilter {
    /// The filter as the ledger knows it, without bounds.
    pub(crate) fn query(&self) -> RecordQuery {
        RecordQuery {
            since: self.start_date.map(|since| since.0),
            until: self.end_date.map(|until| until.0),
            agent: self.agent.clone(),
            verdict: self.verdict,
            tier: self.tier,
            // Labels are kept folded.
            action_type: self
                .action_type
                .as_deref()
                .map(|name| Label::new(name).to_string()),
            kind: self.record_type,
            ..RecordQuery::default()
        }
    }
}
