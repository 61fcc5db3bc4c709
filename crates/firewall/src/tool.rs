//! Tools of MCP servers, and the definitions that people stand behind.
//!
//! What a tool says of itself is read by a model, and may change behind everybody's back. So each
//! definition is pinned by its digest; another one than the pinned is not used until an architect
//! has seen the difference and accepted it.

mod shown;

use jiff::Timestamp;
use portcullis_screen::screen::Screen;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What people are told of a definition that they do not see whole.
const WITHOUT: &str = "it holds what must not be seen, and is shown without it";

/// A tool as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Whose it is, as the operator named the server.
    pub server: String,
    /// What the server calls it.
    pub name: String,
    /// The definition in use; `None` while the tool waits to be accepted for the first time.
    pub pinned: Option<Definition>,
    /// What the server says now, when it is something else.
    pub proposed: Option<Definition>,
    /// When it was seen for the first time.
    pub first_seen_at: Timestamp,
    /// When its pinned definition was accepted.
    pub accepted_at: Option<Timestamp>,
    /// By whom: an architect, or `portcullis` where the operator lets new tools in.
    pub accepted_by: Option<String>,
}

/// What a server says of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// SHA-256 over the canonical JSON of the server's identity and of `content`, 64 hex digits.
    pub digest: String,
    /// Name, description, schemas and hints, as the server sent them; what is kept and shown of them
    /// is [screened](Self::screened).
    pub content: Value,
    /// What is suspicious about it, for people; such a tool always waits for an architect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A definition that a server sent just now.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenTool {
    /// What the server calls the tool.
    pub name: String,
    /// What it says.
    pub definition: Definition,
}

/// What becomes of a tool that is seen for the first time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstSight {
    /// It waits until an architect accepts it.
    #[default]
    Quarantine,
    /// It is pinned as it is, unless something about it is suspicious.
    Pin,
}

/// Whether a tool may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ToolStatus {
    /// Its definition is the one that was accepted.
    Pinned,
    /// It was never accepted.
    New,
    /// The server says something else than what was accepted.
    Changed,
}

impl ToolStatus {
    /// The word lists filter by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pinned => "PINNED",
            Self::New => "NEW",
            Self::Changed => "CHANGED",
        }
    }
}

impl Definition {
    /// The definition as agents and people may see it. Its digest stays that of what the server
    /// sent, so that a change is noticed even where nobody is shown what has changed.
    #[must_use]
    pub fn screened(&self, screen: &Screen) -> Self {
        let content = shown::definition(screen, &self.content);
        let texts = self.warnings.iter();
        let mut warnings: Vec<String> = texts
            .map(|text| screen.redact(text).text.into_owned())
            .collect();
        // What is kept was shown without something before: that was said then.
        if content != self.content && !warnings.iter().any(|known| known == WITHOUT) {
            warnings.push(WITHOUT.to_owned());
        }
        Self {
            digest: self.digest.clone(),
            content,
            warnings,
        }
    }
}

impl Tool {
    /// The tool as people may see it.
    #[must_use]
    pub fn screened(self, screen: &Screen) -> Self {
        let screened = |one: Option<Definition>| one.map(|one| one.screened(screen));
        Self {
            pinned: screened(self.pinned),
            proposed: screened(self.proposed),
            ..self
        }
    }

    /// The id of a tool among all of a tenant's: `server/name`.
    #[must_use]
    pub fn id_of(server: &str, name: &str) -> String {
        format!("{server}/{name}")
    }

    /// Whether it may be used.
    #[must_use]
    pub const fn status(&self) -> ToolStatus {
        match (&self.pinned, &self.proposed) {
            (Some(_), None) => ToolStatus::Pinned,
            (Some(_), Some(_)) => ToolStatus::Changed,
            (None, _) => ToolStatus::New,
        }
    }

    /// The definition to use.
    ///
    /// *Fails closed:* `None` as long as the server says something that nobody accepted.
    #[must_use]
    pub fn usable(&self) -> Option<&Definition> {
        self.pinned.as_ref().filter(|_| self.proposed.is_none())
    }
}
