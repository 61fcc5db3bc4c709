//! What Slack sends when somebody presses a button or hands in a modal.
//!
//! Source: <https://docs.slack.dev/reference/interaction-payloads>. Slack adds members at will, so
//! unknown ones are let pass; those that are used must be there, once, in their form. The
//! `response_url` is never used: it outlives neither a hold nor a change of channel.

use super::{
    message::{Carried, action},
    settings::is_id,
};
use portcullis_firewall::strict;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Something a person did in Slack.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Interaction {
    /// The app it was meant for.
    pub app: String,
    /// The workspace it was done in; none for an app of a whole organisation.
    pub team: Option<String>,
    /// Who did it.
    pub user: Clicker,
    /// Where to answer.
    pub channel: Option<String>,
    /// What was done.
    pub press: Press,
}

/// Who did it, as Slack says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Clicker {
    /// The user, `U…` or `W…`.
    pub id: String,
    /// The workspace the user belongs to.
    pub team: Option<String>,
    /// Whether it is a program.
    pub is_bot: bool,
}

/// What was done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Press {
    /// Yes.
    Approve {
        /// The button's token.
        token: String,
    },
    /// No; the reason is asked for.
    Reject {
        /// The button's token.
        token: String,
        /// Opens one modal within three seconds.
        trigger: String,
    },
    /// No, and why.
    Reason {
        /// The token of the button that asked.
        token: String,
        /// Why; may be blank, and then it is asked for again.
        reason: String,
    },
    /// Everything is to be shown.
    Details {
        /// The tenant's name and the hold's id.
        hold: (String, String),
        /// Opens one modal within three seconds.
        trigger: String,
    },
    /// Nothing that is the gate's.
    Nothing,
}

impl Press {
    /// The token that came with it.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Approve { token } | Self::Reject { token, .. } | Self::Reason { token, .. } => {
                Some(token)
            }
            Self::Details { .. } | Self::Nothing => None,
        }
    }
}

/// Why it cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON, or JSON that could be read in two ways, or without a member that is needed.
    #[error("the payload cannot be read: {0}")]
    Malformed(String),
    /// A member has not its form.
    #[error("the payload's `{0}` is not what it should be")]
    Form(&'static str),
}

impl EnvelopeError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "slack.malformed"
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: String,
    api_app_id: String,
    team: Option<Id>,
    user: User,
    channel: Option<Id>,
    trigger_id: Option<String>,
    #[serde(default)]
    actions: Vec<Action>,
    view: Option<View>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct User {
    id: String,
    team_id: Option<String>,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Deserialize)]
struct Action {
    action_id: String,
    value: Option<String>,
}

#[derive(Deserialize)]
struct View {
    callback_id: String,
    #[serde(default)]
    private_metadata: String,
    #[serde(default)]
    state: State,
}

#[derive(Default, Deserialize)]
struct State {
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, Answer>>,
}

#[derive(Deserialize)]
struct Answer {
    value: Option<String>,
}

/// Reads a payload.
///
/// *Fails closed:* a text that could be read in two ways is not read at all.
///
/// # Errors
/// [`EnvelopeError`].
pub fn read(payload: &[u8]) -> Result<Interaction, EnvelopeError> {
    let limits = strict::Limits {
        exact: false,
        ..strict::Limits::default()
    };
    let payload: Payload = strict::parse_as(payload, &limits)
        .map_err(|error| EnvelopeError::Malformed(error.to_string()))?;
    interaction(payload)
}

fn interaction(payload: Payload) -> Result<Interaction, EnvelopeError> {
    let must = |holds: bool, member| holds.then_some(()).ok_or(EnvelopeError::Form(member));
    let is_team = |team: &String| is_id(team, "TE");
    must(is_id(&payload.api_app_id, "A"), "api_app_id")?;
    must(is_id(&payload.user.id, "UW"), "user.id")?;
    must(
        payload.user.team_id.as_ref().is_none_or(is_team),
        "user.team_id",
    )?;
    let team = payload.team.as_ref().map(|team| team.id.clone());
    must(team.as_ref().is_none_or(is_team), "team.id")?;
    let (press, carried) = press(&payload)?;
    let channel = carried.or_else(|| payload.channel.map(|channel| channel.id));
    must(
        channel.as_ref().is_none_or(|id| is_id(id, "CDG")),
        "channel.id",
    )?;
    Ok(Interaction {
        app: payload.api_app_id,
        team,
        user: Clicker {
            id: payload.user.id,
            team: payload.user.team_id,
            is_bot: payload.user.is_bot,
        },
        channel,
        press,
    })
}

/// What was done, and the channel that was carried along.
fn press(payload: &Payload) -> Result<(Press, Option<String>), EnvelopeError> {
    match payload.kind.as_str() {
        "block_actions" => Ok((button(payload)?, None)),
        "view_submission" => {
            let view = payload.view.as_ref().ok_or(EnvelopeError::Form("view"))?;
            handed_in(view)
        }
        _ => Ok((Press::Nothing, None)),
    }
}

