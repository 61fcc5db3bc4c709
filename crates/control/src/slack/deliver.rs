//! Tells a tenant's channel what happened, from the records of the chain.
//!
//! It runs beside the gate and never in the way of a verdict. It goes on from where it was, so that
//! an outage of Slack or of the gate delays a message and loses none. One message at a time: a
//! channel takes about one a second.

use super::{
    api::{Cause, SlackError},
    desk::Desk,
    message::{self, Notice},
    pace::Pace,
    show::{CHANNEL, ShowError},
};
use jiff::SignedDuration;
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    error::GateError,
};
use portcullis_policy::tier::Verdict;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// How many records are read at once.
const RECORDS: usize = 100;
/// How long it waits for news before it looks by itself.
const LOOK: Duration = Duration::from_secs(60);
/// How long it waits for an operator to set something right.
const SETUP_WAIT: Duration = Duration::from_secs(60);
/// Notices that are older are not told any more.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// Follows the tenant's records for as long as it is polled; dropping it stops it at any point.
pub async fn follow(desk: Arc<Desk>) {
    let Ok(mut news) = desk.world.gate.news_of(&desk.tenant) else {
        tracing::error!(tenant = %desk.tenant, "there is no such tenant to tell of in slack");
        return;
    };
    let mut pace = Pace::default();
    loop {
        news.borrow_and_update();
        match desk.catch_up().await {
            Ok(()) => {
                pace.worked();
                desk.standing.works();
                // Without news, or when the gate goes away, it looks again after a while.
                if !matches!(tokio::time::timeout(LOOK, news.changed()).await, Ok(Ok(()))) {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Err(error) => {
                desk.standing.failed(desk.world.clock.now());
                let wait = wait(&error, &mut pace, &desk);
                tracing::warn!(tenant = %desk.tenant, %error, ?wait, "slack is told later");
                tokio::time::sleep(wait).await;
            }
        }
    }
}

fn wait(error: &ShowError, pace: &mut Pace, desk: &Desk) -> Duration {
    let grown = pace.failed(&*desk.world.entropy);
    match error {
        ShowError::Slack(error) => match error.cause() {
            Cause::Busy(asked) => asked.max(Duration::from_secs(1)),
            Cause::Setup => SETUP_WAIT,
            Cause::Away | Cause::Gone | Cause::Call => grown,
        },
        ShowError::Gate(_) => grown,
    }
}

impl Desk {
    /// Tells everything that is not told yet.
    ///
    /// # Errors
    /// The first thing that could not be told; what was told before it is noted.
    pub async fn catch_up(&self) -> Result<(), ShowError> {
        let gate = &self.world.gate;
        let kept = gate.cursor(&self.tenant, CHANNEL).await?.unwrap_or(0);
        let mut told = kept;
        self.standing.reached(told);
        loop {
            let records = gate.records_since(&self.tenant, told, RECORDS).await?;
            let before = told;
            let mut ended = Ok(());
            for record in &records {
                ended = self.tell(record).await;
                if ended.is_err() {
                    break;
                }
                told = record.seq;
                self.standing.reached(told);
            }
            if told > before {
                gate.keep_cursor(&self.tenant, CHANNEL, told).await?;
            }
            ended?;
            if told == before {
                return Ok(());
            }
        }
    }

    async fn tell(&self, record: &StoredRecord) -> Result<(), ShowError> {
        match news(record) {
            News::Hold(hold) => match self.show(&hold).await {
                Err(ShowError::Gate(error)) if !matches!(error, GateError::Unavailable(_)) => {
                    tracing::error!(%error, hold, seq = record.seq, "a hold cannot be shown");
                    Ok(())
                }
                shown => shown,
            },
            News::Notice(notice) => self.notify(&notice).await,
            News::None => Ok(()),
        }
    }

    async fn notify(&self, notice: &Notice) -> Result<(), ShowError> {
        if self.world.clock.now().duration_since(notice.at) > LATE {
            return Ok(());
        }
        let sent: Result<_, SlackError> = self
            .send(&self.settings.channel, &message::notice(notice))
            .await;
        sent?;
        self.standing.told(self.world.clock.now());
        // A notice has no place that is remembered: it is noted at once that it was told.
        Ok(self
            .world
            .gate
            .keep_cursor(&self.tenant, CHANNEL, notice.seq)
            .await?)
    }
}

/// What a record means to people.
#[derive(Debug)]
enum News {
    /// Something became of a hold.
    Hold(String),
    /// Something happened that the team is told of.
    Notice(Notice),
    /// Nothing.
    None,
}

#[derive(Deserialize)]
struct Told {
    hold_id: Option<String>,
    #[serde(default)]
    risk_tier: u8,
    #[serde(default)]
    target_service: String,
    #[serde(default)]
    environment: String,
}

fn news(record: &StoredRecord) -> News {
    let Ok(told) = serde_json::from_slice::<Told>(&record.payload) else {
        return News::None;
    };
    if let Some(hold) = told.hold_id {
        return News::Hold(hold);
    }
    let cleared = record.kind == RecordKind::Decision && record.verdict == Some(Verdict::Cleared);
    if !cleared || told.risk_tier == 0 {
        return News::None;
    }
    News::Notice(Notice {
        seq: record.seq,
        at: record.at,
        agent: record.agent.clone(),
        action_type: record.action_type.clone(),
        target: told.target_service,
        environment: told.environment,
        risk_tier: told.risk_tier,
    })
}
