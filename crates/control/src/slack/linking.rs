//! Who somebody is in Slack, proven by Sign in with Slack.
//!
//! Source: <https://docs.slack.dev/authentication/sign-in-with-slack>. Mail addresses and names are
//! never compared: whoever links an account signs in to it.

use super::settings::{SlackSettings, is_id};
use portcullis_firewall::{outside::SecretName, person::SlackUser};
use serde_json::Value;

/// The issuer in every id token of Slack's.
pub const ISSUER: &str = "https://slack.com";
/// Where people are sent to sign in.
pub const AUTHORIZATION_ENDPOINT: &str = "https://slack.com/openid/connect/authorize";
/// Where Slack's keys are.
pub const JWKS_URI: &str = "https://slack.com/openid/connect/keys";
/// What is asked for: who it is, and nothing else.
pub const SCOPE: &str = "openid";
/// The claim with the workspace.
const TEAM_CLAIM: &str = "https://slack.com/team_id";
/// The claim with the user.
const USER_CLAIM: &str = "https://slack.com/user_id";

/// What Sign in with Slack needs to know.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignIn<'s> {
    /// The app's client id.
    pub client_id: &'s str,
    /// The app's client secret.
    pub client_secret: &'s SecretName,
    /// The workspace that people are sent to.
    pub team: &'s str,
    /// Where the code is changed for an id token.
    pub token_endpoint: String,
}

/// Why somebody who signed in is not linked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// The identity does not say who it is in Slack.
    #[error("the identity names no Slack workspace and user")]
    NoUser,
    /// They signed in to another workspace.
    #[error("this account belongs to another Slack workspace than this gate's")]
    ForeignTeam,
}

impl LinkError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUser => "slack.no_user",
            Self::ForeignTeam => "slack.foreign_workspace",
        }
    }
}

/// How people sign in; `None` when the app's client is not set up, and then nobody can link.
#[must_use]
pub fn sign_in(settings: &SlackSettings) -> Option<SignIn<'_>> {
    Some(SignIn {
        client_id: settings.client_id.as_deref()?,
        client_secret: settings.client_secret.as_ref()?,
        team: &settings.team,
        token_endpoint: format!("{}openid.connect.token", settings.base_url),
    })
}

/// Who somebody is in Slack, from the claims of an id token whose signature, audience, nonce and
/// lifetime were checked.
///
/// *Fails closed:* an identity of another workspace, or without both claims, is nobody.
///
/// # Errors
/// [`LinkError`].
pub fn slack_user(claims: &Value, settings: &SlackSettings) -> Result<SlackUser, LinkError> {
    let claim = |name, first| {
        let claim = claims.get(name).and_then(Value::as_str);
        claim.filter(|id| is_id(id, first)).ok_or(LinkError::NoUser)
    };
    let (team, user) = (claim(TEAM_CLAIM, "T")?, claim(USER_CLAIM, "UW")?);
    if team != settings.team {
        return Err(LinkError::ForeignTeam);
    }
    Ok(SlackUser {
        team: team.to_owned(),
        user: user.to_owned(),
    })
}
