//! Brings what stands in Slack about a hold up to date.
//!
//! It reads how the hold stands now, not what happened to it, so that doing it again, late, or
//! after a crash gives the same messages. A crash between posting and noting the place of it can
//! leave one message twice; a hold is never left without one.

use super::{
    api::{Cause, Place, SlackError},
    desk::Desk,
    message::{self, Message},
};
use jiff::SignedDuration;
use portcullis_firewall::{
    error::GateError,
    firewall::{Buttons, Posting},
    hold::HoldStatus,
    sight::Sight,
};
use serde_json::json;

/// What the gate calls this way of telling people.
pub(super) const CHANNEL: &str = "slack";
/// What ended longer ago, and was never shown, is not shown any more.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// Why it is not up to date.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ShowError {
    /// The gate did not answer.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// Slack did not take it.
    #[error(transparent)]
    Slack(#[from] SlackError),
}

/// One level of a hold, as what is posted of it is kept.
#[derive(Debug)]
struct Spot {
    id: String,
    hold: String,
    channel: String,
    level: u8,
}

impl Spot {
    fn of(hold: &str, level: u8) -> Self {
        let channel = format!("{CHANNEL}-{level}");
        Self {
            id: format!("{channel}/{hold}"),
            hold: hold.to_owned(),
            channel,
            level,
        }
    }
}

impl Desk {
    /// Brings the messages about a hold up to date: one for each level that was asked.
    ///
    /// # Errors
    /// [`ShowError`]; the hold stays to be shown. What Slack will never take is logged, and no error.
    pub async fn show(&self, hold: &str) -> Result<(), ShowError> {
        let _one_at_a_time = self.showing.lock().await;
        let (sight, buttons) = self.present(hold).await?;
        let message = message::of_hold(&sight, buttons.as_ref(), &self.world.links);
        let mut shown = false;
        for level in 1..=sight.level {
            let spot = Spot::of(hold, level);
            let posting = self.world.gate.posting(&self.tenant, &spot.id).await?;
            if let Some(posting) = posting {
                shown = true;
                self.renew(spot, posting, (&sight, &message)).await?;
            } else if level == sight.level && self.is_to_be_posted(&sight, shown) {
                self.post(spot, (&sight, &message)).await?;
            }
        }
        Ok(())
    }

    /// A hold that waits is posted at its level; one that is over only when nothing was shown of it.
    fn is_to_be_posted(&self, sight: &Sight, shown: bool) -> bool {
        if sight.status == HoldStatus::Held {
            return true;
        }
        let ended = sight
            .ending
            .as_ref()
            .map_or(sight.ends_at, |ending| ending.at);
        !shown && self.world.clock.now().duration_since(ended) <= LATE
    }

    /// How a hold stands, and the buttons for it while it waits.
    async fn present(&self, hold: &str) -> Result<(Sight, Option<Buttons>), GateError> {
        let gate = &self.world.gate;
        let sight = gate.sight_of(&self.tenant, hold).await?;
        if sight.status != HoldStatus::Held {
            return Ok((sight, None));
        }
        match gate.buttons(&self.tenant, hold).await {
            Ok(buttons) => Ok((sight, Some(buttons))),
            // It ended in between.
            Err(GateError::Conflict { .. }) => Ok((gate.sight_of(&self.tenant, hold).await?, None)),
            Err(error) => Err(error),
        }
    }

    async fn renew(
        &self,
        spot: Spot,
        posting: Posting,
        (sight, message): (&Sight, &Message),
    ) -> Result<(), ShowError> {
        let told = message.digest();
        if posting.told == told {
            return Ok(());
        }
        let Ok(place) = serde_json::from_value(posting.place) else {
            return self.post(spot, (sight, message)).await;
        };
        match self.change(&place, message).await {
            Ok(()) => self.keep(spot, &place, told).await,
            Err(error) if error.cause() == Cause::Gone => self.post(spot, (sight, message)).await,
            Err(error) if error.cause() == Cause::Call => {
                tracing::error!(%error, "slack does not take a change of a message");
                self.keep(spot, &place, told).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Changes a message; blocks that Slack does not take are made up for by words.
    async fn change(&self, place: &Place, message: &Message) -> Result<(), SlackError> {
        match self.api.update(place, message).await {
            Err(error) if error.cause() == Cause::Call => {
                tracing::error!(%error, "slack does not take a message; it is told in words alone");
                self.api.update(place, &message.without_blocks()).await
            }
            changed => changed,
        }
    }

    async fn post(
        &self,
        spot: Spot,
        (sight, message): (&Sight, &Message),
    ) -> Result<(), ShowError> {
        let usual = self.settings.channel_of(spot.level);
        let channel = sight
            .channel
            .as_deref()
            .filter(|_| spot.level == sight.level);
        match self.send(channel.unwrap_or(usual), message).await? {
            Some(place) => self.keep(spot, &place, message.digest()).await,
            None => Ok(()),
        }
    }

    async fn keep(&self, spot: Spot, place: &Place, told: String) -> Result<(), ShowError> {
        self.standing.told(self.world.clock.now());
        let posting = Posting {
            id: spot.id,
            hold: spot.hold,
            channel: spot.channel,
            place: json!(place),
            told,
            at: self.world.clock.now(),
        };
        Ok(self.world.gate.keep_posting(&self.tenant, posting).await?)
    }

    /// Posts a message; `None` when Slack will never take it. A channel that cannot be posted to is
    /// made up for by the tenant's first, and blocks by words.
    pub(super) async fn send(
        &self,
        channel: &str,
        message: &Message,
    ) -> Result<Option<Place>, SlackError> {
        let first = &self.settings.channel;
        let mut sent = self.api.post(channel, message).await;
        let mut used = channel;
        if let Err(error) = &sent
            && error.cause() == Cause::Setup
            && channel != first
        {
            tracing::error!(%error, channel, "a channel cannot be posted to; the first is used");
            used = first;
            sent = self.api.post(used, message).await;
        }
        if let Err(error) = &sent
            && error.cause() == Cause::Call
        {
            tracing::error!(%error, "slack does not take a message; it is told in words alone");
            sent = self.api.post(used, &message.without_blocks()).await;
        }
        match sent {
            Ok(place) => Ok(Some(place)),
            Err(error) if matches!(error.cause(), Cause::Call | Cause::Gone) => {
                tracing::error!(%error, "slack does not take a message at all");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
