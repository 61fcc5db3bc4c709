//! What a tenant's Slack is, as the gate's operator writes it down.

use portcullis_firewall::outside::{Reach, SecretName};
use portcullis_policy::fault::Faults;
use serde::{Deserialize, Serialize};

/// Where Slack's methods are.
pub const SLACK_API: &str = "https://slack.com/api/";

/// One tenant's Slack. Secrets are named here, never written.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackSettings {
    /// The workspace of Slack, `T…`: nobody else's clicks count.
    pub team: String,
    /// The app, `A…`; when it is named, other apps' clicks are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The channel that is asked, `C…` or `G…`.
    pub channel: String,
    /// The channel that is asked when nobody decided in time; the same channel when it is not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_channel: Option<String>,
    /// The bot's token (`xoxb-…`).
    pub bot_token: SecretName,
    /// What Slack signs its requests with: for clicks over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing_secret: Option<SecretName>,
    /// The app-level token (`xapp-…`): for clicks over Socket Mode, which needs no open port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_token: Option<SecretName>,
    /// The app's client id: for Sign in with Slack, by which people link their accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The app's client secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretName>,
    /// Where Slack's methods are, ending in `/`.
    #[serde(default = "slack_api")]
    pub base_url: String,
    /// Where calls to it may go.
    #[serde(default)]
    pub reach: Reach,
}

fn slack_api() -> String {
    SLACK_API.to_owned()
}

/// The longest id of Slack that is taken.
const ID_MAX_CHARS: usize = 32;

impl SlackSettings {
    /// Everything that is wrong with it, each with its path below `path`.
    #[must_use]
    pub fn faults(&self, path: &str) -> Faults {
        let mut faults = Faults::default();
        let mut must = |holds: bool, field: &str, message: &str| {
            if !holds {
                faults.add(format!("{path}.{field}"), message);
            }
        };
        must(
            is_id(&self.team, "T"),
            "team",
            "expected the id of a workspace, e.g. `T0123456789`",
        );
        let app = self.app_id.as_ref().is_none_or(|id| is_id(id, "A"));
        must(
            app,
            "app_id",
            "expected the id of an app, e.g. `A0123456789`",
        );
        must(is_id(&self.channel, "CG"), "channel", CHANNEL);
        let escalation = self
            .escalation_channel
            .as_ref()
            .is_none_or(|id| is_id(id, "CG"));
        must(escalation, "escalation_channel", CHANNEL);
        must(
            self.signing_secret.is_some() || self.app_token.is_some(),
            "signing_secret",
            "name `signing_secret` for clicks over HTTP, or `app_token` for Socket Mode",
        );
        must(
            self.client_id.is_some() == self.client_secret.is_some(),
            "client_id",
            "`client_id` and `client_secret` go together",
        );
        must(self.base_url.ends_with('/'), "base_url", "must end in `/`");
        let safe = self.reach == Reach::Anywhere || self.base_url.starts_with("https://");
        must(
            safe,
            "base_url",
            "must begin with `https://` unless `reach` is `anywhere`",
        );
        faults
    }

    /// Who says who somebody is in this Slack: the site that its methods are on, e.g.
    /// `https://slack.com`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        let Some((scheme, rest)) = self.base_url.split_once("://") else {
            return "";
        };
        let host = rest.split('/').next().unwrap_or_default();
        let length = scheme.len() + "://".len() + host.len();
        self.base_url.get(..length).unwrap_or_default()
    }

    /// The channel that a level of a hold is asked in; 1 is the first.
    #[must_use]
    pub fn channel_of(&self, level: u8) -> &str {
        match &self.escalation_channel {
            Some(channel) if level > 1 => channel,
            _ => &self.channel,
        }
    }
}

const CHANNEL: &str = "expected the id of a channel, e.g. `C0123456789`, not its name";

/// Whether a text has the form of one of Slack's ids, with one of these first letters.
#[must_use]
pub(super) fn is_id(text: &str, first: &str) -> bool {
    text.starts_with(|letter: char| first.contains(letter))
        && (2..=ID_MAX_CHARS).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::SlackSettings;
    use serde_json::{Value, json};

    fn settings() -> Value {
        json!({
            "team": "T0123456789", "channel": "C0123456789",
            "bot_token": "env:SLACK_BOT_TOKEN", "app_token": "env:SLACK_APP_TOKEN",
        })
    }

    fn faults(field: &str, value: Value) -> Vec<String> {
        let mut settings = settings();
        settings[field] = value;
        let settings: SlackSettings = serde_json::from_value(settings).unwrap();
        settings
            .faults("slack")
            .0
            .into_iter()
            .map(|fault| fault.path)
            .collect()
    }

    #[test]
    fn little_must_be_said() {
        assert!(faults("team", json!("T0123456789")).is_empty());
    }

    #[test]
    fn who_says_who_somebody_is_goes_by_where_slack_is() {
        let mut named = settings();
        let issuer = |settings: &Value| {
            let settings: SlackSettings = serde_json::from_value(settings.clone()).unwrap();
            settings.issuer().to_owned()
        };
        assert_eq!(issuer(&named), "https://slack.com");
        named["base_url"] = json!("https://slack-gov.com/api/");
        assert_eq!(issuer(&named), "https://slack-gov.com");
        named["base_url"] = json!("nonsense");
        assert_eq!(issuer(&named), "");
    }

    #[test]
    fn unknown_keys_are_refused() {
        let mut settings = settings();
        settings["token"] = json!("xoxb-1");
        assert!(serde_json::from_value::<SlackSettings>(settings).is_err());
    }

    #[test]
    fn every_mistake_is_named() {
        for (field, value, path) in [
            ("team", json!("acme"), "slack.team"),
            ("app_id", json!("T1"), "slack.app_id"),
            ("channel", json!("#ops"), "slack.channel"),
            (
                "escalation_channel",
                json!("U123"),
                "slack.escalation_channel",
            ),
            ("app_token", json!(null), "slack.signing_secret"),
            ("client_id", json!("1.2"), "slack.client_id"),
            ("base_url", json!("https://slack.com/api"), "slack.base_url"),
            ("base_url", json!("http://slack.com/api/"), "slack.base_url"),
        ] {
            assert_eq!(faults(field, value), [path], "{field}");
        }
    }
}
