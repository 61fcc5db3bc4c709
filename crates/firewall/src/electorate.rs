//! Who may decide a hold: resolved from the words of the rules to people and groups that cannot be
//! renamed into one another.

use crate::{people::People, person::Person};
use jiff::Timestamp;
use portcullis_policy::id::{GroupId, PersonId};
use serde::{Deserialize, Serialize};

/// The people a level of a hold asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Electorate {
    /// Anybody who decides at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anybody: bool,
    /// These people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// Who was in these groups when they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// Whoever is linked to these users of Slack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slack_users: Vec<String>,
}

impl Electorate {
    /// Who the words of an approver list mean now; an empty list is anybody who decides.
    ///
    /// Fails closed: a word that names nobody stands for nobody.
    #[must_use]
    pub fn of(words: &[String], people: &People) -> Self {
        let mut electorate = Self {
            anybody: words.is_empty(),
            ..Self::default()
        };
        for word in words {
            if let Some(name) = word.strip_prefix("group:") {
                let group = people.group_by_name(name);
                electorate
                    .groups
                    .extend(group.map(|group| group.id.clone()));
            } else if let Some(name) = word.strip_prefix("person:") {
                let person = people.by_name(name);
                electorate
                    .people
                    .extend(person.map(|person| person.id.clone()));
            } else {
                electorate.slack_users.push(word.clone());
            }
        }
        electorate
    }

    /// Whether somebody is among those who were asked at a moment.
    #[must_use]
    pub fn has(&self, person: &Person, asked_at: Timestamp, people: &People) -> bool {
        let in_group = |id: &GroupId| {
            let group = people.groups.get(id);
            group.is_some_and(|group| group.had(&person.id, asked_at))
        };
        let in_slack = |slack: &crate::person::SlackUser| self.slack_users.contains(&slack.user);
        self.anybody
            || self.people.contains(&person.id)
            || person.slack.as_ref().is_some_and(in_slack)
            || self.groups.iter().any(in_group)
    }
}
