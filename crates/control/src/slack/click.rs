//! One click, from either delivery: who may be heard, what the gate says, and the answer.
//!
//! Every click has an answer: a changed message, a modal, or words that only the one who clicked
//! sees. Whether somebody may decide is for the firewall alone to say; here it is only made sure
//! that it is the tenant's own workspace and app that speaks, and a person.

use super::{
    api::SlackError,
    desk::Desk,
    envelope::{Interaction, Press},
    message::{self, Carried, Message, Reply},
};
use portcullis_firewall::{
    approval::{self, Way},
    click::Unheard,
    error::GateError,
    hold::HoldStatus,
    person::SlackUser,
};

/// The program that Slack itself speaks through.
const SLACKBOT: &str = "USLACKBOT";

/// Why a click is not even brought to the firewall.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Stranger {
    /// It was meant for another app.
    #[error("it came through another Slack app")]
    App,
    /// It was done in another workspace, or by somebody of another one.
    #[error("you belong to another Slack workspace than this gate's")]
    Team,
    /// It was done by a program.
    #[error("programs do not decide")]
    Bot,
    /// It is for another tenant.
    #[error("it is for another tenant")]
    Tenant,
}

impl Stranger {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::App => "slack.foreign_app",
            Self::Team => "slack.foreign_workspace",
            Self::Bot => "slack.bot",
            Self::Tenant => "slack.foreign_tenant",
        }
    }
}

impl Desk {
    /// Who clicked, when it is somebody of this workspace.
    ///
    /// *Fails closed:* a user whose own workspace Slack does not name is a stranger.
    ///
    /// # Errors
    /// [`Stranger`].
    pub fn admit(&self, click: &Interaction) -> Result<SlackUser, Stranger> {
        let settings = &self.settings;
        if settings
            .app_id
            .as_ref()
            .is_some_and(|app| *app != click.app)
        {
            return Err(Stranger::App);
        }
        let is_ours = |team: &String| *team == settings.team;
        let own_team = click.user.team.as_ref().is_some_and(is_ours);
        if !own_team || !click.team.as_ref().is_none_or(is_ours) {
            return Err(Stranger::Team);
        }
        if click.user.is_bot || click.user.id == SLACKBOT {
            return Err(Stranger::Bot);
        }
        Ok(SlackUser {
            team: settings.team.clone(),
            user: click.user.id.clone(),
        })
    }

    /// Takes a click to its end, its answer included. Doing it again changes nothing.
    pub async fn take(&self, click: &Interaction) {
        if click.press == Press::Nothing {
            return;
        }
        let user = match self.admit(click) {
            Ok(user) => user,
            Err(stranger) => {
                return self.turn_away(click, stranger).await;
            }
        };
        match &click.press {
            Press::Nothing => {}
            Press::Approve { token } => self.decide(click, &user, (token, None)).await,
            Press::Reason { token, reason } => {
                self.decide(click, &user, (token, Some(reason))).await;
            }
            Press::Reject { token, trigger } => self.ask_reason(click, token, trigger).await,
            Press::Details { hold, trigger } => self.show_details(click, hold, trigger).await,
        }
    }

    /// Answers a stranger, and puts what they tried on record.
    async fn turn_away(&self, click: &Interaction, stranger: Stranger) {
        let why = stranger.to_string();
        self.say(click, &Reply::Refused(&why)).await;
        self.note(click, (stranger.code(), why)).await;
    }