fn button(payload: &Payload) -> Result<Press, EnvelopeError> {
    let [pressed] = payload.actions.as_slice() else {
        return Err(EnvelopeError::Form("actions"));
    };
    let value = || {
        pressed
            .value
            .clone()
            .ok_or(EnvelopeError::Form("actions[0].value"))
    };
    let trigger = || {
        payload
            .trigger_id
            .clone()
            .ok_or(EnvelopeError::Form("trigger_id"))
    };
    Ok(match pressed.action_id.as_str() {
        action::APPROVE => Press::Approve { token: value()? },
        action::REJECT => Press::Reject {
            token: value()?,
            trigger: trigger()?,
        },
        action::DETAILS => {
            let value = value()?;
            let hold = value
                .rsplit_once('/')
                .ok_or(EnvelopeError::Form("actions[0].value"))?;
            Press::Details {
                hold: (hold.0.to_owned(), hold.1.to_owned()),
                trigger: trigger()?,
            }
        }
        _ => Press::Nothing,
    })
}

fn handed_in(view: &View) -> Result<(Press, Option<String>), EnvelopeError> {
    if view.callback_id != action::REASON {
        return Ok((Press::Nothing, None));
    }
    let limits = strict::Limits::default();
    let carried: Carried = strict::parse_as(view.private_metadata.as_bytes(), &limits)
        .map_err(|_| EnvelopeError::Form("view.private_metadata"))?;
    let (block, field) = Carried::QUESTION;
    let answer = view
        .state
        .values
        .get(block)
        .and_then(|block| block.get(field));
    let answer = answer.and_then(|answer| answer.value.as_deref());
    let press = Press::Reason {
        token: carried.token,
        reason: answer.unwrap_or_default().trim().to_owned(),
    };
    Ok((press, Some(carried.channel)))
}

impl Interaction {
    /// What is said back at once to a modal that is not filled in.
    #[must_use]
    pub fn objection(&self) -> Option<Value> {
        let Press::Reason { reason, .. } = &self.press else {
            return None;
        };
        let problem = match reason.chars().count() {
            0 => "Please say why.",
            count if count > Carried::MOST_CHARS => "Please say it in fewer words.",
            _ => return None,
        };
        let errors = Map::from_iter([(Carried::QUESTION.0.to_owned(), json!(problem))]);
        Some(json!({"response_action": "errors", "errors": errors}))
    }
}

#[cfg(test)]
mod tests {
    use super::{EnvelopeError, Press, read};
    use serde_json::{Value, json};

    fn click() -> Value {
        json!({
            "type": "block_actions", "api_app_id": "A1", "trigger_id": "1.2.3", "token": "old",
            "team": {"id": "T1", "domain": "acme"}, "channel": {"id": "C1", "name": "ops"},
            "user": {"id": "U1", "username": "ann", "team_id": "T1"},
            "response_url": "https://evil.example/",
            "actions": [{"type": "button", "action_id": "portcullis.approve", "value": "pca1.a.b"}],
        })
    }

    fn read_with(pointer: &str, value: Value) -> Result<Press, EnvelopeError> {
        let mut click = click();
        *click.pointer_mut(pointer).unwrap() = value;
        read(click.to_string().as_bytes()).map(|read| read.press)
    }

    #[test]
    fn a_button_says_its_value() {
        let token = "pca1.a.b".to_owned();
        assert_eq!(read_with("/token", json!("")), Ok(Press::Approve { token }));
        let hold = ("acme/eu".to_owned(), "esc_1".to_owned());
        let details = json!([{"action_id": "portcullis.details", "value": "acme/eu/esc_1"}]);
        let trigger = "1.2.3".to_owned();
        assert_eq!(
            read_with("/actions", details),
            Ok(Press::Details { hold, trigger })
        );
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        assert_eq!(read_with("/type", json!("shortcut")), Ok(Press::Nothing));
        let other = json!([{"action_id": "other", "value": "x"}]);
        assert_eq!(read_with("/actions", other), Ok(Press::Nothing));
    }

    #[test]
    fn what_is_used_must_have_its_form() {
        for (pointer, value) in [
            ("/api_app_id", json!("a")),
            ("/team/id", json!("<T1>")),
            ("/user/id", json!("B1")),
            ("/user/id", json!(7)),
            ("/user/team_id", json!("")),
            ("/channel/id", json!("#ops")),
            ("/actions", json!([])),
            ("/actions", json!([{"action_id": "portcullis.approve"}])),
            ("/actions", json!([{"action_id": "a"}, {"action_id": "b"}])),
            ("/trigger_id", json!(1)),
        ] {
            assert!(
                read_with(pointer, value.clone()).is_err(),
                "{pointer} {value}"
            );
        }
        let twice = click()
            .to_string()
            .replacen('{', r#"{"type":"shortcut","#, 1);
        assert!(read(twice.as_bytes()).is_err());
        assert!(read(b"{}").is_err());
    }
}
