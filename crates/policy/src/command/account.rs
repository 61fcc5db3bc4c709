//! All that can be told of a command, part by part.

use super::{
    asked::{Asked, Malformed, PARTS_MAX},
    effect::Effect,
    line::{self, Segment},
    program,
    understanding::Understanding,
};
use crate::tier::RiskTier;
use serde_json::{Map, Value};

/// What a command does: the parts that a shell would make of it, each understood by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The whole as one line.
    pub line: String,
    /// Whether a shell is to read it.
    pub is_line: bool,
    /// The parts in order; at least one.
    pub parts: Vec<Part>,
}

/// One part of a command.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// How it was read.
    pub segment: Segment,
    /// What it does.
    pub understanding: Understanding,
}

impl Account {
    /// Understands the command that parameters ask for. Nobody understands what is fed to one.
    ///
    /// # Errors
    /// [`Malformed`] when they name no command, or more than is looked at.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, Malformed> {
        let mut account = Self::of(&Asked::read(parameters)?);
        let reads = parameters.get("stdin");
        if reads.is_some_and(|stdin| stdin.as_str() != Some("")) {
            for part in &mut account.parts {
                part.understanding
                    .doubt("what it reads on its standard input may be anything");
                part.understanding.dry_run = None;
            }
        }
        if account.parts.len() > PARTS_MAX {
            return Err(Malformed::TooMany);
        }
        Ok(account)
    }

    /// Understands a command.
    #[must_use]
    pub fn of(asked: &Asked) -> Self {
        let (line, is_line, segments) = match asked {
            Asked::Line(line) => (line.clone(), true, line::split(line)),
            Asked::Argv(argv) => {
                let segment = plain(argv);
                (segment.text.clone(), false, vec![segment])
            }
            Asked::Plan(plan) => {
                let segments: Vec<_> = plan.iter().map(|argv| plain(argv)).collect();
                let texts: Vec<_> = segments.iter().map(|one| one.text.as_str()).collect();
                (texts.join(" && "), false, segments)
            }
        };
        let parts = segments.into_iter().enumerate();
        Self {
            line,
            is_line,
            parts: parts.map(|(at, segment)| Part::of(segment, at)).collect(),
        }
    }

    /// The worst that any part does.
    #[must_use]
    pub fn effect(&self) -> Effect {
        let effects = self.parts.iter().map(|part| part.understanding.effect);
        effects.max().unwrap_or(Effect::NotUnderstood)
    }

    /// The risk of the riskiest part.
    ///
    /// Fails closed: parts that nobody understands are tier 3 at least.
    #[must_use]
    pub fn risk(&self) -> RiskTier {
        let risks = self.parts.iter().map(|part| part.understanding.risk());
        risks.max().unwrap_or(RiskTier::HighWrite)
    }

    /// Whether all of it is known.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.parts.iter().all(|part| part.understanding.is_clear())
    }

    /// Why it cannot be understood, part by part.
    pub fn unclear(&self) -> impl Iterator<Item = &str> {
        let all = self
            .parts
            .iter()
            .flat_map(|part| &part.understanding.unclear);
        all.map(String::as_str)
    }
}

/// A command that is read as it stands.
fn plain(argv: &[String]) -> Segment {
    Segment {
        text: line::quote(argv),
        words: argv.to_vec(),
        obstacles: Vec::new(),
    }
}

impl Part {
    fn of(segment: Segment, at: usize) -> Self {
        let words = segment.argv().unwrap_or_else(|| segment.bare_words());
        let mut understanding = if at >= PARTS_MAX {
            Understanding::nothing("", "it is one of too many commands")
        } else if words.is_empty() && !segment.obstacles.is_empty() {
            Understanding::empty()
        } else {
            program::understand(words)
        };
        for obstacle in &segment.obstacles {
            understanding.doubt(obstacle.text());
        }
        if !understanding.is_clear() {
            understanding.dry_run = None;
        }
        Self {
            segment,
            understanding,
        }
    }
}
