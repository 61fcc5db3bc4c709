//! Brings what stands in Slack about a hold up to date.
//!
//! It reads how the hold stands now, not what happened to it, so that doing it again, late, or
//! after a crash gives the same messages. A crash between posting and noting the place of it can
//! leave one message twice; a hold is never left without one.

use super::{
    api::{Cause, Place, SlackError},
    desk::Desk,
    gate::Posted,
    message::{self, Buttons, Message},
};
use jiff::SignedDuration;
use portcullis_firewall::{error::GateError, hold::HoldStatus, sight::Sight};

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
            let posted = self.world.gate.posting(&self.tenant, hold, level).await?;
            if let Some(posted) = posted {
                shown = true;
                self.renew((hold, level), posted, &message).await?;
            } else if level == sight.level && self.is_to_be_posted(&sight, shown) {
                self.post((hold, level), &message).await?;
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
        let sight = gate.sight(&self.tenant, hold).await?;
        if sight.status != HoldStatus::Held {
            return Ok((sight, None));
        }
        match gate.buttons(&self.tenant, hold).await {
            Ok(buttons) => Ok((sight, Some(buttons))),
            // It ended in between.
            Err(GateError::Conflict { .. }) => Ok((gate.sight(&self.tenant, hold).await?, None)),
            Err(error) => Err(error),
        }
    }

    async fn renew(
        &self,
        (hold, level): (&str, u8),
        posted: Posted,
        message: &Message,
    ) -> Result<(), ShowError> {
        let told = message.digest();
        if posted.told == told {
            return Ok(());
        }
        let mut updated = self.api.update(&posted.place, message).await;
        if let Err(error) = &updated
            && error.cause() == Cause::Call
        {
            tracing::error!(%error, hold, "slack does not take a message; it is told in words alone");
            updated = self
                .api
                .update(&posted.place, &message.without_blocks())
                .await;
        }
        match updated {
            Ok(()) => {}
            Err(error) if error.cause() == Cause::Gone => {
                return self.post((hold, level), message).await;
            }
            Err(error) if error.cause() == Cause::Call => {
                tracing::error!(%error, hold, "slack does not take a change of a message");
            }
            Err(error) => return Err(error.into()),
        }
        let posted = Posted { told, ..posted };
        let kept = self
            .world
            .gate
            .keep_posting(&self.tenant, hold, level, posted);
        Ok(kept.await?)
    }

    async fn post(&self, (hold, level): (&str, u8), message: &Message) -> Result<(), ShowError> {
        let channel = self.settings.channel_of(level);
        let Some(place) = self.send(channel, message).await? else {
            return Ok(());
        };
        let posted = Posted {
            place,
            told: message.digest(),
        };
        let kept = self
            .world
            .gate
            .keep_posting(&self.tenant, hold, level, posted);
        Ok(kept.await?)
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
