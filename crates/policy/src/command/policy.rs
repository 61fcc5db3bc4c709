//! Which commands are allowed without asking, and which never: lists of patterns, by level.
//!
//! A block anywhere refuses. Otherwise a command is allowed when every level that has a list allows
//! every part of it, and all of it is understood; else people are asked. Source: DuploCloud AI
//! Suite, command policies and their mappings.

mod decision;
mod dialect;
mod pattern;
mod texts;

pub use decision::{Ask, Decision, Match};
pub use pattern::{PATTERN_MAX_BYTES, Pattern};

use super::account::Account;
use crate::fault::Faults;
use decision::Source;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most patterns of one list.
pub const PATTERNS_MAX: usize = 100;

/// Command policies, and where they apply, as they are written.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Commands {
    /// The policies; one that no mapping names decides nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<CommandPolicy>,
    /// Where they apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
}

/// Two lists of patterns. A pattern is searched for anywhere in a command unless it is anchored.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct CommandPolicy {
    /// The name mappings know it by.
    pub name: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What may run without asking, as far as this policy goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow_list: Vec<String>,
    /// What never runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_list: Vec<String>,
}

/// Where a policy applies.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Mapping {
    /// Its name, which answers tell.
    pub name: String,
    /// The policy, by its name.
    pub policy: String,
    /// At which level.
    pub level: Level,
    /// The workspaces or projects; none at the level of the system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Whether it applies at all.
    pub active: bool,
}

/// Where a policy may apply; a session has patterns of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// To every command of the tenant.
    System,
    /// To the commands of some workspaces.
    Workspace,
    /// To the commands of some projects.
    Project,
    /// To the commands of one session.
    Session,
}

impl Level {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Workspace => "workspace",
            Self::Project => "project",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The most patterns of one list of a session: they are compiled anew for each of its commands.
pub const SESSION_PATTERNS_MAX: usize = 20;
/// The longest name of a project, in bytes.
const PROJECT_MAX_BYTES: usize = 128;

/// What a session says about commands. It narrows: nothing that it says overrules a block of
/// another level, or allows what another level does not.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionPatterns {
    /// The project the session belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// What may run without asking, as far as the session goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// What never runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<String>,
    /// Whether everything may, as far as the session goes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approve_all: bool,
    /// Whether nothing runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reject_all: bool,
}

impl SessionPatterns {
    /// Whether the session says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a session may be opened with them.
    ///
    /// # Errors
    /// Every mistake, with its path below `at`: a pattern that cannot be taken, a list that is too
    /// long, patterns that are too large together, a blank project.
    pub fn check(&self, at: &str) -> Result<(), Faults> {
        let mut faults = Faults::default();
        for (key, patterns) in [("allow", &self.allow), ("block", &self.block)] {
            let path = format!("{at}.{key}");
            if patterns.len() > SESSION_PATTERNS_MAX {
                let message = format!("a list has at most {SESSION_PATTERNS_MAX} patterns");
                faults.add(path.clone(), message);
            }
            decision::compile(patterns, &path, &mut faults);
        }
        if faults.0.is_empty() && !pattern::fit_together(self.allow.iter().chain(&self.block)) {
            faults.add(
                at,
                "the patterns are too large together: count less, or list less",
            );
        }
        let plain = |name: &String| !name.trim().is_empty() && name.len() <= PROJECT_MAX_BYTES;
        if self.project.as_ref().is_some_and(|name| !plain(name)) {
            let message = format!("expected 1 to {PROJECT_MAX_BYTES} bytes");
            faults.add(format!("{at}.project"), message);
        }
        faults.or(())
    }
}

/// Command policies, ready to decide; never changed, only replaced.
#[derive(Debug, Default)]
pub struct CommandRules {
    sources: Vec<(Source, Vec<String>)>,
}

