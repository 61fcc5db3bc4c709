//! Who somebody is in Slack, proven by Sign in with Slack.
//!
//! Source: <https://docs.slack.dev/authentication/sign-in-with-slack>. Mail addresses and names are
//! never compared: whoever links an account signs in to it.

use super::settings::{SlackSettings, is_id};
use crate::oidc::{Identity, Provider};
use portcullis_firewall::person::SlackUser;

/// The claim with the workspace.
const TEAM_CLAIM: &str = "https://slack.com/team_id";
/// The claim with the user.
const USER_CLAIM: &str = "https://slack.com/user_id";

/// Why somebody who signed in is not linked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// The identity does not say who it is in Slack, or is not by Slack's word.
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

/// Whom people sign in with: who they are is asked, and nothing else. `None` when the app's client
/// is not set up, and then nobody can link.
#[must_use]
pub fn sign_in(settings: &SlackSettings) -> Option<Provider> {
    Some(Provider {
        client_secret: Some(settings.client_secret.clone()?),
        scopes: Vec::new(),
        reach: settings.reach,
        ..Provider::new(settings.issuer(), settings.client_id.as_deref()?)
    })
}

/// Who somebody is in Slack, from an identity that was checked.
///
/// *Fails closed:* an identity by another issuer, of another workspace, or without both claims, is
/// nobody.
///
/// # Errors
/// [`LinkError`].
pub fn slack_user(identity: &Identity, settings: &SlackSettings) -> Result<SlackUser, LinkError> {
    if identity.issuer != settings.issuer() {
        return Err(LinkError::NoUser);
    }
    let claim = |name, first| identity.claim(name).filter(|id| is_id(id, first));
    let team = claim(TEAM_CLAIM, "T").ok_or(LinkError::NoUser)?;
    let user = claim(USER_CLAIM, "UW").ok_or(LinkError::NoUser)?;
    if team != settings.team {
        return Err(LinkError::ForeignTeam);
    }
    Ok(SlackUser {
        team: team.to_owned(),
        user: user.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{LinkError, sign_in, slack_user};
    use crate::{oidc::Identity, slack::settings::SlackSettings};
    use serde_json::{Value, json};

    const ISSUER: &str = "https://slack.com";

    fn settings() -> SlackSettings {
        let settings = json!({
            "team": "T1", "channel": "C1", "bot_token": "env:BOT", "app_token": "env:APP",
            "client_id": "1.2", "client_secret": "env:CLIENT",
        });
        serde_json::from_value(settings).unwrap()
    }

    fn identity(issuer: &str, claims: Value) -> Identity {
        let Value::Object(claims) = claims else {
            panic!("no claims")
        };
        Identity {
            issuer: issuer.to_owned(),
            subject: "U1".to_owned(),
            email: Some("ann@acme.example".to_owned()),
            email_verified: true,
            name: None,
            groups: Vec::new(),
            claims,
        }
    }

    #[test]
    fn only_slacks_word_about_the_own_workspace_counts() {
        let of = |team: &str, user: &str| json!({"https://slack.com/team_id": team, "https://slack.com/user_id": user});
        let linked = slack_user(&identity(ISSUER, of("T1", "U1")), &settings()).unwrap();
        assert_eq!((&*linked.team, &*linked.user), ("T1", "U1"));
        for (issuer, claims, wanted) in [
            (ISSUER, of("T2", "U1"), LinkError::ForeignTeam),
            (ISSUER, of("T1", ""), LinkError::NoUser),
            (ISSUER, json!({"sub": "U1"}), LinkError::NoUser),
            ("https://evil.example", of("T1", "U1"), LinkError::NoUser),
        ] {
            let linked = slack_user(&identity(issuer, claims), &settings());
            assert_eq!(linked, Err(wanted), "{issuer}");
        }
    }

    #[test]
    fn nothing_but_who_they_are_is_asked() {
        let provider = sign_in(&settings()).unwrap();
        assert!(provider.scopes.is_empty());
        assert_eq!(
            sign_in(&SlackSettings {
                client_id: None,
                ..settings()
            }),
            None
        );
    }
}
