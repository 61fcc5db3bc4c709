//! For those who tell people of holds: the chain to follow, how far they came, and what they
//! posted where. Nothing here is in the way of a verdict.

use super::Firewall;
use crate::{
    approval::Choice,
    batch::{DocumentKind, StoredRecord},
    error::GateError,
    query::{DocumentQuery, RecordQuery},
    state,
};
use jiff::Timestamp;
use portcullis_policy::id::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

/// Signed requests for both answers to a hold, at its present level.
#[derive(Clone, Debug)]
pub struct Buttons {
    /// For a yes.
    pub approve: String,
    /// For a no.
    pub reject: String,
    /// The level.
    pub level: u8,
}

/// Where a hold is shown outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posting {
    /// `<channel>/<hold>`
    pub id: String,
    /// Which hold.
    pub hold: String,
    /// Through which channel of the gate.
    pub channel: String,
    /// Where there, in the channel's own terms.
    pub place: Value,
    /// Names what is shown there now.
    pub told: String,
    /// When that was.
    pub at: Timestamp,
}

/// How far a channel came.
#[derive(Serialize, Deserialize)]
struct Cursor {
    seq: u64,
}

impl Firewall {
    /// Changes whenever something became durable, in any tenant.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Changes whenever something of a tenant became durable.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a tenant that does not exist.
    pub fn news_of(&self, tenant: &TenantId) -> Result<watch::Receiver<u64>, GateError> {
        let lanes = self.lanes.load();
        let way = lanes.get(tenant);
        let way = way.ok_or_else(|| GateError::NotFound("tenant", tenant.to_string()))?;
        Ok(way.news.subscribe())
    }

    /// The records after a number, in order.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn records_since(
        &self,
        tenant: &TenantId,
        seq: u64,
        limit: usize,
    ) -> Result<Vec<StoredRecord>, GateError> {
        Ok(self
            .ledger
            .records(tenant, RecordQuery::after(seq, limit))
            .await?)
    }

    /// The number of the newest record.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn newest(&self, tenant: &TenantId) -> Result<u64, GateError> {
        Ok(self.ledger.head(tenant).await?.seq)
    }

    /// Signed requests for both answers to a hold.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when it does not wait any more.
    pub async fn buttons(&self, tenant: &TenantId, hold: &str) -> Result<Buttons, GateError> {
        let (claims, approve) = self.minted(tenant, hold, Choice::Approve).await?;
        let (_, reject) = self.minted(tenant, hold, Choice::Reject).await?;
        Ok(Buttons {
            approve,
            reject,
            level: claims.level,
        })
    }

    /// Up to which record a channel was told; `None` for a new channel.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn cursor(&self, tenant: &TenantId, channel: &str) -> Result<Option<u64>, GateError> {
        let kept: Option<Cursor> =
            state::one(&*self.ledger, tenant, DocumentKind::Cursor, channel).await?;
        Ok(kept.map(|cursor| cursor.seq))
    }

    /// Keeps up to which record a channel was told.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn keep_cursor(
        &self,
        tenant: &TenantId,
        channel: &str,
        seq: u64,
    ) -> Result<(), GateError> {
        let channel = channel.to_owned();
        self.in_turn(tenant, move |turn| {
            let labels = ("", "", turn.now);
            turn.keep(DocumentKind::Cursor, &channel, labels, &Cursor { seq })
        })
        .await
    }

    /// Everything that a channel shows of holds, newest first.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn postings(
        &self,
        tenant: &TenantId,
        channel: &str,
    ) -> Result<Vec<Posting>, GateError> {
        let query = DocumentQuery::with_status(DocumentKind::Posting, channel);
        Ok(state::all(&*self.ledger, tenant, query).await?)
    }

    /// Where a hold is shown.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn posting(&self, tenant: &TenantId, id: &str) -> Result<Option<Posting>, GateError> {
        Ok(state::one(&*self.ledger, tenant, DocumentKind::Posting, id).await?)
    }

    /// Keeps where a hold is shown.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn keep_posting(&self, tenant: &TenantId, posting: Posting) -> Result<(), GateError> {
        self.in_turn(tenant, move |turn| {
            let labels = (posting.channel.as_str(), "", posting.at);
            turn.keep(DocumentKind::Posting, &posting.id, labels, &posting)
        })
        .await
    }
}
