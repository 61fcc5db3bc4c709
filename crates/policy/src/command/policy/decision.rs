//! From lists of patterns to a decision.

use super::{CommandPolicy, Level, Mapping, PATTERNS_MAX, Pattern, SessionPatterns, texts};
use crate::{command::account::Account, fault::Faults};
use serde::Serialize;
use std::{fmt, sync::Arc};

/// What the lists say about a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Every level that has a list allows all of it; with the pattern of each level.
    Allow(Vec<Match>),
    /// A person must look.
    Ask(Ask),
    /// Some level blocks it.
    Deny(Match),
}

/// Why a person must look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ask {
    /// No level has a list.
    NoRules,
    /// No pattern of a level allows some part.
    NotAllowed {
        /// The level.
        level: Level,
        /// Its mapping.
        mapping: String,
        /// The part that nothing allows.
        part: String,
    },
    /// Patterns allow it, and nobody can tell what it does.
    NotUnderstood,
}

/// A pattern that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Match {
    /// The pattern as it is written.
    pub pattern: String,
    /// At which level.
    pub level: Level,
    /// By which mapping.
    pub mapping: String,
    /// Of which policy; none for a session's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pattern,
            level,
            mapping,
            policy,
        } = self;
        match policy {
            Some(policy) => write!(
                f,
                "`{pattern}` of the command policy `{policy}` ({level}, mapping `{mapping}`)"
            ),
            None => write!(f, "`{pattern}` of the session"),
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRules => f.write_str("no command policy says anything about it"),
            Self::NotAllowed {
                level: Level::Session,
                part,
                ..
            } => {
                write!(f, "the session does not allow `{part}`")
            }
            Self::NotAllowed {
                level,
                mapping,
                part,
            } => {
                write!(
                    f,
                    "the mapping `{mapping}` ({level}) does not allow `{part}`"
                )
            }
            Self::NotUnderstood => {
                f.write_str("it matches what is allowed, but a pattern is no proof of what it does")
            }
        }
    }
}

/// The lists of one policy, compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    allow: Arc<[Pattern]>,
    block: Arc<[Pattern]>,
}

impl Lists {
    pub(super) fn compile(policy: &CommandPolicy, path: &str, faults: &mut Faults) -> Self {
        let mut list = |key: &str, patterns: &[String]| {
            let path = format!("{path}.{key}");
            if patterns.len() > PATTERNS_MAX {
                faults.add(
                    path.clone(),
                    format!("a list has at most {PATTERNS_MAX} patterns"),
                );
            }
            compile(patterns, &path, faults).into()
        };
        Self {
            allow: list("allow_list", &policy.allow_list),
            block: list("block_list", &policy.block_list),
        }
    }
}

/// Every pattern of a list that can be taken; of a longer one, as many as one may have.
pub(super) fn compile(patterns: &[String], path: &str, faults: &mut Faults) -> Vec<Pattern> {
    let mut compiled = Vec::new();
    for (at, pattern) in patterns.iter().enumerate().take(PATTERNS_MAX) {
        match Pattern::compile(pattern) {
            Ok(pattern) => compiled.push(pattern),
            Err(message) => faults.add(format!("{path}[{at}]"), message),
        }
    }
    compiled
}

/// One level's say.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) level: Level,
    mapping: String,
    policy: Option<String>,
    lists: Lists,
    /// Everything is allowed, as far as this goes.
    all: bool,
    /// Nothing is.
    nothing: bool,
}

impl Source {
    pub(super) fn mapped(mapping: &Mapping, lists: Lists) -> Self {
        Self {
            level: mapping.level,
            mapping: mapping.name.clone(),
            policy: Some(mapping.policy.clone()),
            lists,
            all: false,
            nothing: false,
        }
    }

    /// A session's own say; `None` when it says nothing.
    pub(super) fn session(patterns: &SessionPatterns) -> Result<Option<Self>, String> {
        let policy = CommandPolicy {
            allow_list: patterns.allow.clone(),
            block_list: patterns.block.clone(),
            ..CommandPolicy::default()
        };
        let mut faults = Faults::default();
        let lists = Lists::compile(&policy, "session", &mut faults);
        let source = Self {
            level: Level::Session,
            mapping: "session".to_owned(),
            policy: None,
            lists,
            all: patterns.approve_all,
            nothing: patterns.reject_all,
        };
        faults
            .or(source.has_rules().then_some(source))
            .map_err(|faults| format!("a pattern of the session cannot be taken: {faults}"))
    }

    /// Narrower levels come later, and names decide between mappings of one level.
    pub(super) fn order(&self) -> (Level, &str) {
        (self.level, &self.mapping)
    }

    fn has_rules(&self) -> bool {
        self.all || self.nothing || !self.lists.allow.is_empty() || !self.lists.block.is_empty()
    }

    fn found(&self, pattern: &str) -> Match {
        Match {
            pattern: pattern.to_owned(),
            level: self.level,
            mapping: self.mapping.clone(),
            policy: self.policy.clone(),
        }
    }

    fn block(&self, texts: &[String]) -> Option<Match> {
        if self.nothing {
            return Some(self.found("reject all"));
        }
        let mut patterns = self.lists.block.iter();
        let found = patterns.find(|pattern| texts.iter().any(|text| pattern.is_in(text)));
        found.map(|pattern| self.found(pattern.as_str()))
    }

    /// The pattern that allows a part.
    fn allow(&self, part: &str) -> Option<Match> {
        let mut patterns = self.lists.allow.iter();
        let found = patterns.find(|pattern| pattern.is_in(part));
        let found = found
            .map(Pattern::as_str)
            .or_else(|| self.all.then_some("approve all"));
        found.map(|pattern| self.found(pattern))
    }
}

/// Decides: a block of any source, else the allowing patterns of every source that covers the
/// command and has rules.
pub(super) fn decide(account: &Account, covering: &[&Source], blocking: &[&Source]) -> Decision {
    let texts = texts::all(account);
    let mut all = covering.iter().chain(blocking);
    if let Some(found) = all.find_map(|source| source.block(&texts)) {
        return Decision::Deny(found);
    }
    let parts: Vec<_> = account.parts.iter().map(texts::of_part).collect();
    let mut allowed = Vec::new();
    for source in covering.iter().filter(|source| source.has_rules()) {
        for part in &parts {
            let Some(found) = source.allow(part) else {
                return Decision::Ask(Ask::NotAllowed {
                    level: source.level,
                    mapping: source.mapping.clone(),
                    part: part.clone(),
                });
            };
            if !allowed.contains(&found) {
                allowed.push(found);
            }
        }
    }
    if allowed.is_empty() {
        Decision::Ask(Ask::NoRules)
    } else if account.is_clear() {
        Decision::Allow(allowed)
    } else {
        Decision::Ask(Ask::NotUnderstood)
    }
}