impl CommandRules {
    /// Compiles policies and their active mappings.
    ///
    /// # Errors
    /// Every mistake, with its path below `commands`.
    pub fn compile(commands: &Commands) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        check_names(commands, &mut faults);
        let mut sources = Vec::new();
        for (at, policy) in commands.policies.iter().enumerate() {
            let path = format!("commands.policies[{at}]");
            let lists = decision::Lists::compile(policy, &path, &mut faults);
            let mappings = commands.mappings.iter();
            for mapping in
                mappings.filter(|mapping| mapping.active && mapping.policy == policy.name)
            {
                let source = Source::mapped(mapping, lists.clone());
                sources.push((source, mapping.targets.clone()));
            }
        }
        check_mappings(commands, &mut faults);
        sources.sort_by(|(one, _), (other, _)| one.order().cmp(&other.order()));
        faults.or(Self { sources })
    }

    /// Decides about a command.
    ///
    /// An action that names no workspace is held to what any workspace blocks, so that leaving the
    /// name out opens nothing.
    ///
    /// # Errors
    /// A message when a pattern of the session is none: then nothing is decided, and the command
    /// must be refused.
    pub fn decide(
        &self,
        account: &Account,
        workspace: Option<&str>,
        session: &SessionPatterns,
    ) -> Result<Decision, String> {
        let own = Source::session(session)?;
        let covers = |level: Level, targets: &[String]| match level {
            Level::System | Level::Session => true,
            Level::Workspace => {
                workspace.is_some_and(|id| targets.iter().any(|target| target == id))
            }
            Level::Project => {
                let project = session.project.as_ref();
                project.is_some_and(|id| targets.contains(id))
            }
        };
        let mut covering: Vec<&Source> = Vec::new();
        let mut blocking: Vec<&Source> = Vec::new();
        for (source, targets) in &self.sources {
            if covers(source.level, targets) {
                covering.push(source);
            } else if source.level == Level::Workspace && workspace.is_none() {
                blocking.push(source);
            }
        }
        covering.extend(own.as_ref());
        Ok(decision::decide(account, &covering, &blocking))
    }
}

/// Names are not blank, and each stands once.
fn check_names(commands: &Commands, faults: &mut Faults) {
    let policies = commands.policies.iter().map(|policy| policy.name.as_str());
    unique("commands.policies", &policies.collect::<Vec<_>>(), faults);
    let mappings = commands
        .mappings
        .iter()
        .map(|mapping| mapping.name.as_str());
    unique("commands.mappings", &mappings.collect::<Vec<_>>(), faults);
}

fn unique(path: &str, names: &[&str], faults: &mut Faults) {
    for (at, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            faults.add(format!("{path}[{at}].name"), "is blank");
        } else if names.iter().take(at).any(|known| known == name) {
            faults.add(
                format!("{path}[{at}].name"),
                format!("`{name}` stands here twice"),
            );
        }
    }
}

/// Every mapping names a policy, has targets where its level has some, and shares none of them.
fn check_mappings(commands: &Commands, faults: &mut Faults) {
    for (at, mapping) in commands.mappings.iter().enumerate() {
        let path = format!("commands.mappings[{at}]");
        if !commands
            .policies
            .iter()
            .any(|policy| policy.name == mapping.policy)
        {
            let message = format!("there is no command policy `{}`", mapping.policy);
            faults.add(format!("{path}.policy"), message);
        }
        match (mapping.level, mapping.targets.is_empty()) {
            (Level::System, false) => {
                faults.add(
                    format!("{path}.targets"),
                    "the level `system` has no targets",
                );
            }
            (Level::Workspace | Level::Project, true) => {
                let message = format!("the level `{}` needs targets", mapping.level);
                faults.add(format!("{path}.targets"), message);
            }
            (Level::Session, _) => {
                let message = "sessions have patterns of their own, and no mappings";
                faults.add(format!("{path}.level"), message);
            }
            (Level::System, true) | (Level::Workspace | Level::Project, false) => {}
        }
        check_shared(commands, at, mapping, faults);
    }
}

/// At most one active mapping reaches the system, each workspace and each project.
fn check_shared(commands: &Commands, at: usize, mapping: &Mapping, faults: &mut Faults) {
    let before = commands.mappings.iter().take(at);
    let rivals =
        before.filter(|rival| rival.active && mapping.active && rival.level == mapping.level);
    for rival in rivals {
        if mapping.level == Level::System {
            let message = format!("`{}` is active for the system already", rival.name);
            faults.add(format!("commands.mappings[{at}]"), message);
        }
        for target in mapping
            .targets
            .iter()
            .filter(|target| rival.targets.contains(target))
        {
            let message = format!("`{}` is active for `{target}` already", rival.name);
            faults.add(format!("commands.mappings[{at}].targets"), message);
        }
    }
}