    /// Puts a click that is not heard on record.
    pub(super) async fn note(&self, click: &Interaction, (code, because): (&'static str, String)) {
        tracing::warn!(
            tenant = %self.tenant, code, user = click.user.id, team = click.user.team,
            app = click.app, "a click in slack is not heard"
        );
        let team = click.user.team.clone().or_else(|| click.team.clone());
        let user = SlackUser {
            team: team.unwrap_or_default(),
            user: click.user.id.clone(),
        };
        let unheard = Unheard {
            by: user.to_string(),
            way: Way::Slack,
            token: click.press.token().map(str::to_owned),
            code,
            because,
        };
        if let Err(error) = self.world.gate.note_unheard(&self.tenant, unheard).await {
            tracing::error!(tenant = %self.tenant, %error, "a click in slack left no record");
        }
    }

    async fn decide(
        &self,
        click: &Interaction,
        user: &SlackUser,
        (token, reason): (&str, Option<&String>),
    ) {
        let gate = &self.world.gate;
        match gate
            .decide_in_slack(&self.tenant, user, token, reason.cloned())
            .await
        {
            // The changed messages are the answer; what Slack does not take now, it is told later.
            Ok(hold) => self.show_or_later(&hold.id).await,
            Err(error) => self.say_no(click, token, &error).await,
        }
    }

    async fn show_or_later(&self, hold: &str) {
        if let Err(error) = self.show(hold).await {
            tracing::warn!(tenant = %self.tenant, %error, hold, "a hold is shown later");
        }
    }

    /// Says why a decision did not count.
    async fn say_no(&self, click: &Interaction, token: &str, error: &GateError) {
        tracing::info!(
            tenant = %self.tenant, code = error.code(), user = click.user.id,
            "a click in slack did not count"
        );
        let why = error.to_string();
        match error {
            GateError::Unavailable(cause) => {
                tracing::error!(%cause, "the gate cannot take a click");
                self.say(click, &Reply::Unavailable).await;
            }
            GateError::Unauthenticated => self.say(click, &Reply::NotLinked).await,
            GateError::Conflict {
                code: PASSKEY_DUE, ..
            } => {
                let hold = self.named(token).unwrap_or_default();
                self.say(click, &Reply::InConsole(&why, &hold)).await;
            }
            GateError::Conflict { code, .. } if MOVED_ON.contains(code) => {
                self.say_moved_on(click, token, &why).await;
            }
            _ => self.say(click, &Reply::Refused(&why)).await,
        }
    }

    /// Tells who was first, or that there is a newer request, and sees to it that it is shown.
    async fn say_moved_on(&self, click: &Interaction, token: &str, why: &str) {
        let Some(hold) = self.named(token) else {
            return self.say(click, &Reply::Refused(why)).await;
        };
        match self.world.gate.sight_of(&self.tenant, &hold).await {
            Ok(sight) if sight.status != HoldStatus::Held => {
                self.say(click, &Reply::AlreadyHandled(&sight)).await;
            }
            Ok(_) | Err(_) => self.say(click, &Reply::Refused(why)).await,
        }
        self.show_or_later(&hold).await;
    }

    /// The hold a token names, when it is of this tenant.
    fn named(&self, token: &str) -> Option<String> {
        let (tenant, hold, _) = approval::named(token)?;
        (tenant == self.tenant).then_some(hold)
    }

    async fn ask_reason(&self, click: &Interaction, token: &str, trigger: &str) {
        let Some(hold) = self.named(token) else {
            return self.turn_away(click, Stranger::Tenant).await;
        };
        let sight = match self.world.gate.sight_of(&self.tenant, &hold).await {
            Ok(sight) => sight,
            Err(error) => return self.say_no(click, token, &error).await,
        };
        if sight.status != HoldStatus::Held {
            return self.say(click, &Reply::AlreadyHandled(&sight)).await;
        }
        let channel = click
            .channel
            .clone()
            .unwrap_or_else(|| self.settings.channel.clone());
        let carried = Carried {
            token: token.to_owned(),
            channel,
        };
        let opened = match message::ask_reason(&sight, &carried) {
            Some(view) => self.api.open(trigger, &view).await.map_err(Some),
            None => Err(None),
        };
        self.or_say(click, opened, &hold).await;
    }

    async fn show_details(
        &self,
        click: &Interaction,
        (tenant, hold): &(String, String),
        trigger: &str,
    ) {
        if tenant != self.tenant.as_str() {
            return self.turn_away(click, Stranger::Tenant).await;
        }
        match self.world.gate.sight_of(&self.tenant, hold).await {
            Ok(sight) => {
                let view = message::details(&sight, &self.world.links);
                let opened = self.api.open(trigger, &view).await.map_err(Some);
                self.or_say(click, opened, hold).await;
            }
            Err(error) => self.say_no(click, "", &error).await,
        }
    }

    async fn or_say(
        &self,
        click: &Interaction,
        opened: Result<(), Option<SlackError>>,
        hold: &str,
    ) {
        if let Err(error) = opened {
            let why = error.map_or_else(|| "too long".to_owned(), |error| error.to_string());
            tracing::warn!(tenant = %self.tenant, why, "a modal did not open");
            self.say(click, &Reply::NoModal(hold)).await;
        }
    }

    async fn say(&self, click: &Interaction, reply: &Reply<'_>) {
        let message: Message = reply.message(&self.world.links);
        let channel = click.channel.as_deref();
        if let Err(error) = self.api.tell(channel, &click.user.id, &message).await {
            tracing::warn!(tenant = %self.tenant, %error, "an answer did not reach slack");
        }
    }
}

/// The firewall's code for a decision that needs a passkey, which Slack has no way to ask for.
const PASSKEY_DUE: &str = "approval.passkey_due";
/// The firewall's codes for a button whose request is over.
const MOVED_ON: [&str; 3] = [
    "hold.already_decided",
    "approval.expired",
    "approval.other_request",
];
