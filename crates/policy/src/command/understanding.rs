//! What can be told of one command from its words alone.

use super::effect::Effect;
use crate::{tier::RiskTier, visible::visible_line};
use serde::Serialize;

/// How many words of a list a sentence names.
const SHOWN: usize = 8;

/// What one command does, and what cannot be told of it.
///
/// Fails closed: whatever is not known for certain stands in `unclear`, and a command that has
/// something there is at least [`Effect::NotUnderstood`].
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Understanding {
    /// The program, by its name without folders.
    pub program: String,
    /// What it does to the world; the worst that it can be.
    pub effect: Effect,
    /// The same for people, as a sentence without a subject, e.g. `deletes the pod web-1`.
    pub what: String,
    /// What it names: objects, namespaces, files, hosts.
    pub targets: Vec<String>,
    /// Whether what it answers may hold secrets.
    pub reveals: bool,
    /// Whether it takes away what everything else stands on, such as a cluster.
    pub foundation: bool,
    /// The same command as a trial that changes nothing, when the program has such a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<Vec<String>>,
    /// What else people should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why it cannot be understood, each as a sentence fragment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unclear: Vec<String>,
}

impl Understanding {
    /// Of a command of which nothing can be told.
    #[must_use]
    pub fn nothing(program: &str, why: impl Into<String>) -> Self {
        let mut understanding = Self {
            program: shown(program),
            ..Self::empty()
        };
        understanding.doubt(why);
        understanding
    }

    /// Of a command without words.
    pub(super) fn empty() -> Self {
        Self {
            what: "does what cannot be told".to_owned(),
            ..Self::default()
        }
    }

    /// Whether all of it is known.
    #[must_use]
    pub const fn is_clear(&self) -> bool {
        self.unclear.is_empty()
    }

    /// How risky the command is: a read is tier 0, a write 3, what destroys 4, and what nobody
    /// understands 3 at least. What reveals secrets is 3, as reading a secret is elsewhere, and
    /// what takes a foundation away is 5, as it is elsewhere.
    #[must_use]
    pub fn risk(&self) -> RiskTier {
        let by_effect = match self.effect {
            Effect::Read => RiskTier::Observe,
            Effect::Write | Effect::NotUnderstood => RiskTier::HighWrite,
            Effect::Destructive => RiskTier::Destructive,
        };
        if self.foundation && self.effect == Effect::Destructive {
            RiskTier::Prohibited
        } else if self.reveals {
            by_effect.max(RiskTier::HighWrite)
        } else {
            by_effect
        }
    }

    /// Notes what cannot be told.
    pub(super) fn doubt(&mut self, why: impl Into<String>) {
        let why = why.into();
        if !self.unclear.contains(&why) {
            self.unclear.push(why);
        }
        self.raise(Effect::NotUnderstood);
    }

    /// Notes something people should know.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The worse effect counts.
    pub(super) fn raise(&mut self, effect: Effect) {
        self.effect = self.effect.max(effect);
    }

    /// Notes that what it answers may hold secrets.
    pub(super) fn reveal(&mut self) {
        self.reveals = true;
        self.note("what it answers may hold secrets");
    }
}

/// A text on one line, with everything that nobody sees written out.
pub(super) fn shown(text: &str) -> String {
    visible_line(text).into_owned()
}

/// A text in back-ticks.
pub(super) fn named(text: &str) -> String {
    format!("`{}`", shown(text))
}

/// A list in words; the first few by name.
pub(super) fn listed<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    let items: Vec<_> = items.into_iter().collect();
    let mut text = items
        .iter()
        .take(SHOWN)
        .map(|item| named(item))
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more) = items.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
