//! A tenant's Slack.

use super::sheet::Sheet;
use portcullis_control::slack::settings::{SLACK_API, SlackSettings};
use portcullis_firewall::outside::SecretName;
use portcullis_policy::fault::Faults;

const KEYS: &[&str] = &[
    "team",
    "app_id",
    "channel",
    "escalation_channel",
    "bot_token",
    "signing_secret",
    "app_token",
    "client_id",
    "client_secret",
    "base_url",
    "reach",
];

/// What stands at `slack`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> Option<SlackSettings> {
    let sheet = tenant.below("slack", KEYS, faults)?;
    let team = sheet.must_text("team", faults);
    let channel = sheet.must_text("channel", faults);
    let bot_token = sheet.must_secret("bot_token", faults);
    let base_url = sheet.text("base_url", faults);
    let settings = SlackSettings {
        app_id: sheet.text("app_id", faults),
        escalation_channel: sheet.text("escalation_channel", faults),
        signing_secret: sheet.secret("signing_secret", faults),
        app_token: sheet.secret("app_token", faults),
        client_id: sheet.text("client_id", faults),
        client_secret: sheet.secret("client_secret", faults),
        base_url: base_url.unwrap_or_else(|| SLACK_API.to_owned()),
        reach: sheet.reach(faults),
        // What is missing is a fault already, and must not hide the others.
        team: team.unwrap_or_else(|| "T0".to_owned()),
        channel: channel.unwrap_or_else(|| "C0".to_owned()),
        bot_token: bot_token.unwrap_or_else(|| SecretName::new("env:NONE")),
    };
    faults.0.extend(settings.faults(&tenant.path_of("slack")).0);
    Some(settings)
}
