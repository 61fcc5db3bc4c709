//! Slack's Web API: the few methods the gate calls.
//!
//! Source: <https://docs.slack.dev/reference/methods>.

mod fault;

pub use fault::{Cause, SlackError};

use super::{blocks::View, message::Message, settings::SlackSettings};
use portcullis_firewall::outside::{
    Courier, Credential, Delivery, Line, Method, Parcel, SecretName,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Calls Slack for one tenant.
#[derive(Clone, Debug)]
pub struct Api {
    courier: Arc<dyn Courier>,
    settings: Arc<SlackSettings>,
}

/// Where a message stands: what `chat.update` needs to find it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The channel, by id.
    pub channel: String,
    /// The message's timestamp, which names it in the channel.
    pub ts: String,
}

impl Api {
    /// For this workspace.
    #[must_use]
    pub const fn new(courier: Arc<dyn Courier>, settings: Arc<SlackSettings>) -> Self {
        Self { courier, settings }
    }

    /// Opens a line.
    ///
    /// # Errors
    /// [`SlackError`].
    pub async fn dial(&self, url: &str) -> Result<Box<dyn Line>, SlackError> {
        let line = self.courier.dial(url, self.settings.reach).await;
        line.map_err(|error| SlackError::outside("apps.connections.open", &error))
    }

    /// Posts a message (`chat.postMessage`).
    ///
    /// # Errors
    /// [`SlackError`]; whether the message was posted all the same is not known after a passing one.
    pub async fn post(&self, channel: &str, message: &Message) -> Result<Place, SlackError> {
        let mut members = message.members();
        members.insert("channel".to_owned(), json!(channel));
        let answer = self
            .call("chat.postMessage", &self.settings.bot_token, members)
            .await?;
        serde_json::from_value(Value::Object(answer))
            .map_err(|_| SlackError::unusable("chat.postMessage", "it names no `channel` and `ts`"))
    }

    /// Puts a message in the place of an earlier one (`chat.update`).
    ///
    /// # Errors
    /// [`SlackError`]; [`Cause::Gone`] when there is nothing there any more.
    pub async fn update(&self, place: &Place, message: &Message) -> Result<(), SlackError> {
        let mut members = message.members();
        members.insert("channel".to_owned(), json!(place.channel));
        members.insert("ts".to_owned(), json!(place.ts));
        // `chat.update` knows neither; what was not unfurled stays so.
        members.remove("unfurl_links");
        members.remove("unfurl_media");
        members.remove("mrkdwn");
        self.call("chat.update", &self.settings.bot_token, members)
            .await
            .map(drop)
    }

    /// Tells one person something (`chat.postEphemeral`), and by a message of their own when they
    /// are not in the channel.
    ///
    /// # Errors
    /// [`SlackError`].
    pub async fn tell(
        &self,
        channel: Option<&str>,
        user: &str,
        message: &Message,
    ) -> Result<(), SlackError> {
        if let Some(channel) = channel {
            let mut members = message.members();
            members.insert("channel".to_owned(), json!(channel));
            members.insert("user".to_owned(), json!(user));
            members.remove("unfurl_links");
            members.remove("unfurl_media");
            members.remove("mrkdwn");
            let told = self
                .call("chat.postEphemeral", &self.settings.bot_token, members)
                .await;
            match told {
                Err(error) if !error.is_passing() => {}
                told => return told.map(drop),
            }
        }
        self.post(user, message).await.map(drop)
    }

    /// Opens a modal (`views.open`); the trigger is good for three seconds.
    ///
    /// # Errors
    /// [`SlackError`].
    pub async fn open(&self, trigger: &str, view: &View) -> Result<(), SlackError> {
        let members = Map::from_iter([
            ("trigger_id".to_owned(), json!(trigger)),
            ("view".to_owned(), json!(view)),
        ]);
        self.call("views.open", &self.settings.bot_token, members)
            .await
            .map(drop)
    }

    /// Asks for a line of Socket Mode (`apps.connections.open`): an address that is good once.
    ///
    /// # Errors
    /// [`SlackError`].
    pub async fn line_address(&self, app_token: &SecretName) -> Result<String, SlackError> {
        const METHOD: &str = "apps.connections.open";
        let answer = self.call(METHOD, app_token, Map::new()).await?;
        let url = answer.get("url").and_then(Value::as_str);
        url.map(str::to_owned)
            .ok_or_else(|| SlackError::unusable(METHOD, "it names no `url`"))
    }

    async fn call(
        &self,
        method: &'static str,
        token: &SecretName,
        members: Map<String, Value>,
    ) -> Result<Map<String, Value>, SlackError> {
        let parcel = Parcel {
            method: Method::Post,
            url: format!("{}{method}", self.settings.base_url),
            headers: vec![(
                "content-type".to_owned(),
                "application/json; charset=utf-8".to_owned(),
            )],
            body: Value::Object(members).to_string().into_bytes(),
            credential: Some(Credential::Bearer(token.clone())),
            reach: self.settings.reach,
        };
        let delivery = self.courier.send(parcel).await;
        let delivery = delivery.map_err(|error| SlackError::outside(method, &error))?;
        read(method, &delivery)
    }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    #[serde(default)]
    error: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What Slack answered.
///
/// Fails closed: only `ok: true` is a yes.
fn read(method: &'static str, delivery: &Delivery) -> Result<Map<String, Value>, SlackError> {
    if delivery.status == 429 {
        return Err(SlackError::busy(method, delivery.header("retry-after")));
    }
    if delivery.status != 200 {
        return Err(SlackError::status(method, delivery.status));
    }
    let answer: Answer = serde_json::from_slice(&delivery.body)
        .map_err(|_| SlackError::unusable(method, "it is not an answer in JSON"))?;
    match answer.error {
        None if answer.ok => Ok(answer.rest),
        error => {
            let error = error.unwrap_or_else(|| "no_error_named".to_owned());
            Err(SlackError::said(
                method,
                &error,
                delivery.header("retry-after"),
            ))
        }
    }
}
