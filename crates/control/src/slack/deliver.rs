//! Tells a tenant's channel what happened, from the records of the chain.
//!
//! It runs beside the gate and never in the way of a verdict. It goes on from where it was, so that
//! an outage of Slack or of the gate delays a message and loses none. One message at a time: a
//! channel takes about one a second.

use super::{
    api::Cause,
    desk::Desk,
    message::{self, Message, Notice},
    pace::Pace,
    show::{CHANNEL, ShowError},
};
use crate::notify::{notice, subject::Subject};
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
/// Notices of actions that are older are not told any more.
const NOTICE_LATE: SignedDuration = SignedDuration::from_hours(1);
/// Warnings that are older are not told any more: a budget's day is over.
const WARNING_LATE: SignedDuration = SignedDuration::from_hours(24);

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
        let mut announced = self.alarm(record).await?;
        match news(record) {
            News::Hold(hold) => self.tell_of_hold(&hold, record.seq).await?,
            News::Notice(notice) => {
                let message = message::notice(&notice);
                self.announce(record, (Subject::ActionNotice, NOTICE_LATE), &message)
                    .await?;
                announced = true;
            }
            News::None => {}
        }
        if let Some(warning) = notice::Notice::warning(&self.tenant, record) {
            let budgets = warning.budgets.unwrap_or_default();
            let message = message::warning(&budgets, record.seq, record.at);
            self.announce(record, (Subject::BudgetWarning, WARNING_LATE), &message)
                .await?;
            announced = true;
        }
        if announced {
            // What is announced has no place that is remembered: it is noted at once.
            let gate = &self.world.gate;
            gate.keep_cursor(&self.tenant, CHANNEL, record.seq).await?;
        }
        Ok(())
    }

    /// Tells of a credential that may live; whether there was something to tell.
    async fn alarm(&self, record: &StoredRecord) -> Result<bool, ShowError> {
        if record.kind != RecordKind::LeaseUnended {
            return Ok(false);
        }
        let notice = notice::Notice::of(&self.tenant, record);
        let Some(lease) = notice.and_then(|notice| notice.lease) else {
            return Ok(false);
        };
        let message = message::unended(&lease, record.seq, record.at);
        self.announce(record, (Subject::LeaseUnended, WARNING_LATE), &message)
            .await?;
        Ok(true)
    }

    async fn tell_of_hold(&self, hold: &str, seq: u64) -> Result<(), ShowError> {
        match self.show(hold).await {
            Err(ShowError::Gate(error)) if !matches!(error, GateError::Unavailable(_)) => {
                tracing::error!(%error, hold, seq, "a hold cannot be shown");
                Ok(())
            }
            shown => shown,
        }
    }

    /// Tells the channel of something in a record, without asking anything; unless it is too late, or
    /// told already.
    async fn announce(
        &self,
        record: &StoredRecord,
        (subject, late): (Subject, SignedDuration),
        message: &Message,
    ) -> Result<(), ShowError> {
        let is_late = self.world.clock.now().duration_since(record.at) > late;
        if is_late || self.announced.has(record.seq, subject) {
            return Ok(());
        }
        self.send(&self.settings.channel, message).await?;
        self.announced.note(record.seq, subject);
        self.standing.told(self.world.clock.now());
        Ok(())
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
